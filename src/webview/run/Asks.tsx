import { useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import type { RunAsk } from '../../protocol/jobs/pageMessages.ts';
import { t } from '../shared/strings.ts';
import { useRunPage, useUi } from './context.ts';
import { icon } from './icons.ts';
import { askTitle } from './words.ts';

/** What the run waits for a person to say, each with the controls to say it. */
export function Asks(): JSX.Element | null {
  const { asks } = useUi();
  if (asks.length === 0) return null;
  return (
    <>
      {asks.map((ask) => (
        <Ask key={ask.ask} ask={ask} />
      ))}
    </>
  );
}

function Ask({ ask }: { ask: RunAsk }): JSX.Element {
  const { answering } = useUi();
  const isBusy = answering.has(ask.ask);
  const heading = `ask-${ask.ask}`;
  return (
    <section class="ask" aria-labelledby={heading} aria-busy={isBusy}>
      <h2 id={heading}>
        <span class={icon('bell')} aria-hidden="true" /> {askTitle(ask.about)}
      </h2>
      <p class="message">{ask.message}</p>
      {ask.screenshot !== null && <img class="picture" src={ask.screenshot} alt={t('The page as it was when the run stopped')} />}
      <Controls ask={ask} isBusy={isBusy} />
    </section>
  );
}

function Controls({ ask, isBusy }: { ask: RunAsk; isBusy: boolean }): JSX.Element {
  const page = useRunPage();
  const box = useRef<HTMLInputElement>(null);
  const button = (label: string, answer: string | boolean, first: boolean) => (
    <button
      key={label}
      type="button"
      class={first ? 'button' : 'button secondary'}
      disabled={isBusy}
      onClick={() => page.answer(ask.ask, answer)}
    >
      {label}
    </button>
  );
  if (ask.choices.length > 0) return <p class="answers">{ask.choices.map((choice, index) => button(choice, choice, index === 0))}</p>;
  switch (ask.about) {
    case 'question':
      return (
        <form
          class="answers"
          onSubmit={(event) => {
            event.preventDefault();
            page.answer(ask.ask, box.current?.value ?? '');
          }}
        >
          <input ref={box} class="text-box" type="text" aria-label={t('Answer')} disabled={isBusy} autocomplete="off" />
          <button type="submit" class="button" disabled={isBusy}>
            {t('Send')}
          </button>
        </form>
      );
    case 'confirm':
    case 'replay':
      return (
        <p class="answers">
          {button(t('Yes'), true, true)}
          {button(t('No'), false, false)}
        </p>
      );
    case 'secrets':
      return (
        <p class="answers">
          <button type="button" class="button" disabled={isBusy} onClick={() => void page.act({ what: 'answerSecrets', ask: ask.ask })}>
            {t('Type the values…')}
          </button>
        </p>
      );
    case 'signIn':
    case 'twoFactor':
    case 'captcha':
      return <p class="answers">{button(t('Done in the browser'), true, true)}</p>;
    case 'pause':
    case 'locator':
    case 'failure':
    case 'step':
      return <p class="answers">{button(t('Go on'), true, true)}</p>;
  }
}
