import { randomUUID } from 'node:crypto';
import type { Log, Store } from './app/ports.ts';
import type { FolderSender } from './host/server/webhookSenders.ts';
import { WebhookSender } from './server/webhooks/webhookSender.ts';
import { timers } from './util/timers.ts';

export interface SenderDeps {
  store: Store;
  secretOf(webhook: number): Promise<string | undefined>;
  /** Of the extension. */
  version: string;
  log: Log;
}

/** The part of the composition root that is loaded for the first active webhook. It needs neither the local server nor a port. */
export function openWebhookSender(deps: SenderDeps): FolderSender {
  return new WebhookSender({
    ...deps,
    worker: randomUUID(),
    clock: { now: () => Date.now() },
    timers,
    fetch: globalThis.fetch,
    random: () => Math.random(),
  });
}
