import type { Disposable } from '../../util/disposable.ts';
import type { Log, Store } from '../ports.ts';
import type { Timers } from './ports.ts';

export interface LeasesDeps {
  store: Store;
  worker: string;
  /** Milliseconds for which a run is ours without a sign of life. A third of it is between two of them. */
  leaseMs: number;
  timers: Timers;
  log: Log;
  /** Another window has the run by now. */
  onLost(run: number): void;
}

/** Keeps the leases of the runs that this window works on. Without runs it does nothing at all. */
export class Leases implements Disposable {
  readonly #deps: LeasesDeps;
  readonly #runs = new Set<number>();
  #timer: Disposable | undefined;

  constructor(deps: LeasesDeps) {
    this.#deps = deps;
  }

  hold(run: number): void {
    this.#runs.add(run);
    this.#timer ??= this.#next();
  }

  release(run: number): void {
    this.#runs.delete(run);
    if (this.#runs.size === 0) this.dispose();
  }

  #next(): Disposable {
    return this.#deps.timers.after(this.#deps.leaseMs / 3, () => {
      void this.#renew().finally(() => {
        this.#timer = this.#runs.size > 0 ? this.#next() : undefined;
      });
    });
  }

  async #renew(): Promise<void> {
    const { store, worker, leaseMs, log, onLost } = this.#deps;
    const asked = [...this.#runs];
    try {
      const held = new Set<number>();
      for (let from = 0; from < asked.length; from += 100) {
        const answer = await store.call('job.renew', { worker, runs: asked.slice(from, from + 100), leaseMs }, { timeout: leaseMs / 3 });
        for (const run of answer.held) held.add(run);
      }
      for (const run of asked) if (!held.has(run) && this.#runs.has(run)) onLost(run);
    } catch (error) {
      // The run goes on: whether somebody else has it by now shows when its next step is to be recorded.
      log.warn(`The leases of running jobs could not be renewed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#runs.clear();
  }
}
