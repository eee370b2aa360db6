import * as z from 'zod';
import { eventPattern, longestUrl, webhookUrl } from '../core/webhook.ts';
import { line } from './text.ts';
import type { StoreEvent } from './wire.ts';
import { storeEvent } from './event.ts';

const id = z.int().positive();
const revision = z.int().positive();
/** Who sends: one per window and folder, made anew at each start. */
const worker = z.uuid();
const leaseMs = z.int().min(0).max(600_000);

const url = line(longestUrl)
  .min(1, 'is empty')
  .refine(
    (text) => webhookUrl(text) !== undefined,
    'is not an address that events may be sent to: it begins with https://, or with http:// and localhost, 127.0.0.1 or [::1], and holds no user name',
  );
const events = z.array(line(100).regex(eventPattern, 'is not an event like task.move, all of a kind like task.*, or *')).min(1).max(50);
const note = line(200);

export const webhookInputs = {
  list: z.strictObject({}),
  /** It is told what happens from now on. The secret that signs it is not kept here. */
  add: z.strictObject({ url, events, note: note.optional() }),
  /**
   * One that is switched on again is told what happens from then on. `reason` says why it is switched off. What waits and is no longer asked for is
   * given up.
   */
  update: z.strictObject({
    id,
    url: url.optional(),
    events: events.optional(),
    active: z.boolean().optional(),
    note: note.optional(),
    reason: note.optional(),
  }),
  /** Its deliveries are forgotten with it. */
  remove: z.strictObject({ id }),
  deliveries: z.strictObject({ id, before: revision.optional(), limit: z.int().min(1).max(200).optional() }),
  /** Sends an event once more, or at once when it waits for its next attempt. Refused with `webhook.notFound` when it is no longer kept. */
  replay: z.strictObject({ id, revision }),
  /**
   * What is to be sent next. `after`: `read` of the last answer, so that what was looked through is not looked through again. Fails with
   * `event.gone` when what follows is not known.
   */
  next: z.strictObject({ id, after: z.int().min(0).optional() }),
  /**
   * Makes one sender the only one of its database until the lease ends. 0 gives it back. Durable, but no change: no event, no audit, no
   * revision.
   */
  claim: z.strictObject({ worker, leaseMs }),
  /** What became of an attempt. Keeps the lease; without it nothing is settled. */
  settle: z.strictObject({
    worker,
    leaseMs,
    id,
    revision,
    /** `passed`: nothing up to there is for this webhook. `gone`: what is up to there is not known any more. */
    state: z.enum(['delivered', 'failed', 'pending', 'passed', 'gone']),
    /** Attempts so far, this one included. */
    attempts: z.int().min(0).max(1000).optional(),
    /** Of HTTP. */
    status: z.int().nullable().optional(),
    error: line(400).nullable().optional(),
    /** Of one that is pending: milliseconds since 1970; at once unless told. */
    nextAttempt: z.int().nullable().optional(),
  }),
} as const;

const delivery = z.object({
  revision,
  /** Name of the operation; `event.gone` when changes up to there were missed, as `error` says. */
  event: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.int(),
  /** Of the last attempt; null when there was no answer. */
  status: z.int().nullable(),
  error: z.string().nullable(),
  /** Of one that is pending: milliseconds since 1970, as all times; null when it is tried at once. */
  nextAttempt: z.int().nullable(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
export type WebhookDelivery = z.output<typeof delivery>;

const webhook = z.object({
  id,
  url: z.string(),
  events: z.array(z.string()),
  active: z.boolean(),
  /** Why it was switched off; null when it is on, or a person did. */
  reason: z.string().nullable(),
  note: z.string(),
  createdAt: z.int(),
  /** All changes up to this revision are done with. */
  cursor: z.int(),
});
export type Webhook = z.output<typeof webhook>;

/** An event to be sent, and how often that was tried. */
export interface DueDelivery {
  event: StoreEvent;
  /** When it happened. */
  at: number;
  /** The same at every attempt, so that receivers can drop doubles; another after a restored database has given the revision again. */
  key: string;
  attempts: number;
  /** Milliseconds since 1970; 0 for one that was not tried yet. */
  notBefore: number;
}
const due: z.ZodType<DueDelivery> = z.object({
  event: storeEvent,
  at: z.int(),
  key: z.string(),
  attempts: z.int(),
  notBefore: z.int(),
});

export const webhookOutputs = {
  list: z.object({
    revision: z.int(),
    webhooks: z.array(webhook.extend({ last: delivery.nullable().describe('The delivery that was tried last.') })),
  }),
  /** `webhook` is null when it is gone. */
  changed: z.object({ revision: z.int(), webhook: webhook.nullable() }),
  /** Newest first. */
  deliveries: z.object({ deliveries: z.array(delivery) }),
  next: z.object({
    /** The newest there is. */
    revision: z.int(),
    cursor: z.int(),
    /** Nothing up to there, but `head`, is for this webhook. */
    read: z.int(),
    /** The first in its queue. Whatever comes behind waits for it. */
    head: due.nullable(),
    /** One that a person wants sent again, the earliest. */
    replay: due.nullable(),
  }),
  /** Whether the lease is the caller's, and the milliseconds until it ends. */
  claimed: z.object({ held: z.boolean(), left: z.int() }),
} as const;
