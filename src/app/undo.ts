import { AppError } from '../core/appError.ts';
import type { Actor } from '../core/actor.ts';
import type { FieldChange, HistoryEntry } from '../core/history.ts';
import type { TaskRow } from '../core/task.ts';
import { isDetailField, isRowField, sameValue, withoutUndefined } from '../core/taskFields.ts';
import type { TaskChanges } from '../core/taskFields.ts';
import { taskValues } from '../protocol/task.ts';
import { bodyOf } from './auditLog.ts';
import { rankToReturnTo } from './places.ts';
import { assertNoCycle, assertParent } from './taskEdits.ts';
import { fieldText } from './taskWords.ts';
import type { StackEntry } from './undoStacks.ts';
import { anyTask, edit } from './work.ts';
import type { Work } from './work.ts';

type Direction = 'undo' | 'redo';

/** Another's change that stands in the way. */
interface Conflict {
  id: number;
  fields: string[];
  by: string;
}

const sameActor = (a: Actor, b: Actor) => a.kind === b.kind && a.name === b.name;
const actorText = (actor: Actor) => (actor.kind === 'user' ? actor.name : `${actor.kind} ${actor.name}`);

function valueNow(work: Work, row: TaskRow, field: string): unknown {
  if (field === 'dependsOn') return work.tasks.dependsOn(row.id);
  if (isDetailField(field)) return work.tasks.details(row.id)[field];
  return isRowField(field) ? row[field] : undefined;
}

/** The change the other way round for undo; creation is undone by deletion, so that the number is never used again. */
function target(change: FieldChange, direction: Direction, now: number): FieldChange {
  if (change.field === 'created') {
    return direction === 'undo' ? { field: 'deletedAt', from: null, to: now } : { field: 'deletedAt', from: now, to: null };
  }
  return direction === 'undo' ? { field: change.field, from: change.to, to: change.from } : change;
}

/** Of times only whether they are set is compared: a deletion that was redone has another one. */
function agrees(field: string, now: unknown, expected: unknown): boolean {
  return field === 'deletedAt' || field === 'archivedAt' ? (now === null) === (expected === null) : sameValue(now, expected);
}

/** Who else has changed since what is about to be set, if anybody. */
function conflictOf(work: Work, row: TaskRow, changes: readonly FieldChange[], entry: StackEntry): Conflict | undefined {
  let others: HistoryEntry[] | undefined;
  const othersSince = () => (others ??= work.stores.history.since(row.id, entry.at).filter((later) => !sameActor(later.actor, work.actor)));
  const conflict = (fields: string[], by: HistoryEntry | undefined): Conflict => ({
    id: row.id,
    fields,
    by: by === undefined ? 'another program' : actorText(by.actor),
  });
  if (changes.some((change) => change.field === 'created')) {
    // Taking back a task takes back all that was done to it.
    const [last] = othersSince();
    return last === undefined
      ? undefined
      : conflict(
          last.changes.map((change) => change.field),
          last,
        );
  }
  for (const { field, from } of changes) {
    if (agrees(field, valueNow(work, row, field), from)) continue;
    const by = othersSince().find((later) => later.changes.some((change) => change.field === field));
    // A rank moves by itself when its neighbourhood is spread anew.
    if (by !== undefined || (field !== 'rank' && !ownChangeSince(work, row.id, field, entry))) return conflict([field], by);
  }
  if (row.deletedAt !== null && !changes.some((change) => change.field === 'deletedAt')) return conflict(['deletedAt'], othersSince()[0]);
  return undefined;
}

const ownChangeSince = (work: Work, id: number, field: string, entry: StackEntry) =>
  work.stores.history.since(id, entry.at).some((later) => later.changes.some((change) => change.field === field));

function conflictError(direction: Direction, summary: string, conflicts: readonly Conflict[]): AppError {
  const shown = conflicts.slice(0, 3).map(({ id, fields, by }) => `#${id} by ${by} (${fields.map(fieldText).join(', ')})`);
  const more = conflicts.length > shown.length ? ` and ${conflicts.length - shown.length} more` : '';
  const what = direction === 'undo' ? 'Not undone' : 'Not redone';
  return new AppError(
    'undo.conflict',
    `${what}: "${summary}". Changed since: ${shown.join(', ')}${more}. Change it by hand, so that nobody's work is lost.`,
    {
      ids: conflicts.map((conflict) => conflict.id),
      conflicts,
    },
  );
}

function restore(work: Work, row: TaskRow, changes: readonly FieldChange[]): void {
  const values = taskValues.safeParse(Object.fromEntries(changes.map(({ field, to }) => [field, to])));
  if (!values.success) {
    throw new AppError(
      'undo.conflict',
      `The history of #${row.id} holds values this version does not understand. Change the task by hand.`,
      { ids: [row.id] },
    );
  }
  const next: TaskChanges = withoutUndefined(values.data);
  if (next.rank !== undefined) next.rank = rankToReturnTo(work, row, next.status ?? row.status, next.rank);
  assertParent(work, row.id, next.parentId);
  const had = next.dependsOn === undefined ? [] : work.tasks.dependsOn(row.id);
  for (const id of next.dependsOn ?? []) if (!had.includes(id)) assertNoCycle(work, row.id, id);
  edit(work, row, next);
}

/** Takes the newest change of this person back, or makes it again. Answers what it was, in words. */
function apply(work: Work, entry: StackEntry | undefined, direction: Direction): string {
  const row = entry === undefined ? undefined : work.stores.audit.get(entry.target);
  if (entry === undefined || row === undefined) {
    throw new AppError('undo.nothing', direction === 'undo' ? 'There is nothing to undo.' : 'There is nothing to redo.');
  }
  const steps = bodyOf(row).tasks.map((id) => {
    const done = work.stores.history.changes(id, entry.target);
    const changes = done.map((change) => target(change, direction, work.now));
    return { task: anyTask(work, id), done, changes };
  });
  const conflicts = steps
    .map(({ task, done, changes }) =>
      conflictOf(work, task, done.some(isCreation) && direction === 'undo' ? done : changes.filter(isCompared), entry),
    )
    .filter((conflict) => conflict !== undefined);
  if (conflicts.length > 0) throw conflictError(direction, row.summary, conflicts);
  for (const { task, changes } of steps) restore(work, task, changes);
  work.summary = `${direction === 'undo' ? 'Undo' : 'Redo'}: ${row.summary}`;
  if (direction === 'undo') work.undoOf = entry.target;
  else work.redoOf = entry.target;
  return row.summary;
}

const isCreation = (change: FieldChange) => change.field === 'created';
/** When a task was finished follows from its column. */
const isCompared = (change: FieldChange) => change.field !== 'completedAt';

export const undo = (work: Work, entry: StackEntry | undefined) => apply(work, entry, 'undo');
export const redo = (work: Work, entry: StackEntry | undefined) => apply(work, entry, 'redo');
