import type { TaskRow } from './task.ts';

const dayLength = 86_400_000;

/** The day at this moment in the calendar of whoever runs this, as `YYYY-MM-DD`. */
export function dayOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Whole days from one day to another; negative when the second is earlier. Independent of summer time. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayLength);
}

/** A task that is done is never late. */
export function isOverdue(row: Pick<TaskRow, 'due' | 'status'>, today: string): boolean {
  return row.due !== null && row.status !== 'Done' && row.due < today;
}
