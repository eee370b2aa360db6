// Ways to keep tasks without an engine that writes pages: whole image, one JSON, one Markdown file per task, and the floor.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { OpenOptions, Subject } from '../subject.ts';
import { auditBody, plainTask, random, sql, statusFor, type PlainTask } from '../workload.ts';

function replaceDurably(file: string, data: string | Uint8Array): void {
  const fd = fs.openSync(`${file}.tmp`, 'w');
  fs.writeFileSync(fd, data);
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  fs.renameSync(`${file}.tmp`, file);
  const folder = fs.openSync(path.dirname(file), 'r');
  fs.fsyncSync(folder);
  fs.closeSync(folder);
}

interface OfficialStatement {
  run(params: unknown[]): void;
}
interface OfficialDatabase {
  run(sql: string): void;
  prepare(sql: string): OfficialStatement;
  export(): Uint8Array;
  close(): void;
}

/** sql.js as its documentation shows it: the database in memory, exported as a whole on every change. */
export async function openImage({ dir }: OpenOptions): Promise<Subject> {
  const build = path.dirname(process.argv[1] ?? '');
  const init = createRequire(__filename)(path.join(build, 'sql-wasm.js')) as (
    config: object,
  ) => Promise<{ Database: new (data: Uint8Array) => OfficialDatabase }>;
  const SQL = await init({ locateFile: (f: string) => path.join(build, f) });
  const file = path.join(dir, 'seed.db');
  const image = fs.readFileSync(file);
  // In memory there is no WAL: bytes 18 and 19 of the header say which journal the file wants.
  image[18] = 1;
  image[19] = 1;
  const db = new SQL.Database(image);
  const update = db.prepare(sql.updateTask);
  const audit = db.prepare(sql.insertAudit);
  return {
    commit(id, text) {
      const status = statusFor(text);
      db.run('BEGIN');
      update.run([status, text, Date.now(), id]);
      audit.run([Date.now(), 'user', 'task.update', id, auditBody(id, status)]);
      db.run('COMMIT');
      replaceDurably(path.join(dir, 'image.db'), db.export());
    },
    close: () => db.close(),
  };
}

export function openJson({ dir, tasks }: OpenOptions): Subject {
  const next = random(1);
  const all: PlainTask[] = Array.from({ length: tasks }, (_, i) => plainTask(i + 1, next));
  const audit: string[] = [];
  return {
    commit(id, text) {
      const task = all[id - 1];
      if (task === undefined) throw new Error(`no task ${id}`);
      task.description = text;
      task.status = statusFor(text);
      task.updated_at = Date.now();
      task.version++;
      audit.push(auditBody(id, task.status));
      replaceDurably(path.join(dir, 'tasks.json'), JSON.stringify({ tasks: all, audit }));
    },
    close: () => undefined,
  };
}

export function openMarkdown({ dir, tasks }: OpenOptions): Subject {
  const folder = path.join(dir, 'tasks');
  const log = fs.openSync(path.join(dir, 'audit.log'), 'a');
  const next = random(1);
  const name = (id: number) => path.join(folder, `${id}.md`);
  const text = (t: PlainTask) =>
    `---\nid: ${t.id}\ntitle: ${t.title}\nstatus: ${t.status}\nrank: ${t.rank}\npriority: ${t.priority}\n---\n${t.description}\n`;
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(folder);
    for (let id = 1; id <= tasks; id++) fs.writeFileSync(name(id), text(plainTask(id, next)));
  }
  return {
    commit(id, description) {
      const status = statusFor(description);
      const fd = fs.openSync(name(id), 'w');
      fs.writeSync(fd, text({ ...plainTask(id, () => 0.5), status, description }));
      fs.fdatasyncSync(fd);
      fs.closeSync(fd);
      fs.writeSync(log, `${auditBody(id, status)}\n`);
      fs.fdatasyncSync(log);
    },
    close: () => fs.closeSync(log),
  };
}

/** What no store can beat: the bytes of one commit written over old ones, and one flush. */
export function openFloor({ dir }: OpenOptions): Subject {
  const commitBytes = 5 * 4120;
  const size = 8 * 1024 * 1024;
  const fd = fs.openSync(path.join(dir, 'floor.bin'), 'w');
  fs.writeSync(fd, Buffer.alloc(size));
  fs.fsyncSync(fd);
  const bytes = Buffer.alloc(commitBytes, 7);
  let at = 0;
  return {
    commit(_id, text) {
      bytes.write(text, 0, 'latin1');
      if (at + commitBytes > size) at = 0;
      fs.writeSync(fd, bytes, 0, commitBytes, at);
      fs.fdatasyncSync(fd);
      at += commitBytes;
    },
    close: () => fs.closeSync(fd),
  };
}
