import type { JSX } from 'preact';
import type { FieldChoice, FieldSpec } from '../../core/fieldSpec.ts';
import { t } from '../shared/strings.ts';
import { useForm, useUi } from './context.ts';
import { idsOf, useDescription } from './Field.tsx';
import { plainText } from './Prose.tsx';

const truth: readonly FieldChoice[] = [
  { value: 'true', description: '' },
  { value: 'false', description: '' },
];

/** The documented values; a value in the file that is none of them is kept and marked. */
export function ChoiceBox({ spec }: { spec: FieldSpec }): JSX.Element {
  const form = useForm();
  const { boxes, state } = useUi();
  const { key } = spec;
  const shown = String(boxes.get(key)?.shown ?? '');
  const choices = spec.kind === 'boolean' ? truth : (spec.values ?? []);
  const isKnown = choices.some(({ value }) => value === shown);
  const alias = spec.aliases !== undefined && Object.hasOwn(spec.aliases, shown) ? spec.aliases[shown] : undefined;
  return (
    <select
      class="select-box"
      id={idsOf(key).box}
      data-box={key}
      disabled={state?.isReadOnly === true}
      {...useDescription(key)}
      value={shown}
      onChange={(event) => form.edit(key, event.currentTarget.value, 'now')}
    >
      {shown === '' && <option value="">{t('Choose a value')}</option>}
      {shown !== '' && !isKnown && (
        <option value={shown}>
          {alias === undefined ? t('{0} (not a documented value)', shown) : t('{0} (now called {1})', shown, alias)}
        </option>
      )}
      {choices.map(({ value, description }) => (
        <option key={value} value={value}>
          {description === '' ? value : `${value} · ${plainText(description)}`}
        </option>
      ))}
    </select>
  );
}
