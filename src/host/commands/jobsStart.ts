import * as vscode from 'vscode';
import type { StartRequest } from '../../app/jobs/jobEngine.ts';
import type { ReadJob } from '../../app/jobs/jobCatalog.ts';
import { AppError } from '../../core/appError.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { askInputs } from '../jobs/askInputs.ts';
import { agreesToHosts, canAttach, isTrusted } from '../jobs/mayRun.ts';
import { TextPlaces } from '../language/textPlaces.ts';
import { say } from '../say.ts';
import { unsaved } from './claudeText.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import type { JobTarget } from './jobsTarget.ts';

/** How a job is to be run, beside what it asks for. */
export type RunOptions = Pick<StartRequest, 'fromStep' | 'stepwise' | 'task'>;

/** A job that can be run: its file has no errors. */
export interface RunnableJob extends JobTarget {
  definition: JobDefinition;
  /** What to run instead of the file. */
  text?: string;
}

/** Reads the job's file; undefined after what is wrong with it was shown. What is typed is saved first: the file and its runs agree. */
export async function readRunnable({ jobs, job }: JobTarget): Promise<RunnableJob | undefined> {
  const file = (await jobs.engine.jobs.list()).find(({ name }) => name === job);
  const open = file && unsaved(vscode.Uri.file(file.path));
  if (open && !(await open.save())) return undefined;
  const read = await jobs.engine.jobs.read(job);
  if (read === undefined) throw new AppError('job.notFound', vscode.l10n.t('There is no job file {0} any more.', job), { job });
  const { definition } = read.reading;
  if (definition) return { jobs, job, definition };
  await showFault(read);
  return undefined;
}

/** Opens the file at its first error, which stands there with its reason. */
async function showFault({ path, text, reading }: ReadJob): Promise<void> {
  const errors = reading.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const start = new TextPlaces(text).position(first?.span.start ?? 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(start, start) });
  const rest = errors.length > 1 ? vscode.l10n.t('There are {0} errors in all.', errors.length) : '';
  const why = first?.message ?? vscode.l10n.t('The job file cannot be read.');
  void vscode.window.showWarningMessage([vscode.l10n.t('Nothing was started. {0}', why), rest].filter(Boolean).join(' '));
}

/** The name of the secret that opens the job's browser server. */
export const tokenOf = ({ session }: JobDefinition): string | undefined =>
  session !== undefined && 'endpoint' in session ? session.token : undefined;

/** Asks for everything the run needs, and starts it. Undefined when the person wants no run, or it could not be begun. */
export async function startJob(deps: JobCommandDeps, runnable: RunnableJob, options: RunOptions = {}): Promise<JobRun | undefined> {
  const { jobs, job, definition, text } = runnable;
  const title = vscode.l10n.t('Run {0}', definition.name);
  if (!(await isTrusted(title)) || !(await canAttach(definition)) || !(await agreesToHosts(deps.memory, jobs, definition)))
    return undefined;
  const token = tokenOf(definition);
  if (token !== undefined && (await deps.tokens.get(token)) === null && !(await deps.tokens.ask(token))) return undefined;
  const { key, folder } = jobs.tasks;
  const given = await askInputs({ title, inputs: definition.inputs ?? {}, known: deps.memory.inputs(key, job), folder });
  if (given === undefined) return undefined;
  await deps.memory.rememberInputs(key, job, given.inputs);
  try {
    const run = await jobs.engine.start({ job, ...given, ...options, ...(text === undefined ? {} : { text }) });
    // A run that stops at each step is led from its page.
    if (options.stepwise === true) await deps.pages.showRun(jobs, run.id);
    else say(vscode.l10n.t('Started {0}.', run.name));
    return run;
  } catch (error) {
    const active = AppError.is(error, 'job.active') ? error.details['run'] : undefined;
    if (typeof active !== 'number' || !AppError.is(error)) throw error;
    const show = vscode.l10n.t('Show Run');
    if ((await vscode.window.showWarningMessage(error.message, show)) === show) await deps.pages.showRun(jobs, active);
    return undefined;
  }
}
