import * as vscode from 'vscode';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { catalogPath } from '../claude/claudeFolders.ts';
import type { FolderJobs } from '../jobs/folderJobs.ts';
import { jobsPath } from '../jobs/jobFolders.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { resultText, runDescription, runIcon, whenText } from '../trees/jobs/runWords.ts';
import { activeFile } from './documents.ts';
import type { JobCommandDeps } from './jobsDeps.ts';

export interface JobTarget {
  jobs: FolderJobs;
  job: string;
}
export interface RunTarget {
  jobs: FolderJobs;
  run: JobRun;
}

/** What a lens, a notification or a page names a job or a run by: the key of the folder's tasks, and `job` or `run`. */
const isAddress = (value: unknown): value is { folder: string } =>
  typeof value === 'object' && value !== null && 'folder' in value && typeof value.folder === 'string';

/** The folders of the workspace with what is known of their jobs. */
async function loaded({ folders }: JobCommandDeps): Promise<readonly FolderJobs[]> {
  const all = await folders.load();
  await Promise.all(all.map((jobs) => jobs.load()));
  return all;
}

/** The name of the job whose file this is; undefined for any other file. */
export function jobNameOf(jobs: FolderJobs, uri: vscode.Uri): string | undefined {
  const root = `${catalogPath(jobs.tasks.folder.uri)}/${jobsPath}/`;
  const path = catalogPath(uri);
  return path.startsWith(root) ? /^(.+)\.job\.(?:ya?ml|json)$/.exec(path.slice(root.length))?.[1] : undefined;
}

/** The folder of a row or of what names one; else the only or the picked one. */
export async function askJobFolder(deps: JobCommandDeps, args: readonly unknown[], title: string): Promise<FolderJobs | undefined> {
  const node = deps.view.find(args[0]);
  if (node) return node.jobs;
  const tasks = await pickFolder(deps.stores, title);
  return tasks && (await deps.folders.open(tasks));
}

/** What the arguments name, without asking: a row, the file of an editor, or an address. */
export async function namedJob(deps: JobCommandDeps, [first]: readonly unknown[]): Promise<JobTarget | undefined> {
  const node = deps.view.find(first);
  if (node !== undefined && 'job' in node) return { jobs: node.jobs, job: node.job };
  if (first instanceof vscode.Uri) {
    const jobs = await deps.folders.of(first);
    const job = jobs && jobNameOf(jobs, first);
    return jobs && job !== undefined ? { jobs, job } : undefined;
  }
  if (!isAddress(first)) return undefined;
  const jobs = (await deps.folders.load()).find(({ tasks }) => tasks.key === first.folder);
  if (jobs === undefined) return undefined;
  if ('job' in first && typeof first.job === 'string') return { jobs, job: first.job };
  const run = 'run' in first && typeof first.run === 'number' ? await runOf(jobs, first.run) : undefined;
  return run && { jobs, job: run.job };
}

async function runOf(jobs: FolderJobs, id: number): Promise<JobRun | undefined> {
  await jobs.loadRuns();
  return jobs.run(id) ?? (await jobs.tasks.store?.call('job.run', { run: id }))?.run;
}

/** The run that the arguments name, or the newest one of the job they name. */
export async function namedRun(deps: JobCommandDeps, args: readonly unknown[]): Promise<RunTarget | undefined> {
  const [first] = args;
  const node = deps.view.find(first);
  if (node !== undefined && 'run' in node) {
    const run = await runOf(node.jobs, node.run);
    return run && { jobs: node.jobs, run };
  }
  if (isAddress(first) && 'run' in first && typeof first.run === 'number') {
    const jobs = (await deps.folders.load()).find(({ tasks }) => tasks.key === first.folder);
    const run = jobs && (await runOf(jobs, first.run));
    return jobs && run && { jobs, run };
  }
  const target = await namedJob(deps, args);
  await target?.jobs.loadRuns();
  const newest = target?.jobs.runsOf(target.job)[0];
  return target && newest && { jobs: target.jobs, run: newest };
}

export interface JobQuestion {
  title: string;
  /** Jobs that are offered; all unless told. */
  only?: (target: JobTarget) => boolean;
  /** What to say when there is none to offer. */
  none?: string;
}

/** The job that a command is about; a command called bare asks. Undefined when the person did not pick. */
export async function askJob(deps: JobCommandDeps, args: readonly unknown[], question: JobQuestion): Promise<JobTarget | undefined> {
  const named = await namedJob(deps, args);
  if (named) return named;
  const { title, only, none } = question;
  const front = activeFile();
  const all = await loaded(deps);
  const isFront = ({ jobs, job }: JobTarget) => front !== undefined && jobNameOf(jobs, front) === job;
  const items = all
    .flatMap((jobs) =>
      jobs.jobs.map((job) => {
        const [newest] = jobs.runsOf(job.name);
        const description = [all.length > 1 && jobs.tasks.folder.name, job.name, newest && resultText(newest)].filter(Boolean).join(' · ');
        return { label: job.reading?.definition?.name ?? job.name, description, jobs, job: job.name };
      }),
    )
    .filter((item) => only?.(item) ?? true)
    // The one in the editor comes first.
    .sort((a, b) => Number(isFront(b)) - Number(isFront(a)));
  if (items.length === 0) {
    await sayNone(none ?? vscode.l10n.t('There is no job in this folder yet.'), none === undefined);
    return undefined;
  }
  return await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Job'), matchOnDescription: true });
}

async function sayNone(message: string, offersNew: boolean): Promise<void> {
  const make = vscode.l10n.t('New Job');
  const picked = await vscode.window.showInformationMessage(message, ...(offersNew ? [make] : []));
  if (picked === make) await vscode.commands.executeCommand('claudetask.job.new');
}

export interface RunQuestion {
  title: string;
  only: (run: JobRun) => boolean;
  none: string;
}

/** The run that a command is about: the one that is named, the only one there is, or the one that is picked. */
export async function askRun(deps: JobCommandDeps, args: readonly unknown[], question: RunQuestion): Promise<RunTarget | undefined> {
  const named = await namedRun(deps, args);
  if (named && question.only(named.run)) return named;
  const all = await loaded(deps);
  const items = all
    .flatMap((jobs) => [...jobs.runs].filter(question.only).map((run) => ({ jobs, run })))
    .sort((a, b) => b.run.id - a.run.id)
    .map((target) => ({
      label: target.run.name,
      description: [all.length > 1 && target.jobs.tasks.folder.name, whenText(target.run), runDescription(target.run)]
        .filter(Boolean)
        .join(' · '),
      iconPath: runIcon(target.run),
      target,
    }));
  const [only] = items;
  if (only === undefined) {
    void vscode.window.showInformationMessage(question.none);
    return undefined;
  }
  if (items.length === 1) return only.target;
  const picked = await vscode.window.showQuickPick(items, {
    title: question.title,
    placeHolder: vscode.l10n.t('Run'),
    matchOnDescription: true,
  });
  return picked?.target;
}
