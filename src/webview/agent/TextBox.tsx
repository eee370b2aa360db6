import { useLayoutEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { useForm, useUi } from './context.ts';
import { idsOf, useDescription } from './Field.tsx';

type TextElement = HTMLInputElement | HTMLTextAreaElement;

/** Gives the element another text; the caret stays with the characters it stood between. */
export function replaceText(element: TextElement, text: string): void {
  const old = element.value;
  if (old === text) return;
  const { selectionStart, selectionEnd, selectionDirection } = element;
  element.value = text;
  if (document.activeElement !== element || selectionStart === null || selectionEnd === null) return;
  const most = Math.min(old.length, text.length);
  let head = 0;
  while (head < most && old[head] === text[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++;
  const moved = (place: number): number =>
    place <= head ? place : place >= old.length - tail ? place + text.length - old.length : Math.min(place, text.length - tail);
  element.setSelectionRange(moved(selectionStart), moved(selectionEnd), selectionDirection ?? 'none');
}

/** A box for text over the draft of that key. It is not drawn anew while someone types: only a text from elsewhere replaces its own. */
export function useTextBox<E extends TextElement>(key: string) {
  const form = useForm();
  const { boxes, state } = useUi();
  const ref = useRef<E>(null);
  const shown = boxes.get(key)?.shown ?? '';
  const text = typeof shown === 'string' ? shown : shown.join(', ');
  useLayoutEffect(() => {
    if (ref.current !== null) replaceText(ref.current, text);
  });
  return {
    ref,
    id: idsOf(key).box,
    'data-box': key,
    readOnly: state?.isReadOnly === true,
    ...useDescription(key),
    onInput: (event: Event & { currentTarget: E }) =>
      form.edit(key, event.currentTarget.value, event instanceof InputEvent && event.isComposing ? 'held' : 'later'),
    onCompositionEnd: (event: CompositionEvent & { currentTarget: E }) => form.edit(key, event.currentTarget.value, 'later'),
    onBlur: () => form.flush(key),
  };
}

export function LineBox({ box, title = false }: { box: string; title?: boolean }): JSX.Element {
  const props = useTextBox<HTMLInputElement>(box);
  return (
    <input
      {...props}
      type="text"
      class={title ? 'text-box title-box' : 'text-box'}
      spellcheck={false}
      autocomplete="off"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.isComposing) props.onBlur();
      }}
    />
  );
}

/** Grows with its text; the page scrolls, not the box. */
export function LongBox({ box, prompt = false }: { box: string; prompt?: boolean }): JSX.Element {
  return (
    <textarea
      {...useTextBox<HTMLTextAreaElement>(box)}
      class={prompt ? 'text-box long-box prompt-box' : 'text-box long-box'}
      rows={prompt ? 12 : 2}
    />
  );
}
