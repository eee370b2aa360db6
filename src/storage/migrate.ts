import { AppError } from '../core/appError.ts';
import { applicationId } from './engine/openFiles.ts';
import type { Sql } from './sql.ts';

/** One step of the schema. Steps are never changed once released; the next step repairs. */
export interface Migration {
  /** From 1, without gaps. */
  version: number;
  name: string;
  up(sql: Sql): void;
}

export type SchemaState =
  | { kind: 'empty' }
  | { kind: 'current'; version: number }
  | { kind: 'older'; version: number }
  /** Made by a newer ClaudeTask: to be read, never written. */
  | { kind: 'newer'; version: number };

/** A setting of the database that is a number. */
export function pragma(sql: Sql, name: string): number {
  return sql.prepare<Record<string, number>>(`PRAGMA ${name}`).get()?.[name] ?? 0;
}

const newestOf = (migrations: readonly Migration[]) => migrations.at(-1)?.version ?? 0;

function assertContiguous(migrations: readonly Migration[]): void {
  const wrong = migrations.findIndex((migration, i) => migration.version !== i + 1);
  if (wrong !== -1)
    throw new Error(
      `Migration ${migrations[wrong]?.name} is number ${wrong + 1} in the list, but calls itself ${migrations[wrong]?.version}`,
    );
}

/** What the file holds, before anything in it is touched. Throws `store.damaged` for a past that no ClaudeTask wrote. */
export function schemaState(sql: Sql, migrations: readonly Migration[]): SchemaState {
  assertContiguous(migrations);
  const version = pragma(sql, 'user_version');
  const owner = pragma(sql, 'application_id');
  const tables = sql.prepare<{ n: number }>('SELECT count(*) AS n FROM sqlite_master').get()?.n ?? 0;
  if (tables === 0 && version === 0) return { kind: 'empty' };
  if (owner !== applicationId) {
    throw new AppError('store.damaged', 'The task database is a database of another program. Move it away, or restore a backup.', {
      reason: 'otherProgram',
    });
  }
  if (version > newestOf(migrations)) return { kind: 'newer', version };
  const rows = sql.prepare<{ version: number; name: string }>('SELECT version, name FROM migration ORDER BY version').all();
  const known = rows.length === version && rows.every((row, i) => row.version === i + 1 && row.name === migrations[i]?.name);
  if (!known) {
    const names = rows.map((row) => `${row.version} ${row.name}`).join(', ');
    throw new AppError('store.damaged', `The task database has a history this version does not know (${names}). Restore a backup.`, {
      reason: 'unknownPast',
      version,
    });
  }
  return version === newestOf(migrations) ? { kind: 'current', version } : { kind: 'older', version };
}

/** Brings the schema up to date, each step in a transaction of its own together with its bookkeeping. */
export function migrate(sql: Sql, migrations: readonly Migration[], now: () => number): void {
  const from = pragma(sql, 'user_version');
  for (const migration of migrations.slice(from)) {
    sql.transaction(() => {
      if (migration.version === 1) {
        sql.exec('CREATE TABLE migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)');
      }
      migration.up(sql);
      sql.prepare('INSERT INTO migration (version, name, applied_at) VALUES (?, ?, ?)').run(migration.version, migration.name, now());
      sql.exec(`PRAGMA user_version = ${migration.version}`);
    });
  }
}
