import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import type { Severity } from '../../core/problem.ts';
import type { FormProblem } from '../../protocol/agentFormMessages.ts';
import { t } from '../shared/strings.ts';
import { useForm, useUi } from './context.ts';
import type { FormIcon } from './icons.ts';
import { icon } from './icons.ts';
import { Prose } from './Prose.tsx';

const icons: Readonly<Record<Severity, FormIcon>> = { error: 'error', warning: 'warning', information: 'info', hint: 'lightbulb' };

/** A problem with its number in the state, by which the host knows it. */
export interface Found {
  problem: FormProblem;
  index: number;
}

export function findProblems(problems: readonly FormProblem[], which: (problem: FormProblem) => boolean): Found[] {
  return problems.map((problem, index) => ({ problem, index })).filter(({ problem }) => which(problem));
}

/** Those that keep Claude Code from loading the file stand at the top of the page, and only there. */
export const ofField =
  (key: string) =>
  (problem: FormProblem): boolean =>
    !problem.fatal && !problem.inBody && problem.field === key;

/** A long list of tools can have as many problems. */
const fewProblems = 3;

/** What is wrong, why, and the ways out. */
export function Problems({
  found,
  id,
  offerFile = false,
}: {
  found: readonly Found[];
  id: string;
  offerFile?: boolean;
}): JSX.Element | null {
  const form = useForm();
  const { state } = useUi();
  const [isLong, setLong] = useState(false);
  if (found.length === 0) return null;
  const shown = isLong || found.length <= fewProblems + 1 ? found : found.slice(0, fewProblems);
  return (
    <ul class="problems" id={id}>
      {shown.map(({ problem, index }) => (
        <li key={`${problem.code} ${index}`} class={`problem problem-${problem.severity}`}>
          <span class={icon(icons[problem.severity])} aria-hidden="true" />
          <span class="problem-text">
            <span class="hidden-text">{severityWord(problem.severity)}</span> <Prose text={problem.message} />{' '}
            <Fixes found={{ problem, index }} />
            {offerFile && state !== null && (
              <button type="button" class="link-button" onClick={() => form.openFile({ kind: 'problem', version: state.version, index })}>
                {t('Show in file')}
              </button>
            )}
          </span>
        </li>
      ))}
      {shown.length < found.length && (
        <li class="problem">
          <button type="button" class="link-button" onClick={() => setLong(true)}>
            {t('Show {0} more', found.length - shown.length)}
          </button>
        </li>
      )}
    </ul>
  );
}

export function Fixes({ found: { problem, index }, first = false }: { found: Found; first?: boolean }): JSX.Element {
  const form = useForm();
  const { state } = useUi();
  const fixes = first ? problem.fixes.slice(0, 1) : problem.fixes;
  if (state?.isReadOnly === true) return <></>;
  return (
    <>
      {fixes.map((fix, number) => (
        <button key={fix.title} type="button" class={first ? 'button' : 'link-button'} onClick={() => form.applyFix(index, number)}>
          {fix.title}
        </button>
      ))}
    </>
  );
}

function severityWord(severity: Severity): string {
  switch (severity) {
    case 'error':
      return t('Error:');
    case 'warning':
      return t('Warning:');
    case 'information':
      return t('Information:');
    case 'hint':
      return t('Hint:');
  }
}
