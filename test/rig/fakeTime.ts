import type { Timers } from '../../src/app/jobs/ports.ts';
import type { Clock } from '../../src/app/ports.ts';

/** A clock that goes only when it is told to, and timers that go with it. */
export class FakeTime {
  #now: number;
  #awake = 0;
  #timers = new Set<{ at: number; run: () => void }>();

  constructor(now = Date.UTC(2026, 10, 23, 8)) {
    this.#now = now;
  }

  readonly clock: Clock = { now: () => this.#now };
  readonly timers: Timers = {
    after: (milliseconds, run) => {
      const timer = { at: this.#awake + milliseconds, run };
      this.#timers.add(timer);
      return { dispose: () => void this.#timers.delete(timer) };
    },
  };

  /** How many timers are armed. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Time goes by: timers run when they are due, and what they set going gets its turns. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#awake + milliseconds;
    for (;;) {
      await settle();
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now += Math.max(0, next.at - this.#awake);
      this.#awake = Math.max(this.#awake, next.at);
      next.run();
    }
    this.#now += end - this.#awake;
    this.#awake = end;
    await settle();
  }

  /** The machine sleeps, or its clock is set: timers do not notice. */
  jump(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};
