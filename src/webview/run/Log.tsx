import { useCallback, useMemo } from 'preact/hooks';
import type { JSX } from 'preact';
import { isOver } from '../../core/jobs/run.ts';
import type { RunDetails, ShownEntry } from '../../protocol/jobs/pageMessages.ts';
import { ActiveList } from '../shared/ActiveList.tsx';
import { t } from '../shared/strings.ts';
import { useRunPage, useUi } from './context.ts';
import { icon } from './icons.ts';
import { resultWords, spanWords } from './words.ts';

/** Every action of the run. Follows the end until somebody scrolls away from it. */
export function Log({ details }: { details: RunDetails }): JSX.Element {
  const page = useRunPage();
  const { activeEntry, isFollowing, locale } = useUi();
  const { entries } = page;
  const active = entries[activeEntry];
  const time = useMemo(() => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }), [locale]);
  const onAtEnd = useCallback((isAtEnd: boolean) => {
    if (page.ui().isFollowing !== isAtEnd) page.set({ isFollowing: isAtEnd });
  }, []);
  return (
    <section class="half" aria-labelledby="log-title">
      <div class="half-title">
        <h2 id="log-title">{t('Log')}</h2>
        <span class="meta">{countWords(entries.length, locale)}</span>
        {!isFollowing && (
          <button type="button" class="link-button" onClick={() => page.set({ isFollowing: true })}>
            <span class={icon('arrow-down')} aria-hidden="true" /> {t('Go to the end')}
          </button>
        )}
      </div>
      {entries.length === 0 ? (
        <p class="nothing">{isOver(details.run.state) ? t('This run did nothing.') : t('Nothing was done yet.')}</p>
      ) : (
        <ActiveList
          id="log"
          label={t('Log')}
          count={entries.length}
          active={activeEntry}
          // Who reads an entry does not want it to move away.
          onActive={(index) => page.set({ activeEntry: index, isFollowing: false })}
          follow={isFollowing}
          onAtEnd={onAtEnd}
          row={(index) => {
            const entry = entries[index];
            return entry === undefined ? null : <Entry entry={entry} time={time.format(entry.at)} />;
          }}
        />
      )}
      {active !== undefined && (
        <div class="detail" role="group" tabIndex={0} aria-label={t('Details')}>
          <span class="detail-text">
            {active.what}
            {active.where !== null && <span class="detail-line">{active.where}</span>}
            {active.message !== null && <span class="detail-message">{active.message}</span>}
            {active.sha256 !== null && <span class="detail-line">SHA-256 {active.sha256}</span>}
          </span>
        </div>
      )}
    </section>
  );
}

function countWords(count: number, locale: string): string {
  if (count === 0) return '';
  return count === 1 ? t('1 entry') : t('{0} entries', count.toLocaleString(locale));
}

function Entry({ entry, time }: { entry: ShownEntry; time: string }): JSX.Element {
  const words = resultWords(entry.result);
  return (
    <span class={`entry entry-${entry.result}`}>
      <span class="meta">{time}</span>
      {words !== '' && <span class="mark">{words}</span>}
      <span class="entry-what">
        {entry.what}
        {entry.message !== null && <span class="entry-message"> {entry.message}</span>}
      </span>
      {entry.count !== null && <span class="meta">{entry.count}</span>}
      <span class="meta">{spanWords(entry.ms)}</span>
    </span>
  );
}
