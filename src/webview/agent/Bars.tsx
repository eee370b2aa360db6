import type { JSX } from 'preact';
import { t } from '../shared/strings.ts';
import { useForm, useUi } from './context.ts';
import { icon } from './icons.ts';
import { findProblems, Fixes } from './Problems.tsx';
import { Prose } from './Prose.tsx';

/** What concerns the file as a whole: that Claude Code ignores it and why, that it is gone, that the last change was not made. */
export function Bars({ quiet = false }: { quiet?: boolean }): JSX.Element {
  const form = useForm();
  const { state, refusal } = useUi();
  const fatal = quiet ? [] : findProblems(state?.problems ?? [], (problem) => problem.fatal);
  return (
    <>
      {fatal.length > 0 && (
        <div id="ignored">
          {fatal.map((found) => (
            <div key={`${found.problem.code} ${found.index}`} class="bar state-error">
              <span class={icon('error')} aria-hidden="true" />
              <span class="bar-text">
                <Prose text={found.problem.message} />
              </span>
              <Fixes found={found} first />
            </div>
          ))}
        </div>
      )}
      {state?.isDeleted === true && (
        <div class="bar state-warning">
          <span class={icon('warning')} aria-hidden="true" />
          <span class="bar-text">{t('{0} was deleted. This form still has its text.', state.fileName)}</span>
          <button type="button" class="button" onClick={() => form.saveAgain()}>
            {t('Write it again')}
          </button>
        </div>
      )}
      {state?.isReadOnly === true && (
        <div class="bar state-info">
          <span class={icon('info')} aria-hidden="true" />
          <span class="bar-text">{t('{0} is read-only.', state.fileName)}</span>
        </div>
      )}
      {refusal !== null && (
        <div class="bar message-warning" role="alert">
          <span class={icon('warning')} aria-hidden="true" />
          <span class="bar-text">{refusal}</span>
          <button
            type="button"
            class={`icon-button ${icon('close')}`}
            aria-label={t('Dismiss')}
            title={t('Dismiss')}
            onClick={() => form.dismiss()}
          />
        </div>
      )}
    </>
  );
}
