import type { TemplatePath } from '../../core/jobs/template.ts';
import { builtInNames, templatePaths } from '../../core/jobs/template.ts';
import type { Path } from '../../core/jobs/yamlSource.ts';
import { nearest } from '../../core/nearest.ts';
import type { JobDefinition, Step } from '../../protocol/jobs/jobFile.ts';
import type { JobFault } from './jobFaults.ts';

/** What templates can name in a place of a job. */
export interface TemplateNames {
  inputs: ReadonlySet<string>;
  secrets: ReadonlySet<string>;
  vars: ReadonlySet<string>;
  steps: ReadonlySet<string>;
  /** What the loops around call their values. */
  loops: ReadonlySet<string>;
}

/** Every step with its path, those within others too. Disabled ones are not left out: they may be enabled again. */
export function* stepsOf(steps: readonly Step[], base: Path = ['steps']): Generator<{ step: Step; path: Path }> {
  for (const [index, step] of steps.entries()) {
    const path = [...base, index];
    yield { step, path };
    if ('steps' in step && step.steps !== undefined) yield* stepsOf(step.steps, [...path, 'steps']);
    if ('else' in step && step.else !== undefined) yield* stepsOf(step.else, [...path, 'else']);
  }
}

/** The names of a job outside of all loops. */
export function namesOf(job: JobDefinition): TemplateNames {
  const inputs = Object.entries(job.inputs ?? {});
  const all = [...stepsOf(job.steps)].map(({ step }) => step);
  return {
    inputs: new Set(inputs.map(([name]) => name)),
    secrets: new Set(inputs.flatMap(([name, { secret }]) => (secret === true ? [name] : []))),
    vars: new Set(
      all.flatMap((step) => ('set' in step ? Object.keys(step.set) : 'pause' in step && step.answer !== undefined ? [step.answer] : [])),
    ),
    steps: new Set(all.flatMap(({ id }) => (id === undefined ? [] : [id]))),
    loops: new Set(),
  };
}

/** Keys of a step that are no templates, or are steps of their own. */
const skipped: ReadonlySet<string> = new Set(['note', 'id', 'steps', 'else', 'pattern', 'matches']);
/** Where a secret may stand: typed into a field, sent with a request, or handed on to another job. */
const forSecrets: ReadonlySet<string> = new Set(['with', 'headers', 'body']);

/** Checks all templates of a job, in the value as it is written. */
export function checkTemplates(job: JobDefinition, source: unknown): JobFault[] {
  const names = namesOf(job);
  const faults: JobFault[] = [];
  checkSteps(at(source, 'steps'), ['steps'], names, faults);
  const nothing = new Set<string>();
  checkTexts(at(source, 'session'), ['session'], { ...names, vars: nothing, steps: nothing }, false, faults);
  const tasks = at(source, 'tasks');
  if (Array.isArray(tasks)) {
    for (const [index, task] of tasks.entries()) checkTexts(task, ['tasks', index], { ...names, loops: new Set(['item']) }, false, faults);
  }
  return faults;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, key: string): unknown => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined);

function checkSteps(steps: unknown, base: Path, names: TemplateNames, faults: JobFault[]): void {
  if (!Array.isArray(steps)) return;
  for (const [index, step] of steps.entries()) {
    const path = [...base, index];
    checkTexts(step, path, names, false, faults);
    const forEach = at(step, 'forEach');
    const loop = forEach === undefined ? undefined : (at(forEach, 'as') ?? 'item');
    const inner = typeof loop === 'string' ? { ...names, loops: new Set([...names.loops, loop]) } : names;
    checkSteps(at(step, 'steps'), [...path, 'steps'], inner, faults);
    checkSteps(at(step, 'else'), [...path, 'else'], names, faults);
  }
}

function checkTexts(value: unknown, path: Path, names: TemplateNames, secretsToo: boolean, faults: JobFault[]): void {
  if (typeof value === 'string') {
    if (value.includes('{{'))
      for (const expression of templatePaths(value)) faults.push(...checkExpression(expression, value, path, names, secretsToo));
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkTexts(item, [...path, index], names, secretsToo, faults);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (!skipped.has(key)) checkTexts(item, [...path, key], names, secretsToo || forSecrets.has(key), faults);
    }
  }
}

function checkExpression(expression: TemplatePath, text: string, path: Path, names: TemplateNames, secretsToo: boolean): JobFault[] {
  const part = text.slice(expression.span.start, expression.span.end);
  const fault = (message: string, instead?: string): JobFault[] => [
    { path, at: 'value', part, message, code: 'job-template', ...(instead === undefined ? {} : { instead }) },
  ];
  if (expression.fault !== null) return fault(`${part} ${expression.fault}.`);
  if (expression.literal !== null) return [];
  const [root = '', name] = expression.path.map(String);
  const known = root === 'inputs' ? names.inputs : root === 'vars' ? names.vars : root === 'steps' ? names.steps : undefined;
  const hasDefault = expression.filters.some((filter) => filter.name === 'default');
  if (known === undefined) {
    if (names.loops.has(root) || Object.hasOwn(builtInNames, root)) return [];
    const [instead] = nearest(root, ['inputs', 'vars', 'steps', ...names.loops, ...Object.keys(builtInNames)]);
    const group = (['inputs', 'vars', 'steps'] as const).find((one) => names[one].has(root));
    const meant = group === undefined ? instead : `${group}.${root}`;
    return fault(`${part}: there is nothing called ${root} here.${meantWords(meant)}`, replaced(part, root, meant));
  }
  if (name === undefined) return fault(`${part} is all of ${root}: name one of them, as in {{${root}.${[...known][0] ?? 'name'}}}.`);
  if (!known.has(name)) {
    if (hasDefault) return [];
    const [instead] = nearest(name, known);
    return fault(`${part}: ${absent[root] ?? 'there is nothing'} ${name}.${meantWords(instead)}`, replaced(part, name, instead));
  }
  if (root === 'inputs' && names.secrets.has(name) && !secretsToo) {
    return fault(
      `${part} is secret, and this text is shown, stored or logged. A secret can be typed by fill, or sent in the headers or the body of a request.`,
    );
  }
  return [];
}

const absent: Readonly<Record<string, string>> = {
  inputs: 'the job has no input',
  vars: 'no step sets',
  steps: 'no step has the id',
};
const meantWords = (meant: string | undefined) => (meant === undefined ? '' : ` Did you mean ${meant}?`);
const replaced = (part: string, word: string, meant: string | undefined) => (meant === undefined ? undefined : part.replace(word, meant));
