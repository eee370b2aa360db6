import type { JobRecord } from '../../protocol/jobs/runs.ts';

const least = 72;
const most = 320;
/** Cell padding, and room for the arrow of the sorted column. */
const extra = 32;
/** The column that says how a record changed. */
export const markWidth = 96;

/** Where the columns of a table lie, in pixels from the first one. */
export interface Columns {
  fields: readonly string[];
  /** Where each begins, and behind the last one where it ends. */
  offsets: readonly number[];
  width: number;
}

/** As wide as the first records need, within reason; the columns stay so while other records come into view. */
export function layOut(fields: readonly string[], sample: readonly JobRecord[], charWidth: number): Columns {
  const offsets = [0];
  let at = 0;
  for (const field of fields) {
    const longest = sample.reduce((length, { data }) => Math.max(length, shown(data[field]).length), field.length);
    at += Math.round(Math.min(most, Math.max(least, longest * charWidth + extra)));
    offsets.push(at);
  }
  return { fields, offsets, width: at };
}

/** The columns that can be seen: the first, and the one behind the last. There may be 300. */
export function columnsInView({ fields, offsets }: Columns, left: number, width: number): { from: number; to: number } {
  let from = 0;
  while (from < fields.length - 1 && (offsets[from + 1] ?? 0) <= left) from++;
  let to = from;
  while (to < fields.length && (offsets[to] ?? 0) < left + width) to++;
  return { from, to };
}

export function shown(value: string | number | boolean | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
