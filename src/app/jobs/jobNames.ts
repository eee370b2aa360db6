import { collectionOf } from '../../core/jobs/collection.ts';
import type { Path } from '../../core/jobs/yamlSource.ts';

/** The names that a job gives, read from a half-written value. */
export interface JobNames {
  inputs: string[];
  vars: string[];
  steps: string[];
  collections: string[];
  /** What the loops around a place call their values. */
  loops: string[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** @param path the place that names are wanted for. */
export function jobNames(job: unknown, path: Path): JobNames {
  const names: JobNames = { inputs: [], vars: [], steps: [], collections: [], loops: [] };
  if (!isObject(job)) return names;
  if (isObject(job['inputs'])) names.inputs.push(...Object.keys(job['inputs']));
  addSteps(job['steps'], names);
  let value: unknown = job;
  for (const [index, part] of path.entries()) {
    // The steps of a loop see its value; the loop itself does not.
    if (part === 'steps' && isObject(value) && isObject(value['forEach'])) names.loops.push(textOf(value['forEach']['as']) ?? 'item');
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined;
    if (index === 0 && part === 'tasks') names.loops.push('item');
  }
  return { ...names, collections: [...new Set(names.collections)], vars: [...new Set(names.vars)] };
}

function addSteps(steps: unknown, names: JobNames): void {
  if (!Array.isArray(steps)) return;
  for (const step of steps) {
    if (!isObject(step)) continue;
    const id = textOf(step['id']);
    if (id !== undefined) names.steps.push(id);
    if (isObject(step['set'])) names.vars.push(...Object.keys(step['set']));
    const answer = textOf(step['answer']);
    if (answer !== undefined) names.vars.push(answer);
    if (isObject(step['extract'])) names.collections.push(collectionOf({ id }, { into: textOf(step['extract']['into']) }));
    addSteps(step['steps'], names);
    addSteps(step['else'], names);
  }
}
