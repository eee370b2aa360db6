import type { JSX } from 'preact';
import { t } from './strings.ts';

/** What went wrong, until the person has read it. A page that draws it ships the icons `warning` and `close`. */
export function DismissibleBar({ text, onDismiss }: { text: string; onDismiss: () => void }): JSX.Element {
  return (
    <div class="bar message-warning" role="alert">
      <span class="codicon codicon-warning" aria-hidden="true" />
      <span class="bar-text">{text}</span>
      <button type="button" class="icon-button codicon codicon-close" aria-label={t('Dismiss')} title={t('Dismiss')} onClick={onDismiss} />
    </div>
  );
}
