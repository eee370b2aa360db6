import type * as z from 'zod';
import { AppError } from '../core/appError.ts';
import { matchesEvent, webhookUrl } from '../core/webhook.ts';
import { operationContracts } from '../protocol/operations.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type { DueDelivery, Webhook, WebhookDelivery, webhookInputs } from '../protocol/webhook.ts';
import { bodyOf } from './auditLog.ts';
import { eventOf } from './eventLog.ts';
import type { LeaseKeeping, Reading } from './operation.ts';
import type { Stores } from './storePorts.ts';
import type { WebhookStore } from './webhookPorts.ts';
import type { Work } from './work.ts';

type Input = { [N in keyof typeof webhookInputs]: z.output<(typeof webhookInputs)[N]> };

const mostWebhooks = 20;
const keptDeliveries = 1000;
/** Changes that are looked through at a time for one that a webhook asks for. */
const pageSize = 1000;

function known(webhooks: WebhookStore, id: number): Webhook {
  const webhook = webhooks.get(id);
  if (webhook === undefined)
    throw new AppError('webhook.notFound', `There is no webhook ${id}. It may have been removed.`, { webhook: id });
  return webhook;
}

const text = ({ id, url }: Pick<Webhook, 'id' | 'url'>) => `webhook ${id} to ${webhookUrl(url)?.host ?? 'an unknown place'}`;

const textWithEvents = (webhook: Pick<Webhook, 'id' | 'url' | 'events'>) => `${text(webhook)} for ${webhook.events.join(', ')}`;

function normalized(url: string): string {
  return webhookUrl(url)?.href ?? url;
}

function assertHappens(events: readonly string[]): void {
  const changes = Object.entries(operationContracts).flatMap(([name, { mutates }]) => (mutates ? [name] : []));
  const typo = events.find((pattern) => !changes.some((name) => matchesEvent([pattern], name)));
  if (typo === undefined) return;
  throw new AppError('input.invalid', `events names ${typo}, but no change is called that. Check its spelling.`, { field: 'events' });
}

export function add(work: Work, { url, events, note = '' }: Input['add']): number {
  const { webhooks } = work.stores;
  assertHappens(events);
  if (webhooks.list().length >= mostWebhooks) {
    throw new AppError('input.invalid', `There are ${mostWebhooks} webhooks already. Remove one first.`, { field: 'url' });
  }
  const draft = {
    url: normalized(url),
    events: [...new Set(events)],
    active: true,
    reason: null,
    note,
    createdAt: work.now,
    cursor: work.revision,
  };
  const id = webhooks.insert(draft);
  work.summary = `Add ${textWithEvents({ id, ...draft })}`;
  work.webhook = id;
  return id;
}

export function update(work: Work, { id, url, events, active, note, reason }: Input['update']): number {
  const { webhooks } = work.stores;
  const before = known(webhooks, id);
  if (events !== undefined) assertHappens(events);
  const after: Webhook = {
    ...before,
    url: url === undefined ? before.url : normalized(url),
    events: events === undefined ? before.events : [...new Set(events)],
    note: note ?? before.note,
    active: active ?? before.active,
  };
  if (after.active !== before.active) after.reason = after.active ? null : (reason ?? null);
  if (JSON.stringify(after) === JSON.stringify(before)) return id;
  if (after.active && !before.active) after.cursor = work.revision;
  webhooks.update(after);
  giveUpUnwanted(webhooks, after, work.now);
  work.summary = changeText(before, after);
  work.webhook = id;
  return id;
}

function changeText(before: Webhook, after: Webhook): string {
  if (after.active === before.active) return `Edit ${textWithEvents(after)}`;
  if (after.active) return `Switch on ${textWithEvents(after)}`;
  return `Switch off ${text(after)}${after.reason === null ? '' : `: ${after.reason}`}`;
}

/** What waits would otherwise be sent when it is no longer asked for. */
function giveUpUnwanted(webhooks: WebhookStore, { id, active, events }: Webhook, now: number): void {
  const error = active ? 'The webhook does not ask for it any more.' : 'The webhook was switched off.';
  for (const one of webhooks.pending(id)) {
    if (active && matchesEvent(events, one.event)) continue;
    webhooks.putDelivery(id, { ...one, state: 'failed', error, nextAttempt: null, updatedAt: now });
  }
}

export function remove(work: Work, { id }: Input['remove']): number {
  const { webhooks } = work.stores;
  work.summary = `Remove ${text(known(webhooks, id))}`;
  webhooks.remove(id);
  work.webhook = id;
  return id;
}

export function replay(work: Work, { id, revision }: Input['replay']): number {
  const { webhooks, audit } = work.stores;
  const webhook = known(webhooks, id);
  if (!webhook.active) throw new AppError('input.invalid', `Webhook ${id} is switched off. Switch it on first.`, { field: 'id' });
  const delivery = webhooks.delivery(id, revision);
  if (delivery === undefined || audit.get(revision)?.operation !== delivery.event) {
    throw new AppError('webhook.notFound', `What webhook ${id} was told of change ${revision} is not known any more.`, {
      webhook: id,
      revision,
    });
  }
  webhooks.putDelivery(id, { ...delivery, state: 'pending', attempts: 0, nextAttempt: null, updatedAt: work.now });
  work.summary = `Send change ${revision} to ${text(webhook)} again`;
  work.webhook = id;
  return id;
}

type Answering = Pick<Reading, 'stores' | 'revision'>;

export function changed({ stores, revision }: Answering, id: number): OperationOutput<'webhook.update'> {
  return { revision, webhook: stores.webhooks.get(id) ?? null };
}

export function list({ stores: { webhooks }, revision }: Reading): OperationOutput<'webhook.list'> {
  return { revision, webhooks: webhooks.list().map((one) => ({ ...one, last: webhooks.lastDelivery(one.id) ?? null })) };
}

export function deliveries({ stores }: Reading, { id, before, limit = 50 }: Input['deliveries']): OperationOutput<'webhook.deliveries'> {
  known(stores.webhooks, id);
  return { deliveries: stores.webhooks.deliveries(id, limit, before) };
}

function due(stores: Stores, id: number, revision: number, tried: WebhookDelivery | undefined): DueDelivery | null {
  const row = stores.audit.get(revision);
  if (row === undefined) return null;
  const waits = tried?.state === 'pending' ? tried : undefined;
  return {
    event: eventOf(stores, row, bodyOf(row)),
    at: row.at,
    key: `${id}-${revision}-${row.hash.slice(0, 8)}`,
    attempts: waits?.attempts ?? 0,
    notBefore: waits?.nextAttempt ?? 0,
  };
}

export function next({ stores, revision }: Reading, { id, after = 0 }: Input['next']): OperationOutput<'webhook.next'> {
  const { webhooks, audit } = stores;
  const { active, events, cursor } = known(webhooks, id);
  const from = Math.max(after, cursor);
  if (!active) return { revision, cursor, read: from, head: null, replay: null };
  let read = from;
  let found: number | undefined;
  for (const row of audit.operations(from + 1, pageSize)) {
    if (row.revision !== read + 1) break;
    if (matchesEvent(events, row.operation)) {
      found = row.revision;
      break;
    }
    read = row.revision;
  }
  if (from > revision || (from < revision && read === from && found === undefined)) {
    throw new AppError('event.gone', `What happened after revision ${from} is not known here.`, { revision });
  }
  const again = webhooks.earliestReplay(id, cursor);
  return {
    revision,
    cursor,
    read,
    head: found === undefined ? null : due(stores, id, found, webhooks.delivery(id, found)),
    replay: again === undefined ? null : due(stores, id, again.revision, again),
  };
}

export function claim({ stores, now }: LeaseKeeping, { worker, leaseMs }: Input['claim']): OperationOutput<'webhook.claim'> {
  const holder = stores.webhooks.claim(worker, now, now + leaseMs);
  return { held: holder.worker === worker, left: Math.max(0, holder.until - now) };
}

export function settle(keeping: LeaseKeeping, input: Input['settle']): OperationOutput<'webhook.settle'> {
  const claimed = claim(keeping, input);
  const { webhooks } = keeping.stores;
  const webhook = webhooks.get(input.id);
  const { id, revision, state } = input;
  // Nobody asks any more what became of it: the webhook was removed, or the database was restored from a time before that change.
  if (!claimed.held || webhook === undefined || revision > keeping.stores.audit.lastGiven()) return claimed;
  if (state === 'gone') {
    webhooks.putDelivery(id, missed(webhook, revision, keeping.now));
    webhooks.setCursor(id, revision);
  } else {
    if (state !== 'passed') keep(keeping, webhook, { ...input, state });
    if (state !== 'pending' && revision > webhook.cursor) webhooks.setCursor(id, revision);
  }
  return claimed;
}

const missed = ({ cursor }: Webhook, revision: number, now: number): WebhookDelivery => ({
  revision,
  event: 'event.gone',
  state: 'failed',
  attempts: 0,
  status: null,
  error: `What happened after revision ${cursor} is not known any more. Sending goes on after revision ${revision}.`,
  nextAttempt: null,
  createdAt: now,
  updatedAt: now,
});

type Outcome = Omit<Input['settle'], 'state'> & { state: WebhookDelivery['state'] };

function keep({ stores, now }: LeaseKeeping, { id, active }: Webhook, outcome: Outcome): void {
  const { webhooks, audit } = stores;
  const { revision, attempts = 1, status = null, error = null, nextAttempt = null } = outcome;
  const before = webhooks.delivery(id, revision);
  const event = audit.get(revision)?.operation;
  if (event === undefined) return;
  // It may have been switched off while this was sent: then it is not tried again.
  const state = outcome.state === 'pending' && !active ? 'failed' : outcome.state;
  webhooks.putDelivery(id, {
    revision,
    event,
    state,
    attempts,
    status,
    error,
    nextAttempt: state === 'pending' ? nextAttempt : null,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  });
  if (before === undefined) webhooks.pruneDeliveries(id, keptDeliveries);
}
