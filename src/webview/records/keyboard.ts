import { t } from '../shared/strings.ts';
import { selectBetween } from './pointer.ts';
import type { RecordsPage } from './recordsPage.ts';
import { countOf, everything, nothing, toggled } from './selection.ts';

/** Keys of the grid, as the ARIA pattern for grids has them. `rowsInView` is what a page up or down goes over. */
export function onGridKey(page: RecordsPage, event: KeyboardEvent, rowsInView: number): void {
  if (event.altKey) return;
  const { active, total, fields, isDetailOpen, selection } = page.ui();
  const last = total - 1;
  const withControl = event.ctrlKey || event.metaKey;
  const go = (row: number, column: number): void => {
    const to = { row: Math.max(-1, Math.min(last, row)), column: Math.max(0, Math.min(fields.length, column)) };
    page.set({ active: to });
    if (event.shiftKey && active.row >= 0 && to.row >= 0 && to.row !== active.row) void selectBetween(page, active.row, to.row);
  };
  switch (event.key) {
    case 'ArrowDown':
      go(active.row + 1, active.column);
      break;
    case 'ArrowUp':
      go(active.row - 1, active.column);
      break;
    case 'ArrowRight':
      go(active.row, active.column + 1);
      break;
    case 'ArrowLeft':
      go(active.row, active.column - 1);
      break;
    case 'PageDown':
      go(active.row + rowsInView - 1, active.column);
      break;
    case 'PageUp':
      go(Math.max(Math.min(0, last), active.row - rowsInView + 1), active.column);
      break;
    case 'Home':
      go(withControl ? 0 : active.row, withControl ? active.column : 0);
      break;
    case 'End':
      go(withControl ? last : active.row, withControl ? active.column : fields.length);
      break;
    case 'Enter':
      open(page);
      break;
    case ' ': {
      const key = active.row < 0 ? undefined : page.chunks.at(active.row)?.key;
      if (key !== undefined) page.set({ selection: toggled(selection, key) });
      break;
    }
    case 'a':
      if (!withControl || event.shiftKey) return;
      page.set({ selection: everything });
      page.announce(t('{0} selected', countOf(everything, total).toLocaleString(page.ui().locale)));
      break;
    case 'Escape':
      page.set(isDetailOpen ? { isDetailOpen: false } : { selection: nothing });
      break;
    default:
      return;
  }
  event.preventDefault();
}

/** A column's header sorts; a row shows all it holds. */
function open(page: RecordsPage): void {
  const { active, fields } = page.ui();
  const field = fields[active.column - 1];
  if (active.row >= 0) {
    page.set({ isDetailOpen: true });
    const key = page.chunks.at(active.row)?.key;
    if (key !== undefined) page.announce(t('Details of {0}', key));
  } else if (field !== undefined) page.sortBy(field);
}
