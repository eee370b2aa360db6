import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import type { FieldSpec } from '../../core/fieldSpec.ts';
import { t } from '../shared/strings.ts';
import { useForm } from './context.ts';
import { icon } from './icons.ts';
import { boxElement } from './page.ts';
import { plainText } from './Prose.tsx';

const firstSentence = (text: string): string => /^.*?[.;:](?=\s|$)/.exec(plainText(text))?.[0].replace(/[.;:]$/, '') ?? plainText(text);

/** A menu of the fields that the file does not have. The file gets one when it has a value. */
export function AddField({ specs }: { specs: readonly FieldSpec[] }): JSX.Element | null {
  const form = useForm();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<{ key: string } | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const entries = (): HTMLElement[] => [...(menu.current?.querySelectorAll<HTMLElement>('button') ?? [])];
  // Before the menu is seen: a key that comes right after must not be answered by the button, and then undone.
  useLayoutEffect(() => {
    if (!isOpen) return;
    entries()[0]?.focus();
    menu.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  // With the box that was just drawn, and before the next key, which is its first.
  useLayoutEffect(() => {
    if (chosen !== null) (boxElement(chosen.key) ?? button.current)?.focus();
  }, [chosen]);
  if (specs.length === 0) return null;
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const choose = (key: string): void => {
    setOpen(false);
    setChosen({ key });
    form.add(key);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = entries();
    const at = all.findIndex((entry) => entry === document.activeElement);
    const focus = (index: number): void => all[(index + all.length) % all.length]?.focus();
    if (event.key === 'ArrowDown') focus(at + 1);
    else if (event.key === 'ArrowUp') focus(at - 1);
    else if (event.key === 'Home') focus(0);
    else if (event.key === 'End') focus(-1);
    else if (event.key === 'Escape') close();
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const letter = event.key.toLowerCase();
      const next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((entry) => entry.dataset['key']?.toLowerCase().startsWith(letter));
      next?.focus();
    } else {
      if (event.key === 'Tab') setOpen(false);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="combo add-field"
      onFocusOut={(event) => {
        const to = event.relatedTarget;
        if (isOpen && !(to instanceof Node && event.currentTarget.contains(to))) setOpen(false);
      }}
    >
      <button type="button" class="link-button" ref={button} aria-haspopup="menu" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span class={icon('add')} aria-hidden="true" /> {t('Add field…')}
      </button>
      {isOpen && (
        <div class="popup" role="menu" aria-label={t('Fields to add')} ref={menu} onKeyDown={onKeyDown}>
          {specs.map(({ key, hover }) => (
            <button
              key={key}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class="popup-item"
              data-key={key}
              title={plainText(hover)}
              onClick={() => choose(key)}
            >
              <span class="popup-value">{key}</span>
              <span class="popup-note">{firstSentence(hover)}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
