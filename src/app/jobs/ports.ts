import type { FromRunner, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import type { Disposable } from '../../util/disposable.ts';
import type { Event } from '../../util/emitter.ts';

/**
 * The process that drives browsers: forked when first needed, gone when idle for long. Its death never harms the host, nor a browser that is
 * the user's own.
 */
export interface JobRunner extends Disposable {
  /** Starts the process when there is none. Fails with `job.runner` when it cannot be started. */
  send(message: ToRunner): Promise<void>;
  readonly onDidReceive: Event<FromRunner>;
  /** The process is gone, and all it was doing with it: its runs are lost. */
  readonly onDidExit: Event<{ reason: string }>;
  /** Closes browsers gracefully, then the process. */
  close(): Promise<void>;
}

/** Whether a host can be reached: asked with back-off while a run waits for the network. */
export interface NetworkProbe {
  reaches(host: string, signal: AbortSignal): Promise<boolean>;
}

/** Milliseconds from now. Never more than an hour: a timer does not notice that the machine slept. */
export interface Timers {
  after(milliseconds: number, run: () => void): Disposable;
}

/** Where a file is to be put. */
export interface Place {
  /** Absolute. The file does not leave it, not even through a symbolic link. */
  folder: string;
  /** Below the folder, with `/`. */
  path: string;
  ifExists: 'replace' | 'keep-both' | 'fail';
}

export interface Placed {
  /** Below the folder; another than was asked for when both files were kept. */
  path: string;
  bytes: number;
  /** Of the content, in hexadecimal. */
  sha256: string;
}

/**
 * Files of runs, and what they put into the workspace: too large to be held in memory. Readers see a file whole or not at all.
 * Failures are `AppError`s: `file.exists`, `file.notFound`, `file.outside`, `file.io`.
 */
export interface JobDisk {
  /** Absolute paths of the job files at or below a folder, sorted; none when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Makes a folder that only the user can look into. */
  makeFolder(path: string): Promise<void>;
  /** Removes a folder with all that is in it; nothing when there is none. */
  removeFolder(path: string): Promise<void>;
  /** Copies a file of `source`, which a link does not lead out of either. */
  publish(source: { folder: string; path: string }, place: Place): Promise<Placed>;
  write(content: AsyncIterable<string>, place: Place): Promise<Placed>;
}

/** SHA-256 of texts as UTF-8, one after the other. */
export interface RunningHash {
  add(text: string): void;
  /** In hexadecimal. */
  end(): string;
}

/** Which jobs the user lets run by their schedules, remembered with the workspace. */
export interface ScheduleMemory {
  /** Jobs by name, with the time at which they were switched on. */
  all(): ReadonlyMap<string, number>;
  set(job: string, since: number | undefined): Promise<void>;
}

/** What only the user, or the machine's settings, can say. */
export interface JobSurroundings {
  /** Folder of the profiles, absolute. */
  readonly profiles: string;
  /** A browser to use instead of those that are installed. */
  executable(): string | null;
  browserArguments(): readonly string[];
  /** A secret kept by VS Code; null when there is none. */
  token(name: string): Promise<string | null>;
}
