import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import { dirname, join } from 'node:path';
import { openDatabase } from '../../../src/storage/engine/database.ts';
import type { Database } from '../../../src/storage/engine/database.ts';
import type { FileCalls } from '../../../src/storage/engine/fileCalls.ts';
import { realFileCalls } from '../../../src/storage/engine/fileCalls.ts';
import type { OpenOptions } from '../../../src/storage/engine/openFiles.ts';
import { loadSqlJs } from '../../../src/storage/engine/sqlJs.ts';

const dist = dirname(createRequire(join(process.cwd(), 'package.json')).resolve('sql.js/dist/sql-wasm.js'));
export const assets = { js: join(dist, 'sql-wasm.js'), wasm: join(dist, 'sql-wasm.wasm') };

/** A temporary folder that goes when the test ends. */
export interface Folder extends Disposable {
  path: string;
  file(name: string): string;
}

export function temporaryFolder(): Folder {
  const path = fs.mkdtempSync(join(os.tmpdir(), 'claudetask-engine-'));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => fs.rmSync(path, { recursive: true, force: true }),
  };
}

export async function open(path: string, options: Partial<OpenOptions> = {}): Promise<Database> {
  return openDatabase(await loadSqlJs(assets), path, { create: true, ...options });
}

export function makeTable(database: Database): void {
  database.exec('CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT, body TEXT); CREATE INDEX task_title ON task (title)');
}

export function addTasks(database: Database, count: number): void {
  const insert = database.prepare('INSERT INTO task (title, body) VALUES (?, ?)');
  database.transaction(() => {
    for (let i = 0; i < count; i++) insert.run(`Title ${i}`, 'x'.repeat(1000));
  });
}

export function countTasks(database: Database): number {
  return database.prepare<{ n: number }>('SELECT count(*) AS n FROM task').get()?.n ?? -1;
}

export function integrity(database: Database): string {
  return database.prepare<{ integrity_check: string }>('PRAGMA integrity_check').get()?.integrity_check ?? '';
}

export function openDescriptors(): number {
  return fs.readdirSync('/proc/self/fd').length;
}

/** The real file system, where chosen calls fail as long as `fail` answers a code. */
export function failingFiles(fail: (call: keyof FileCalls, subject: string | number) => string | undefined): FileCalls {
  const paths = new Map<number, string>();
  const refuse = (call: keyof FileCalls, subject: string | number) => {
    const code = fail(call, typeof subject === 'number' ? (paths.get(subject) ?? subject) : subject);
    if (code !== undefined) throw Object.assign(new Error(`${code}: played by the test, ${call}`), { code, syscall: call });
  };
  return {
    open(path, flags) {
      refuse('open', path);
      const fd = realFileCalls.open(path, flags);
      paths.set(fd, path);
      return fd;
    },
    close: (fd) => realFileCalls.close(fd),
    read(fd, ...rest) {
      refuse('read', fd);
      return realFileCalls.read(fd, ...rest);
    },
    write(fd, ...rest) {
      refuse('write', fd);
      return realFileCalls.write(fd, ...rest);
    },
    sync(fd) {
      refuse('sync', fd);
      realFileCalls.sync(fd);
    },
    async syncBeside(fd) {
      refuse('syncBeside', fd);
      await realFileCalls.syncBeside(fd);
    },
    truncate(fd, length) {
      refuse('truncate', fd);
      realFileCalls.truncate(fd, length);
    },
    unlink(path) {
      refuse('unlink', path);
      realFileCalls.unlink(path);
    },
    rename(from, to) {
      refuse('rename', from);
      realFileCalls.rename(from, to);
    },
    stat: (path) => realFileCalls.stat(path),
    statFd: (fd) => realFileCalls.statFd(fd),
    syncDirectoryOf(path) {
      refuse('syncDirectoryOf', path);
      realFileCalls.syncDirectoryOf(path);
    },
  };
}
