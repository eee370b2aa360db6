import { statuses, type Status } from '../../src/core/task.ts';

/**
 * The workload of every store subject: update one task of 1 KB in a table with one index, and insert one audit row into a table
 * with one index. It touches about five pages, 20 kB of WAL.
 */
export const schema = `
CREATE TABLE task (id INTEGER PRIMARY KEY, title TEXT NOT NULL, status TEXT NOT NULL, rank TEXT NOT NULL, priority TEXT NOT NULL,
  description TEXT NOT NULL, updated_at INTEGER NOT NULL, version INTEGER NOT NULL);
CREATE INDEX task_status ON task (status, rank);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, operation TEXT NOT NULL, task_id INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX audit_task ON audit (task_id);
`;

export const sql = {
  insertTask: 'INSERT INTO task (id, title, status, rank, priority, description, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, 1)',
  updateTask: 'UPDATE task SET status = ?, description = ?, updated_at = ?, version = version + 1 WHERE id = ?',
  insertAudit: 'INSERT INTO audit (at, actor, operation, task_id, body) VALUES (?, ?, ?, ?, ?)',
  read: 'SELECT * FROM task WHERE id = ?',
  list: 'SELECT * FROM task WHERE id >= ? ORDER BY id LIMIT 100',
};

/** Same for all SQL subjects; peers in addition use what makes them durable and quick. */
export const cachePragma = 'PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;';

const words = 'the crane lifts a steel beam while an agent writes tests for the parser and nobody waits in the review column today'.split(
  ' ',
);

/** A small generator (mulberry32), so that every subject does the very same work. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** About 1,000 characters of prose, ASCII like most task texts. */
export function prose(next: () => number, length = 1000): string {
  const parts: string[] = [];
  for (let size = 0; size < length; size += (parts.at(-1)?.length ?? 0) + 1) parts.push(words[Math.floor(next() * words.length)] ?? '');
  return parts.join(' ').slice(0, length);
}

export const auditBody = (id: number, status: string): string =>
  `{"id":${id},"field":"status","from":"Backlog","to":"${status}","comment":"moved on the board"}`;
export const statusFor = (text: string): Status => statuses[text.charCodeAt(0) % statuses.length] ?? 'Backlog';

export interface PlainTask {
  id: number;
  title: string;
  status: string;
  rank: string;
  priority: string;
  description: string;
  updated_at: number;
  version: number;
}

export function plainTask(id: number, next: () => number): PlainTask {
  return {
    id,
    title: `Task ${id}: ${prose(next, 40)}`,
    status: statuses[id % statuses.length] ?? 'Backlog',
    rank: `a${id.toString(36).padStart(6, '0')}`,
    priority: 'Medium',
    description: prose(next),
    updated_at: 1_700_000_000_000 + id,
    version: 1,
  };
}
