import type { JSX } from 'preact';
import type { RunDetails, ShownFile } from '../../protocol/jobs/pageMessages.ts';
import { t } from '../shared/strings.ts';
import { useRunPage, useUi } from './context.ts';
import { icon } from './icons.ts';

/** Why the run failed, and what there is to look at. */
export function Evidence({ details }: { details: RunDetails }): JSX.Element | null {
  const page = useRunPage();
  const { steps } = useUi();
  const { run, files } = details;
  if (run.failure === null || (run.state !== 'failed' && run.state !== 'lost')) return null;
  const { failure } = run;
  const picture = files.findLast(({ kind, uri }) => kind === 'screenshot' && uri !== null);
  const snapshot = files.findLast(({ kind }) => kind === 'snapshot');
  const trace = files.findLast(({ kind }) => kind === 'trace');
  const step = steps.find(({ path }) => path === failure.step);
  return (
    <section class="failure" aria-labelledby="failure">
      <h2 id="failure">
        <span class={icon('error')} aria-hidden="true" /> {step === undefined ? t('Why it failed') : t('Failed at: {0}', step.words)}
      </h2>
      <p class="message">{failure.message}</p>
      {picture !== undefined && picture.uri !== null && (
        <img class="picture" src={picture.uri} alt={t('The page as it was when the run failed')} />
      )}
      {snapshot !== undefined && <Snapshot file={snapshot} />}
      <p class="answers">
        {failure.step !== null && run.file !== null && (
          <button type="button" class="button secondary" onClick={() => void page.act({ what: 'openJobFile', step: failure.step })}>
            {t('Go to the step')}
          </button>
        )}
        {trace !== undefined && (
          <button type="button" class="button secondary" onClick={() => void page.act({ what: 'openFile', path: trace.path })}>
            {t('Open trace')}
          </button>
        )}
        {picture !== undefined && (
          <button type="button" class="button secondary" onClick={() => void page.act({ what: 'revealFile', path: picture.path })}>
            {t('Show the picture’s file')}
          </button>
        )}
      </p>
    </section>
  );
}

/** The page in words, read only when somebody opens it. */
function Snapshot({ file }: { file: ShownFile }): JSX.Element {
  const page = useRunPage();
  const text = useUi().snapshots.get(file.path);
  return (
    <details
      class="snapshot"
      onToggle={(event) => {
        if (event.currentTarget.open && text === undefined) page.readSnapshot(file.path);
      }}
    >
      <summary>{t('What the page held, as a screen reader says it')}</summary>
      <pre tabIndex={0} aria-label={t('What the page held')}>
        {text ?? t('Reading…')}
      </pre>
    </details>
  );
}
