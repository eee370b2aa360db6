import { Alarm } from '../../app/jobs/alarm.ts';
import type { StoreEvent } from '../../protocol/wire.ts';
import { DisposableStore } from '../../util/disposable.ts';
import { Lane } from './lane.ts';
import type { WebhookSenderDeps } from './ports.ts';
import { SendingLease } from './sendingLease.ts';

const closingTime = 1500;
const givingBackTime = 500;

/**
 * Tells the webhooks of one folder what happens, at least once and in order. It asks the store only when something changed or the time of a
 * retry has come, and does nothing at all when there is no webhook. Start it once.
 */
export class WebhookSender implements AsyncDisposable {
  readonly #deps: WebhookSenderDeps;
  readonly #lease: SendingLease;
  readonly #alarm: Alarm;
  readonly #subscriptions = new DisposableStore();
  #lanes = new Map<number, Lane>();
  #refreshing: Promise<void> | undefined;
  #outdated = false;

  constructor(deps: WebhookSenderDeps) {
    this.#deps = deps;
    this.#lease = new SendingLease(deps);
    this.#alarm = this.#subscriptions.add(new Alarm(deps, () => this.#ring()));
  }

  start(): void {
    const { store } = this.#deps;
    const own = this.#subscriptions;
    own.add(store.onDidChange((event) => this.#hear(event)));
    own.add(
      store.onDidReset(() => {
        // The revisions that were read may be other ones now.
        for (const lane of this.#lanes.values()) void lane.stop();
        this.#lanes.clear();
        this.refresh();
      }),
    );
    own.add(store.onDidChangeState(() => this.refresh()));
    this.refresh();
  }

  get #canSend(): boolean {
    const { role } = this.#deps.store.state;
    return !this.#subscriptions.isDisposed && (role === 'owner' || role === 'client');
  }

  #hear({ name }: StoreEvent): void {
    if (name.startsWith('webhook.')) this.refresh();
    else for (const lane of this.#lanes.values()) lane.hear(name);
  }

  /** Learns which webhooks there are, and lets each look for what it has to send: also after a secret came that was missing. */
  refresh(): void {
    this.#outdated = true;
    this.#refreshing ??= this.#readWebhooks()
      .catch((error: unknown) => {
        if (this.#canSend) this.#deps.log.error('The webhooks could not be read.', error);
      })
      .finally(() => (this.#refreshing = undefined));
  }

  async #readWebhooks(): Promise<void> {
    while (this.#outdated && this.#canSend) {
      this.#outdated = false;
      const { webhooks } = await this.#deps.store.call('webhook.list', {});
      if (!this.#canSend || this.#outdated) continue;
      const active = new Map(webhooks.flatMap(({ last: _last, ...webhook }) => (webhook.active ? [[webhook.id, webhook] as const] : [])));
      for (const [id, lane] of this.#lanes) {
        if (active.has(id)) continue;
        this.#lanes.delete(id);
        void lane.stop();
      }
      for (const [id, webhook] of active) {
        const lane = this.#lanes.get(id) ?? new Lane(this.#deps, this.#lease, webhook, () => this.#arm());
        lane.webhook = webhook;
        this.#lanes.set(id, lane);
        lane.wake();
      }
      this.#arm();
    }
  }

  #arm(): void {
    if (this.#subscriptions.isDisposed) return;
    this.#alarm.set(Math.min(...[...this.#lanes.values()].map(({ nextAt }) => nextAt)));
  }

  #ring(): void {
    if (!this.#canSend) return;
    const now = this.#deps.clock.now();
    for (const lane of this.#lanes.values()) if (lane.nextAt <= now) lane.wake();
    this.#arm();
  }

  /** Within two seconds. What is being sent is sent again by the next one, because nobody knows whether it arrived. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#subscriptions.isDisposed) return;
    this.#subscriptions.dispose();
    const { timers, log } = this.#deps;
    const ended = Promise.allSettled([...[...this.#lanes.values()].map((lane) => lane.stop()), this.#refreshing]);
    await new Promise<void>((resolve) => {
      const limit = timers.after(closingTime, resolve);
      void ended.then(() => {
        limit.dispose();
        resolve();
      });
    });
    await this.#lease.giveBack(givingBackTime).catch((error: unknown) => {
      log.debug(`The lease of the webhooks was not given back: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}
