import type { Api, Caller } from '../app/api.ts';
import type { Store } from '../app/ports.ts';
import { AppError } from '../core/appError.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type { StoreEvent } from '../protocol/wire.ts';
import { DisposableStore } from '../util/disposable.ts';
import type { Disposable } from '../util/disposable.ts';

/** What a follower is told. Revisions of events are consecutive, but after a snapshot: there they go on from its revision. */
export type EventMessage =
  /** The first. `revision`: the newest there is; what follows it, or `since`, comes next. */
  | { kind: 'hello'; revision: number }
  | ({ kind: 'event' } & StoreEvent)
  /** Instead of events that are too many, or no longer known: all there is to show. */
  | ({ kind: 'snapshot' } & OperationOutput<'task.snapshot'>);

/** The other side of a feed. */
export interface Outlet {
  send(message: string): void;
  /** Bytes that were sent and are still here. */
  readonly waiting: number;
  /** When none is, or the other side is gone. */
  drained(): Promise<void>;
  /** `code`: of RFC 6455. */
  close(code: number, reason: string): void;
}

export interface EventFeedDeps {
  api: Api;
  caller: Caller;
  /** The last revision that the follower has; undefined: it wants what comes from now on. */
  since: number | undefined;
  outlet: Outlet;
}

/** Above this a snapshot is less to read than the events. */
const mostBehind = 10_000;
const pageSize = 100;

const texts = new WeakMap<StoreEvent, string>();

/** The message about an event, written once for all followers. */
function textOf(event: StoreEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = written({ kind: 'event', ...event });
  texts.set(event, text);
  return text;
}

const written = (message: EventMessage): string => JSON.stringify(message);

/**
 * Tells every event in its order, each once. It listens before it reads the past, so that nothing falls between the two; whatever it missed,
 * because the past was long or the other side slow, shows as a gap in the revisions and is read from the past again.
 */
class EventFeed implements Disposable {
  readonly #deps: EventFeedDeps;
  readonly #subscriptions = new DisposableStore();
  /** Newest revision that was told. */
  #at = 0;
  #queue: StoreEvent[] = [];
  #busy = true;
  #snapshotDue = false;

  constructor(deps: EventFeedDeps) {
    this.#deps = deps;
  }

  get #ended(): boolean {
    return this.#subscriptions.isDisposed;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#queue = [];
  }

  async start(): Promise<void> {
    const { api, caller, since, outlet } = this.#deps;
    const store = await api.store();
    if (this.#ended) return;
    this.#follow(store);
    const { revision } = await api.call('task.list', { limit: 1 }, caller);
    if (this.#ended) return;
    outlet.send(written({ kind: 'hello', revision }));
    this.#at = since ?? revision;
    if (this.#at > revision || revision - this.#at > mostBehind) this.#snapshotDue = true;
    else if (this.#at < revision) await this.#catchUp(revision);
    this.#busy = false;
    await this.#pump(true);
  }

  #follow(store: Store): void {
    const own = this.#subscriptions;
    own.add(store.onDidChange((event) => this.#take(event)));
    own.add(
      store.onDidReset(() => {
        this.#queue = [];
        this.#snapshotDue = true;
        this.#go();
      }),
    );
    own.add(
      store.onDidChangeState((state) => {
        if (state.role === 'closed') this.#deps.outlet.close(1001, 'The folder was closed.');
        else if (state.role === 'failed') this.fail(AppError.fromBody(state.error));
      }),
    );
  }

  #take(event: StoreEvent): void {
    // What is let go here is read from the past when its turn comes.
    if (this.#queue.length >= mostBehind) this.#queue = [];
    this.#queue.push(event);
    this.#go();
  }

  #go(): void {
    this.#pump().catch((error: unknown) => this.fail(error));
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    // A reason has at most 123 bytes.
    const why = AppError.is(error) ? ` (${error.code})` : '';
    this.#deps.outlet.close(1011, `The events could not be read${why}. Connect again.`);
  }

  /**
   * Tells what waits. `behind`: that has piled up here while the past was read; it goes out no faster than the other side takes it. What happens
   * from then on goes out at once, and may pile up there.
   */
  async #pump(behind = false): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        if (behind && this.#deps.outlet.waiting > 0) await this.#deps.outlet.drained();
        if (this.#ended) return;
        if (this.#snapshotDue) {
          behind = true;
          await this.#tellSnapshot();
          continue;
        }
        const event = this.#queue.shift();
        if (event === undefined) return;
        if (event.revision <= this.#at) continue;
        if (event.revision === this.#at + 1) this.#tell(event);
        else {
          behind = true;
          await this.#catchUp(event.revision);
        }
      }
    } finally {
      this.#busy = false;
    }
  }

  #tell(event: StoreEvent): void {
    this.#deps.outlet.send(textOf(event));
    this.#at = event.revision;
  }

  /** Tells what happened after the newest that was told, at least up to this revision. */
  async #catchUp(revision: number): Promise<void> {
    const { api, caller, outlet } = this.#deps;
    while (this.#at < revision) {
      const page = await api.call('event.since', { since: this.#at, limit: pageSize }, caller).catch((error: unknown) => {
        if (AppError.is(error, 'event.gone')) return undefined;
        throw error;
      });
      if (this.#ended || this.#snapshotDue) return;
      if (page === undefined || page.events[0]?.revision !== this.#at + 1) {
        this.#snapshotDue = true;
        return;
      }
      for (const event of page.events) {
        this.#tell(event);
        if (outlet.waiting > 0) await outlet.drained();
        if (this.#ended || this.#snapshotDue) return;
      }
    }
  }

  async #tellSnapshot(): Promise<void> {
    const { api, caller, outlet } = this.#deps;
    this.#snapshotDue = false;
    const snapshot = await api.call('task.snapshot', {}, caller);
    // The store may have been put back once more meanwhile: then this one is of the past.
    if (this.#ended || this.#snapshotDue) return;
    this.#at = snapshot.revision;
    outlet.send(written({ kind: 'snapshot', ...snapshot }));
  }
}

/** Tells the outlet what happens, from `since` on, until it is disposed; closes it when that fails. */
export function followEvents(deps: EventFeedDeps): Disposable {
  const feed = new EventFeed(deps);
  feed.start().catch((error: unknown) => feed.fail(error));
  return feed;
}
