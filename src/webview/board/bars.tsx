import type { JSX } from 'preact';
import type { StoreState } from '../../protocol/wire.ts';
import { useBoard } from './context.ts';
import { icon } from './icons.ts';
import type { Message } from './model.ts';
import { t } from '../shared/strings.ts';

/** What just happened, why, and the one thing to do about it. Spoken by the page's status region, not by this bar. */
export function MessageBar({ message }: { message: Message | null }): JSX.Element | null {
  const { actions } = useBoard();
  if (message === null) return null;
  const { action } = message;
  return (
    <div class={`bar message-${message.kind}`}>
      <span class={icon(message.kind)} aria-hidden="true" />
      <span class="bar-text">{message.text}</span>
      {action !== undefined && (
        <button
          type="button"
          class={message.kind === 'info' ? 'link-button' : 'button'}
          onClick={() => {
            actions.tell(null);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        class={`icon-button ${icon('close')}`}
        aria-label={t('Dismiss')}
        title={t('Dismiss')}
        onClick={() => actions.tell(null)}
      />
    </div>
  );
}

/** What this window is to its database, in one sentence; nothing while it simply owns it. */
export function StateBar({ state, loaded }: { state: StoreState; loaded: boolean }): JSX.Element | null {
  const { channel } = useBoard();
  const text = stateText(state, loaded);
  if (text === null) return null;
  const kind = state.role === 'failed' ? 'error' : state.role === 'readOnly' || state.role === 'closed' ? 'warning' : 'info';
  return (
    <div class={`bar state-${kind}`}>
      <span class={icon(kind)} aria-hidden="true" />
      <span class="bar-text">{text}</span>
      {state.role === 'failed' && (
        <button type="button" class="button" onClick={() => channel.post({ kind: 'resync' })}>
          {t('Try again')}
        </button>
      )}
    </div>
  );
}

function stateText(state: StoreState, loaded: boolean): string | null {
  switch (state.role) {
    case 'owner':
      return null;
    case 'starting':
      return loaded ? t('The store is starting; changes wait until it is ready.') : null;
    case 'client':
      return t('Another window holds the task database; this one works through it.');
    case 'takingOver':
      return t('The window that held the task database is gone; this one takes over, and changes wait a moment.');
    case 'readOnly':
      return t('Read-only: {0}', state.error.message);
    case 'failed':
      return state.error.message;
    case 'closed':
      return t('The task database is closed.');
  }
}
