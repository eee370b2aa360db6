// better-sqlite3, node:sqlite and node-sqlite3-wasm: WAL, synchronous=FULL, otherwise as they come.
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Sql, SqlRow, SqlValue, Statement } from '../../../src/storage/sql.ts';
import type { OpenOptions, Subject } from '../subject.ts';
import { auditBody, cachePragma, sql, statusFor } from '../workload.ts';

interface NativeStatement {
  readonly reader: boolean;
  run(...params: unknown[]): unknown;
  get(...params: unknown[]): unknown;
  all(...params: unknown[]): unknown[];
}
interface NativeDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): NativeStatement;
  close(): void;
}

/** Packages of `.bench/peers`, which are not ours to depend on. */
export function requirePeer(name: string): unknown {
  return createRequire(path.join(process.env['BENCH_PEERS'] ?? '', 'package.json'))(name);
}

export type { NativeDatabase };

function subjectOf(db: NativeDatabase, bind: (params: unknown[]) => unknown[] = (p) => p): Subject {
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${cachePragma}`);
  const update = db.prepare(sql.updateTask);
  const audit = db.prepare(sql.insertAudit);
  const read = db.prepare(sql.read);
  const list = db.prepare(sql.list);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return {
    commit(id, text) {
      const status = statusFor(text);
      begin.run();
      update.run(...bind([status, text, Date.now(), id]));
      audit.run(...bind([Date.now(), 'user', 'task.update', id, auditBody(id, status)]));
      commit.run();
    },
    read: (id) => read.get(...bind([id])),
    list: (from) => list.all(...bind([from])),
    close: () => db.close(),
  };
}

export function openBetterSqlite({ dir }: OpenOptions): Subject {
  const Database = requirePeer('better-sqlite3') as new (file: string) => NativeDatabase;
  return subjectOf(new Database(path.join(dir, 'seed.db')));
}

export function openNodeSqlite({ dir }: OpenOptions): Subject {
  const { DatabaseSync } = createRequire(__filename)('node:sqlite') as { DatabaseSync: new (file: string) => NativeDatabase };
  return subjectOf(new DatabaseSync(path.join(dir, 'seed.db')));
}

export function openWasmSqlite({ dir }: OpenOptions): Subject {
  const { Database } = requirePeer('node-sqlite3-wasm') as { Database: new (file: string) => NativeDatabase };
  const db = new Database(path.join(dir, 'seed.db'));
  // It has no shared memory, so WAL needs EXCLUSIVE before the first read.
  db.exec('PRAGMA locking_mode = EXCLUSIVE');
  // Its statements take their parameters as one array.
  return subjectOf(db, (params) => [params]);
}

/** Our SQL surface over better-sqlite3, so that our own operations can run on it. */
export function nativeSql(file: string): { sql: Sql; close(): void } {
  const Database = requirePeer('better-sqlite3') as new (file: string) => NativeDatabase;
  const db = new Database(file);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${cachePragma}`);
  const kept = new Map<string, Statement>();
  let changes = 0;
  let depth = 0;
  const control = (text: string): unknown => db.prepare(text).run();
  const prepare = (text: string): Statement => {
    const native = db.prepare(text);
    // It refuses `run` on what answers rows, and rows of what answers none.
    const answersRows = native.reader;
    const all = (p: SqlValue[]): SqlRow[] => (answersRows ? (native.all(...p) as SqlRow[]) : (run(p), []));
    const run = (p: SqlValue[]): void => {
      if (answersRows) native.all(...p);
      else changes = (native.run(...p) as { changes: number }).changes;
    };
    return {
      run: (...p) => run(p),
      get: (...p) => (answersRows ? (native.get(...p) as SqlRow | undefined) : (run(p), undefined)),
      all: (...p) => all(p),
      each: (...p) => all(p).values(),
    };
  };
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const surface: Sql = {
    prepare<Row>(text: string) {
      const found = kept.get(text) ?? prepare(text);
      kept.set(text, found);
      return found as Statement<Row>;
    },
    exec: (text) => void db.exec(text),
    get changes() {
      return changes;
    },
    lastInsertRowid: () => (db.prepare('SELECT last_insert_rowid() AS id').get() as { id: number }).id,
    transaction(body) {
      if (depth === 0) begin.run();
      else control(`SAVEPOINT level${depth}`);
      depth++;
      try {
        const result = body();
        depth--;
        if (depth === 0) commit.run();
        else control(`RELEASE level${depth}`);
        return result;
      } catch (error) {
        depth--;
        control(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO level${depth}`);
        throw error;
      }
    },
  };
  return { sql: surface, close: () => db.close() };
}
