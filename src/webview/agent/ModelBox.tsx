import type { JSX } from 'preact';
import type { FieldSpec } from '../../core/fieldSpec.ts';
import { useForm, useUi } from './context.ts';
import { matching, useCompletion } from './Completion.tsx';
import { useTextBox } from './TextBox.tsx';

/** A text with suggestions, for a field whose values are an open list. */
export function ModelBox({ spec }: { spec: FieldSpec }): JSX.Element {
  const form = useForm();
  const { boxes, suggestions } = useUi();
  const { key } = spec;
  const shown = String(boxes.get(key)?.shown ?? '');
  const all = [...(spec.values ?? []), ...suggestions.models];
  // A value that is there already says nothing about what is looked for.
  const offered = all.some(({ value }) => value === shown) ? all : matching(all, shown);
  const completion = useCompletion(`box-${key}`, key, offered, (value) => form.edit(key, value, 'now'));
  const text = useTextBox<HTMLInputElement>(key);
  return (
    <div class="combo">
      <input
        {...text}
        {...completion.props}
        type="text"
        class="text-box"
        spellcheck={false}
        autocomplete="off"
        onClick={completion.open}
        onInput={(event) => {
          completion.open();
          text.onInput(event);
        }}
        onKeyDown={(event) => {
          if (completion.onKey(event)) {
            event.preventDefault();
            event.stopPropagation();
          } else if (event.key === 'Enter' && !event.isComposing) form.flush(key);
        }}
        onBlur={() => {
          completion.close();
          text.onBlur();
        }}
      />
      {completion.list}
    </div>
  );
}
