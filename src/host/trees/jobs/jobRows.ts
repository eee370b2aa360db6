import * as vscode from 'vscode';
import { needsPerson } from '../../../core/jobs/run.ts';
import type { Problem } from '../../../core/problem.ts';
import type { RunProgress } from '../../../app/jobs/jobEngine.ts';
import type { JobDefinition } from '../../../protocol/jobs/jobFile.ts';
import type { JobRun } from '../../../protocol/jobs/runs.ts';
import type { FolderJobs, ShownJob } from '../../jobs/folderJobs.ts';
import { timeName } from '../../words.ts';
import type { FolderNode, JobNode, NeedsYouNode, RunNode } from './jobNode.ts';
import { isLive, isResumable, resultText, runDescription, runIcon, runSentence, whenText } from './runWords.ts';

const colored = (name: string, color: string) => new vscode.ThemeIcon(name, new vscode.ThemeColor(color));
const problemsText = (count: number) => (count === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', count));
const isWeighty = ({ severity }: Problem): boolean => severity === 'error' || severity === 'warning';

/** A run as it is known right now: what it does comes quicker than what is stored of it. */
export function liveRun(run: JobRun, progress: RunProgress | undefined): JobRun {
  if (progress === undefined || !isLive(run)) return run;
  return { ...run, step: progress.what, pages: progress.pages, records: progress.records };
}

export const profileOf = (definition: JobDefinition | null | undefined): string | undefined => {
  if (!definition) return undefined;
  if (definition.session === undefined) return 'default';
  return 'profile' in definition.session ? definition.session.profile : undefined;
};

export function folderRow({ id, jobs }: FolderNode): vscode.TreeItem {
  const { folder } = jobs.tasks;
  const item = new vscode.TreeItem(folder.name, vscode.TreeItemCollapsibleState.Expanded);
  const count = jobs.jobs.length;
  item.id = id;
  item.description = String(count);
  item.iconPath = vscode.ThemeIcon.Folder;
  item.contextValue = 'folder';
  item.tooltip = folder.uri.fsPath;
  item.accessibilityInformation = { label: vscode.l10n.t('Folder {0}, {1} jobs', folder.name, count) };
  return item;
}

export function needsYouRow({ id }: NeedsYouNode, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Needs you'), vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = String(count);
  item.iconPath = colored('bell-dot', 'list.warningForeground');
  item.contextValue = 'needsYou';
  item.accessibilityInformation = {
    label: count === 1 ? vscode.l10n.t('Needs you: 1 job waits.') : vscode.l10n.t('Needs you: {0} jobs wait.', count),
  };
  return item;
}

/** What is wrong, what runs now or came of the last run, and when it runs again. */
function jobDescription(jobs: FolderJobs, { name, file, reading }: ShownJob): string {
  const [newest] = jobs.runsOf(name);
  const live = newest && liveRun(newest, jobs.engine.progress(newest.id));
  const next = jobs.engine.schedules().get(name);
  const problems = reading?.problems.filter(isWeighty).length ?? 0;
  return [
    file === undefined && vscode.l10n.t('no file'),
    problems > 0 && problemsText(problems),
    live && resultText(live),
    typeof next === 'number' && vscode.l10n.t('next {0}', timeName(next)),
  ]
    .filter(Boolean)
    .join(' · ');
}

function jobIcon(jobs: FolderJobs, { name, file, reading }: ShownJob): vscode.ThemeIcon {
  const [newest] = jobs.runsOf(name);
  if (newest && isLive(newest)) return runIcon(newest);
  if (file === undefined) return colored('browser', 'disabledForeground');
  if (reading && !reading.definition) return colored('error', 'list.errorForeground');
  if (reading?.problems.some(isWeighty) === true) return colored('warning', 'list.warningForeground');
  return newest ? runIcon(newest) : new vscode.ThemeIcon('browser');
}

function jobSentence(jobs: FolderJobs, job: ShownJob): string {
  const { name, file, reading } = job;
  const [newest] = jobs.runsOf(name);
  const problems = reading?.problems.filter(isWeighty).length ?? 0;
  const next = jobs.engine.schedules().get(name);
  return [
    vscode.l10n.t('Job {0}.', reading?.definition?.name ?? name),
    file === undefined && vscode.l10n.t('Its file is gone.'),
    problems > 0 && `${problemsText(problems)}.`,
    newest ? vscode.l10n.t('Last run: {0}.', resultText(newest)) : vscode.l10n.t('Has not run yet.'),
    typeof next === 'number' && vscode.l10n.t('Runs next at {0}.', timeName(next)),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Flags by which menus choose their entries. */
function jobFlags(jobs: FolderJobs, { name, file, reading }: ShownJob): string {
  const [newest] = jobs.runsOf(name);
  const isBusy = newest !== undefined && isLive(newest);
  return [
    'job',
    file !== undefined && 'file',
    file !== undefined && !isBusy && 'runnable',
    isBusy && 'live',
    newest !== undefined && isResumable(newest) && 'resumable',
    newest !== undefined && needsPerson(newest) && 'ask',
    jobs.hasRecords(name) && 'records',
    file !== undefined && jobs.healedOf(name) !== undefined && 'healed',
    reading?.definition?.schedule !== undefined && 'scheduled',
    profileOf(reading?.definition) !== undefined && 'profile',
  ]
    .filter(Boolean)
    .join(';');
}

export function jobRow(node: JobNode, job: ShownJob): vscode.TreeItem {
  const { jobs } = node;
  const hasRuns = jobs.runsOf(job.name).length > 0;
  const item = new vscode.TreeItem(
    job.reading?.definition?.name ?? job.name,
    hasRuns ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  item.id = node.id;
  item.description = jobDescription(jobs, job);
  item.iconPath = jobIcon(jobs, job);
  item.contextValue = jobFlags(jobs, job);
  item.accessibilityInformation = { label: jobSentence(jobs, job) };
  if (job.file !== undefined)
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [vscode.Uri.file(job.file.path)] };
  return item;
}

const shownProblems = 8;

export function jobTooltip({ jobs }: JobNode, { name, file, reading }: ShownJob): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.supportHtml = false;
  text.isTrusted = false;
  const definition = reading?.definition;
  text
    .appendMarkdown('**')
    .appendText(definition?.name ?? name)
    .appendMarkdown('**\n\n');
  const line = (icon: string, words: string) => text.appendMarkdown(icon).appendText(words).appendMarkdown('\n\n');
  if (definition?.description !== undefined) line('', definition.description.slice(0, 600));
  if (definition) {
    line('$(globe) ', definition.hosts.join(', '));
    line('', definition.mode === 'write' ? vscode.l10n.t('May change data on the site') : vscode.l10n.t('Only reads'));
  }
  const problems = reading?.problems.filter(isWeighty) ?? [];
  for (const problem of problems.slice(0, shownProblems)) line(problem.severity === 'error' ? '$(error) ' : '$(warning) ', problem.message);
  if (problems.length > shownProblems) line('', vscode.l10n.t('{0} more', problems.length - shownProblems));
  const [newest] = jobs.runsOf(name);
  if (newest) line('', vscode.l10n.t('Last run: {0}', resultText(newest)));
  text
    .appendMarkdown('---\n\n')
    .appendText(file === undefined ? vscode.l10n.t('The file is gone; its runs and records are kept.') : file.path);
  return text;
}

export function runRow(node: RunNode, stored: JobRun): vscode.TreeItem {
  const { jobs } = node;
  const run = liveRun(stored, jobs.engine.progress(stored.id));
  const item = new vscode.TreeItem(node.kind === 'ask' ? run.name : whenText(run));
  const ask = jobs.askOf(run.id);
  item.id = node.id;
  item.iconPath = runIcon(run);
  item.contextValue = [
    'run',
    isLive(run) && 'live',
    isResumable(run) && 'resumable',
    needsPerson(run) && 'ask',
    jobs.hasRecords(run.job) && 'records',
  ]
    .filter(Boolean)
    .join(';');
  if (node.kind === 'ask') {
    // Only the window that works on a run can pass on what is answered.
    item.description = ask?.message ?? vscode.l10n.t('{0} · in another window', run.reason ?? '');
    // The reason it waits is what it asks.
    const label = ask ? [runSentence({ ...run, reason: null }), ask.message].join(' ') : runSentence(run);
    item.accessibilityInformation = { label };
    item.command = { command: 'claudetask.job.answer', title: vscode.l10n.t('Answer'), arguments: [node] };
    return item;
  }
  item.description = runDescription(run);
  item.accessibilityInformation = { label: runSentence(run) };
  item.command = { command: 'claudetask.job.showRun', title: vscode.l10n.t('Show Run'), arguments: [node] };
  return item;
}
