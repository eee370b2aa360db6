import { safeAddress, withoutQuery } from '../../core/jobs/addresses.ts';
import { literalTemplate } from '../../core/jobs/template.ts';
import type { Candidate } from '../../protocol/jobs/locator.ts';
import type { RecordingStep } from '../../protocol/jobs/recording.ts';
import { RecordedKeys } from './recordedKeys.ts';
import { selectorsOf, tagOf, targetOf } from './recordedSelectors.ts';
import type { RecordedTarget } from './recordedSelectors.ts';
import { sensitiveKind, type TypedInputs } from './typedInputs.ts';

/** A step as it is written. */
export type StepSource = Readonly<Record<string, unknown>>;

/** What the importer says about what it did not take over as it was. */
export type Remark = (step: number, message: string) => void;

const isMain = (target: string | undefined) => target === undefined || target === 'main';
const identity = (step: RecordingStep) =>
  JSON.stringify([selectorsOf(step), step.frame ?? step.context?.path, step.target ?? step.context?.target]);
const isSelect = (step: RecordingStep) =>
  tagOf(selectorsOf(step)) === 'select' ||
  selectorsOf(step)
    .flat()
    .some((selector) => /^aria\/.*\[role="(?:combobox|listbox)"\]/.test(selector) && tagOf(selectorsOf(step)) !== 'input');

/** The steps of a recording as steps of a job. What was typed and is sensitive goes into `inputs` and nowhere else. */
export function stepsOfRecording(steps: readonly RecordingStep[], inputs: TypedInputs, remark: Remark): StepSource[] {
  const keys = new RecordedKeys(steps);
  return steps.flatMap((step, index) => {
    const next = steps.slice(index + 1).find(({ type }) => type !== 'keyDown' && type !== 'keyUp');
    const made = stepsOf(step, index, next, { keys, inputs, remark });
    const target = step.target ?? step.context?.target;
    if (made.length > 0 && !isMain(target))
      remark(index, 'happened in another window or frame. Say frame in its target, or opens: popup in the click before it.');
    return [...made, ...waitsOf(step)];
  });
}

interface Means {
  keys: RecordedKeys;
  inputs: TypedInputs;
  remark: Remark;
}

function stepsOf(step: RecordingStep, index: number, next: RecordingStep | undefined, { keys, inputs, remark }: Means): StepSource[] {
  switch (step.type) {
    case 'navigate':
      if (/^https?:\/\//i.test(step.url ?? '')) return [{ goto: literalTemplate(safeAddress(step.url ?? '')) }];
      remark(index, 'opens no web page and was left out.');
      return [];
    case 'click':
    case 'doubleClick':
      // A click into a field before something is typed into it is part of typing.
      if (next?.type === 'change' && identity(next) === identity(step)) return [];
      return clickOf(step, remark, index);
    case 'hover':
      return [{ hover: writtenTarget(targetOf(step)) }];
    case 'change':
      // Each change of a field holds all that is in it: the last one counts.
      if (next?.type === 'change' && identity(next) === identity(step)) {
        noteTyped(step, inputs);
        return [];
      }
      return changeOf(step, inputs);
    case 'keyDown':
    case 'keyUp':
      return keys.read(step, index).map((chord) => ({ press: chord }));
    case 'scroll':
      return [{ scroll: selectorsOf(step).length > 0 ? writtenTarget(targetOf(step)) : (step.y ?? 0) > 0 ? 'bottom' : 'top' }];
    case 'waitForElement':
      return [waitOf(step, remark, index)];
    case 'setViewport':
    case 'emulateNetworkConditions':
    case 'close':
      remark(index, 'was left out: jobs work in windows as they are.');
      return [];
    case 'waitForExpression':
      return [disabled(step, 'A condition written as a script. Write what it waits for as waitFor.', remark, index)];
    default:
      return [disabled(step, 'A kind of step that jobs do not know.', remark, index)];
  }
}

/** Kept as a remark: code of a recording is never run. */
function disabled(step: RecordingStep, reason: string, remark: Remark, index: number): StepSource {
  remark(index, 'is disabled: scripts and unknown steps are not run. Its note holds what it was.');
  return {
    say: literalTemplate(`Recorded ${step.type}`.slice(0, 200)),
    disabled: true,
    note: `${reason} ${JSON.stringify(step)}`.slice(0, 2000),
  };
}

const buttons: Readonly<Record<string, string>> = { primary: 'left', secondary: 'right', auxiliary: 'middle' };

function clickOf(step: RecordingStep, remark: Remark, index: number): StepSource[] {
  const button = buttons[step.button ?? 'primary'];
  if (button === undefined) return [disabled(step, 'A button of the mouse that jobs do not press.', remark, index)];
  return [
    {
      click: writtenTarget(targetOf(step)),
      ...(button === 'left' ? {} : { button }),
      ...(step.type === 'doubleClick' ? { count: 2 } : {}),
    },
  ];
}

const fieldNames = (step: RecordingStep) => selectorsOf(step).flat().join(' ');

function noteTyped(step: RecordingStep, inputs: TypedInputs): string | null {
  const value = String(step.value ?? '');
  const kind = sensitiveKind(fieldNames(step), value);
  return kind === null || value === '' ? null : inputs.add(kind, value);
}

function changeOf(step: RecordingStep, inputs: TypedInputs): StepSource[] {
  const typed = literalTemplate(String(step.value ?? ''));
  const target = writtenTarget(targetOf(step));
  if (isSelect(step)) return [{ select: target, option: typed }];
  return [{ fill: target, with: noteTyped(step, inputs) ?? typed }];
}

function waitOf(step: RecordingStep, remark: Remark, index: number): StepSource {
  const { operator = '>=', count = 1 } = step;
  const none = (count === 0 && operator !== '>=') || step.visible === false;
  if (!none && (count > 1 || operator !== '>=')) remark(index, 'counted elements; the job waits for the first of them to be seen.');
  if (step['properties'] !== undefined || step['attributes'] !== undefined)
    remark(index, 'looked at properties or attributes; the job does not.');
  const target = writtenTarget(targetOf(step));
  return { waitFor: none ? { hidden: target } : { visible: target } };
}

/** A navigation that was asserted after a step. That of `navigate` is awaited anyhow. */
function waitsOf(step: RecordingStep): StepSource[] {
  if (step.type === 'navigate') return [];
  const event = step.assertedEvents?.findLast(({ type, url }) => type === 'navigation' && /^https?:\/\//i.test(url ?? ''));
  return event?.url === undefined ? [] : [{ waitFor: { url: literalTemplate(withoutQuery(event.url).replaceAll('*', '%2A')) } }];
}

/** A page may show double braces, and name elements with them: they are no expressions. */
const literal = (one: Candidate): Candidate => ({
  ...one,
  ...Object.fromEntries(Object.entries(one).flatMap(([way, value]) => (typeof value === 'string' ? [[way, literalTemplate(value)]] : []))),
});

/** The shortest form that says all. */
export function writtenTarget({ candidates, fingerprint, frame }: RecordedTarget): unknown {
  const ways = candidates.map(literal);
  if (fingerprint === undefined && frame === undefined) return ways.length === 1 ? ways[0] : ways;
  return {
    candidates: ways,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(frame === undefined ? {} : { frame: frame.map(literal) }),
  };
}
