import type { OperationOutput } from '../../protocol/operations.ts';
import type { WebhookSenderDeps } from './ports.ts';

export const leaseMs = 30_000;
/** What must be left of the lease when a message is sent: longer than that may take. */
const enough = 15_000;

/** Of all windows on a database one sends. It leases that when there is something to send, and keeps it while there is. */
export class SendingLease {
  readonly #deps: Pick<WebhookSenderDeps, 'store' | 'worker' | 'clock'>;
  #heldUntil = 0;
  #othersUntil = 0;
  #asking: Promise<void> | undefined;

  constructor(deps: Pick<WebhookSenderDeps, 'store' | 'worker' | 'clock'>) {
    this.#deps = deps;
  }

  /** When another window's lease ends; 0 when none is known of. */
  get othersUntil(): number {
    return this.#othersUntil;
  }

  /** `taken`: it was not ours before, so that another may have sent what was read earlier. */
  async take(): Promise<'held' | 'taken' | 'others'> {
    const { clock } = this.#deps;
    const now = clock.now();
    if (this.#heldUntil - now >= enough) return 'held';
    if (this.#othersUntil > now) return 'others';
    const had = this.#heldUntil > now;
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    await this.#asking;
    if (this.#heldUntil === 0) return 'others';
    return had ? 'held' : 'taken';
  }

  async #ask(): Promise<void> {
    const { store, worker } = this.#deps;
    this.note(await store.call('webhook.claim', { worker, leaseMs }));
  }

  /** What the store said of the lease last. */
  note({ held, left }: OperationOutput<'webhook.claim'>): void {
    const until = this.#deps.clock.now() + left;
    this.#heldUntil = held ? until : 0;
    this.#othersUntil = held ? 0 : until;
  }

  /** Another window may send at once. */
  async giveBack(timeout: number): Promise<void> {
    if (this.#heldUntil <= this.#deps.clock.now()) return;
    this.#heldUntil = 0;
    await this.#deps.store.call('webhook.claim', { worker: this.#deps.worker, leaseMs: 0 }, { timeout });
  }
}
