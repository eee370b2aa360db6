import { AppError } from '../../core/appError.ts';
import { hostsOfAddresses } from '../../core/jobs/addresses.ts';
import { copiedStep, recording } from '../../protocol/jobs/recording.ts';
import type { Recording, RecordingStep } from '../../protocol/jobs/recording.ts';
import { jobFile } from '../../protocol/jobs/jobFile.ts';
import { complaint } from '../input.ts';
import { faultsOf, pathWords } from './jobFaults.ts';
import { selectorsOf } from './recordedSelectors.ts';
import { stepsOfRecording } from './recordedSteps.ts';
import type { StepSource } from './recordedSteps.ts';
import { TypedInputs } from './typedInputs.ts';

/** A recording as a job, to be written by `writeJob` or run as it is. */
export interface ImportedRecording {
  source: Record<string, unknown>;
  /** What was not taken over as it was, for the user to look at. */
  remarks: string[];
}

/** In characters. */
const longestRecording = 5_000_000;
/** Steps that act on an element, and cannot without knowing it. */
const needsSelectors: ReadonlySet<string> = new Set(['click', 'doubleClick', 'hover', 'change', 'waitForElement']);

/** Some editors put a byte order mark before the text. */
const withoutMark = (text: string) => text.replace(/^\uFEFF/, '');

const refuse = (message: string): AppError =>
  new AppError('job.invalid', `This recording cannot be imported: ${message}`, { problems: [{ message, path: '', line: 1, column: 1 }] });

/** Whether a value or a text of JSON is a recording of the Recorder of Chrome DevTools, right or not, and no job. */
export function isRecording(json: string): boolean {
  if (json.length > longestRecording) return false;
  try {
    const value: unknown = JSON.parse(withoutMark(json));
    if (typeof value !== 'object' || value === null || 'version' in value || 'hosts' in value) return false;
    const steps: unknown = 'steps' in value ? value.steps : undefined;
    return Array.isArray(steps) && steps.some((step: unknown) => typeof step === 'object' && step !== null && 'type' in step);
  } catch {
    return false;
  }
}

/**
 * Makes a job of a recording of the Recorder of Chrome DevTools, or of a single step that was copied from it. Passwords, codes, mail
 * addresses and telephone numbers that were typed become inputs and are nowhere in the result; scripts arrive disabled.
 * @throws AppError `job.invalid`, with the reason.
 */
export function importRecording(json: string, options: { profile?: string } = {}): ImportedRecording {
  const { title, steps } = readRecording(json);
  const inputs = new TypedInputs();
  const remarks: string[] = [];
  const made = stepsOfRecording(steps, inputs, (index, message) =>
    remarks.push(`Step ${index + 1} (${steps[index]?.type ?? ''}) ${message}`),
  );
  if (made.length === 0) throw refuse('it has no step that a job could do.');
  const hosts = hostsOf(steps);
  if (hosts.length === 0)
    remarks.push('The recording names no address. Write the host of the website into hosts, and a goto as the first step.');
  remarks.push('The job is read-only: what would change something on the website is blocked. Write mode: write if it is to do so.');
  const source = {
    name: inputs.without(nameOf(title), 'plain'),
    version: 1,
    ...(options.profile === undefined ? {} : { session: { profile: options.profile } }),
    hosts: hosts.length === 0 ? ['example.com'] : hosts,
    ...(inputs.inputs === undefined ? {} : { inputs: inputs.inputs }),
    steps: made.map((step) => withoutTyped(step, inputs)),
  };
  const result = jobFile.safeParse(source, { reportInput: true });
  if (result.success) return { source, remarks };
  const [first] = faultsOf(result.error.issues, source);
  throw refuse(first?.message ?? 'it makes no job.');
}

function readRecording(json: string): Recording {
  if (json.length > longestRecording) throw refuse(`it is longer than ${longestRecording.toLocaleString('en')} characters.`);
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(json));
  } catch {
    throw refuse('it is no JSON. Export it with the Recorder as JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('it is no recording: it has no steps.');
  const single = !('steps' in value) && 'type' in value;
  const result = single ? copiedStep.safeParse(value, { reportInput: true }) : recording.safeParse(value, { reportInput: true });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw refuse(issue === undefined ? 'it is no recording.' : `${pathWords(issue.path) || 'it'} ${complaint(issue)}.`);
  }
  const read: Recording =
    'steps' in result.data && !single ? recording.parse(value) : { title: 'Recorded step', steps: [copiedStep.parse(value)] };
  if (read.steps.length === 0) throw refuse('it has no steps.');
  for (const [index, step] of read.steps.entries()) checkStep(step, `steps[${index}]`);
  return read;
}

/** What puppeteer/replay refuses too. */
function checkStep(step: RecordingStep, where: string): void {
  const missing =
    needsSelectors.has(step.type) && selectorsOf(step).length === 0
      ? 'selectors'
      : step.type === 'navigate' && step.url === undefined
        ? 'url'
        : (step.type === 'keyDown' || step.type === 'keyUp') && step.key === undefined
          ? 'key'
          : step.type === 'change' && step.value === undefined
            ? 'value'
            : undefined;
  if (missing !== undefined) throw refuse(`${where}.${missing} is missing, and a step ${step.type} needs it.`);
}

const nameOf = (title: string) =>
  title
    .replaceAll(/[\p{Cc}\p{Surrogate}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .trim() || 'Recording';

function hostsOf(steps: readonly RecordingStep[]): string[] {
  const addresses = steps.flatMap(({ url, target, context, assertedEvents }) => [
    url,
    target,
    context?.target,
    ...(assertedEvents ?? []).map((event) => event.url),
  ]);
  return hostsOfAddresses(addresses.filter((address) => address !== undefined));
}

const isInput = (text: string) => /^\{\{inputs\.\w+\}\}$/.test(text);

/** Pages show what was typed into others: no locator, address or remark may give it away. */
function withoutTyped(step: StepSource, inputs: TypedInputs): StepSource {
  const clean = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return isInput(value) ? value : inputs.without(value, key === 'with' ? 'typed' : key === 'goto' ? 'address' : 'plain');
    if (Array.isArray(value)) {
      const kept: unknown[] = value.filter((item: unknown) => !inputs.gives(JSON.stringify(item)));
      return (kept.length > 0 ? kept : value).map((item: unknown) => clean(item, key));
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clean(item, name)]));
  };
  return Object.fromEntries(Object.entries(step).map(([key, value]) => [key, clean(value, key)]));
}
