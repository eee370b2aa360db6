import { priorities, statuses, type TaskRow } from '../../core/task.ts';
import type { GroupBy } from '../settings.ts';

export type FlatGroupBy = Exclude<GroupBy, 'parent'>;

/** Columns in their order, then rank: the order of the board. Ranks compare as bytes; they are ASCII. */
export function byBoard(a: TaskRow, b: TaskRow): number {
  if (a.status !== b.status) return statuses.indexOf(a.status) - statuses.indexOf(b.status);
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return a.id - b.id;
}

/** The groups a task belongs to: several when it has several labels, `null` when it has none. */
export function groupsOf(row: TaskRow, by: FlatGroupBy): (string | null)[] {
  switch (by) {
    case 'status':
      return [row.status];
    case 'priority':
      return [row.priority];
    case 'assignee':
      return [row.assignee];
    case 'label':
      return row.labels.length > 0 ? row.labels : [null];
  }
}

/**
 * The groups in reading order. Every status and priority is there even when empty, so that there is somewhere to drop,
 * unless `onlyFilled` (a filter is on).
 */
export function groupValues(rows: Iterable<TaskRow>, by: FlatGroupBy, onlyFilled: boolean): (string | null)[] {
  if (by === 'status' && !onlyFilled) return [...statuses];
  if (by === 'priority' && !onlyFilled) return [...priorities];
  const values = new Set<string | null>();
  for (const row of rows) for (const value of groupsOf(row, by)) values.add(value);
  if (by === 'status') return statuses.filter((status) => values.has(status));
  if (by === 'priority') return priorities.filter((priority) => values.has(priority));
  return [...values].sort((a, b) => (a === null ? 1 : b === null ? -1 : a.localeCompare(b)));
}

/** The tasks of one group in the order of the board. */
export function groupMembers(rows: Iterable<TaskRow>, by: FlatGroupBy, value: string | null): number[] {
  const members: TaskRow[] = [];
  for (const row of rows) if (groupsOf(row, by).includes(value)) members.push(row);
  return members.sort(byBoard).map((row) => row.id);
}

/** Children by parent id; 0 for the tasks at the top. A child whose parent is not shown stands at the top. */
export function childrenByParent(rows: ReadonlyMap<number, TaskRow>): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const row of [...rows.values()].sort(byBoard)) {
    const parent = row.parentId !== null && rows.has(row.parentId) ? row.parentId : 0;
    const ids = children.get(parent);
    if (ids) ids.push(row.id);
    else children.set(parent, [row.id]);
  }
  return children;
}
