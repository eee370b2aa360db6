import type { JSX } from 'preact';
import { t } from '../shared/strings.ts';
import { Asks } from './Asks.tsx';
import { useRunPage, useUi } from './context.ts';
import { Evidence } from './Evidence.tsx';
import { Header } from './Header.tsx';
import { icon } from './icons.ts';
import { Log } from './Log.tsx';
import { Steps } from './Steps.tsx';
import { Skeleton } from '../shared/Skeleton.tsx';

export function Page(): JSX.Element {
  const page = useRunPage();
  const ui = useUi();
  const { details, problem, message, announcement } = ui;
  return (
    <>
      {details !== null ? (
        <main class="run">
          <Header details={details} />
          {message !== null && (
            <div class="bar message-warning" role="alert">
              <span class={icon('warning')} aria-hidden="true" />
              <span class="bar-text">{message}</span>
              <button
                type="button"
                class={`icon-button ${icon('close')}`}
                aria-label={t('Dismiss')}
                title={t('Dismiss')}
                onClick={() => page.set({ message: null })}
              />
            </div>
          )}
          <Asks />
          <Evidence details={details} />
          <div class="halves">
            <Steps details={details} />
            <Log details={details} />
          </div>
        </main>
      ) : problem !== null ? (
        <main class="empty-page">
          <p>{problem}</p>
          <button type="button" class="button" onClick={() => page.retry()}>
            {t('Try again')}
          </button>
        </main>
      ) : (
        <Skeleton label={t('Loading the run')} />
      )}
      <div class="hidden-text" role="status">
        <span key={announcement.nth}>{announcement.text}</span>
      </div>
    </>
  );
}
