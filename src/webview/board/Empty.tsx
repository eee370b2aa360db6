import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useBoard } from './context.ts';
import { canWrite } from './model.ts';
import { t } from '../shared/strings.ts';

/** One sentence and one button. */
export function Empty({ kind }: { kind: 'tasks' | 'filter' }): JSX.Element {
  const { model, filter } = useBoard();
  if (kind === 'filter') {
    return (
      <div class="empty">
        <span>{t('No task matches the filter.')}</span>
        <button type="button" class="button" onClick={() => filter.set('')}>
          {t('Clear filter')}
        </button>
      </div>
    );
  }
  return (
    <div class="empty">
      <span>{t('This board has no tasks yet.')}</span>
      {canWrite(model.ui().state) && (
        <button type="button" class="button" onClick={() => model.set({ addingTo: 'Backlog', tab: 'Backlog' })}>
          {t('Add the first task')}
        </button>
      )}
    </div>
  );
}

/** Nothing for 300 ms, then the outline of a board: most boards are there before. */
export function Skeleton(): JSX.Element | null {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div class="skeleton" aria-busy="true" aria-label={t('Loading the board')} role="group">
      {[5, 3, 4, 2].map((cards, column) => (
        <div key={column}>
          {Array.from({ length: cards }, (_, card) => (
            <div key={card} />
          ))}
        </div>
      ))}
    </div>
  );
}
