import type { Actor } from '../../core/actor.ts';
import type { RunTrigger } from '../../core/jobs/run.ts';
import type { askKinds, RecordedStep } from '../../protocol/jobs/runnerMessages.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import type { Scalar } from '../../protocol/jobs/values.ts';
import type { Event } from '../../util/emitter.ts';
import type { JobCatalog } from './jobCatalog.ts';

export interface StartRequest {
  /** Name of the job: the path of its file below `.claudetask/jobs` without `.job.yaml`. */
  job: string;
  /** A text to run instead of the file, such as an unsaved editor or an imported recording. */
  text?: string;
  inputs?: Readonly<Record<string, Scalar>>;
  /** Values of inputs that are secret: kept in memory until the run is over, and nowhere else. Asked for when missing. */
  secrets?: Readonly<Record<string, string>>;
  /** Path of the step to begin with, such as `3` or `3.steps.1`. */
  fromStep?: string;
  /** Stop before each step with an ask of kind `step`. */
  stepwise?: boolean;
  /** `user` unless told. */
  trigger?: RunTrigger;
  /** Who starts it; the user of the window unless told. */
  actor?: Actor;
  /** The task it works for. */
  task?: number;
}

/** A question that a run waits for. The runner's own, or `secrets`: the run needs the values of secret inputs again. */
export interface OpenAsk {
  run: number;
  job: string;
  /** Number of the question within its run. */
  ask: number;
  about: (typeof askKinds)[number] | 'secrets';
  message: string;
  /** Absolute path of a picture of the page. */
  screenshot: string | null;
  /** What to choose from. None: any text is an answer, or `true` when there is nothing to say. */
  choices: readonly string[];
  /** For `secrets`: the inputs to ask for. */
  inputs: readonly string[];
  /** Milliseconds since 1970. */
  askedAt: number;
}

/** What a question is answered with; null ends the run. For `secrets`: the values by the names of the inputs. */
export type Answer = string | number | boolean | null | Readonly<Record<string, string>>;

/** What a run that this window works on is doing. */
export interface RunProgress {
  run: number;
  step: string;
  /** In words: `Page 3 of 12`. */
  what: string;
  pages: number;
  pagesTotal: number | null;
  records: number;
  /** The moment until which the website asked to wait, when it did. */
  waitingUntil: number | null;
}

/** A line for the job's output. */
export interface RunLine {
  run: number;
  job: string;
  /** Milliseconds since 1970. */
  at: number;
  level: 'info' | 'warning' | 'error';
  text: string;
}

export type RunsChange =
  { kind: 'reset' } | { kind: 'rows'; runs: readonly JobRun[]; records: readonly { job: string; collection: string }[] };

export type ExportFormat = 'csv' | 'json' | 'ndjson';

/** A browser window that was opened for the user, or in which they record. */
export interface BrowserWindow {
  /** Resolves once it is shown; fails with `job.browserMissing`, `job.profileInUse`, `job.runner`. */
  readonly opened: Promise<void>;
  /** Resolves when it is over, also by `stop`. Fails with what ended it otherwise. */
  readonly closed: Promise<void>;
  /** Steps as they are recorded; for a picked element one of kind `click`. */
  readonly onDidRecord: Event<RecordedStep>;
  stop(): Promise<void>;
}

export interface BrowserRequest {
  profile: string;
  browser?: string;
  url?: string;
}

/**
 * The jobs of one workspace folder: files, runs, questions, records, schedules. Failures are `AppError`s. What it says is done is in the database.
 * Nothing runs while the workspace is not trusted.
 */
export interface JobEngine {
  readonly jobs: JobCatalog;

  /** Every change of runs and records, by any window. `reset`: read again what you show (`job.runs`). */
  readonly onDidChangeRuns: Event<RunsChange>;
  /** At most 20 a second per run; the last one always arrives. */
  readonly onDidProgress: Event<RunProgress>;
  /** Questions came or went. */
  readonly onDidChangeAsks: Event<readonly OpenAsk[]>;
  readonly onDidLog: Event<RunLine>;
  /** A schedule was switched on or off, or its next time changed. */
  readonly onDidChangeSchedules: Event<void>;

  /**
   * Looks for runs that were left by a window that is gone, and arms schedules. Opens the database only if it exists already or a schedule is on.
   * Called once, and again when the workspace becomes trusted.
   */
  wake(): Promise<void>;

  /**
   * Queues a run. Fails with `job.notFound`, `job.invalid` (details.problems), `job.active` (details.run), `input.invalid` (details.field: an input), and
   * `operation.forbidden` when the workspace is not trusted, or the user has not agreed to what the job does (details.missing).
   */
  start(request: StartRequest): Promise<JobRun>;
  /** Answers at once; the run becomes `cancelled` when its browser has let go, at most some seconds later. `actor`: as with `StartRequest`. */
  cancel(run: number, actor?: Actor): Promise<JobRun>;
  /** Queues a failed, cancelled or lost run again, from its checkpoint. Fails with `operation.forbidden` as `start` does. */
  resume(
    run: number,
    options?: { secrets?: Readonly<Record<string, string>>; inputs?: Readonly<Record<string, Scalar>>; actor?: Actor },
  ): Promise<JobRun>;
  /** All questions of runs that this window works on, the oldest first. */
  asks(): readonly OpenAsk[];
  /** Fails with `job.notFound` when there is no such question any more. */
  answer(run: number, ask: number, answer: Answer): Promise<void>;
  /** What a run is doing; undefined when this window does not work on it. */
  progress(run: number): RunProgress | undefined;
  /** Runs that this window works on. */
  live(): readonly JobRun[];
  /** Stops all runs of this window; they are `lost` and can be resumed. */
  pauseAll(reason: string): Promise<void>;

  /** Jobs with a schedule that the user has switched on, with the next time, in milliseconds since 1970. */
  schedules(): ReadonlyMap<string, number | null>;
  setScheduled(job: string, on: boolean): Promise<void>;

  /** Writes the records of a collection to a file of the workspace (a path in it, with `/`). */
  exportRecords(request: {
    job: string;
    collection: string;
    to: string;
    format: ExportFormat;
  }): Promise<{ path: string; rows: number; sha256: string }>;
  /** Writes the audit as signed-off NDJSON, and as HTML beside it. `to`: absolute path that ends with `.ndjson`. */
  exportAudit(request: { to: string; run?: number }): Promise<{ ndjson: string; html: string; rows: number; sha256: string }>;

  /** The browser with the profile of a job, for signing in by hand. */
  openBrowser(request: BrowserRequest): BrowserWindow;
  record(request: BrowserRequest): BrowserWindow;
  /** One element, by a click on it. */
  pick(request: BrowserRequest): BrowserWindow;

  /** Folder of what a run has made, absolute: screenshots, snapshots, traces. */
  folderOf(run: number): string;
  /** Forgets runs that are over, but for so many per job, and removes their folders. Answers how many. */
  prune(keepPerJob: number, before?: number): Promise<number>;

  /** Runs of this window become `lost`; everything that was read is in the database. */
  close(): Promise<void>;
}
