import { Emitter } from '../../util/emitter.ts';
import { rest } from './patience.ts';
import type { Timers } from './ports.ts';

/** Which runs of this window may use a browser now: so many at a time, and one per profile. */
export class RunSlots {
  readonly #most: () => number;
  readonly #taken = new Set<RunSlot>();
  readonly #freed = new Emitter<void>();

  /** A run has let go: another may begin. */
  readonly onDidFree = this.#freed.event;

  /** @param most asked each time, for it is a setting. */
  constructor(most: () => number) {
    this.#most = most;
  }

  /** @param profile null for a browser that several runs can share. */
  tryTake(profile: string | null): RunSlot | undefined {
    if (this.#taken.size >= this.#most()) return undefined;
    if (profile !== null && [...this.#taken].some((slot) => slot.profile === profile)) return undefined;
    const slot: RunSlot = {
      profile,
      free: () => {
        if (this.#taken.delete(slot)) this.#freed.fire();
      },
    };
    this.#taken.add(slot);
    return slot;
  }

  async take(profile: string | null, { timers, signal }: { timers: Timers; signal: AbortSignal }): Promise<RunSlot> {
    for (;;) {
      signal.throwIfAborted();
      const slot = this.tryTake(profile);
      if (slot !== undefined) return slot;
      await rest({ timers, signal, wake: this.#freed.event }, longestRest);
    }
  }
}

/** A raised limit frees nothing, so nobody is told of it. */
const longestRest = 60_000;

export interface RunSlot {
  readonly profile: string | null;
  /** May be called twice. */
  free(): void;
}
