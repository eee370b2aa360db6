import type { JSX } from 'preact';
import { isOver } from '../../core/jobs/run.ts';
import type { RunDetails, StepLine } from '../../protocol/jobs/pageMessages.ts';
import { ActiveList } from '../shared/ActiveList.tsx';
import { t } from '../shared/strings.ts';
import { useRunPage, useUi } from './context.ts';
import { icon } from './icons.ts';
import { stepState } from './stepStates.ts';
import { spanWords, stepIcons, stepWords } from './words.ts';

/** The steps of the job, each with what became of it. */
export function Steps({ details }: { details: RunDetails }): JSX.Element {
  const page = useRunPage();
  const { steps, progress, activeStep, asks } = useUi();
  const { run } = details;
  const current = isOver(run.state) ? null : (progress?.step ?? null);
  const isWaiting = run.state === 'waiting' || asks.length > 0;
  const open = (line: StepLine | undefined) => {
    if (line !== undefined && run.file !== null) void page.act({ what: 'openJobFile', step: line.path });
  };
  const active = steps[activeStep];
  const result = active === undefined ? undefined : page.results.get(active.path);
  return (
    <section class="half" aria-labelledby="steps-title">
      <h2 id="steps-title">{t('Steps')}</h2>
      {steps.length === 0 ? (
        <p class="nothing">{t('The steps cannot be shown: the text of this run does not fit this version of ClaudeTask.')}</p>
      ) : (
        <ActiveList
          id="steps"
          label={t('Steps')}
          count={steps.length}
          active={activeStep}
          onActive={(index) => page.set({ activeStep: index })}
          onOpen={(index) => open(steps[index])}
          row={(index) => {
            const line = steps[index];
            if (line === undefined) return null;
            const known = page.results.get(line.path);
            const state = stepState(line.path, line.isDisabled, known, current, isWaiting);
            return (
              <span class={`step step-${state}`} style={{ paddingInlineStart: `${line.depth * 16}px` }}>
                <span class={icon(stepIcons[state])} title={stepWords(state)} aria-hidden="true" />
                <span class="step-words" title={line.words}>
                  {line.words}
                </span>
                <span class="hidden-text">, {stepWords(state)}</span>
                {known?.healed === true && <span class="mark">{t('healed')}</span>}
                {known !== undefined && known.times > 1 && <span class="meta">{t('{0} times', known.times)}</span>}
                {known !== undefined && state !== 'skipped' && <span class="meta">{spanWords(known.ms)}</span>}
              </span>
            );
          }}
        />
      )}
      {active !== undefined && (
        <div class="detail" role="group" tabIndex={0} aria-label={t('Details')}>
          <span class="detail-text">
            {active.words}
            {result?.message !== null && result?.message !== undefined && <span class="detail-message">{result.message}</span>}
          </span>
          {run.file !== null && (
            <button type="button" class="link-button" onClick={() => open(active)}>
              {t('Open in the job file')}
            </button>
          )}
        </div>
      )}
    </section>
  );
}
