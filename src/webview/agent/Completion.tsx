import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX, RefObject } from 'preact';
import type { Suggestion } from '../../protocol/agentFormMessages.ts';
import { plainText } from './Prose.tsx';

const mostShown = 100;

/** Those whose value begins with what was typed, then those that hold it. */
export function matching(suggestions: readonly Suggestion[], typed: string): Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  const begins = suggestions.filter(({ value }) => value.toLowerCase().startsWith(wanted));
  const holds = wanted === '' ? [] : suggestions.filter(({ value }) => value.toLowerCase().indexOf(wanted) > 0);
  return [...begins, ...holds].slice(0, mostShown);
}

export interface Completion {
  /** For the text box. */
  props: {
    role: 'combobox';
    'aria-autocomplete': 'list';
    'aria-expanded': boolean;
    'aria-controls': string;
    'aria-activedescendant': string | undefined;
  };
  /** The list below it, if it is open. */
  list: JSX.Element | null;
  open(): void;
  close(): void;
  /** True when the key was the list's: up, down, Enter on an entry, Escape. */
  onKey(event: KeyboardEvent): boolean;
}

/** A list of suggestions below a text box, by the ARIA pattern of a combobox: the focus stays in the box. */
export function useCompletion(id: string, label: string, suggestions: readonly Suggestion[], pick: (value: string) => void): Completion {
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const ref = useRef<HTMLUListElement>(null);
  const shown = isOpen && suggestions.length > 0;
  const listId = `${id}-list`;
  const current = Math.min(active, suggestions.length - 1);
  useLayoutEffect(() => {
    ref.current?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  useLayoutEffect(() => {
    ref.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current, shown]);
  const close = (): void => {
    setOpen(false);
    setActive(-1);
  };
  const choose = (value: string): void => {
    close();
    pick(value);
  };
  return {
    props: {
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-expanded': shown,
      'aria-controls': listId,
      'aria-activedescendant': shown && current >= 0 ? `${listId}-${current}` : undefined,
    },
    open: () => {
      setOpen(true);
      setActive(-1);
    },
    close,
    onKey: (event) => {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        setOpen(true);
        setActive(shown ? (current + step + suggestions.length + (current === -1 && step === -1 ? 1 : 0)) % suggestions.length : 0);
        return true;
      }
      if (!shown) return false;
      if (event.key === 'Escape') {
        close();
        return true;
      }
      const chosen = suggestions[current];
      if (event.key !== 'Enter' || chosen === undefined) return false;
      choose(chosen.value);
      return true;
    },
    list: shown ? (
      <SuggestionList id={listId} label={label} list={ref} suggestions={suggestions} current={current} choose={choose} />
    ) : null,
  };
}

interface ListProps {
  id: string;
  label: string;
  list: RefObject<HTMLUListElement | null>;
  suggestions: readonly Suggestion[];
  current: number;
  choose: (value: string) => void;
}

function SuggestionList({ id, label, list, suggestions, current, choose }: ListProps): JSX.Element {
  return (
    <ul class="popup" role="listbox" id={id} aria-label={label} ref={list}>
      {suggestions.map(({ value, description }, index) => (
        <li
          key={value}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === current}
          class={index === current ? 'popup-item active' : 'popup-item'}
          title={plainText(description)}
          // A press would take the focus out of the box, which closes the list before the click.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(value)}
        >
          <span class="popup-value">{value}</span>
          <span class="popup-note">{plainText(description)}</span>
        </li>
      ))}
    </ul>
  );
}
