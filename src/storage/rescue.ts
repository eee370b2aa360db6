import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { StoreNotice } from '../protocol/wire.ts';
import { publish } from './copyFile.ts';
import type { Database } from './engine/database.ts';
import { openDatabase } from './engine/database.ts';
import type { SqlJs } from './engine/sqlJs.ts';
import { freeName, stamp } from './folder.ts';
import type { Migration } from './migrate.ts';
import { migrate, pragma } from './migrate.ts';
import type { StoreNames } from './names.ts';
import { bindFileOf } from './names.ts';
import type { SqlRow, SqlValue } from './sql.ts';

export interface RescueDeps {
  sqlJs: SqlJs;
  names: StoreNames;
  migrations: readonly Migration[];
  /** Fills what is derived from other tables, such as search indexes. */
  rebuild(database: Database): void;
  latestBackup: string | null;
  now: number;
}

/** What became of one table. */
interface TableRescue {
  table: string;
  read: number;
  /** How many rows there should be, where the file still says so. */
  expected: number | null;
  complete: boolean;
}

/** How many single rows are looked for between the last one read from the front and the last one read from the back. */
const probes = 100_000;

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const attempt = <T>(body: () => T): T | undefined => {
  try {
    return body();
  } catch {
    return undefined;
  }
};

/** Ordinary tables of ours, without those in which a search index keeps its own matter. */
function dataTables(database: Database): string[] {
  const all = database
    .prepare<{ name: string; sql: string | null }>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .all();
  const virtual = all.filter((row) => /^\s*CREATE\s+VIRTUAL/i.test(row.sql ?? '')).map((row) => row.name);
  return all.map((row) => row.name).filter((name) => name !== 'migration' && !virtual.some((v) => name === v || name.startsWith(`${v}_`)));
}

const columnsOf = (database: Database, table: string) =>
  database
    .prepare<{ name: string; hidden: number }>(`PRAGMA table_xinfo(${quote(table)})`)
    .all()
    .filter((column) => column.hidden === 0)
    .map((column) => column.name);

const keyOf = (database: Database, table: string) =>
  database
    .prepare<{ name: string; pk: number }>(`PRAGMA table_xinfo(${quote(table)})`)
    .all()
    .filter((column) => column.pk > 0)
    .sort((a, b) => a.pk - b.pk)
    .map((column) => column.name);

function copyTable(from: Database, to: Database, table: string): TableRescue {
  const found = attempt(() => columnsOf(from, table)) ?? [];
  const columns = columnsOf(to, table).filter((name) => found.includes(name));
  const result: TableRescue = { table, read: 0, expected: null, complete: false };
  if (columns.length === 0) return result;
  result.expected = attempt(() => from.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${quote(table)}`).get()?.n ?? 0) ?? null;

  const list = columns.map(quote).join(', ');
  const insert = to.prepare(`INSERT OR IGNORE INTO ${quote(table)} (${list}) VALUES (${columns.map(() => '?').join(', ')})`);
  const keep = (row: SqlRow) => {
    attempt(() => {
      insert.run(...columns.map((name): SqlValue => row[name] ?? null));
      result.read += to.changes;
    });
  };
  // A table without row numbers is walked along its primary key.
  const numbered = attempt(() => from.prepare(`SELECT rowid FROM ${quote(table)} LIMIT 0`).all()) !== undefined;
  const key = numbered ? ['rowid'] : keyOf(to, table).map(quote);
  const what = numbered ? `rowid AS rescue_rowid, ${list}` : list;
  const scan = (order: 'ASC' | 'DESC'): { whole: boolean; last: number | null } => {
    const by = key.map((column) => `${column} ${order}`).join(', ');
    let last: number | null = null;
    const whole = attempt(() => {
      for (const row of from.prepare(`SELECT ${what} FROM ${quote(table)} ORDER BY ${by}`).each()) {
        keep(row);
        last = Number(row['rescue_rowid'] ?? 0);
      }
      return true;
    });
    return { whole: whole === true, last };
  };

  const forward = scan('ASC');
  result.complete = forward.whole;
  if (forward.whole) return result;
  const backward = scan('DESC');
  if (backward.last === null || !numbered) return result;
  // The damage lies between: rows beside it are found one by one.
  const one = from.prepare(`SELECT ${list} FROM ${quote(table)} WHERE rowid = ?`);
  const first = (forward.last ?? 0) + 1;
  for (let id = first; id < Math.min(backward.last, first + probes); id++) {
    const row = attempt(() => one.get(id));
    if (row !== undefined) keep(row);
  }
  return result;
}

/** Numbers that were given are not given again, also when their rows were lost. */
function copySequences(from: Database, to: Database): void {
  for (const { name, seq } of attempt(() => from.prepare<{ name: string; seq: number }>('SELECT name, seq FROM sqlite_sequence').all()) ??
    []) {
    attempt(() => {
      to.prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?').run(seq, name);
      if (to.changes === 0) to.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, seq);
    });
  }
}

function describe(tables: readonly TableRescue[]): string {
  return tables
    .filter((table) => table.read > 0 || !table.complete)
    .map(({ table, read, expected, complete }) => {
      if (complete) return `${table}: all ${read} rows`;
      if (expected === null) return `${table}: ${read} rows, how many there were is unknown`;
      return `${table}: ${read} of ${expected} rows`;
    })
    .join('; ');
}

/** Moves a file with its log; the log keeps a name by which SQLite finds it. */
function moveAside(names: StoreNames, now: number): string {
  const aside = freeName(names.folder, `claudetask.${stamp(now)}.damaged`, '.db');
  fs.renameSync(names.database, aside);
  if (fs.existsSync(names.wal)) fs.renameSync(names.wal, `${aside}-wal`);
  fs.rmSync(bindFileOf(names), { force: true });
  return aside;
}

function readInto(deps: RescueDeps, copy: string, rescued: string): TableRescue[] | undefined {
  const to = openDatabase(deps.sqlJs, rescued, { create: true });
  try {
    const from = attempt(() => openDatabase(deps.sqlJs, copy, { create: false, anyApplication: true }));
    try {
      const version = from === undefined ? undefined : attempt(() => pragma(from, 'user_version'));
      const known = version !== undefined && version > 0 && version <= deps.migrations.length;
      // The schema it had, so that later migrations find what they expect.
      migrate(to, known ? deps.migrations.slice(0, version) : deps.migrations, () => deps.now);
      if (from === undefined || attempt(() => dataTables(from)) === undefined) return undefined;
      const tables = to.transaction(() => {
        // Rows may come before those they refer to; what refers to a lost row is kept too.
        const copied = dataTables(to).map((table) => copyTable(from, to, table));
        copySequences(from, to);
        return copied;
      });
      deps.rebuild(to);
      return tables;
    } finally {
      from?.abandon();
    }
  } finally {
    to.close();
  }
}

/**
 * Puts a damaged database aside, untouched, and builds a new one from what can be read of it. Call it with the database
 * closed. The notice says what was and what was not read.
 */
export function rescue(deps: RescueDeps, why: string): StoreNotice {
  const { names } = deps;
  const aside = moveAside(names, deps.now);
  const suffix = randomBytes(4).toString('hex');
  const copy = path.join(names.folder, `.rescue-${suffix}.db`);
  const rescued = path.join(names.folder, `.rescued-${suffix}.db`);
  try {
    fs.copyFileSync(aside, copy);
    if (fs.existsSync(`${aside}-wal`)) fs.copyFileSync(`${aside}-wal`, `${copy}-wal`);
    const tables = readInto(deps, copy, rescued);
    publish(rescued, names.database);
    const backup =
      deps.latestBackup === null
        ? ''
        : ` The newest backup is ${path.basename(deps.latestBackup)}; "ClaudeTask: Restore Database" brings it back.`;
    const kept = `The damaged file was kept as ${path.basename(aside)}.`;
    if (tables === undefined) {
      return {
        severity: 'error',
        message: `The task database was damaged (${why}) and nothing in it could be read. An empty one was begun. ${kept}${backup}`,
        file: aside,
      };
    }
    const whole = tables.every((table) => table.complete && (table.expected === null || table.read === table.expected));
    return {
      severity: whole ? 'warning' : 'error',
      message: `The task database was damaged (${why}). ${whole ? 'Everything in it could be read' : 'Not everything in it could be read'}: ${describe(tables)}. ${kept}${backup}`,
      file: aside,
    };
  } finally {
    for (const file of [copy, rescued]) for (const ending of ['', '-wal', '-bind.json']) fs.rmSync(file + ending, { force: true });
  }
}
