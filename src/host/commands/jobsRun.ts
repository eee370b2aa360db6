import * as vscode from 'vscode';
import { needsPerson } from '../../core/jobs/run.ts';
import { readDefinition } from '../../app/jobs/runDefinition.ts';
import { AppError } from '../../core/appError.ts';
import { askForAnswer } from '../jobs/answerAsk.ts';
import { askInputs } from '../jobs/askInputs.ts';
import type { FolderJobs } from '../jobs/folderJobs.ts';
import { agreesToHosts, isTrusted } from '../jobs/mayRun.ts';
import { say } from '../say.ts';
import { isLive, isResumable, runDescription, runIcon } from '../trees/jobs/runWords.ts';
import { timeName } from '../words.ts';
import type { HandlersOf } from './handler.ts';
import { askStep } from './jobsSteps.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { runRecording } from './jobsImport.ts';
import { readRunnable, startJob, tokenOf, type RunOptions } from './jobsStart.ts';
import { askJob, askRun, type JobTarget, type RunTarget } from './jobsTarget.ts';

const isFree = ({ jobs, job }: JobTarget): boolean => jobs.job(job)?.file !== undefined && !jobs.runsOf(job).some(isLive);

async function run(deps: JobCommandDeps, args: readonly unknown[], options: RunOptions = {}): Promise<unknown> {
  const [first] = args;
  if (first instanceof vscode.Uri && /(?<!\.job)\.json$/.test(first.path)) return await runRecording(deps, first);
  const target = await askJob(deps, args, {
    title: vscode.l10n.t('Run Job'),
    only: isFree,
    none: vscode.l10n.t('There is no job that could be started: none is there, or all of them run.'),
  });
  const runnable = target && (await readRunnable(target));
  return runnable && (await startJob(deps, runnable, options));
}

/** Asks which job of the folder is to work for a task, and runs it. */
export async function runJobForTask(deps: JobCommandDeps, jobs: FolderJobs, task: number): Promise<void> {
  const target = await askJob(deps, [], {
    title: vscode.l10n.t('Run Job for #{0}', task),
    only: (one) => one.jobs === jobs && isFree(one),
    none: vscode.l10n.t('There is no job that could be started: none is there, or all of them run.'),
  });
  const runnable = target && (await readRunnable(target));
  if (runnable) await startJob(deps, runnable, { task });
}

async function runFromStep(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Run Job from Step');
  const target = await askJob(deps, args, { title, only: isFree });
  const runnable = target && (await readRunnable(target));
  if (runnable === undefined) return;
  const fromStep = typeof args[1] === 'string' ? args[1] : await askStep(title, runnable.definition.steps);
  if (fromStep !== undefined) await startJob(deps, runnable, { fromStep });
}

async function cancel(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askRun(deps, args, {
    title: vscode.l10n.t('Cancel Run'),
    only: isLive,
    none: vscode.l10n.t('No job is running.'),
  });
  if (target === undefined) return;
  const { jobs, run: live } = target;
  await jobs.engine.cancel(live.id);
  say(vscode.l10n.t('Cancelled {0}. What it has read is kept.', live.name));
}

async function resume(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Resume Run');
  const target = await askRun(deps, args, {
    title,
    only: isResumable,
    none: vscode.l10n.t('No run was interrupted, cancelled or has failed.'),
  });
  if (target === undefined || !(await isTrusted(title))) return;
  const { jobs, run: stopped } = target;
  const store = await jobs.tasks.open();
  const { definition: text } = await store.call('job.run', { run: stopped.id });
  const { definition } = readDefinition(text);
  if (!(await agreesToHosts(deps.memory, jobs, definition))) return;
  // No run keeps a secret: they are given again.
  const secret = Object.fromEntries(Object.entries(definition.inputs ?? {}).filter(([, input]) => input.secret === true));
  const given = await askInputs({ title: vscode.l10n.t('Resume {0}', stopped.name), inputs: secret, known: {}, folder: jobs.tasks.folder });
  if (given === undefined) return;
  await jobs.engine.resume(stopped.id, { secrets: given.secrets });
  say(vscode.l10n.t('{0} goes on where it was.', stopped.name));
}

async function answer(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askRun(deps, args, {
    title: vscode.l10n.t('Answer Job'),
    only: needsPerson,
    none: vscode.l10n.t('No job needs you.'),
  });
  if (target === undefined) return;
  const { jobs, run: waiting } = target;
  const ask = jobs.askOf(waiting.id);
  if (ask === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} waits in another window: answer it there, or cancel it here and resume it.', waiting.name),
    );
    return;
  }
  const said = await askForAnswer(waiting.name, ask);
  if (said === undefined) return;
  if (said === 'showRun') await deps.pages.showRun(jobs, waiting.id);
  else await jobs.engine.answer(waiting.id, ask.ask, said.answer);
}

/** What runs now, with ways to look at it and to stop it. */
async function runs(deps: JobCommandDeps): Promise<void> {
  const targets = deps.folders.all.flatMap((jobs) => [...jobs.runs].filter(isLive).map((live): RunTarget => ({ jobs, run: live })));
  const stop = { iconPath: new vscode.ThemeIcon('debug-stop'), tooltip: vscode.l10n.t('Cancel') };
  const output = { iconPath: new vscode.ThemeIcon('output'), tooltip: vscode.l10n.t('Show Output') };
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { target: RunTarget }>();
  pick.title = vscode.l10n.t('Running Jobs');
  pick.placeholder = targets.length === 0 ? vscode.l10n.t('No job is running') : vscode.l10n.t('Enter shows the run');
  pick.items = targets.map((target) => ({
    label: target.run.name,
    description: runDescription(target.run),
    iconPath: runIcon(target.run),
    buttons: [output, stop],
    target,
  }));
  try {
    const chosen = await new Promise<{ target: RunTarget; what: 'show' | 'cancel' | 'output' } | undefined>((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        resolve(item && { target: item.target, what: 'show' });
      });
      pick.onDidTriggerItemButton(({ item, button }) => resolve({ target: item.target, what: button === stop ? 'cancel' : 'output' }));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
    if (chosen === undefined) return;
    const { jobs, run: live } = chosen.target;
    if (chosen.what === 'show') await deps.pages.showRun(jobs, live.id);
    else if (chosen.what === 'cancel') await jobs.engine.cancel(live.id);
    else (await deps.activity()).outputs.show(jobs, live.job);
  } finally {
    pick.dispose();
  }
}

async function schedule(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Switch Job Schedule On or Off');
  const target = await askJob(deps, args, {
    title,
    only: ({ jobs, job }) => jobs.job(job)?.reading?.definition?.schedule !== undefined,
    none: vscode.l10n.t('No job has a schedule. Add one to its file, such as schedule: { at: "07:30", days: [mon, tue] }.'),
  });
  if (target === undefined) return;
  const { jobs, job } = target;
  const definition = (await jobs.engine.jobs.read(job))?.reading.definition;
  if (!definition?.schedule)
    throw new AppError('job.invalid', vscode.l10n.t('{0} has no schedule. Add one to its file first.', job), { problems: [] });
  if (jobs.engine.schedules().has(job)) {
    await jobs.engine.setScheduled(job, false);
    say(vscode.l10n.t('{0} runs only when you start it.', definition.name));
    return;
  }
  if (!(await isTrusted(title)) || !(await agreesToHosts(deps.memory, jobs, definition))) return;
  await jobs.engine.setScheduled(job, true);
  const next = jobs.engine.schedules().get(job);
  say(
    typeof next === 'number'
      ? vscode.l10n.t('{0} runs next at {1}, while this folder is open in VS Code.', definition.name, timeName(next))
      : vscode.l10n.t('{0} runs by its schedule while this folder is open in VS Code.', definition.name),
  );
}

async function setToken(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const target = await askJob(deps, args, {
    title: vscode.l10n.t('Set Token of Browser Server'),
    only: ({ jobs, job }) => {
      const definition = jobs.job(job)?.reading?.definition;
      return definition ? tokenOf(definition) !== undefined : false;
    },
    none: vscode.l10n.t('No job works on a browser server: none has session: { endpoint, token }.'),
  });
  const definition = target && (await target.jobs.engine.jobs.read(target.job))?.reading.definition;
  const token = definition ? tokenOf(definition) : undefined;
  if (token !== undefined) await deps.tokens.ask(token);
  else if (target) void vscode.window.showInformationMessage(vscode.l10n.t('{0} names no token: add it to its session.', target.job));
}

export function jobRunHandlers(
  deps: JobCommandDeps,
): Pick<
  HandlersOf<'job'>,
  `claudetask.job.${'run' | 'runFromStep' | 'stepThrough' | 'cancel' | 'resume' | 'runs' | 'answer' | 'schedule' | 'setToken'}`
> {
  return {
    'claudetask.job.run': (...args) => run(deps, args),
    'claudetask.job.runFromStep': (...args) => runFromStep(deps, args),
    'claudetask.job.stepThrough': (...args) => run(deps, args, { stepwise: true }),
    'claudetask.job.cancel': (...args) => cancel(deps, args),
    'claudetask.job.resume': (...args) => resume(deps, args),
    'claudetask.job.runs': () => runs(deps),
    'claudetask.job.answer': (...args) => answer(deps, args),
    'claudetask.job.setToken': (...args) => setToken(deps, args),
    'claudetask.job.schedule': (...args) => schedule(deps, args),
  };
}
