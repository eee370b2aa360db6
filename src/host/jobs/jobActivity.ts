// Loaded with the first folder whose jobs are looked at.
import * as vscode from 'vscode';
import type { OpenAsk } from '../../app/jobs/jobEngine.ts';
import { isOver, needsPerson } from '../../core/jobs/run.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { Burst } from '../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { ContextKey } from '../contextKeys.ts';
import { say } from '../say.ts';
import { liveRun } from '../trees/jobs/jobRows.ts';
import { isLive, recordsText, runSpan } from '../trees/jobs/runWords.ts';
import type { FolderJobs } from './folderJobs.ts';
import type { Outputs } from './jobOutputs.ts';
import { RunningItem } from './runningItem.ts';

/** The end of a run that took longer than this is told to someone who has turned to something else; milliseconds. */
const longRun = 60_000;
/** Runs above what is kept before the oldest are forgotten: not with every run. */
const slack = 10;
const burstTimes = { quiet: 100, longest: 250 } as const;

export interface JobActivityDeps {
  outputs: Outputs;
  setContext(key: ContextKey, value: boolean): void;
  /** How many runs wait for the person. */
  setWaiting(count: number): void;
  /** How many finished runs of a job are kept. */
  keptRuns(folder: vscode.Uri): number;
}

/** Everything that tells of runs while nobody looks at them: output, status bar, badge, and the few notifications there are. */
export class JobActivity implements Disposable {
  readonly outputs: Outputs;
  readonly #deps: JobActivityDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #followed = new Set<FolderJobs>();
  readonly #running: RunningItem;
  /** Runs this window works on: only their end is news here. */
  readonly #mine = new Map<FolderJobs, Set<number>>();
  readonly #told = new Set<string>();
  readonly #burst = this.#subscriptions.add(new Burst<'update'>(burstTimes, () => this.#update()));

  constructor(deps: JobActivityDeps) {
    this.#deps = deps;
    this.outputs = this.#subscriptions.add(deps.outputs);
    this.#running = this.#subscriptions.add(new RunningItem());
  }

  follow(jobs: FolderJobs): Disposable {
    const following = new DisposableStore();
    const { engine } = jobs;
    this.#followed.add(jobs);
    this.#mine.set(jobs, new Set());
    following.add(engine.onDidLog((line) => this.outputs.write(jobs, line)));
    following.add(engine.onDidProgress(() => this.#burst.add(['update'])));
    following.add(engine.onDidChangeAsks((asks) => this.#onAsks(jobs, asks)));
    following.add(
      jobs.onDidChange(({ jobs: names }) => {
        this.#onRuns(jobs, names);
        this.#burst.add(['update']);
      }),
    );
    following.add({
      dispose: () => {
        this.#followed.delete(jobs);
        this.#mine.delete(jobs);
        this.#burst.add(['update']);
      },
    });
    return following;
  }

  #onRuns(jobs: FolderJobs, names: ReadonlySet<string>): void {
    const mine = this.#mine.get(jobs);
    if (mine === undefined) return;
    for (const run of jobs.engine.live()) mine.add(run.id);
    for (const name of names) {
      for (const run of jobs.runsOf(name)) if (isOver(run.state) && mine.delete(run.id)) this.#onEnd(jobs, run);
    }
  }

  /** The settings say how many runs of a job are worth keeping. */
  #forgetOld(jobs: FolderJobs, { job }: JobRun): void {
    const keep = this.#deps.keptRuns(jobs.tasks.folder.uri);
    const over = jobs.runsOf(job).filter(({ state }) => isOver(state)).length;
    // What fails here is tried again after the next run.
    if (over > keep + slack) void jobs.engine.prune(keep).catch(() => undefined);
  }

  #onEnd(jobs: FolderJobs, run: JobRun): void {
    this.#forgetOld(jobs, run);
    if (run.state === 'cancelled') return;
    const message =
      run.state === 'done'
        ? vscode.l10n.t('{0} is done: {1} in {2}.', run.name, recordsText(run.records), runSpan(run) ?? '')
        : vscode.l10n.t('{0} failed: {1}', run.name, run.failure?.message ?? run.reason ?? '');
    const span = (run.endedAt ?? 0) - (run.startedAt ?? 0);
    if (vscode.window.state.focused || span < longRun) {
      say(message);
      return;
    }
    const show = vscode.l10n.t('Show Run');
    const tell = run.state === 'done' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
    void tell(message, show).then((picked) => {
      if (picked === show) void vscode.commands.executeCommand('claudetask.job.showRun', { folder: jobs.tasks.key, run: run.id });
    });
  }

  /** A notification only for who has turned to something else: tree, badge and status bar tell the others. */
  #onAsks(jobs: FolderJobs, asks: readonly OpenAsk[]): void {
    const keyOf = ({ run, ask }: OpenAsk) => `${jobs.tasks.key}#${run}.${ask}`;
    const open = new Set(asks.map(keyOf));
    for (const key of this.#told) if (key.startsWith(`${jobs.tasks.key}#`) && !open.has(key)) this.#told.delete(key);
    for (const asked of asks) {
      const { run, job, message } = asked;
      const key = keyOf(asked);
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      if (vscode.window.state.focused) continue;
      const answer = vscode.l10n.t('Answer');
      void vscode.window
        .showInformationMessage(vscode.l10n.t('{0} needs you: {1}', jobs.run(run)?.name ?? job, message), answer)
        .then((picked) => {
          if (picked === answer) void vscode.commands.executeCommand('claudetask.job.answer', { folder: jobs.tasks.key, run });
        });
    }
  }

  #update(): void {
    const running: JobRun[] = [];
    let waiting = 0;
    let isAnyLive = false;
    for (const jobs of this.#followed) {
      for (const run of jobs.runs) {
        if (needsPerson(run)) waiting++;
        if (isLive(run)) isAnyLive = true;
      }
      for (const run of jobs.engine.live()) running.push(liveRun(jobs.run(run.id) ?? run, jobs.engine.progress(run.id)));
    }
    this.#running.show(running.filter(isLive).sort((a, b) => a.id - b.id));
    this.#deps.setContext('claudetask.jobRunning', isAnyLive);
    this.#deps.setContext('claudetask.jobNeedsYou', waiting > 0);
    this.#deps.setWaiting(waiting);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
