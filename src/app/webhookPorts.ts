import type { Webhook, WebhookDelivery } from '../protocol/webhook.ts';

/** The webhooks of the database, what became of their deliveries, and who sends. */
export interface WebhookStore {
  list(): Webhook[];
  get(id: number): Webhook | undefined;
  /** Answers the id. */
  insert(draft: Omit<Webhook, 'id'>): number;
  update(webhook: Webhook): void;
  /** With all of its deliveries. */
  remove(id: number): void;
  setCursor(id: number, revision: number): void;

  delivery(id: number, revision: number): WebhookDelivery | undefined;
  /** The one that was tried last. */
  lastDelivery(id: number): WebhookDelivery | undefined;
  /** Newest first. */
  deliveries(id: number, limit: number, before?: number): WebhookDelivery[];
  pending(id: number): WebhookDelivery[];
  /** The pending one at or below a revision whose time comes first. */
  earliestReplay(id: number, upTo: number): WebhookDelivery | undefined;
  /** Adds it, or takes the place of the one for the same revision. */
  putDelivery(id: number, delivery: WebhookDelivery): void;
  /** Forgets all but the newest; what is pending stays. */
  pruneDeliveries(id: number, keep: number): void;

  /** Leases the sending to a worker, unless another has it at this time. Answers who has it then. */
  claim(worker: string, now: number, until: number): { worker: string; until: number };
}
