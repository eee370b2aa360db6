// Takes the place of the task domain in the storage thread: the same thread, queue, guard and flush, with the workload's transaction
// where the operations would be.
import type { Dispatcher } from '../../src/app/ports.ts';
import { AppError } from '../../src/core/appError.ts';
import type { TaskRow } from '../../src/core/task.ts';
import type { DomainParts } from '../../src/storage/liveDatabase.ts';
import { schema, sql as statements } from './workload.ts';
import { rawTransaction } from './rawTransaction.ts';

/** A light row as large as those that operations answer and events carry. */
const row = (id: number, now: number): TaskRow => ({
  id,
  title: 'The crane lifts a steel beam while nobody waits',
  type: 'Feature',
  priority: 'Medium',
  status: 'Backlog',
  rank: 'a00001',
  labels: ['site', 'steel'],
  assignee: '@builder',
  due: null,
  estimate: null,
  parentId: null,
  blockedReason: null,
  openBlockers: [],
  checklistDone: 0,
  checklistTotal: 3,
  createdAt: now,
  updatedAt: now,
  completedAt: null,
  archivedAt: null,
  deletedAt: null,
  version: 2,
});

export const domainParts: DomainParts = {
  migrations: [{ version: 1, name: 'bench', up: (db) => db.exec(schema) }],
  rebuild: () => undefined,
  createDispatcher(db): Dispatcher {
    const transact = rawTransaction(db);
    const read = db.prepare(statements.read);
    let revision = 0;
    return {
      isMaintenance: () => false,
      dispatch({ operation, input, actor }) {
        const { id, patch } = input as { id: number; patch?: { description: string } };
        if (operation === 'task.get') return { value: read.get(id), event: null };
        if (operation !== 'task.update' || patch === undefined) throw new AppError('operation.unknown', operation);
        transact(id, patch.description);
        const tasks = [row(id, Date.now())];
        revision++;
        return { value: { revision, tasks }, event: { revision, name: operation, body: { actor, tasks } } };
      },
      maintain: () => Promise.reject(new AppError('operation.unknown', 'none here')),
      replay: () => undefined,
      auditAnchor: () => null,
      idle: () => false,
    };
  },
};
