import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import type { AuditAnchor, Dispatcher } from '../../../src/app/ports.ts';
import type { Actor } from '../../../src/core/actor.ts';
import { AppError } from '../../../src/core/appError.ts';
import type { ErrorCode } from '../../../src/core/appError.ts';
import type { Status, TaskRow } from '../../../src/core/task.ts';
import { freeWorkflow } from '../../../src/core/workflow.ts';
import type { Workflow } from '../../../src/core/workflow.ts';
import type { OperationInput, OperationName, OperationOutput } from '../../../src/protocol/operations.ts';
import { operationContracts } from '../../../src/protocol/operations.ts';
import type { StoreEvent } from '../../../src/protocol/wire.ts';
import { createDispatcher } from '../../../src/storage/dispatcher.ts';
import { openDatabase } from '../../../src/storage/engine/database.ts';
import type { Database } from '../../../src/storage/engine/database.ts';
import { loadSqlJs } from '../../../src/storage/engine/sqlJs.ts';
import { migrate } from '../../../src/storage/migrate.ts';
import { migrations } from '../../../src/storage/migrations/all.ts';
import { sha256 } from '../../../src/storage/sha256.ts';

const dist = path.dirname(createRequire(path.join(process.cwd(), 'package.json')).resolve('sql.js/dist/sql-wasm.js'));
const assets = { js: path.join(dist, 'sql-wasm.js'), wasm: path.join(dist, 'sql-wasm.wasm') };

export const ann: Actor = { kind: 'user', name: 'ann' };
export const bob: Actor = { kind: 'user', name: 'bob' };
export const agent: Actor = { kind: 'agent', name: 'backend' };

export interface As {
  actor?: Actor;
  workflow?: Partial<Workflow>;
  requestId?: string;
}

/** The operations over a real file, as the storage thread has them. Every answer is checked against its contract. */
export interface Bench extends Disposable {
  readonly sql: Database;
  readonly dispatcher: Dispatcher;
  readonly events: StoreEvent[];
  /** Moves by a second with each call. */
  now: number;
  anchor: AuditAnchor | null;
  call<N extends OperationName>(name: N, input: OperationInput<N>, as?: As): OperationOutput<N>;
  maintain<N extends OperationName>(name: N, input: OperationInput<N>, as?: As): Promise<OperationOutput<N>>;
  /** A task with this title. */
  add(title: string, more?: Partial<OperationInput<'task.create'>>, as?: As): TaskRow;
  row(id: number): TaskRow;
  /** Titles of a column from the top. */
  column(status: Status): string[];
  /** Closes the file and opens it again, as after a restart. */
  reopen(): void;
}

export async function openBench(file?: string): Promise<Bench> {
  const sqlJs = await loadSqlJs(assets);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ct-op-'));
  const database = path.join(folder, 'claudetask.db');
  if (file !== undefined) fs.copyFileSync(file, database);
  const events: StoreEvent[] = [];
  let sql: Database;
  let dispatcher: Dispatcher;

  function open(): void {
    sql = openDatabase(sqlJs, database, { create: !fs.existsSync(database) });
    migrate(sql, migrations, () => bench.now);
    dispatcher = createDispatcher({
      sql,
      clock: { now: () => (bench.now += 1000) },
      hash: sha256,
      maintenance: {
        status: () => ({
          file: database,
          bytes: 0,
          walBytes: sql.walSize,
          schemaVersion: migrations.length,
          sqlite: '3',
          lastBackup: null,
        }),
        backup: () => Promise.resolve({ file: 'backup' }),
        export: () => Promise.resolve({ file: 'export', bytes: 0 }),
        restore: () => Promise.resolve({ keptAside: 'aside' }),
        recordedAnchor: () => bench.anchor,
        pause: () => new Promise((resolve) => setImmediate(resolve)),
      },
    });
  }

  const request = (operation: string, input: unknown, as: As) => ({
    requestId: as.requestId ?? randomUUID(),
    operation,
    input,
    actor: as.actor ?? ann,
    workflow: { ...freeWorkflow, ...as.workflow },
  });

  const bench: Bench = {
    get sql() {
      return sql;
    },
    get dispatcher() {
      return dispatcher;
    },
    events,
    now: Date.UTC(2026, 10, 21, 12),
    anchor: null,
    call(name, input, as = {}) {
      const outcome = dispatcher.dispatch(request(name, input, as));
      if (outcome.event !== null) events.push(outcome.event);
      // What crosses the border is JSON, and holds nothing that the contract does not name.
      return operationContracts[name].output.parse(JSON.parse(JSON.stringify(outcome.value))) as never;
    },
    maintain: async (name, input, as = {}) =>
      operationContracts[name].output.parse(await dispatcher.maintain(request(name, input, as))) as never,
    add(title, more = {}, as = {}) {
      const [row] = bench.call('task.create', { title, ...more }, as).tasks;
      if (row === undefined) throw new Error('nothing was created');
      return row;
    },
    row: (id) => bench.call('task.get', { id }),
    column: (status) => bench.call('task.list', { status: [status], limit: 1000 }).tasks.map((task) => task.title),
    reopen() {
      sql.close();
      open();
    },
    [Symbol.dispose]() {
      sql.close();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  open();
  return bench;
}

/** The error that `act` throws; fails when it throws none, or one of another code. */
export function refused(code: ErrorCode, act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (AppError.is(error, code)) return error;
    throw error;
  }
  throw new Error(`nothing was refused, ${code} was expected`);
}
