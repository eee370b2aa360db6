import type { JSX } from 'preact';
import { t } from '../shared/strings.ts';
import { useRecordsPage, useUi } from './context.ts';
import { Detail } from './Detail.tsx';
import { Footer } from './Footer.tsx';
import { Grid } from './Grid.tsx';
import { icon } from './icons.ts';
import { Toolbar } from './Toolbar.tsx';
import { DismissibleBar } from '../shared/DismissibleBar.tsx';
import { Skeleton } from '../shared/Skeleton.tsx';

export function Page(): JSX.Element {
  const page = useRecordsPage();
  const ui = useUi();
  const { problem, announcement } = ui;
  return (
    <>
      {ui.job === null && problem !== null ? (
        <main class="empty-page">
          <p>{problem}</p>
          <button type="button" class="button" onClick={() => page.retry()}>
            {t('Try again')}
          </button>
        </main>
      ) : ui.job === null || (ui.isBusy && ui.list === 0) ? (
        <Skeleton label={t('Loading the records')} />
      ) : (
        <main class="records">
          <h1 class="hidden-text">{t('Records of {0}', ui.job)}</h1>
          <Toolbar />
          <Messages />
          {ui.collection === null ? (
            <div class="empty-page">
              <p>{t('No run of this job has read records yet.')}</p>
            </div>
          ) : (
            <div class="table">
              <Grid />
              {ui.isDetailOpen && <Detail />}
            </div>
          )}
          <Footer />
        </main>
      )}
      <div class="hidden-text" role="status">
        <span key={announcement.nth}>{announcement.text}</span>
      </div>
    </>
  );
}

function Messages(): JSX.Element {
  const page = useRecordsPage();
  const { message, loadError } = useUi();
  return (
    <>
      {loadError !== null && (
        <div class="bar message-warning" role="alert">
          <span class={icon('warning')} aria-hidden="true" />
          <span class="bar-text">{loadError}</span>
          <button type="button" class="button" onClick={() => page.loadAgain()}>
            {t('Try again')}
          </button>
        </div>
      )}
      {message !== null && <DismissibleBar text={message} onDismiss={() => page.set({ message: null })} />}
    </>
  );
}
