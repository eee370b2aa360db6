import type * as z from 'zod';
import { AppError } from '../core/appError.ts';
import type { Status, TaskRow } from '../core/task.ts';
import type { TaskChanges } from '../core/taskFields.ts';
import { refuseMove, refusalText } from '../core/workflow.ts';
import type { MovingTask } from '../core/workflow.ts';
import type { taskInput } from '../protocol/task.ts';
import { placeRank, placeRanks } from './places.ts';
import { moveText, tasksText } from './taskWords.ts';
import { anyTask, anyTasks, assertVersion, edit, enteringColumn, liveTask, liveTasks } from './work.ts';
import type { Work } from './work.ts';

type Input = { [N in keyof typeof taskInput]: z.output<(typeof taskInput)[N]> };

/** Holds a move to the workflow. A user who has confirmed goes past it, and the audit log says so. */
export function assertMoves(work: Work, tasks: readonly MovingTask[], status: Status, override: boolean, what?: string): void {
  const refusal = refuseMove(work.workflow, tasks, status, () => work.tasks.count(status));
  if (refusal === undefined) return;
  const overridable = work.actor.kind === 'user';
  if (override && overridable) {
    work.overrode = refusal.reason;
    return;
  }
  throw new AppError('workflow.refused', refusalText(refusal, overridable, what), { ...refusal, overridable });
}

const moving = (row: TaskRow): MovingTask => ({ ...row, from: row.status });

export function move(work: Work, input: Input['move']): void {
  const { status, override = false, comment = '', beforeId, afterId } = input;
  const row = liveTask(work, input.id);
  assertVersion(row, input.version);
  assertMoves(work, [moving(row)], status, override);
  work.summary = moveText([row.id], status, row.status === status);
  const rank = placeRank(work, row, status, { beforeId, afterId });
  edit(work, row, { ...enteringColumn(row, status, work.now), rank }, comment === '' ? null : comment);
}

export function moveMany(work: Work, input: Input['moveMany']): void {
  const { ids, status, override = false, comment = '', beforeId, afterId } = input;
  const rows = liveTasks(work, ids);
  assertMoves(work, rows.map(moving), status, override);
  work.summary = moveText(
    ids,
    status,
    rows.every((row) => row.status === status),
  );
  const ranks = placeRanks(work, status, { beforeId, afterId }, ids);
  rows.forEach((row, i) => {
    edit(work, row, { ...enteringColumn(row, status, work.now), rank: ranks[i] ?? row.rank }, comment === '' ? null : comment);
  });
}

/** Deletion and archive: a time that is set or cleared, and nothing happens to a task that is so already. */
function setTime(verb: string, changesFor: (row: TaskRow, now: number) => TaskChanges) {
  return {
    one(work: Work, input: Input['one']): void {
      const row = anyTask(work, input.id);
      assertVersion(row, input.version);
      work.summary = `${verb} #${row.id}`;
      apply(work, row, changesFor(row, work.now), input.comment);
    },
    many(work: Work, input: Input['many']): void {
      work.summary = `${verb} ${tasksText(input.ids)}`;
      for (const row of anyTasks(work, input.ids)) apply(work, row, changesFor(row, work.now), input.comment);
    },
  };
}

function apply(work: Work, row: TaskRow, changes: TaskChanges, comment = ''): void {
  const acts = Object.keys(changes).length > 0;
  edit(work, row, changes, acts && comment !== '' ? comment : null);
}

/** An archived or unarchived task must be there. */
function assertLive(row: TaskRow): void {
  if (row.deletedAt !== null) throw new AppError('task.notFound', `#${row.id} was deleted. Restore it first.`, { ids: [row.id] });
}

export const deletion = setTime('Delete', (row, now) => (row.deletedAt === null ? { deletedAt: now } : {}));
export const restoration = setTime('Restore', (row) => (row.deletedAt === null ? {} : { deletedAt: null }));
export const archiving = setTime('Archive', (row, now) => {
  assertLive(row);
  return row.archivedAt === null ? { archivedAt: now } : {};
});
export const unarchiving = setTime('Unarchive', (row) => {
  assertLive(row);
  return row.archivedAt === null ? {} : { archivedAt: null };
});
