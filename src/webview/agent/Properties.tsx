import type { JSX } from 'preact';
import { agentFields } from '../../core/agents/agentFields.ts';
import type { FieldSpec } from '../../core/fieldSpec.ts';
import { t } from '../shared/strings.ts';
import { AddField } from './AddField.tsx';
import { ChoiceBox } from './ChoiceBox.tsx';
import { useForm, useUi } from './context.ts';
import { Field, idsOf } from './Field.tsx';
import { ListBox } from './ListBox.tsx';
import { ModelBox } from './ModelBox.tsx';
import { LineBox, LongBox } from './TextBox.tsx';

/** The control of a field. */
function Control({ spec }: { spec: FieldSpec }): JSX.Element {
  switch (spec.kind) {
    case 'text':
    case 'integer':
      return <LineBox box={spec.key} />;
    case 'longText':
      return <LongBox box={spec.key} />;
    case 'choice':
      return spec.closed === true ? <ChoiceBox spec={spec} /> : <ModelBox spec={spec} />;
    case 'boolean':
      return <ChoiceBox spec={spec} />;
    case 'list':
      return <ListBox spec={spec} />;
    case 'yaml':
      return <></>;
  }
}

/** A field that the file has, or that was added and has no value yet. */
export function KnownField({ spec }: { spec: FieldSpec }): JSX.Element | null {
  const { state, adding } = useUi();
  const { key } = spec;
  const field = state?.fields.find((one) => one.key === key);
  if (field === undefined && !adding.has(key) && !spec.required) return null;
  if (field?.readOnly === true) return <RawField name={key} raw={String(field.value)} help={spec.hover} />;
  return (
    <Field name={key} help={spec.hover} custom={spec.kind === 'list'} removable={!spec.required}>
      <Control spec={spec} />
    </Field>
  );
}

/** What no control can hold: as it is written, with the way to the place in the file. */
function RawField({ name, raw, help }: { name: string; raw: string; help: string }): JSX.Element {
  const form = useForm();
  return (
    <Field name={name} help={help} custom removable>
      <pre class="raw" tabIndex={0} role="group" aria-labelledby={idsOf(name).label} data-box={name}>
        {raw === '' ? t('(empty)') : raw}
      </pre>
      <button type="button" class="link-button" onClick={() => form.openFile({ kind: 'field', key: name })}>
        {t('Edit in file')}
      </button>
    </Field>
  );
}

/** Everything but the texts, as a quiet table. */
export function Properties(): JSX.Element | null {
  const { state, adding } = useUi();
  if (state === null) return null;
  const specs = agentFields.filter(({ key, kind }) => key !== 'name' && kind !== 'longText');
  const missing = agentFields.filter(
    ({ key, required }) => !required && !adding.has(key) && !state.fields.some((field) => field.key === key),
  );
  return (
    <section class="properties" aria-label={t('Properties')}>
      {specs.map((spec) => (
        <KnownField key={spec.key} spec={spec} />
      ))}
      {state.others.map(({ key, raw }) => (
        <RawField key={`other ${key}`} name={key} raw={raw} help={t('Claude Code has no field of this name.')} />
      ))}
      {!state.isReadOnly && <AddField specs={missing} />}
    </section>
  );
}
