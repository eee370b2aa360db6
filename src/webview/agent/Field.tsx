import type { ComponentChildren, JSX } from 'preact';
import { t } from '../shared/strings.ts';
import { bodyKey } from './box.ts';
import { useForm, useUi } from './context.ts';
import { conflictText } from './form.ts';
import { icon } from './icons.ts';
import { findProblems, ofField, Problems } from './Problems.tsx';
import { plainText, Prose } from './Prose.tsx';

/** Ids of what belongs to a box. */
export const idsOf = (key: string) => ({
  box: `box-${key}`,
  label: `label-${key}`,
  help: `help-${key}`,
  problems: `problems-${key}`,
  conflict: `conflict-${key}`,
});

interface FieldProps {
  name: string;
  /** The key of the box, that of the field unless it is the body's. */
  box?: string;
  help: string;
  /** The control is no native one, which a label could name. */
  custom?: boolean;
  removable?: boolean;
  children: ComponentChildren;
}

/** What describes a control to a screen reader: its help, what is wrong with it, and what stands against it. */
export function useDescription(key: string): { 'aria-describedby': string; 'aria-invalid': boolean } {
  const { state, boxes } = useUi();
  const ids = idsOf(key);
  const mine = state?.problems.filter((problem) => !problem.inBody && problem.field === key) ?? [];
  const parts = [ids.help];
  if (mine.some(({ fatal }) => !fatal)) parts.push(ids.problems);
  if (mine.some(({ fatal }) => fatal)) parts.push('ignored');
  if (boxes.get(key)?.theirs !== null) parts.push(ids.conflict);
  return {
    'aria-describedby': parts.join(' '),
    'aria-invalid': mine.some(({ severity }) => severity === 'error'),
  };
}

/** One field: its name, its control, one line of help, and below it whatever is wrong. */
export function Field({ name, box = name, help, custom = false, removable = false, children }: FieldProps): JSX.Element {
  const form = useForm();
  const { state } = useUi();
  const ids = idsOf(box);
  const found = findProblems(state?.problems ?? [], ofField(name));
  return (
    <div class="field">
      {custom ? (
        <span class="field-label" id={ids.label}>
          {name}
        </span>
      ) : (
        <label class="field-label" id={ids.label} for={ids.box}>
          {name}
        </label>
      )}
      <div class="field-control">{children}</div>
      {removable && state?.isReadOnly === false && (
        <button
          type="button"
          class={`icon-button field-remove ${icon('trash')}`}
          aria-label={t('Remove {0}', name)}
          title={t('Remove {0}', name)}
          onClick={() => form.remove(name)}
        />
      )}
      <div class="field-notes">
        <p class="help" id={ids.help} title={plainText(help)}>
          <Prose text={help} />
        </p>
        <Conflict box={box} />
        <Problems found={found} id={ids.problems} />
      </div>
    </div>
  );
}

/** What the file says now, when that is neither what was typed nor what it had before. Nothing is lost until a person has chosen. */
export function Conflict({ box }: { box: string }): JSX.Element | null {
  const form = useForm();
  const { boxes } = useUi();
  const theirs = boxes.get(box)?.theirs ?? null;
  if (theirs === null) return null;
  const text = typeof theirs === 'string' ? theirs : theirs.join(', ');
  return (
    <div class="conflict" role="group" aria-labelledby={idsOf(box).conflict}>
      <p id={idsOf(box).conflict}>
        {conflictText(box)} {text === '' ? t('It is empty there now.') : t('It says there:')}
      </p>
      {text !== '' && (
        <pre class={box === bodyKey ? 'raw raw-long' : 'raw'} tabIndex={0}>
          {text}
        </pre>
      )}
      <button type="button" class="button" onClick={() => form.resolve(box, 'mine')}>
        {t('Keep mine')}
      </button>
      <button type="button" class="link-button" onClick={() => form.resolve(box, 'theirs')}>
        {t('Take the file’s')}
      </button>
    </div>
  );
}
