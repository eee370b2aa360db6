import * as vscode from 'vscode';
import type { BrowserRequest, BrowserWindow } from '../../app/jobs/jobEngine.ts';
import type { RecordedStep } from '../../protocol/jobs/runnerMessages.ts';
import { jobOfRecordedSteps, locatorText, writeJob } from '../../app/jobs/writeJob.ts';
import type { FolderJobs } from '../jobs/folderJobs.ts';
import { isTrusted } from '../jobs/mayRun.ts';
import { say } from '../say.ts';
import { profileOf } from '../trees/jobs/jobRows.ts';
import type { HandlersOf } from './handler.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { askAddress, askJobName, makeJobFile } from './jobsFile.ts';
import { askJobFolder, jobNameOf, namedJob } from './jobsTarget.ts';

const defaultProfile = 'default';

/** The profile of the job that is named, else one that jobs of the folder use, or a new one. */
async function askProfile(jobs: FolderJobs, title: string, job: string | undefined): Promise<BrowserRequest | undefined> {
  await jobs.load();
  const definition = job === undefined ? undefined : jobs.job(job)?.reading?.definition;
  const own = profileOf(definition);
  if (own !== undefined) return { profile: own, ...browserOf(definition) };
  const known = new Set([defaultProfile, ...jobs.jobs.flatMap(({ reading }) => profileOf(reading?.definition) ?? [])]);
  const fresh = { label: vscode.l10n.t('New profile...'), iconPath: new vscode.ThemeIcon('add'), profile: undefined };
  const items = [...known].map((profile) => ({ label: profile, profile }));
  const picked = await vscode.window.showQuickPick([...items, fresh], {
    title,
    placeHolder: vscode.l10n.t('Profile: a browser of its own, in which you sign in once'),
  });
  if (picked === undefined) return undefined;
  const profile = picked.profile ?? (await askNewProfile(title));
  return profile === undefined ? undefined : { profile };
}

type Definition = Parameters<typeof profileOf>[0];
const browserOf = (definition: Definition): { browser?: string } => {
  const session = definition?.session;
  return session !== undefined && 'profile' in session && session.browser !== undefined ? { browser: session.browser } : {};
};

async function askNewProfile(title: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Name of the profile'),
    validateInput: (text) =>
      text === '' || /^[a-z0-9][a-z0-9_-]{0,59}$/i.test(text) ? undefined : vscode.l10n.t('Letters, digits, - and _ only.'),
  });
  return name === '' ? undefined : name;
}

/** Where the job begins, as far as its file says it plainly. */
function beginningOf(jobs: FolderJobs, job: string | undefined): string | undefined {
  const steps = job === undefined ? [] : (jobs.job(job)?.reading?.definition?.steps ?? []);
  const first = steps.find((step) => 'goto' in step);
  return first !== undefined && 'goto' in first && !first.goto.includes('{{') ? first.goto : undefined;
}

async function openBrowser(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Open Job Browser');
  if (!(await isTrusted(title))) return;
  const named = await namedJob(deps, args);
  const jobs = named?.jobs ?? (await askJobFolder(deps, args, title));
  const request = jobs && (await askProfile(jobs, title, named?.job));
  if (jobs === undefined || request === undefined) return;
  const url = beginningOf(jobs, named?.job);
  const window = jobs.engine.openBrowser({ ...request, ...(url === undefined ? {} : { url }) });
  await opened(title, window.opened);
  say(vscode.l10n.t('Sign in there and close the window: the profile {0} keeps you signed in.', request.profile));
  await window.closed;
}

const opened = (title: string, opening: Promise<void>): Thenable<void> =>
  vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => opening);

async function record(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Record Job');
  if (!(await isTrusted(title))) return;
  const jobs = await askJobFolder(deps, args, title);
  if (jobs === undefined) return;
  const name = (await askJobName(vscode.l10n.t('{0} (1/3)', title)))?.trim();
  if (name === undefined || name === '') return;
  const url = await askAddress(vscode.l10n.t('{0} (2/3)', title));
  const request = url === undefined ? undefined : await askProfile(jobs, vscode.l10n.t('{0} (3/3)', title), undefined);
  if (url === undefined || request === undefined) return;
  const window = jobs.engine.record({ ...request, url });
  const steps: RecordedStep[] = [];
  let told = (): void => undefined;
  // From the first moment on: what is opened is a step already.
  const listening = window.onDidRecord((step) => {
    steps.push(step);
    told();
  });
  try {
    await opened(title, window.opened);
    if (!(await recordInto(steps, window, (tell) => (told = tell)))) return;
  } finally {
    listening.dispose();
    // A browser that crashed takes nothing along that was recorded.
    if (steps.length > 0) await makeJobFile(jobs, name, writeJob(jobOfRecordedSteps(steps, { name, profile: request.profile })));
  }
  if (steps.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was recorded, so no job was made.'));
}

/** Gathers steps until the window is closed, or the person cancels here. False when nothing of them is to be kept. */
async function recordInto(steps: RecordedStep[], window: BrowserWindow, onStep: (tell: () => void) => void): Promise<boolean> {
  const title = vscode.l10n.t(
    'Recording what you do in the job browser, but no passwords, codes, mail addresses and phone numbers. Close its window when you are done',
  );
  const isCancelled = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      onStep(() => progress.report({ message: steps.length === 1 ? vscode.l10n.t('1 step') : vscode.l10n.t('{0} steps', steps.length) }));
      token.onCancellationRequested(() => void window.stop());
      await window.closed;
      return token.isCancellationRequested;
    },
  );
  if (!isCancelled || steps.length === 0) return true;
  const discard = vscode.l10n.t('Discard');
  const choices = [vscode.l10n.t('Make a job of what was recorded'), discard];
  if ((await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Record Job') })) !== discard) return true;
  steps.length = 0;
  return false;
}

async function pickLocator(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Pick Locator');
  if (!(await isTrusted(title))) return;
  const editor = vscode.window.activeTextEditor;
  const front = editor && (await deps.folders.of(editor.document.uri));
  const job = editor && front && jobNameOf(front, editor.document.uri);
  const jobs = front ?? (await askJobFolder(deps, args, title));
  const request = jobs && (await askProfile(jobs, title, job));
  if (jobs === undefined || request === undefined) return;
  const url = beginningOf(jobs, job) ?? (await askAddress(title));
  if (url === undefined) return;
  const window = jobs.engine.pick({ ...request, url });
  let picked: RecordedStep | undefined;
  const listening = window.onDidRecord((step) => {
    picked = step;
    void window.stop();
  });
  try {
    await opened(title, window.opened);
    say(vscode.l10n.t('Click the element in the job browser.'));
    await window.closed;
  } finally {
    listening.dispose();
  }
  if (picked === undefined) return;
  const text = locatorText(picked);
  if (editor !== undefined && job !== undefined && !editor.document.isClosed) {
    await editor.edit((edit) => edit.replace(editor.selection, text));
    return;
  }
  await vscode.env.clipboard.writeText(text);
  say(vscode.l10n.t('Copied the locator.'));
}

export function jobBrowserHandlers(
  deps: JobCommandDeps,
): Pick<HandlersOf<'job'>, `claudetask.job.${'openBrowser' | 'record' | 'pickLocator'}`> {
  return {
    'claudetask.job.openBrowser': (...args) => openBrowser(deps, args),
    'claudetask.job.record': (...args) => record(deps, args),
    'claudetask.job.pickLocator': (...args) => pickLocator(deps, args),
  };
}
