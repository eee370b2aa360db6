import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { showRow, useFixedRows } from '../shared/fixedRows.ts';
import { t } from '../shared/strings.ts';
import { cellId, cellStyle } from './cells.ts';
import { columnsInView, layOut, markWidth, type Columns } from './columns.ts';
import { useRecordsPage, useUi } from './context.ts';
import { icon } from './icons.ts';
import { onGridKey } from './keyboard.ts';
import { clickRow } from './pointer.ts';
import { RowSlot } from './Row.tsx';
import { isSelected } from './selection.ts';
import { onScroll } from '../shared/onScroll.ts';

const rowHeight = 24;
const headerHeight = 28;
const noColumns: Columns = { fields: [], offsets: [0], width: 0 };

/**
 * The records as a grid. Only the rows and columns in view are drawn; the focus stays on the grid itself and names the active cell, so that
 * scrolling never takes it away.
 */
export function Grid(): JSX.Element {
  const page = useRecordsPage();
  const ui = useUi();
  const { total, fields, active, selection, isBusy, list, sort } = ui;
  const scroller = useRef<HTMLDivElement>(null);
  const { first, end } = useFixedRows(scroller, total, rowHeight, headerHeight);
  const columns = useColumns(fields, `${ui.collection ?? ''} ${fields.join('\n')}`);
  const { from, to } = useColumnsInView(scroller, columns);

  useLayoutEffect(() => page.chunks.want(isBusy ? 0 : first, isBusy ? 1 : end, total));
  useLayoutEffect(() => {
    // The view of a list that was read in another order says nothing about this one.
    if (scroller.current !== null && list > 1) scroller.current.scrollTop = 0;
  }, [list]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (active.row >= 0) showRow(element, active.row, rowHeight, headerHeight);
    showColumn(element, columns, active.column);
  }, [active]);

  const activeId = active.row >= 0 && (active.row < first || active.row >= end) ? undefined : cellId(active.row, active.column);
  const rows = [];
  for (let index = first; index < end; index++) {
    const record = page.chunks.at(index);
    rows.push(
      <RowSlot
        // Rows that leave at one end come in again at the other.
        key={index % (end - first)}
        index={index}
        record={record}
        columns={columns}
        from={from}
        to={to}
        activeColumn={index === active.row ? active.column : -1}
        selected={record !== undefined && isSelected(selection, record.key)}
      />,
    );
  }
  return (
    <div
      ref={scroller}
      id="grid"
      class="grid"
      role="grid"
      tabIndex={0}
      aria-label={t('Records')}
      aria-rowcount={total + 1}
      aria-colcount={fields.length + 1}
      aria-multiselectable
      aria-busy={isBusy}
      aria-activedescendant={activeId}
      onKeyDown={(event) => onGridKey(page, event, Math.floor((event.currentTarget.clientHeight - headerHeight) / rowHeight))}
      onClick={(event) => clickRow(page, event)}
      onDblClick={() => page.set({ isDetailOpen: true })}
    >
      <div role="rowgroup" class="grid-head" style={{ width: `${markWidth + columns.width}px` }}>
        <div role="row" aria-rowindex={1} class="grid-row">
          <div
            id={cellId(-1, 0)}
            role="columnheader"
            aria-colindex={1}
            class={`cell mark${active.row < 0 && active.column === 0 ? ' active' : ''}`}
            data-row={-1}
            data-column={0}
          >
            {t('State')}
          </div>
          {fields.slice(from, to).map((field, at) => {
            const column = from + at;
            const order = sort?.field === field ? (sort.descending ? 'descending' : 'ascending') : 'none';
            return (
              <div
                key={field}
                id={cellId(-1, column + 1)}
                role="columnheader"
                aria-colindex={column + 2}
                aria-sort={order}
                class={`cell${active.row < 0 && active.column === column + 1 ? ' active' : ''}`}
                style={cellStyle(columns, column)}
                title={field}
                data-row={-1}
                data-column={column + 1}
              >
                <span class="cell-text">{field}</span>
                {order !== 'none' && <span class={icon(order === 'ascending' ? 'arrow-up' : 'arrow-down')} aria-hidden="true" />}
              </div>
            );
          })}
        </div>
      </div>
      <div role="rowgroup" style={{ height: `${total * rowHeight}px`, width: `${markWidth + columns.width}px` }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows}
        </div>
      </div>
      {total === 0 && !isBusy && ui.loadError === null && <p class="no-records">{t('No record is like that.')}</p>}
    </div>
  );
}

/** Laid out once for each set of fields, when the first records are there. */
function useColumns(fields: readonly string[], key: string): Columns {
  const page = useRecordsPage();
  const laid = useRef<{ key: string; columns: Columns }>({ key: '', columns: noColumns });
  if (laid.current.key !== key && fields.length > 0) {
    const sample = Array.from({ length: 100 }, (_, index) => page.chunks.at(index)).filter((record) => record !== undefined);
    const charWidth = parseFloat(getComputedStyle(document.body).fontSize) * 0.55;
    laid.current = { key, columns: layOut(fields, sample, charWidth) };
  }
  return laid.current.columns;
}

function useColumnsInView(scroller: { current: HTMLElement | null }, columns: Columns): { from: number; to: number } {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const now = () => columnsInView(columns, scroller.current?.scrollLeft ?? 0, scroller.current?.clientWidth ?? 1280);
  const range = now();
  const current = useRef({ now, range });
  current.current = { now, range };
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => {
      const { from, to } = current.current.now();
      if (from !== current.current.range.from || to !== current.current.range.to) redraw();
    };
    return onScroll(element, look);
  }, []);
  return range;
}

/** Scrolls no further than needed for a column to be wholly in view, right of the one that stays. */
function showColumn(element: HTMLElement, { offsets }: Columns, column: number): void {
  if (column === 0) return;
  const left = offsets[column - 1] ?? 0;
  const right = offsets[column] ?? left;
  const width = element.clientWidth - markWidth;
  if (left < element.scrollLeft) element.scrollLeft = left;
  else if (right > element.scrollLeft + width) element.scrollLeft = Math.min(left, right - width);
}
