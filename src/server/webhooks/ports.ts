import type { Timers } from '../../app/jobs/ports.ts';
import type { Clock, Log, Store } from '../../app/ports.ts';

export interface WebhookSenderDeps {
  store: Store;
  /** What signs the messages of a webhook; undefined when this machine does not have it. Then nothing is sent from here. */
  secretOf(webhook: number): Promise<string | undefined>;
  /** A UUID, made anew at each start. */
  worker: string;
  /** Of the extension. */
  version: string;
  clock: Clock;
  timers: Timers;
  log: Log;
  fetch: typeof globalThis.fetch;
  /** In [0, 1). */
  random(): number;
}
