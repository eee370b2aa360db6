import { useMemo } from 'preact/hooks';
import type { JSX } from 'preact';
import type { JobRecord } from '../../protocol/jobs/runs.ts';
import { t } from '../shared/strings.ts';
import { cellId, cellStyle } from './cells.ts';
import { shown, type Columns } from './columns.ts';
import { was } from './Footer.tsx';
import { icon } from './icons.ts';
import { changeWords } from './words.ts';

interface RowProps {
  index: number;
  /** Undefined while it has not come. */
  record: JobRecord | undefined;
  columns: Columns;
  /** The columns in view. */
  from: number;
  to: number;
  /** -1 when another row is the active one. */
  activeColumn: number;
  selected: boolean;
}

/** Draws the row again only when one of its properties changed. */
export function RowSlot(props: RowProps): JSX.Element {
  return useMemo(() => <Row {...props} />, Object.values(props));
}

function Row({ index, record, columns, from, to, activeColumn, selected }: RowProps): JSX.Element {
  const cell = (column: number) => ({
    id: cellId(index, column),
    role: 'gridcell' as const,
    'aria-colindex': column + 1,
    'data-row': index,
    'data-column': column,
  });
  const active = (column: number) => (column === activeColumn ? ' active' : '');
  const className = `grid-row${selected ? ' selected' : ''}${activeColumn >= 0 ? ' current' : ''}`;
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={selected} aria-busy={record === undefined} class={className}>
      <div {...cell(0)} class={`cell mark${record === undefined ? '' : ` mark-${record.change}`}${active(0)}`}>
        {record !== undefined && (
          <>
            <span class="cell-text">{changeWords(record.change)}</span>
            {record.problems.length > 0 && (
              <>
                <span class={icon('warning')} title={record.problems.join('\n')} aria-hidden="true" />
                <span class="hidden-text">, {t('has problems')}</span>
              </>
            )}
          </>
        )}
      </div>
      {columns.fields.slice(from, to).map((field, at) => {
        const column = from + at;
        const before = record?.before?.[field];
        const text = shown(record?.data[field]);
        return (
          <div
            key={field}
            {...cell(column + 1)}
            class={`cell${before === undefined ? '' : ' cell-changed'}${active(column + 1)}`}
            style={cellStyle(columns, column)}
            title={before === undefined ? text : `${text} ${was(before)}`}
          >
            <span class="cell-text">{text}</span>
            {before !== undefined && <span class="hidden-text"> {was(before)}</span>}
          </div>
        );
      })}
    </div>
  );
}
