import type { Channel } from './channel.ts';
import type { Form } from './form.ts';

/**
 * Undo, redo and save are VS Code's own, and it hears a key in the page before what was just typed has reached the file. Then the key is
 * held back until it has.
 */
export function holdKeysBack(form: Form, channel: Channel): void {
  const meaning = (event: KeyboardEvent): 'undo' | 'redo' | 'save' | null => {
    if ((!event.ctrlKey && !event.metaKey) || event.altKey) return null;
    const key = event.key.toLowerCase();
    if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
    if (event.shiftKey) return null;
    return key === 'y' ? 'redo' : key === 's' ? 'save' : null;
  };
  document.addEventListener(
    'keydown',
    (event) => {
      const what = meaning(event);
      if (what === null || !form.isBusy()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      form.flush();
      form.whenIdle(() => channel.post({ kind: 'perform', what }));
    },
    { capture: true },
  );
  // A page that is hidden is gone at once.
  addEventListener('blur', () => form.flush());
  document.addEventListener('visibilitychange', () => form.flush());
}

/** The element of a box, by its key. */
export function boxElement(key: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-box="${CSS.escape(key)}"]`);
}

/** Puts the page back where it was before it was hidden, and notes where it is. */
export function keepPlace(form: Form, channel: Channel): void {
  const saved = channel.loadState();
  const note = (): void => {
    const { activeElement } = document;
    form.focused(activeElement instanceof HTMLElement ? (activeElement.dataset['box'] ?? null) : null);
  };
  const listen = (): void => {
    document.addEventListener('focusin', note);
    document.addEventListener('scroll', note, { passive: true });
  };
  if (saved === null) {
    listen();
    return;
  }
  const restore = (): void => {
    if (form.ui().state === null) return;
    stop();
    requestAnimationFrame(() => {
      document.documentElement.scrollTop = saved.scrollTop;
      const focus = (): void => void (saved.focused !== null && boxElement(saved.focused)?.focus({ preventScroll: true }));
      // Taking the focus from another editor would be worse than losing the place.
      if (document.hasFocus()) focus();
      else addEventListener('focus', focus, { once: true });
      listen();
    });
  };
  const stop = form.subscribe(restore);
}
