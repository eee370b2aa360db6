import type { JSX } from 'preact';
import { t } from '../shared/strings.ts';
import { Asks } from './Asks.tsx';
import { useRunPage, useUi } from './context.ts';
import { Evidence } from './Evidence.tsx';
import { Header } from './Header.tsx';
import { Log } from './Log.tsx';
import { Steps } from './Steps.tsx';
import { DismissibleBar } from '../shared/DismissibleBar.tsx';
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
          {message !== null && <DismissibleBar text={message} onDismiss={() => page.set({ message: null })} />}
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
