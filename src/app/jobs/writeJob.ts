import { hostsOfAddresses, safeAddress } from '../../core/jobs/addresses.ts';
import { literalTemplate } from '../../core/jobs/template.ts';
import { writeFlow, writeYaml } from '../../core/jobs/yamlWriting.ts';
import { jobFile } from '../../protocol/jobs/jobFile.ts';
import { commonOfStep } from '../../protocol/jobs/plainSteps.ts';
import { kindOfStep } from '../../protocol/jobs/steps.ts';
import type { RecordedStep } from '../../protocol/jobs/runnerMessages.ts';
import { writtenTarget } from './recordedSteps.ts';
import type { StepSource } from './recordedSteps.ts';
import { TypedInputs } from './typedInputs.ts';

/** What stands before the key that says what a step does, and what stands behind everything else. */
const first = ['id', 'name', 'when', 'disabled'];
const last = [...Object.keys(commonOfStep).filter((key) => !first.includes(key)), 'steps', 'else'];

const isObject = (value: unknown): value is StepSource => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a job file. Reading it gives the same value. */
export function writeJob(source: unknown): string {
  return writeYaml(isObject(source) ? ordered(source, Object.keys(jobFile.shape), []) : source);
}

/** The keys in a fixed order, so that two versions of a job can be compared. */
function ordered(value: StepSource, before: readonly string[], after: readonly string[]): StepSource {
  const keys = Object.keys(value);
  const sorted = [
    ...before.filter((key) => Object.hasOwn(value, key)),
    ...keys.filter((key) => !before.includes(key) && !after.includes(key)),
    ...after.filter((key) => Object.hasOwn(value, key)),
  ];
  return Object.fromEntries(sorted.map((key) => [key, key === 'steps' || key === 'else' ? orderedSteps(value[key]) : value[key]]));
}

function orderedSteps(steps: unknown): unknown {
  return Array.isArray(steps)
    ? steps.map((step) => (isObject(step) ? ordered(step, [...first, kindOfStep(step) ?? ''], last) : step))
    : steps;
}

/** What the recorder of job browsers saw, as a job to be written by `writeJob`. What was sensitive has been left out there already. */
export function jobOfRecordedSteps(steps: readonly RecordedStep[], { name, profile }: { name: string; profile: string }): StepSource {
  const inputs = new TypedInputs();
  const made = steps.map((step) => stepOf(step, inputs));
  const start = steps[0];
  if (start !== undefined && start.kind !== 'goto' && /^https?:/i.test(start.url))
    made.unshift({ goto: literalTemplate(safeAddress(start.url)) });
  const hosts = hostsOfAddresses(steps.map(({ url }) => url));
  return {
    name,
    version: 1,
    session: { profile },
    hosts: hosts.length === 0 ? ['example.com'] : hosts,
    ...(inputs.inputs === undefined ? {} : { inputs: inputs.inputs }),
    steps: made,
  };
}

function stepOf(step: RecordedStep, inputs: TypedInputs): StepSource {
  const target = writtenTarget(targetOf(step));
  const value = literalTemplate(step.value ?? '');
  switch (step.kind) {
    case 'goto':
      return { goto: literalTemplate(safeAddress(step.url)) };
    case 'click':
      return { click: target };
    case 'fill':
      return { fill: target, with: step.sensitive === null ? value : inputs.add(step.sensitive, '') };
    case 'select':
      return { select: target, option: value };
    case 'check':
      return { check: target, ...(step.checked === false ? { checked: false } : {}) };
    case 'press':
      return { press: step.value ?? 'Enter', ...(step.candidates.length === 0 ? {} : { on: target }) };
    case 'upload':
      return { upload: target, files: inputs.addFile() };
  }
}

const targetOf = ({ candidates, fingerprint, frame }: RecordedStep) => ({
  candidates,
  ...(fingerprint === null ? {} : { fingerprint }),
  ...(frame.length === 0 ? {} : { frame }),
});

/** The element of a recorded step as it can stand behind `click:` on the same line. */
export const locatorText = (step: RecordedStep): string => writeFlow(writtenTarget(targetOf(step)));
