import type { JSX } from 'preact';
import { t } from '../shared/strings.ts';
import { shown } from './columns.ts';
import { useRecordsPage, useUi } from './context.ts';
import { countOf } from './selection.ts';

/** How many records there are, and the whole text of the cell that has the focus: cells cut what is long. */
export function Footer(): JSX.Element {
  const page = useRecordsPage();
  const { total, selection, locale, active, fields } = useUi();
  const selected = countOf(selection, total);
  const record = active.row < 0 ? undefined : page.chunks.at(active.row);
  const field = fields[active.column - 1];
  const number = (value: number) => value.toLocaleString(locale);
  const before = field === undefined ? undefined : record?.before?.[field];
  return (
    <footer class="footer">
      <span class="meta">
        {total === 1 ? t('1 record') : t('{0} records', number(total))}
        {selected > 0 && `, ${t('{0} selected', number(selected))}`}
      </span>
      {record !== undefined && field !== undefined && (
        <span class="footer-cell">
          {field}: {shown(record.data[field])}
          {before !== undefined && <span class="was"> {was(before)}</span>}
        </span>
      )}
    </footer>
  );
}

/** What a cell held in the run before. */
export function was(before: string | number | boolean | null): string {
  return before === null || before === '' ? t('(was empty)') : t('(was {0})', shown(before));
}
