import * as vscode from 'vscode';
import { isOver } from '../../core/jobs/run.ts';
import { askTask } from './target.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { HandlersOf } from './handler.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { runJobForTask } from './jobsRun.ts';

export type TaskJobDeps = CommandDeps & { jobs: JobCommandDeps };

async function showRun({ jobs, ...deps }: TaskJobDeps, args: readonly unknown[]): Promise<void> {
  const target = await askTask(deps, args, vscode.l10n.t('Show Run of Task'));
  if (target === undefined) return;
  const folder = await jobs.folders.open(target.folder);
  const { runs } = await (await target.folder.open()).call('job.runs', {});
  const ofTask = runs.filter(({ task }) => task === target.id);
  const shown = ofTask.find(({ state }) => !isOver(state)) ?? ofTask[0];
  if (shown) await jobs.pages.showRun(folder, shown.id);
  else void vscode.window.showInformationMessage(vscode.l10n.t('No job has worked for #{0} lately.', target.id));
}

async function runJob({ jobs, ...deps }: TaskJobDeps, args: readonly unknown[]): Promise<void> {
  const target = await askTask(deps, args, vscode.l10n.t('Run Job for Task'));
  if (target === undefined) return;
  await runJobForTask(jobs, await jobs.folders.open(target.folder), target.id);
}

export function taskJobHandlers(deps: TaskJobDeps): Pick<HandlersOf<'task'>, `claudetask.task.${'runJob' | 'showRun'}`> {
  return {
    'claudetask.task.runJob': (...args) => runJob(deps, args),
    'claudetask.task.showRun': (...args) => showRun(deps, args),
  };
}
