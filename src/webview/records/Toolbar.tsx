import type { JSX } from 'preact';
import { recordChanges } from '../../core/jobs/run.ts';
import { t } from '../shared/strings.ts';
import { useRecordsPage, useUi } from './context.ts';
import { icon } from './icons.ts';
import { countOf } from './selection.ts';
import { changeWords } from './words.ts';

export function Toolbar(): JSX.Element {
  const page = useRecordsPage();
  const { collections, collection, search, changes, counts, locale, selection, total } = useUi();
  const selected = countOf(selection, total);
  return (
    <div class="toolbar">
      {collections.length > 1 && (
        <select
          class="select"
          aria-label={t('Collection')}
          value={collection ?? ''}
          onChange={(event) => page.showCollection(event.currentTarget.value)}
        >
          {collections.map(({ collection: name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      <span class="filter-box">
        <span class={icon('search')} aria-hidden="true" />
        <input
          class="text-box"
          type="text"
          value={search}
          placeholder={t('Filter records')}
          aria-label={t('Filter records')}
          spellcheck={false}
          onInput={(event) => page.search(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && search !== '') page.search('');
            else if (event.key === 'ArrowDown') document.getElementById('grid')?.focus();
            else return;
            event.preventDefault();
          }}
        />
        {search !== '' && (
          <button
            type="button"
            class={`icon-button ${icon('close')}`}
            aria-label={t('Clear filter')}
            title={t('Clear filter')}
            onClick={() => page.search('')}
          />
        )}
      </span>
      <span class="chips" role="group" aria-label={t('Changes since the run before')}>
        {recordChanges.map((change) => (
          <button
            key={change}
            type="button"
            class={`chip chip-${change}`}
            aria-pressed={changes.has(change)}
            onClick={() => page.toggleChange(change)}
          >
            {changeWords(change)} <span class="chip-count">{counts[change].toLocaleString(locale)}</span>
          </button>
        ))}
      </span>
      <span class="buttons">
        <button
          type="button"
          class="button"
          disabled={collection === null || (selected === 0 && counts.new === 0)}
          onClick={() => page.createTasks()}
        >
          {selected > 0 ? t('Create tasks of {0} selected…', selected.toLocaleString(locale)) : t('Create tasks of new records…')}
        </button>
        <button
          type="button"
          class="button secondary"
          disabled={collection === null}
          onClick={() => collection !== null && void page.act({ what: 'export', collection })}
        >
          {t('Export…')}
        </button>
      </span>
    </div>
  );
}
