import { stepWords } from '../../core/jobs/stepWords.ts';
import type { JobDefinition, Step } from '../../protocol/jobs/jobFile.ts';
import { stepsOf } from './templateChecks.ts';

export interface DryRunStep {
  /** How deep it stands in loops, conditions and jobs that are run. */
  depth: number;
  words: string;
  isDisabled: boolean;
}

/** What a run of a job would do, as far as its file says. */
export interface DryRun {
  steps: DryRunStep[];
  hosts: string[];
  inputs: { name: string; prompt: string; isSecret: boolean; hasDefault: boolean }[];
  /** Requests that change something on the website are let through: all in write mode, else those that are named. */
  writes: 'all' | string[];
  /** Files of the workspace, as the job names them: templates are not filled in. */
  files: string[];
  /** Tasks that would be made, one line for each rule. */
  tasks: string[];
  /** Why it cannot be run, or not as it is. */
  problems: string[];
}

const deepest = 20;
const mostSteps = 10_000;

/**
 * Looks at a job and at those it runs, without running anything.
 * @param jobs the jobs of the folder by name; undefined for one whose file has errors.
 */
export function dryRun(name: string, definition: JobDefinition, jobs: ReadonlyMap<string, JobDefinition | undefined>): DryRun {
  const result: DryRun = { steps: [], hosts: [], inputs: [], writes: [], files: [], tasks: [], problems: [] };
  const all = new Map<string, JobDefinition>();
  addJob(name, definition, [], 0, { jobs, all, result });
  const parts = [...all.values()];
  result.hosts = unique(parts.flatMap(({ hosts }) => hosts));
  result.inputs = Object.entries(definition.inputs ?? {}).map(([input, { prompt, secret, default: proposed }]) => ({
    name: input,
    prompt: prompt ?? input,
    isSecret: secret === true,
    hasDefault: proposed !== undefined,
  }));
  result.writes = parts.some(({ mode }) => mode === 'write') ? 'all' : unique(parts.flatMap(({ writes }) => writes ?? []));
  result.files = unique(parts.flatMap((job) => [...stepsOf(job.steps)].flatMap(({ step }) => filesOf(step))));
  result.tasks = parts.flatMap((job) =>
    (job.tasks ?? []).map(({ from, when = 'new', title }) => `For each ${when === 'any' ? '' : `${when} `}record of ${from}: ${title}`),
  );
  return result;
}

const unique = (words: readonly string[]) => [...new Set(words)];

interface Search {
  jobs: ReadonlyMap<string, JobDefinition | undefined>;
  all: Map<string, JobDefinition>;
  result: DryRun;
}

function addJob(name: string, job: JobDefinition, trail: readonly string[], depth: number, search: Search): void {
  search.all.set(name, job);
  addSteps(job.steps, [...trail, name], depth, false, search);
}

function addSteps(steps: readonly Step[], trail: readonly string[], depth: number, isOff: boolean, search: Search): void {
  for (const step of steps) {
    if (search.result.steps.length >= mostSteps) return;
    const isDisabled = isOff || step.disabled === true;
    search.result.steps.push({ depth, words: stepWords(step), isDisabled });
    if ('runJob' in step && !isDisabled) addSubJob(step.runJob, trail, depth + 1, search);
    if ('steps' in step && step.steps !== undefined) addSteps(step.steps, trail, depth + 1, isDisabled, search);
    if ('else' in step && step.else !== undefined) {
      search.result.steps.push({ depth, words: 'Otherwise', isDisabled });
      addSteps(step.else, trail, depth + 1, isDisabled, search);
    }
  }
}

function addSubJob(name: string, trail: readonly string[], depth: number, search: Search): void {
  const { jobs, result } = search;
  const job = jobs.get(name);
  if (trail.includes(name)) result.problems.push(`${[...trail, name].join(' runs ')}: a job that runs itself never ends.`);
  else if (trail.length >= deepest) result.problems.push(`More than ${deepest} jobs run one another: ${trail.join(', ')}.`);
  else if (!jobs.has(name)) result.problems.push(`${trail.at(-1) ?? ''} runs the job ${name}, and there is no such file.`);
  else if (job === undefined) result.problems.push(`${trail.at(-1) ?? ''} runs the job ${name}, whose file has errors.`);
  else addJob(name, job, trail, depth, search);
}

function filesOf(step: Step): string[] {
  if (step.disabled === true) return [];
  if ('download' in step) return [step.saveAs];
  if ('save' in step) return [step.to];
  return 'screenshot' in step && typeof step.screenshot === 'string' ? [step.screenshot] : [];
}

/** The same as a text to read. */
export function dryRunText(name: string, { steps, hosts, inputs, writes, files, tasks, problems }: DryRun): string {
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), '']);
  return [
    `What a run of ${name} would do. Nothing was run.`,
    '',
    ...section('It cannot be run:', unique(problems)),
    ...section(
      'Steps',
      steps.map(({ depth, words, isDisabled }) => `${'  '.repeat(depth)}${words}${isDisabled ? ' (disabled)' : ''}`),
    ),
    ...section(
      'Asks for',
      inputs.map(
        ({ name: input, prompt, isSecret, hasDefault }) =>
          `${prompt} (${input}${isSecret ? ', secret' : ''}${hasDefault ? ', has a default' : ''})`,
      ),
    ),
    ...section('Talks to', hosts),
    ...section(
      'May change on the website',
      writes === 'all' ? ['Anything: the job is in write mode.'] : writes.length === 0 ? ['Nothing: the job is read-only.'] : writes,
    ),
    ...section('Writes the files', files),
    ...section('Makes tasks', tasks),
  ].join('\n');
}
