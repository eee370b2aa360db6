import * as vscode from 'vscode';
import { dryRun, dryRunText } from '../../app/jobs/dryRun.ts';
import { readJobFile } from '../../app/jobs/readJobFile.ts';
import { placeOfStep } from '../../app/jobs/stepLines.ts';
import { AppError } from '../../core/appError.ts';
import { TextPlaces } from '../language/textPlaces.ts';
import { say } from '../say.ts';
import { whenText } from '../trees/jobs/runWords.ts';
import { healedChange, offerHealed } from '../jobs/applyHealed.ts';
import { runShown } from '../registerAll.ts';
import type { HandlersOf } from './handler.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { readRunnable } from './jobsStart.ts';
import { askJob, askRun, namedRun, type JobTarget } from './jobsTarget.ts';

const hasFile = ({ jobs, job }: JobTarget): boolean => jobs.job(job)?.file !== undefined;

async function openFile(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askJob(deps, args, { title: vscode.l10n.t('Open Job File'), only: hasFile });
  if (target === undefined) return;
  const { jobs, job } = target;
  const file = (await jobs.engine.jobs.list()).find(({ name }) => name === job);
  if (file === undefined)
    throw new AppError('job.notFound', vscode.l10n.t('The file of {0} is gone; its runs and records are kept.', job), { job });
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file.path));
  const [first] = args;
  const step = typeof first === 'object' && first !== null && 'step' in first && typeof first.step === 'string' ? first.step : undefined;
  const range = step === undefined ? undefined : stepRange(document, step);
  await vscode.window.showTextDocument(document, range ? { selection: new vscode.Range(range.start, range.start) } : {});
}

/** Where a step stands in the text as it is now. */
function stepRange(document: vscode.TextDocument, step: string): vscode.Range {
  const text = document.getText();
  return new TextPlaces(text).range(readJobFile(text).valueSpan(placeOfStep(step)));
}

async function showRun(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askRun(deps, args, {
    title: vscode.l10n.t('Show Run'),
    only: () => true,
    none: vscode.l10n.t('No job has run in this folder yet.'),
  });
  if (target) await deps.pages.showRun(target.jobs, target.run.id);
}

async function showOutput(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askJob(deps, args, { title: vscode.l10n.t('Show Job Output') });
  if (target) (await deps.activity()).outputs.show(target.jobs, target.job);
}

async function showDryRun(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askJob(deps, args, { title: vscode.l10n.t('Dry Run Job'), only: hasFile });
  const runnable = target && (await readRunnable(target));
  if (runnable === undefined) return;
  const { jobs, job, definition } = runnable;
  await jobs.load();
  const files = jobs.jobs.filter(({ file }) => file !== undefined);
  const all = new Map(files.map(({ name, reading }) => [name, reading?.definition ?? undefined]));
  await deps.texts().show(vscode.l10n.t('Dry run of {0}', definition.name), dryRunText(definition.name, dryRun(job, definition, all)));
}

async function healed(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const named = await namedRun(deps, args);
  const run = named && (named.jobs.healedOf(named.run.job) ?? named.run.id);
  if (named === undefined || run === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Choose a run or a job first, in the Jobs view or its file.'));
    return;
  }
  const change = await healedChange(named.jobs, run);
  if (change === undefined) say(vscode.l10n.t('The run of {0} found every element the way the file says.', whenText(named.run)));
  // The command is done; the offer stays as long as it is shown.
  else void runShown(deps.log, 'job: apply healed locators', () => offerHealed(change, deps.texts()));
}

export function jobLookHandlers(
  deps: JobCommandDeps,
): Pick<HandlersOf<'job'>, `claudetask.job.${'openFile' | 'showRun' | 'showOutput' | 'dryRun' | 'applyHealed'}`> {
  return {
    'claudetask.job.openFile': (...args) => openFile(deps, args),
    'claudetask.job.showRun': (...args) => showRun(deps, args),
    'claudetask.job.showOutput': (...args) => showOutput(deps, args),
    'claudetask.job.dryRun': (...args) => showDryRun(deps, args),
    'claudetask.job.applyHealed': (...args) => healed(deps, args),
  };
}
