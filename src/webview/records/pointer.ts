import type { RecordsPage } from './recordsPage.ts';
import { nothing, toggled, withKeys } from './selection.ts';

/** Most records that one extended selection takes: as many as the host makes tasks of at once. */
const maxExtent = 10_000;

/** Where the pointer is in the grid; undefined between cells. */
function cellAt(event: MouseEvent): { row: number; column: number } | undefined {
  const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null;
  return cell === null ? undefined : { row: Number(cell.dataset['row']), column: Number(cell.dataset['column']) };
}

export function clickRow(page: RecordsPage, event: MouseEvent): void {
  const at = cellAt(event);
  if (at === undefined) return;
  const { active, fields, selection } = page.ui();
  if (at.row < 0) {
    const field = fields[at.column - 1];
    if (field !== undefined) page.sortBy(field);
    return;
  }
  const key = page.chunks.at(at.row)?.key;
  if (event.shiftKey) {
    void selectBetween(page, active.row, at.row);
    page.set({ active: at });
  } else if ((event.ctrlKey || event.metaKey) && key !== undefined) page.set({ active: at, selection: toggled(selection, key) });
  else page.set({ active: at, selection: nothing });
}

/** Selects all records between two rows, reading those that were not looked at. */
export async function selectBetween(page: RecordsPage, one: number, other: number): Promise<void> {
  const first = Math.max(0, Math.min(one, other));
  const end = Math.min(Math.max(one, other) + 1, first + maxExtent);
  const { list } = page.ui();
  const all = await page.chunks.readAll(first, end);
  const keys: string[] = [];
  for (let index = first; index < end; index++) {
    const key = page.chunks.at(index)?.key;
    if (key !== undefined) keys.push(key);
  }
  if (all && list === page.ui().list) page.set({ selection: withKeys(page.ui().selection, keys) });
}
