import type { Store } from '../../src/app/ports.ts';
import { statuses, type TaskRow } from '../../src/core/task.ts';
import type { OperationName } from '../../src/protocol/operations.ts';
import type { StoreEvent, StoreNotice, StoreState } from '../../src/protocol/wire.ts';
import { Emitter } from '../../src/util/emitter.ts';
import { taskRow } from '../rig/taskRow.ts';

export const row = (id: number, fields: Partial<TaskRow> = {}): TaskRow => taskRow({ id, ...fields });

export interface MemoryStore extends Store {
  readonly calls: { name: OperationName; input: unknown }[];
  /** Commits rows as another process would, and tells everyone. */
  commit(...tasks: TaskRow[]): void;
  /** An event whose revision leaves some out. */
  skip(revisions: number): void;
  setState(state: StoreState): void;
}

/** The port of the store over rows in memory: snapshots and events are real, other calls are only recorded. */
export function memoryStore(initial: readonly TaskRow[]): MemoryStore {
  const rows = new Map(initial.map((task) => [task.id, task]));
  const change = new Emitter<StoreEvent>();
  const changeState = new Emitter<StoreState>();
  const calls: MemoryStore['calls'] = [];
  let state: StoreState = { role: 'owner' };
  let revision = 1;
  const snapshot = (limit: number) => ({
    revision,
    columns: statuses.map((status) => {
      const tasks = [...rows.values()].filter((task) => task.status === status && task.deletedAt === null && task.archivedAt === null);
      tasks.sort((a, b) => (a.rank < b.rank ? -1 : 1));
      return { status, total: tasks.length, tasks: tasks.slice(0, limit) };
    }),
  });
  const answer = (name: string, input: unknown): unknown => {
    if (name === 'task.snapshot') return snapshot((input as { limitPerColumn?: number }).limitPerColumn ?? Infinity);
    return { revision, tasks: [] };
  };
  return {
    calls,
    get state() {
      return state;
    },
    onDidChange: change.event,
    onDidChangeState: changeState.event,
    onDidReset: new Emitter<void>().event,
    onDidNotice: new Emitter<StoreNotice>().event,
    call: async (name, input) => {
      calls.push({ name, input });
      return structuredClone(answer(name, input)) as never;
    },
    commit: (...tasks) => {
      for (const task of tasks) rows.set(task.id, task);
      change.fire({ revision: ++revision, name: 'task.update', body: { actor: { kind: 'user', name: 'ana' }, tasks } });
    },
    skip: (count) => {
      revision += count;
    },
    setState: (next) => {
      state = next;
      changeState.fire(next);
    },
    setWorkflow: () => undefined,
    close: () => Promise.resolve(),
    dispose: () => undefined,
  };
}
