// Databases as the product makes them: its migrations, its operations, its search index and its audit chain.
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { DatabaseMaintenance, Dispatcher, OperationRequest } from '../../src/app/ports.ts';
import { freeWorkflow } from '../../src/core/workflow.ts';
import { statuses } from '../../src/core/task.ts';
import { domainParts } from '../../src/storage/domainParts.ts';
import { openDatabase } from '../../src/storage/engine/database.ts';
import { loadSqlJs } from '../../src/storage/engine/sqlJs.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { assets } from './assets.ts';
import { benchPlaces } from './report.ts';
import { random } from './workload.ts';

/** Nobody asks these databases for maintenance while they are made. */
const refuse = (): never => {
  throw new Error('not while data is made');
};
export const noMaintenance: DatabaseMaintenance = {
  status: refuse,
  backup: refuse,
  export: refuse,
  restore: refuse,
  recordedAnchor: () => null,
  pause: () => Promise.resolve(),
};

export const request = (operation: string, input: unknown): OperationRequest => ({
  requestId: randomUUID(),
  operation,
  input,
  actor: { kind: 'user', name: 'bench' },
  workflow: freeWorkflow,
});

const labels = ['site', 'steel', 'parser', 'docs', 'ui', 'storage', 'safety', 'crane'];
const syllables = [
  'ba',
  'cre',
  'di',
  'fo',
  'gu',
  'ha',
  'kli',
  'lo',
  'mu',
  'ne',
  'pra',
  'qui',
  'ro',
  'ste',
  'tu',
  'ver',
  'wo',
  'xa',
  'ye',
  'zon',
];

/** The word of a rank: as many different ones as people use, and no two alike. */
export function word(rank: number): string {
  let made = '';
  for (let left = rank + 1; left > 0; left = Math.floor(left / syllables.length)) made += syllables[left % syllables.length] ?? '';
  return made;
}

/** Words as often as in real texts: the second half as often as the first, the third a third as often (Zipf). */
const vocabulary = 20_000;
export function text(next: () => number, length: number): string {
  const parts: string[] = [];
  for (let size = 0; size < length; size += (parts.at(-1)?.length ?? 0) + 1) parts.push(word(Math.floor(vocabulary ** next())));
  return parts.join(' ').slice(0, length);
}

/** A task like people write them: a line, a kilobyte of text, a label, a checklist now and then. */
export function taskInput(n: number, next: () => number): Record<string, unknown> {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  const title = text(next, 20 + Math.floor(next() * 50)).trim();
  return {
    title: `${title[0]?.toUpperCase()}${title.slice(1)} ${n}`,
    description: text(next, 1000),
    type: next() < 0.3 ? 'Bug' : 'Feature',
    priority: pick(['High', 'Medium', 'Medium', 'Low']),
    status: pick(statuses),
    labels: next() < 0.6 ? [pick(labels)] : [],
    assignee: next() < 0.4 ? '@builder' : null,
    ...(next() < 0.2 ? { checklist: ['First', 'Second'] } : {}),
  };
}

export function dispatchAll(
  dispatcher: Dispatcher,
  transaction: (body: () => void) => void,
  count: number,
  one: (n: number) => OperationRequest,
): void {
  const together = 500;
  for (let n = 0; n < count; n += together) {
    transaction(() => {
      for (let i = n; i < Math.min(count, n + together); i++) dispatcher.dispatch(one(i));
    });
  }
}

/** A closed database with so many tasks and, beside the rows that creating them left, so many more audit rows. Made once and kept. */
export async function productDatabase(tasks: number, extraAudit: number): Promise<string> {
  const steps = path.join(benchPlaces().root, 'src', 'storage', 'migrations');
  const sources = fs
    .readdirSync(steps)
    .toSorted()
    .map((name) => fs.readFileSync(path.join(steps, name), 'utf8'));
  const version = createHash('sha256').update(sources.join('\n')).digest('hex').slice(0, 10);
  const file = path.join(benchPlaces().dir, 'seed', `product-${version}-${tasks}-${extraAudit}.db`);
  if (fs.existsSync(file)) return file;
  process.stderr.write(
    `bench: making a database of ${tasks} tasks${extraAudit > 0 ? ` and ${extraAudit} more audit rows; once, takes minutes` : ''}\n`,
  );
  const part = path.join(benchPlaces().dir, 'seed', 'making.db');
  fs.mkdirSync(path.dirname(part), { recursive: true });
  // Those of an earlier schema are of no use any more, and large.
  for (const name of fs.readdirSync(path.dirname(part))) {
    if (name.startsWith('product-') && name.endsWith(`-${tasks}-${extraAudit}.db`)) fs.rmSync(path.join(path.dirname(part), name));
  }
  for (const suffix of ['', '-wal', '-bind.json']) fs.rmSync(part + suffix, { force: true });
  const db = openDatabase(await loadSqlJs(assets()), part, { create: true });
  migrate(db, domainParts.migrations, () => 1_700_000_000_000);
  const dispatcher = domainParts.createDispatcher(db, noMaintenance);
  const next = random(tasks);
  const settle = (): void => {
    db.flush();
    if (db.walSize > 64 * 1024 * 1024) db.checkpoint('passive');
  };
  const transaction = (body: () => void): void => {
    db.transaction(body);
    settle();
  };
  dispatchAll(dispatcher, transaction, tasks, (n) => request('task.create', taskInput(n, next)));
  dispatchAll(dispatcher, transaction, extraAudit, (n) =>
    request('task.update', { id: 1 + (n % tasks), patch: { estimate: 1 + (Math.floor(n / tasks) % 40) } }),
  );
  while (dispatcher.idle()) settle();
  db.close();
  fs.renameSync(part, file);
  fs.rmSync(`${part}-bind.json`, { force: true });
  return file;
}
