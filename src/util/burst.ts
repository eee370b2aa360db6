import type { Disposable } from './disposable.ts';

export interface BurstTimes {
  /** Milliseconds without a further item after which a burst is delivered. */
  quiet: number;
  /** Milliseconds after its first item at which it is delivered in any case. */
  longest: number;
}

/** Gathers items that come in bursts and delivers each item of a burst once, together. */
export class Burst<T> implements Disposable {
  #items = new Set<T>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end = 0;
  readonly #times: BurstTimes;
  readonly #deliver: (items: T[]) => void;

  constructor(times: BurstTimes, deliver: (items: T[]) => void) {
    this.#times = times;
    this.#deliver = deliver;
  }

  add(items: Iterable<T>): void {
    const wasEmpty = this.#items.size === 0;
    for (const item of items) this.#items.add(item);
    if (this.#items.size === 0) return;
    const now = performance.now();
    if (wasEmpty) this.#end = now + this.#times.longest;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(this.#times.quiet, this.#end - now)));
  }

  /** Delivers what was gathered, now. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#items.size === 0) return;
    const items = [...this.#items];
    this.#items.clear();
    this.#deliver(items);
  }

  /** What was gathered is dropped. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#items.clear();
  }
}
