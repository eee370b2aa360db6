import type { Disposable } from '../../util/disposable.ts';
import type { Clock } from '../ports.ts';
import type { Timers } from './ports.ts';

const longest = 3_600_000;

/**
 * Rings once at a time of day: late by an hour at most when the machine slept or its clock was set, for a timer counts only the time it was awake.
 */
export class Alarm implements Disposable {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #ring: () => void;
  #timer: Disposable | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor({ clock, timers }: { clock: Clock; timers: Timers }, ring: () => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#ring = ring;
  }

  /** Milliseconds since 1970; infinity for never. Takes the place of the time before. */
  set(at: number): void {
    if (at === this.#at && this.#timer !== undefined) return;
    this.#at = at;
    this.#arm();
  }

  #arm(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (this.#at === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#timers.after(Math.min(Math.max(0, this.#at - this.#clock.now()), longest), () => {
      this.#timer = undefined;
      if (this.#clock.now() < this.#at) return this.#arm();
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#at = Number.POSITIVE_INFINITY;
  }
}
