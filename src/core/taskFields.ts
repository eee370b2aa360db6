import type { FieldChange } from './history.ts';
import type { Task, TaskRow } from './task.ts';

/** Fields a list carries and a change may set. */
export const rowFields = [
  'title',
  'type',
  'priority',
  'status',
  'rank',
  'labels',
  'assignee',
  'due',
  'estimate',
  'parentId',
  'blockedReason',
  'completedAt',
  'archivedAt',
  'deletedAt',
] as const;
export type RowField = (typeof rowFields)[number];

/** Fields only a whole task carries. */
export const detailFields = [
  'description',
  'analysis',
  'gitBranch',
  'worktreePath',
  'checklist',
  'contract',
  'stageResults',
  'testingUrls',
  'origin',
  'source',
] as const;
export type DetailField = (typeof detailFields)[number];

/** Every field that can change, and so all that history speaks of. What is missing here is derived or kept by the store. */
export const taskFields = [...rowFields, ...detailFields, 'dependsOn'] as const;
export type TaskField = (typeof taskFields)[number];

export type RowValues = Pick<TaskRow, RowField>;
export type Details = Pick<Task, DetailField>;
/** A task as far as it can be set. */
export type TaskValues = Pick<Task, TaskField>;
export type TaskChanges = Partial<TaskValues>;

const all = new Set<string>(taskFields);
export const isTaskField = (name: string): name is TaskField => all.has(name);
const inRow = new Set<string>(rowFields);
export const isRowField = (name: string): name is RowField => inRow.has(name);
const details = new Set<string>(detailFields);
export const isDetailField = (name: string): name is DetailField => details.has(name);

/** The same fields, without those that are there but undefined: for a change these would be two things. */
export function withoutUndefined(values: { readonly [F in TaskField]?: TaskValues[F] | undefined }): TaskChanges {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Deep equality of JSON values. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  const right = new Map(Object.entries(b));
  return left.every(([key, value]) => right.has(key) && sameValue(value, right.get(key)));
}

/** What `changes` does to `before`: only fields whose value differs. */
export function differences(before: Readonly<TaskChanges>, changes: Readonly<TaskChanges>): FieldChange[] {
  const found: FieldChange[] = [];
  for (const field of Object.keys(changes)) {
    if (!isTaskField(field)) continue;
    const to = changes[field];
    if (to === undefined) continue;
    const from = before[field];
    if (!sameValue(from, to)) found.push({ field, from: from ?? null, to });
  }
  return found;
}
