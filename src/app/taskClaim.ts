import type * as z from 'zod';
import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import { statuses } from '../core/task.ts';
import type { TaskRow } from '../core/task.ts';
import { refusalText } from '../core/workflow.ts';
import type { MoveRefusal } from '../core/workflow.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type { taskInput } from '../protocol/task.ts';
import type { Reading } from './operation.ts';
import { placeRank } from './places.ts';
import { assertMoves } from './taskMoves.ts';
import { edit, enteringColumn, liveTask } from './work.ts';
import type { Work } from './work.ts';

type Input = { [N in keyof typeof taskInput]: z.output<(typeof taskInput)[N]> };

/** Where a claimed task goes, unless it is there or further already. */
const target = 'In Progress';
const isBefore = ({ status }: TaskRow) => statuses.indexOf(status) < statuses.indexOf(target);

export function readyTasks({ stores, revision, today }: Reading, input: Input['ready']): OperationOutput<'task.ready'> {
  return { revision, ...stores.tasks.list({ ...input, status: ['Ready'], assignee: [''], blocked: false }, today) };
}

/** As tasks name whoever works on them: an agent with `@`. */
const assigneeOf = ({ kind, name }: Actor) => (kind === 'agent' && !name.startsWith('@') ? `@${name}` : name);

/** Refuses what nobody can begin yet, users included: what holds it up is to be dealt with first. */
function assertStartable({ id, archivedAt, blockedReason, openBlockers }: TaskRow): void {
  if (archivedAt !== null) {
    throw new AppError('input.invalid', `id names #${id}, which is archived. Unarchive it first.`, { field: 'id' });
  }
  if (blockedReason !== null) {
    const message = `Not claimed: #${id} is blocked (${blockedReason}). Clear the reason first, or claim another task.`;
    throw new AppError('workflow.refused', message, { reason: 'blocked', id, blockedReason, overridable: false });
  }
  if (openBlockers.length > 0) {
    const refusal: MoveRefusal = { reason: 'blockers', id, to: target, openBlockers };
    throw new AppError('workflow.refused', refusalText(refusal, false, 'Not claimed'), { ...refusal, overridable: false });
  }
}

/** Who has it and where it is change together, or not at all: what comes next in the queue finds it taken. */
export function claim(work: Work, input: Input['claim']): void {
  const { id, type, priority, label, assignee = assigneeOf(work.actor), comment = '' } = input;
  const row = id === undefined ? work.tasks.firstReady({ type, priority, label }, assignee) : liveTask(work, id);
  if (row === undefined) return;
  const isFree = row.assignee === null || row.assignee === '';
  if (!isFree && row.assignee !== assignee) {
    throw new AppError('task.claimed', `Not claimed: #${row.id} is ${row.assignee}'s. Claim another task.`, { assignee: row.assignee });
  }
  if (row.status === 'Done') {
    throw new AppError('input.invalid', `id names #${row.id}, which is done. Move it back first, or claim another task.`, { field: 'id' });
  }
  const begins = isBefore(row);
  if (!isFree && !begins) {
    work.rows.set(row.id, row);
    return;
  }
  assertStartable(row);
  // Nothing asks a user for a confirmation here: they go past a full column, and the audit log says so.
  if (begins) assertMoves(work, [{ ...row, from: row.status }], target, true, 'Not claimed');
  const place = begins ? { ...enteringColumn(row, target, work.now), rank: placeRank(work, row, target, {}) } : {};
  work.summary = `Claim #${row.id} for ${assignee}`;
  edit(work, row, { assignee, ...place }, comment === '' ? null : comment);
}
