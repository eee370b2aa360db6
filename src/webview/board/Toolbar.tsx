import type { JSX } from 'preact';
import { useBoard } from './context.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { focusCard, tabStop } from './focus.ts';
import { icon } from './icons.ts';
import { isCalling } from './live.ts';
import { canWrite } from './model.ts';
import { t } from '../shared/strings.ts';

/** How many jobs work for tasks of the board, and how many of them wait for the person. */
function runsText(live: ReadonlyMap<number, JobRun>): string {
  const runs = [...live.values()];
  const calling = runs.filter(isCalling).length;
  const running = runs.length - calling;
  const parts = [...(running > 0 ? [t('{0} running', running)] : []), ...(calling > 0 ? [t('{0} needs you', calling)] : [])];
  return parts.join(' · ');
}

export function Toolbar({ shown, total }: { shown: number; total: number }): JSX.Element {
  const { model, filter, actions } = useBoard();
  const ui = model.ui();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') filter.set('');
    if (event.key !== 'ArrowDown') return;
    const id = tabStop(model);
    if (id !== null) focusCard(model, id);
    event.preventDefault();
  };
  return (
    <div class="toolbar">
      <span class="filter-box">
        <span class={icon('search')} aria-hidden="true" />
        <input
          id="filter"
          class="text-box"
          type="text"
          value={ui.filter}
          placeholder={t('Filter (type:bug @name #label "text")')}
          aria-label={t('Filter tasks')}
          spellcheck={false}
          onInput={(event) => filter.set(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {ui.filter !== '' && (
          <button
            type="button"
            class={`icon-button ${icon('close')}`}
            aria-label={t('Clear filter')}
            title={t('Clear filter')}
            onClick={() => filter.set('')}
          />
        )}
      </span>
      <span class="toolbar-note">{ui.filter === '' ? '' : t('{0} of {1} tasks', shown, total)}</span>
      {ui.live.size > 0 && <span class="toolbar-runs">{runsText(ui.live)}</span>}
      {canWrite(ui.state) && (
        <>
          <button
            type="button"
            class={`icon-button ${icon('discard')}`}
            aria-label={t('Undo')}
            title={t('Undo (Ctrl+Z)')}
            onClick={() => void actions.undo()}
          />
          <button
            type="button"
            class={`icon-button ${icon('redo')}`}
            aria-label={t('Redo')}
            title={t('Redo (Ctrl+Shift+Z)')}
            onClick={() => void actions.redo()}
          />
        </>
      )}
    </div>
  );
}
