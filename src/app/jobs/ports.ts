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
