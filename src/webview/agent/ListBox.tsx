import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import type { FieldSpec } from '../../core/fieldSpec.ts';
import type { FormSuggestions, Suggestion } from '../../protocol/agentFormMessages.ts';
import { t } from '../shared/strings.ts';
import { useForm, useUi } from './context.ts';
import { matching, useCompletion } from './Completion.tsx';
import { idsOf, useDescription } from './Field.tsx';
import { icon } from './icons.ts';

function suggestionsFor({ key }: FieldSpec, { tools, skills, agents }: FormSuggestions): readonly Suggestion[] {
  if (key === 'skills') return skills;
  return [...tools, ...agents.map(({ value, description }) => ({ value: `Agent(${value})`, description }))];
}

/** Cuts what was typed or pasted at commas and line ends, but not inside parentheses: `Bash(git diff, git log)` is one item. */
export function itemsIn(text: string): string[] {
  const items = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    else if (char === ')') depth = Math.max(0, depth - 1);
    if (char === '\n' || (char === ',' && depth === 0)) items.push('');
    else items[items.length - 1] += char;
  }
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** The items as chips, and a box to add some. The chips are one tab stop; the arrows walk, Delete removes, Alt and an arrow moves. */
export function ListBox({ spec }: { spec: FieldSpec }): JSX.Element {
  const form = useForm();
  const { boxes, suggestions, state } = useUi();
  const { key } = spec;
  const ids = idsOf(key);
  const description = useDescription(key);
  const shown = boxes.get(key)?.shown ?? [];
  const items = typeof shown === 'string' ? [] : shown;
  const isReadOnly = state?.isReadOnly === true;
  const [current, setCurrent] = useState(0);
  const [typed, setTyped] = useState('');
  const [toFocus, setToFocus] = useState<{ index: number } | null>(null);
  const chips = useRef<HTMLUListElement>(null);
  const adder = useRef<HTMLInputElement>(null);
  const tabStop = Math.min(current, items.length - 1);

  const add = (text: string): void => {
    setTyped('');
    const wanted = itemsIn(text).filter((item, index, all) => !items.includes(item) && all.indexOf(item) === index);
    if (wanted.length > 0) form.edit(key, [...items, ...wanted], 'now');
  };
  const offered = matching(
    suggestionsFor(spec, suggestions).filter(({ value }) => !items.includes(value)),
    typed,
  );
  const completion = useCompletion(ids.box, t('Suggestions for {0}', key), offered, add);
  const focusChip = (index: number): void => {
    setCurrent(index);
    setToFocus({ index });
  };
  // With the list that was just drawn, and before the next key: pressed twice, Alt and an arrow moves the same chip twice.
  useLayoutEffect(() => {
    if (toFocus === null) return;
    const chip = chips.current?.children[toFocus.index];
    if (chip instanceof HTMLElement) chip.focus();
    else adder.current?.focus();
  }, [toFocus]);
  const removeAt = (index: number): void => {
    form.edit(
      key,
      items.filter((_, at) => at !== index),
      'now',
    );
    form.announce(t('Removed {0}', items[index] ?? ''));
    focusChip(Math.max(0, Math.min(index, items.length - 2)));
  };
  const moveTo = (from: number, to: number): void => {
    const moved = [...items];
    const [item = ''] = moved.splice(from, 1);
    moved.splice(to, 0, item);
    form.edit(key, moved, 'now');
    form.announce(t('{0} is now {1} of {2}', item, to + 1, items.length));
    focusChip(to);
  };
  const onChipKey = (event: KeyboardEvent, index: number): void => {
    const step = steps[event.key];
    const within = (to: number): number => Math.max(0, Math.min(items.length - 1, to));
    if (step !== undefined && event.altKey && !isReadOnly) {
      if (within(index + step) !== index) moveTo(index, index + step);
    } else if (step !== undefined && !event.altKey) focusChip(within(index + step));
    else if (event.key === 'Home') focusChip(0);
    else if (event.key === 'End') focusChip(items.length - 1);
    else if ((event.key === 'Delete' || event.key === 'Backspace') && !isReadOnly) removeAt(index);
    else return;
    // Alt and an arrow is VS Code's key for going back.
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="list-box">
      {items.length > 0 && (
        <ul
          class="chips"
          role="listbox"
          aria-labelledby={ids.label}
          aria-describedby={`${ids.box}-keys`}
          aria-orientation="horizontal"
          ref={chips}
        >
          {items.map((item, index) => (
            <li
              key={index}
              class="chip"
              role="option"
              aria-selected={index === tabStop}
              tabIndex={index === tabStop ? 0 : -1}
              title={item}
              onFocus={() => setCurrent(index)}
              onKeyDown={(event) => onChipKey(event, index)}
            >
              <span class="chip-text">{item}</span>
              {!isReadOnly && (
                <span
                  class={`chip-remove ${icon('close')}`}
                  title={t('Remove {0}', item)}
                  aria-hidden="true"
                  onClick={() => removeAt(index)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      <span class="hidden-text" id={`${ids.box}-keys`}>
        {t('Arrow keys walk the list, Delete removes an entry, Alt and an arrow key moves it.')}
      </span>
      <div class="combo">
        <input
          ref={adder}
          id={ids.box}
          data-box={key}
          type="text"
          class="text-box"
          value={typed}
          readOnly={isReadOnly}
          placeholder={key === 'skills' ? t('Add a skill') : t('Add a tool')}
          aria-label={t('Add to {0}', key)}
          spellcheck={false}
          autocomplete="off"
          {...description}
          {...completion.props}
          onClick={completion.open}
          onInput={(event) => {
            const { value } = event.currentTarget;
            completion.open();
            if (itemsIn(`${value}.`).length > 1) add(value);
            else setTyped(value);
          }}
          onKeyDown={(event) => {
            const isMine = completion.onKey(event);
            if (!isMine && event.key === 'Enter' && !event.isComposing) add(typed);
            else if (!isMine && event.key === 'Backspace' && typed === '' && items.length > 0) focusChip(items.length - 1);
            else if (!isMine) return;
            event.preventDefault();
            event.stopPropagation();
          }}
          onBlur={() => {
            completion.close();
            add(typed);
          }}
        />
        {completion.list}
      </div>
    </div>
  );
}
