import { useEffect, useReducer } from 'preact/hooks';
import type { JSX } from 'preact';
import { isOver } from '../../core/jobs/run.ts';
import type { RunDetails } from '../../protocol/jobs/pageMessages.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { t } from '../shared/strings.ts';
import { useRunPage, useUi } from './context.ts';
import { icon } from './icons.ts';
import { spanWords, stateIcons, stateWords } from './words.ts';

/** What the run is, how far it is, and what can be done with it. */
export function Header({ details }: { details: RunDetails }): JSX.Element {
  const page = useRunPage();
  const { run, healed, resumable } = details;
  const over = isOver(run.state);
  return (
    <header class="header">
      <div class="headline">
        <h1>{run.name}</h1>
        <span class={`state state-${run.state}`}>
          <span class={icon(stateIcons[run.state])} aria-hidden="true" /> {stateWords(run)}
        </span>
        <span class="buttons">
          {!over && (
            <button type="button" class="button secondary" disabled={run.cancelRequested} onClick={() => void page.act({ what: 'cancel' })}>
              {t('Cancel')}
            </button>
          )}
          {resumable && (
            <button type="button" class="button" onClick={() => void page.act({ what: 'resume' })}>
              {t('Resume')}
            </button>
          )}
          {over && (
            <button type="button" class={resumable ? 'button secondary' : 'button'} onClick={() => void page.act({ what: 'runAgain' })}>
              {t('Run again')}
            </button>
          )}
          {run.records > 0 && (
            <button type="button" class="button secondary" onClick={() => void page.act({ what: 'showRecords' })}>
              {t('Show records')}
            </button>
          )}
          {run.file !== null && (
            <button
              type="button"
              class="button secondary"
              onClick={() => void page.act({ what: 'openJobFile', step: run.failure?.step ?? null })}
            >
              {t('Open job file')}
            </button>
          )}
          {healed.length > 0 && run.file !== null && (
            <button
              type="button"
              class="button secondary"
              title={t('Shows the job file with the locators that led to the elements put first')}
              onClick={() => void page.act({ what: 'applyHealed' })}
            >
              {t('Apply healed locators ({0})', healed.length)}
            </button>
          )}
        </span>
      </div>
      <Figures run={run} />
      <Now run={run} />
    </header>
  );
}

/** Draws once a second while time goes by for the run. */
function useClock(isRunning: boolean): number {
  const [, tick] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => tick(), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return Date.now();
}

function Figures({ run }: { run: JobRun }): JSX.Element {
  const page = useRunPage();
  const { progress, locale } = useUi();
  const isLive = run.state === 'running' || run.state === 'waiting';
  const now = useClock(isLive);
  const number = (value: number) => value.toLocaleString(locale);
  const pages = Math.max(run.pages, progress?.pages ?? 0);
  const records = Math.max(run.records, progress?.records ?? 0);
  const total = progress?.pagesTotal ?? null;
  const speed = run.state === 'running' ? page.pace.perMinute(now) : null;
  const left = run.state === 'running' ? page.pace.timeLeft(now, pages, total) : null;
  const elapsed = run.startedAt === null ? null : (run.endedAt ?? now) - run.startedAt;
  const figures: [string, string][] = [
    [t('Pages'), total === null ? number(pages) : t('{0} of {1}', number(pages), number(total))],
    [t('Records'), number(records)],
    ...(speed === null ? [] : [[t('Per minute'), number(Math.round(speed))] satisfies [string, string]]),
    ...(elapsed === null ? [] : [[t('Time'), spanWords(isLive ? Math.floor(elapsed / 1000) * 1000 : elapsed)] satisfies [string, string]]),
    ...(left === null ? [] : [[t('Time left'), t('about {0}', spanWords(left))] satisfies [string, string]]),
    [t('Started'), started(run, locale)],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function started(run: JobRun, locale: string): string {
  const at = new Date(run.startedAt ?? run.createdAt).toLocaleString(locale, { dateStyle: 'short', timeStyle: 'medium' });
  const by = { user: run.actor.name, schedule: t('the schedule'), agent: t('agent {0}', run.actor.name), job: t('a job') }[run.trigger];
  return run.attempts > 1 ? t('{0} by {1}, taken up {2} times', at, by, run.attempts) : t('{0} by {1}', at, by);
}

/** What it does now, or what it waits for. */
function Now({ run }: { run: JobRun }): JSX.Element | null {
  const { progress, locale } = useUi();
  const until = progress?.waitingUntil ?? null;
  useClock(until !== null);
  const text =
    run.state === 'running' && until !== null && until > Date.now()
      ? t('The site asked to wait until {0}.', new Date(until).toLocaleTimeString(locale))
      : run.state === 'running'
        ? (progress?.what ?? run.step)
        : run.failure === null
          ? run.reason
          : null;
  return text === null || text === '' ? null : <p class="now">{text}</p>;
}
