import * as vscode from 'vscode';
import { newJob } from '../../app/jobs/newJob.ts';
import { say } from '../say.ts';
import { isLive } from '../trees/jobs/runWords.ts';
import type { HandlersOf } from './handler.ts';
import { askAddress, askJobName, makeJobFile } from './jobsFile.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { importRecordingFile } from './jobsImport.ts';
import { askJob, askJobFolder } from './jobsTarget.ts';

async function create(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('New Job');
  const jobs = await askJobFolder(deps, args, title);
  if (jobs === undefined) return;
  const name = (await askJobName(vscode.l10n.t('{0} (1/2)', title)))?.trim();
  if (name === undefined || name === '') return;
  const url = await askAddress(vscode.l10n.t('{0} (2/2)', title));
  if (url !== undefined) await makeJobFile(jobs, name, newJob({ name, url }));
}

async function remove(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askJob(deps, args, {
    title: vscode.l10n.t('Delete Job'),
    only: ({ jobs, job }) => jobs.job(job)?.file !== undefined,
  });
  const file = target && (await target.jobs.engine.jobs.list()).find(({ name }) => name === target.job);
  if (target === undefined || file === undefined) return;
  const { jobs, job } = target;
  if (jobs.runsOf(job).some(isLive)) {
    void vscode.window.showWarningMessage(vscode.l10n.t('Nothing was deleted: {0} is running. Cancel its run first.', job));
    return;
  }
  const fileOnly = vscode.l10n.t('Delete File');
  const all = vscode.l10n.t('Delete File and Records');
  const detail = vscode.l10n.t(
    'The file goes to the trash where there is one. The records of the job stay unless you delete them too; the audit log stays.',
  );
  const hasRecords = jobs.hasRecords(job);
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete {0}?', job),
    { modal: true, detail },
    ...(hasRecords ? [fileOnly, all] : [fileOnly]),
  );
  if (picked === undefined) return;
  if (jobs.engine.schedules().has(job)) await jobs.engine.setScheduled(job, false);
  await moveToTrash(vscode.Uri.file(file.path));
  if (picked === all) await (await jobs.tasks.open()).call('job.deleteRecords', { job });
  say(vscode.l10n.t('Deleted {0}.', job));
}

async function moveToTrash(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
  } catch {
    // Many remote machines have no trash.
    await vscode.workspace.fs.delete(uri, { useTrash: false });
  }
}

export function jobMakeHandlers(deps: JobCommandDeps): Pick<HandlersOf<'job'>, `claudetask.job.${'new' | 'importRecording' | 'delete'}`> {
  return {
    'claudetask.job.new': (...args) => create(deps, args),
    'claudetask.job.importRecording': (...args) => importRecordingFile(deps, args),
    'claudetask.job.delete': (...args) => remove(deps, args),
  };
}
