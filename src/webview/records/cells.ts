import { markWidth, type Columns } from './columns.ts';

/** Row -1 is the header. */
export const cellId = (row: number, column: number): string => `cell-${row}-${column}`;

export function cellStyle({ offsets }: Columns, column: number): { left: string; width: string } {
  const left = offsets[column] ?? 0;
  return { left: `${markWidth + left}px`, width: `${(offsets[column + 1] ?? left) - left}px` };
}
