import { AppError } from '../../core/appError.ts';
import { matchesEvent, mostAttempts, retryWait, webhookUrl } from '../../core/webhook.ts';
import type { OperationInput, OperationOutput } from '../../protocol/operations.ts';
import type { DueDelivery, Webhook } from '../../protocol/webhook.ts';
import { postDelivery } from './postDelivery.ts';
import type { Attempt } from './postDelivery.ts';
import type { WebhookSenderDeps } from './ports.ts';
import { leaseMs } from './sendingLease.ts';
import type { SendingLease } from './sendingLease.ts';

const never = Number.POSITIVE_INFINITY;
const afterTrouble = 30_000;
/** Changes that are not for this webhook are noted as passed when they are many, so that they are not all read again after a start. */
const passedAtOnce = 500;
const actor = { kind: 'client', name: 'webhooks' } as const;

type Settlement = Omit<OperationInput<'webhook.settle'>, 'worker' | 'leaseMs' | 'id'>;

/** The queue of one webhook: its events in their order, one at a time. */
export class Lane {
  readonly #deps: WebhookSenderDeps;
  readonly #lease: SendingLease;
  readonly #onIdle: () => void;
  readonly #stopping = new AbortController();
  #webhook: Webhook;
  /** Nothing up to there is to be read again. */
  #read: number;
  #nextAt = never;
  /** What is first in the queue waits for its time: what comes behind it changes nothing. */
  #headWaits = false;
  #again = false;
  #warned = false;
  #running: Promise<void> | undefined;

  constructor(deps: WebhookSenderDeps, lease: SendingLease, webhook: Webhook, onIdle: () => void) {
    this.#deps = deps;
    this.#lease = lease;
    this.#webhook = webhook;
    this.#read = webhook.cursor;
    this.#onIdle = onIdle;
  }

  /** When it has something to do again without being woken: milliseconds since 1970. */
  get nextAt(): number {
    return this.#running === undefined ? this.#nextAt : never;
  }

  set webhook(webhook: Webhook) {
    this.#webhook = webhook;
  }

  hear(event: string): void {
    if (this.#headWaits && this.#nextAt > this.#deps.clock.now()) return;
    if (matchesEvent(this.#webhook.events, event)) this.wake();
  }

  wake(): void {
    this.#again = true;
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#onIdle();
    });
  }

  /** Ends what is being sent. It was not settled, so it is sent again by whoever is next. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      while (!signal.aborted) {
        this.#again = false;
        this.#nextAt = await this.#step();
        if (this.#nextAt > this.#deps.clock.now() && !this.#again) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#headWaits = false;
      this.#nextAt = this.#deps.clock.now() + afterTrouble;
      this.#deps.log.warn(`${this.#name} has to wait: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  get #name(): string {
    return `Webhook ${this.#webhook.id} to ${webhookUrl(this.#webhook.url)?.host ?? 'an unknown place'}`;
  }

  /** Sends what is due, if anything is. Answers when there is more to do. */
  async #step(): Promise<number> {
    const { store, clock, secretOf } = this.#deps;
    const { id } = this.#webhook;
    let page: OperationOutput<'webhook.next'>;
    try {
      page = await store.call('webhook.next', { id, after: this.#read });
    } catch (error) {
      if (AppError.is(error, 'event.gone')) return await this.#skipUnknown(error);
      // It was removed: whoever made this lane hears of it, too.
      if (AppError.is(error, 'webhook.notFound')) return never;
      throw error;
    }
    this.#read = page.read;
    const { head, replay } = page;
    this.#headWaits = head !== null;
    const now = clock.now();
    const due = [replay, head].find((one) => one !== null && one.notBefore <= now) ?? null;
    if (due === null) {
      if (head === null && page.read < page.revision) return 0;
      if (head === null && page.read - page.cursor >= passedAtOnce) await this.#leased({ revision: page.read, state: 'passed' });
      return Math.min(head?.notBefore ?? never, replay?.notBefore ?? never);
    }
    const secret = await secretOf(id);
    if (secret === undefined) return this.#withoutSecret();
    const lease = await this.#lease.take();
    if (lease === 'others') return this.#lease.othersUntil;
    if (lease === 'taken') return 0;
    const attempt = await postDelivery(this.#deps, { url: this.#webhook.url, secret }, due, this.#stopping.signal);
    await this.#conclude(due, attempt);
    return 0;
  }

  #withoutSecret(): number {
    if (!this.#warned) this.#deps.log.warn(`${this.#name} is not told anything: its secret is not on this machine. Make a new one.`);
    this.#warned = true;
    this.#headWaits = false;
    return never;
  }

  async #conclude(due: DueDelivery, { delivered, status, error, retryAfter }: Attempt): Promise<void> {
    const { clock, random, log, store } = this.#deps;
    const { revision, name } = due.event;
    const attempts = due.attempts + 1;
    const done = { revision, attempts, status, error };
    if (delivered) return await this.#settle({ ...done, state: 'delivered' });
    const what = `${this.#name}: ${name} (change ${revision}) was not taken`;
    const why = status === null ? (error ?? '') : `HTTP ${status}`;
    if (status === 410) {
      await this.#settle({ ...done, state: 'failed' });
      log.warn(`${what}. The receiver says that it is gone for good, so the webhook is switched off.`);
      const reason = 'The receiver answered 410 Gone: it does not want to be told any more.';
      await store.call('webhook.update', { id: this.#webhook.id, active: false, reason }, { actor });
    } else if (attempts >= mostAttempts) {
      log.warn(`${what} in ${attempts} attempts (${why}). It is given up.`);
      await this.#settle({ ...done, state: 'failed' });
    } else {
      const wait = retryWait(attempts, random(), retryAfter);
      log.info(`${what} (${why}). Attempt ${attempts + 1} of ${mostAttempts} follows in ${Math.ceil(wait / 1000)} s.`);
      await this.#settle({ ...done, state: 'pending', nextAttempt: clock.now() + wait });
    }
  }

  async #skipUnknown({ details, message }: AppError): Promise<number> {
    const { revision } = details;
    if (typeof revision !== 'number') return never;
    const lease = await this.#leased({ revision, state: 'gone' });
    if (lease === 'others') return this.#lease.othersUntil;
    this.#deps.log.warn(`${this.#name} misses events: ${message}`);
    this.#read = revision;
    return 0;
  }

  /** Settles what needs no sending, unless another window sends. */
  async #leased(settlement: Settlement): Promise<'settled' | 'others'> {
    if ((await this.#lease.take()) === 'others') return 'others';
    await this.#settle(settlement);
    return 'settled';
  }

  async #settle(settlement: Settlement): Promise<void> {
    const { store, worker } = this.#deps;
    this.#lease.note(await store.call('webhook.settle', { worker, leaseMs, id: this.#webhook.id, ...settlement }));
  }
}
