import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import type { TaskRow } from '../core/task.ts';
import { differences, isDetailField, isRowField, isTaskField } from '../core/taskFields.ts';
import type { TaskChanges, TaskField, TaskValues } from '../core/taskFields.ts';
import type { Workflow } from '../core/workflow.ts';
import type { DocumentChange } from '../core/document.ts';
import type { SealedJob } from './jobs/jobStorePorts.ts';
import type { HistoryDraft, SealedVersion, Stamp, Stores, TaskStore } from './storePorts.ts';

/** One mutation under way, inside its transaction: who, when, and what it has done so far. */
export interface Work {
  readonly stores: Stores;
  readonly tasks: TaskStore;
  readonly actor: Actor;
  readonly workflow: Workflow;
  readonly now: number;
  /** The number it gets if it changes anything. */
  readonly revision: number;
  readonly history: HistoryDraft[];
  /** Versions of files it has recorded. */
  readonly documents: (SealedVersion & { change: DocumentChange })[];
  /** What it has changed of a job's run or records. */
  job?: SealedJob;
  /** The webhook it has changed. */
  webhook?: number;
  /** Tasks it has touched, as they are now, in the order of the answer. */
  readonly rows: Map<number, TaskRow>;
  /** Tasks that began or ceased to hold others up. */
  readonly opened: Set<number>;
  /** Tasks whose rows must be read again before they are told. */
  readonly outdated: Set<number>;
  /** Tasks that it moved within their column, to make room for another. */
  readonly madeRoom: Set<number>;
  /** In words, for the audit log and for undo: `Move #12 to Testing`. */
  summary: string;
  overrode?: string;
  undoOf: number | null;
  redoOf: number | null;
}

export function startWork(stores: Stores, actor: Actor, workflow: Workflow, now: number, revision: number): Work {
  return {
    stores,
    tasks: stores.tasks,
    actor,
    workflow,
    now,
    revision,
    history: [],
    documents: [],
    rows: new Map(),
    opened: new Set(),
    outdated: new Set(),
    madeRoom: new Set(),
    summary: '',
    undoOf: null,
    redoOf: null,
  };
}

export function taskNotFound(ids: readonly number[], why = 'There is no task'): AppError {
  const [first] = ids;
  const which =
    ids.length === 1
      ? `#${first}`
      : `${ids
          .slice(0, 5)
          .map((id) => `#${id}`)
          .join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;
  return new AppError('task.notFound', `${why} ${which}.`, { ids: [...ids] });
}

/** The task, deleted or not. */
export function anyTask(work: Work, id: number): TaskRow {
  const row = work.rows.get(id) ?? work.tasks.row(id);
  if (row === undefined) throw taskNotFound([id]);
  return row;
}

/** A task that can be worked on. */
export function liveTask(work: Work, id: number): TaskRow {
  const row = anyTask(work, id);
  if (row.deletedAt !== null) throw new AppError('task.notFound', `#${id} was deleted. Restore it first.`, { ids: [id] });
  return row;
}

/** All tasks of a bulk call, deleted or not, in the order of the call. */
export function anyTasks(work: Work, ids: readonly number[]): TaskRow[] {
  const found = new Map(work.tasks.rows(ids).map((row) => [row.id, row]));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw taskNotFound(missing);
  return ids.map((id) => found.get(id)).filter((row) => row !== undefined);
}

export function liveTasks(work: Work, ids: readonly number[]): TaskRow[] {
  const rows = anyTasks(work, ids);
  const deleted = rows.filter((row) => row.deletedAt !== null).map((row) => row.id);
  if (deleted.length > 0) {
    const error = taskNotFound(deleted, deleted.length === 1 ? 'Deleted:' : 'Deleted were');
    throw new AppError(error.code, `${error.message} Restore ${deleted.length === 1 ? 'it' : 'them'} first.`, error.details);
  }
  return rows;
}

/** Refuses to overwrite what the caller has not seen. */
export function assertVersion(row: TaskRow, version: number | undefined): void {
  if (version === undefined || version === row.version) return;
  throw new AppError(
    'task.stale',
    `#${row.id} was changed in the meantime (version ${row.version}, not ${version}). Look at it as it is now and try again.`,
    {
      current: row,
    },
  );
}

/** Whether others must wait for this task. */
export const isOpen = (row: Pick<TaskRow, 'status' | 'deletedAt' | 'archivedAt'>) =>
  row.status !== 'Done' && row.deletedAt === null && row.archivedAt === null;

function copy<F extends TaskField>(from: { readonly [K in F]?: TaskValues[K] }, to: { [K in F]?: TaskValues[K] }, field: F): void {
  const value = from[field];
  if (value !== undefined) to[field] = value;
}

/** The fields' values before a change; the details are read only when one of them is concerned. */
function before(work: Work, row: TaskRow, changes: TaskChanges): TaskChanges {
  const names = Object.keys(changes);
  const details = names.some(isDetailField);
  if (!details && changes.dependsOn === undefined) return row;
  return {
    ...row,
    ...(details ? work.tasks.details(row.id) : {}),
    ...(changes.dependsOn === undefined ? {} : { dependsOn: work.tasks.dependsOn(row.id) }),
  };
}

function withChanges(row: TaskRow, changes: TaskChanges, stamp: Stamp): TaskRow {
  const next: TaskRow = { ...row, updatedAt: stamp.updatedAt, version: stamp.version };
  for (const field of Object.keys(changes)) if (isRowField(field)) copy(changes, next, field);
  const { checklist } = changes;
  if (checklist !== undefined) {
    next.checklistDone = checklist.filter((item) => item.done).length;
    next.checklistTotal = checklist.length;
  }
  return next;
}

/** Changes a task and keeps what is told of it. Answers the row as it is then; values that are the same are no change. */
export function edit(work: Work, row: TaskRow, changes: TaskChanges, comment: string | null = null): TaskRow {
  const found = differences(before(work, row, changes), changes);
  if (found.length === 0 && comment === null) {
    work.rows.set(row.id, row);
    return row;
  }
  const different: TaskChanges = {};
  for (const { field } of found) if (isTaskField(field)) copy(changes, different, field);
  const stamp = { updatedAt: work.now, version: row.version + 1, revision: work.revision };
  work.tasks.update(row.id, different, stamp);
  const next = withChanges(row, different, stamp);
  if (different.dependsOn !== undefined) work.outdated.add(row.id);
  if (isOpen(row) !== isOpen(next)) work.opened.add(row.id);
  work.history.push({ taskId: row.id, changes: found, comment });
  work.rows.set(row.id, next);
  return next;
}

/** Makes a task. Answers its row. */
export function insert(work: Work, values: TaskValues, comment: string | null): TaskRow {
  const id = work.tasks.insert(values, work.now, work.revision);
  work.history.push({ taskId: id, changes: [{ field: 'created', from: null, to: values.title }], comment });
  const row = work.tasks.row(id);
  if (row === undefined) throw taskNotFound([id]);
  work.rows.set(id, row);
  return row;
}

/** What a change of column brings with it. */
export function enteringColumn(row: TaskRow, status: TaskRow['status'], now: number): Pick<TaskChanges, 'status' | 'completedAt'> {
  if (status === row.status) return {};
  if (status === 'Done') return { status, completedAt: now };
  return row.completedAt === null ? { status } : { status, completedAt: null };
}

/** The rows to tell: those that were touched, then those that wait for what was finished or taken up again. */
export function changedRows(work: Work): TaskRow[] {
  if (work.opened.size > 0) for (const id of work.tasks.dependents([...work.opened])) work.outdated.add(id);
  if (work.outdated.size > 0) for (const row of work.tasks.rows([...work.outdated])) work.rows.set(row.id, row);
  return [...work.rows.values()];
}
