// What somebody would write who serves the same tables with what there is: fastify and better-sqlite3, one statement after the other in one thread.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import { canonicalForm } from '../../../src/core/auditChain.ts';
import { detailList, isOpen, lightColumns } from '../../../src/storage/taskColumns.ts';
import type { HistoryLine, Opened } from '../serverSubject.ts';
import { cachePragma } from '../workload.ts';
import { requirePeer, type NativeDatabase } from './native.ts';

interface FastifyRequest<Body> {
  headers: Record<string, string | undefined>;
  params: { id: number };
  body: Body;
}
interface FastifyReply {
  code(status: number): FastifyReply;
  header(name: string, value: string): FastifyReply;
  send(value?: unknown): FastifyReply;
}
interface Fastify {
  addHook(name: 'onRequest', hook: (request: FastifyRequest<unknown>, reply: FastifyReply, done: () => void) => void): void;
  get(path: string, options: object, handler: (request: FastifyRequest<unknown>, reply: FastifyReply) => void): void;
  put(path: string, options: object, handler: (request: FastifyRequest<Patch>, reply: FastifyReply) => void): void;
  listen(where: { host: string; port: number }): Promise<string>;
  close(): Promise<void>;
}

interface Patch {
  estimate?: number | null;
  assignee?: string | null;
}
interface StoredTask extends Record<string, unknown> {
  id: number;
  labels: string;
  version: number;
  blockers: string | null;
}
type Fields = Record<string, unknown>;

export interface FastifyServer extends Opened {
  history(id: number): HistoryLine[];
  close(): Promise<void>;
}

const params = { type: 'object', properties: { id: { type: 'integer', minimum: 1 } }, required: ['id'] };
const body = {
  type: 'object',
  additionalProperties: false,
  properties: {
    estimate: { type: 'number', minimum: 0, maximum: 100_000, nullable: true },
    assignee: { type: 'string', maxLength: 200, nullable: true },
  },
};
const columns = { estimate: 'estimate', assignee: 'assignee' } as const;
const actor = { kind: 'client', name: 'bench' } as const;

const parsed = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : null);

const idsOf = (list: string | null): number[] =>
  list === null
    ? []
    : list
        .split(',')
        .map(Number)
        .sort((a, b) => a - b);

function lightRow({ blockers, labels, ...record }: StoredTask) {
  return { ...record, labels: parsed(labels), openBlockers: idsOf(blockers) };
}

export async function openFastify(dir: string): Promise<FastifyServer> {
  const Database = requirePeer('better-sqlite3') as new (file: string) => NativeDatabase;
  const db = new Database(path.join(dir, 'seed.db'));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${cachePragma}`);
  const blockers = `(SELECT group_concat(blocker.id) FROM task_dependency d JOIN task blocker ON blocker.id = d.depends_on_id
    WHERE d.task_id = task.id AND ${isOpen.replaceAll('task.', 'blocker.')}) AS blockers`;
  // All in one statement: each more would take and release the locks of the file once more.
  const whole = db.prepare(
    `SELECT ${lightColumns}, ${detailList}, ${blockers},
       (SELECT group_concat(depends_on_id) FROM task_dependency WHERE task_id = task.id) AS dependsOn,
       (SELECT group_concat(task_id) FROM task_dependency WHERE depends_on_id = task.id) AS blocks
     FROM task JOIN task_detail ON task_detail.id = task.id WHERE task.id = ?`,
  );
  const light = db.prepare(`SELECT ${lightColumns}, ${blockers} FROM task WHERE task.id = ?`);
  const newest = db.prepare('SELECT revision, hash FROM audit ORDER BY revision DESC LIMIT 1');
  const addHistory = db.prepare('INSERT INTO history (task_id, revision, changes, comment) VALUES (?, ?, ?, NULL)');
  const addAudit = db.prepare(
    `INSERT INTO audit (revision, at, actor_kind, actor_name, operation, request_id, summary, body, prev_hash, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const written = db.prepare(
    `SELECT h.revision, h.changes, h.comment, a.operation, a.actor_kind AS kind, a.actor_name AS name
     FROM history h JOIN audit a ON a.revision = h.revision WHERE h.task_id = ? ORDER BY h.revision DESC LIMIT 100`,
  );
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const updates = new Map<string, ReturnType<NativeDatabase['prepare']>>();

  function read(id: number): (Fields & { version: number }) | undefined {
    const record = whole.get(id) as (StoredTask & { dependsOn: string | null; blocks: string | null }) | undefined;
    if (record === undefined) return undefined;
    return {
      ...lightRow(record),
      checklist: parsed(record['checklist']),
      contract: parsed(record['contract']),
      stageResults: parsed(record['stageResults']),
      testingUrls: parsed(record['testingUrls']),
      origin: parsed(record['origin']),
      source: parsed(record['source']),
      dependsOn: idsOf(record.dependsOn),
      blocks: idsOf(record.blocks),
      version: record.version,
    };
  }

  function updateOf(names: readonly string[]): ReturnType<NativeDatabase['prepare']> {
    const text = `UPDATE task SET ${names.map((name) => `${name} = ?, `).join('')}updated_at = ?, version = version + 1, revision = ? WHERE id = ?`;
    const known = updates.get(text) ?? db.prepare(text);
    updates.set(text, known);
    return known;
  }

  function change(id: number, patch: Patch): { revision: number; row: Fields & { version: number } } | undefined {
    const before = light.get(id) as StoredTask | undefined;
    if (before === undefined) return undefined;
    const last = newest.get() as { revision: number; hash: string };
    const given = (['assignee', 'estimate'] as const).filter((name) => patch[name] !== undefined && patch[name] !== before[name]);
    if (given.length === 0) return { revision: last.revision, row: { ...lightRow(before), version: before.version } };
    const now = Date.now();
    const revision = last.revision + 1;
    updateOf(given.map((name) => columns[name])).run(...given.map((name) => patch[name]), now, revision, id);
    const changes = JSON.stringify(given.map((field) => ({ field, from: before[field], to: patch[field] })));
    addHistory.run(id, revision, changes);
    const row = {
      revision,
      at: now,
      actor,
      operation: 'task.update',
      requestId: randomUUID(),
      summary: `Edit #${id}`,
      body: JSON.stringify({ tasks: [id] }),
      undoOf: null,
      redoOf: null,
      previousHash: last.hash,
    };
    const hash = createHash('sha256')
      .update(canonicalForm(row, [{ taskId: id, changes, comment: null }]))
      .digest('hex');
    addAudit.run(revision, now, actor.kind, actor.name, row.operation, row.requestId, row.summary, row.body, row.previousHash, hash);
    return { revision, row: { ...lightRow(before), ...patch, updatedAt: now, version: before.version + 1 } };
  }

  function inTransaction<T>(act: () => T): T {
    begin.run();
    try {
      const value = act();
      commit.run();
      return value;
    } catch (error) {
      rollback.run();
      throw error;
    }
  }

  const token = randomUUID();
  const expected = Buffer.from(`Bearer ${token}`);
  const isKnown = (sent: string | undefined): boolean => {
    const given = Buffer.from(sent ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const failure = (code: string) => ({ code, data: null, message: '' });
  const success = (data: unknown) => ({ code: 'ok', data, message: '' });

  const app = (requirePeer('fastify') as () => Fastify)();
  app.addHook('onRequest', (request, reply, done) => {
    if (isKnown(request.headers['authorization'])) done();
    else reply.code(401).send(failure('api.unauthorized'));
  });
  app.get('/api/tasks/:id', { schema: { params } }, (request, reply) => {
    const task = read(request.params.id);
    if (task === undefined) return void reply.code(404).send(failure('task.notFound'));
    const tag = `"v${task.version}"`;
    if (request.headers['if-none-match'] === tag) return void reply.code(304).header('ETag', tag).send();
    reply.header('ETag', tag).send(success(task));
  });
  app.put('/api/tasks/:id', { schema: { params, body } }, (request, reply) => {
    const changed = inTransaction(() => change(request.params.id, request.body));
    if (changed === undefined) return void reply.code(404).send(failure('task.notFound'));
    const { revision, row } = changed;
    reply.header('ETag', `"v${row.version}"`).send(success({ revision, tasks: [row] }));
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    origin,
    token,
    history: (id) =>
      (
        written.all(id) as { revision: number; changes: string; comment: string | null; operation: string; kind: string; name: string }[]
      ).map(({ revision, changes, comment, operation, kind, name }) => ({
        revision,
        operation,
        actor: { kind, name },
        changes: JSON.parse(changes) as unknown,
        comment,
      })),
    async close() {
      await app.close();
      db.close();
    },
  };
}
