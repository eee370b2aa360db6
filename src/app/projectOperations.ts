import type * as z from 'zod';
import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import { statuses } from '../core/task.ts';
import type { Status } from '../core/task.ts';
import type { Workflow } from '../core/workflow.ts';
import { projectOperationContracts } from '../protocol/projectOperations.ts';
import type {
  ProjectOperationContract,
  ProjectOperationInput,
  ProjectOperationName,
  ProjectOperationOutput,
  ProjectSettings,
} from '../protocol/projectOperations.ts';
import { parseInput } from './input.ts';
import type { JobCatalog, JobFile, ReadJob } from './jobs/jobCatalog.ts';
import type { JobEngine } from './jobs/jobEngine.ts';
import { noJob } from './jobs/noJob.ts';
import { pathReport } from './pathReport.ts';
import type { Look } from './pathReport.ts';

/** The operations on the project around the tasks. Failures are `AppError`s; what comes in is parsed before anything else. */
export interface ProjectOperations {
  call<N extends ProjectOperationName>(
    name: N,
    input: ProjectOperationInput<N>,
    options: { actor: Actor; signal?: AbortSignal },
  ): Promise<ProjectOperationOutput<N>>;
}

/** The rules of a folder, where they are kept. */
export interface ProjectRules {
  read(): Workflow;
  /** Sets those that are named, for this folder. */
  update(workflow: Partial<Workflow>): Promise<void>;
}

export interface ProjectOperationsDeps {
  name: string;
  /** The workspace folder: absolute, with `/`. */
  folder: string;
  rules: ProjectRules;
  look: Look;
  /** The jobs of the folder; undefined where none can run, as without a window. */
  jobs?(): Promise<JobEngine>;
}

/** One call under way. */
interface ProjectWork extends ProjectOperationsDeps {
  actor: Actor;
}

type Output<N extends ProjectOperationName> = Promise<ProjectOperationOutput<N>>;
type ListedJob = ProjectOperationOutput<'jobFile.list'>['jobs'][number];
type Input<N extends ProjectOperationName> = z.output<(typeof projectOperationContracts)[N]['input']>;

const c = projectOperationContracts;

function settingsOf({ name, folder, rules }: ProjectWork): ProjectSettings {
  const { wipLimits, allowedMoves, ...gates } = rules.read();
  const moves: Partial<Record<Status, Status[]>> = {};
  for (const status of statuses) {
    const allowed = allowedMoves[status];
    if (allowed !== undefined) moves[status] = [...allowed];
  }
  return { name, path: folder, workflow: { wipLimits: { ...wipLimits }, allowedMoves: moves, ...gates } };
}

async function updateSettings(work: ProjectWork, { workflow }: Input<'project.updateSettings'>): Output<'project.updateSettings'> {
  const { wipLimits, allowedMoves, requireBlockersDone, requireChecklistComplete } = workflow;
  await work.rules.update({
    ...(wipLimits === undefined ? {} : { wipLimits }),
    ...(allowedMoves === undefined ? {} : { allowedMoves }),
    ...(requireBlockersDone === undefined ? {} : { requireBlockersDone }),
    ...(requireChecklistComplete === undefined ? {} : { requireChecklistComplete }),
  });
  return settingsOf(work);
}

async function engineOf({ jobs }: ProjectWork): Promise<JobEngine> {
  if (jobs !== undefined) return await jobs();
  throw new AppError(
    'api.notAvailable',
    'Browser jobs need the browser sessions of a VS Code window, and none has this folder open. Open it there first.',
  );
}

const shownJob = ({ name, path, reading: { definition, problems } }: ReadJob): ListedJob => ({
  job: name,
  path,
  title: definition?.name ?? null,
  inputs: definition?.inputs ?? {},
  problems: problems.flatMap(({ severity, message, line }) =>
    severity === 'error' || severity === 'warning' ? [{ severity, message, line }] : [],
  ),
});

/** A job file that cannot be read is listed with the reason. */
async function listedJob(jobs: JobCatalog, { name, path }: JobFile): Promise<ListedJob | undefined> {
  try {
    const job = await jobs.read(name);
    return job && shownJob(job);
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return { job: name, path, title: null, inputs: {}, problems: [{ severity: 'error', message: error.message, line: null }] };
  }
}

async function listJobs(work: ProjectWork): Output<'jobFile.list'> {
  const { jobs } = await engineOf(work);
  const found: ListedJob[] = [];
  for (const file of await jobs.list()) {
    const job = await listedJob(jobs, file);
    if (job !== undefined) found.push(job);
  }
  return { jobs: found };
}

async function readJob(work: ProjectWork, { job: name }: Input<'jobFile.read'>): Output<'jobFile.read'> {
  const job = await (await engineOf(work)).jobs.read(name);
  if (job === undefined) throw noJob(name);
  return { ...shownJob(job), text: job.text };
}

async function runJob(work: ProjectWork, { job, inputs, taskId }: Input<'jobFile.run'>): Output<'jobFile.run'> {
  const engine = await engineOf(work);
  return {
    run: await engine.start({
      job,
      trigger: 'agent',
      actor: work.actor,
      ...(inputs === undefined ? {} : { inputs }),
      ...(taskId === undefined ? {} : { task: taskId }),
    }),
  };
}

function operation<N extends ProjectOperationName, I extends z.ZodType>(
  name: N,
  { input: schema }: ProjectOperationContract & { input: I },
  run: (work: ProjectWork, input: z.output<I>) => Output<N>,
): (work: ProjectWork, input: unknown) => Output<N> {
  // Parsed inside the promise: what is wrong rejects, and is never thrown at once.
  return async (work, input) => await run(work, parseInput(name, schema, input));
}

const handlers: { readonly [N in ProjectOperationName]: (work: ProjectWork, input: unknown) => Output<N> } = {
  'project.settings': operation('project.settings', c['project.settings'], async (work) => settingsOf(work)),
  'project.updateSettings': operation('project.updateSettings', c['project.updateSettings'], updateSettings),
  'project.validatePath': operation('project.validatePath', c['project.validatePath'], ({ folder, look }, { path }) =>
    pathReport(folder, path, look),
  ),
  'jobFile.list': operation('jobFile.list', c['jobFile.list'], listJobs),
  'jobFile.read': operation('jobFile.read', c['jobFile.read'], readJob),
  'jobFile.run': operation('jobFile.run', c['jobFile.run'], runJob),
  'jobRun.cancel': operation('jobRun.cancel', c['jobRun.cancel'], async (work, { run }) => ({
    run: await (await engineOf(work)).cancel(run, work.actor),
  })),
  'jobRun.resume': operation('jobRun.resume', c['jobRun.resume'], async (work, { run }) => ({
    run: await (await engineOf(work)).resume(run, { actor: work.actor }),
  })),
};

export function createProjectOperations(deps: ProjectOperationsDeps): ProjectOperations {
  return {
    async call(name, input, { actor, signal }) {
      if (!Object.hasOwn(handlers, name))
        throw new AppError('operation.unknown', `There is no operation called ${name}.`, { operation: name });
      if (signal?.aborted === true) throw new AppError('cancelled', `${name} was cancelled.`);
      return await handlers[name]({ ...deps, actor }, input);
    },
  };
}
