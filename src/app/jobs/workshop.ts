import type { JobRun } from '../../protocol/jobs/runs.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import { DisposableStore } from '../../util/disposable.ts';
import { Leases } from './leases.ts';
import { LiveRun } from './liveRun.ts';
import type { RunMemory } from './liveRun.ts';
import type { RunDeps } from './runDeps.ts';
import { RunQueue } from './runQueue.ts';
import type { RunSlot } from './runSlots.ts';
import type { Ending } from './runStop.ts';

export interface WorkshopDeps extends RunDeps {
  trusted(): boolean;
}

/** A run that is lost so often in a row without having got any further is left alone. */
const mostLosses = 3;
const nothingKnown: RunMemory = { secrets: {}, stepwise: false, confirmed: false };

/** Where the runs of a folder are worked on, once its database is open. */
export class Workshop {
  readonly #deps: WorkshopDeps;
  readonly #queue: RunQueue;
  readonly #leases: Leases;
  readonly #live = new Map<number, { run: LiveRun; done: Promise<void> }>();
  readonly #memories = new Map<number, RunMemory>();
  readonly #losses = new Map<number, number>();
  readonly #rows = new Map<number, JobRun>();
  readonly #subscriptions = new DisposableStore();

  constructor(deps: WorkshopDeps) {
    this.#deps = deps;
    this.#leases = this.#subscriptions.add(new Leases({ ...deps, onLost: (run) => this.#live.get(run)?.run.drop() }));
    this.#queue = this.#subscriptions.add(
      new RunQueue({ ...deps, isLive: (run) => this.#live.has(run), begin: (claimed, slot) => this.#begin(claimed, slot) }),
    );
    this.#subscriptions.add(
      deps.store.onDidChange(({ body }) => {
        for (const row of body.runs ?? []) {
          const live = this.#live.get(row.id);
          if (live === undefined) continue;
          this.#rows.set(row.id, row);
          // Asked for in another window.
          if (row.cancelRequested) live.run.cancel();
        }
      }),
    );
  }

  /** Takes up what was left by windows that are gone. */
  async wake(): Promise<void> {
    await this.#queue.refresh(true);
  }

  live(): JobRun[] {
    return [...this.#rows.values()];
  }

  /** A run that was queued in this window. */
  add(run: JobRun, memory: Partial<RunMemory>): void {
    this.#memories.set(run.id, { ...nothingKnown, ...this.#memories.get(run.id), ...memory });
    this.#losses.delete(run.id);
    this.#queue.add(run);
  }

  cancel(run: number): void {
    this.#live.get(run)?.run.cancel();
  }

  /** All runs of this window become lost; they go on when they are resumed. */
  async park(reason: string): Promise<void> {
    const all = [...this.#live];
    for (const [id, { run }] of all) {
      this.#queue.rest(id);
      run.park(reason);
    }
    await Promise.all(all.map(([, { done }]) => done));
  }

  #begin(claimed: OperationOutput<'job.claim'>, slot: RunSlot): void {
    const { id } = claimed.run;
    const run = new LiveRun({ ...this.#deps, claimed, slot, memory: this.#memories.get(id) ?? nothingKnown });
    this.#rows.set(id, claimed.run);
    this.#leases.hold(id);
    this.#live.set(id, { run, done: run.work().then((ending) => this.#ended(id, ending)) });
  }

  #ended(id: number, ending: Ending): void {
    this.#leases.release(id);
    this.#live.delete(id);
    this.#rows.delete(id);
    if (ending.state !== 'lost') {
      this.#losses.delete(id);
      this.#memories.delete(id);
    } else {
      const losses = ending.progress ? 1 : (this.#losses.get(id) ?? 0) + 1;
      this.#losses.set(id, losses);
      if (!ending.again || losses > mostLosses) this.#queue.rest(id);
      // Each time it is taken up again it asks anew.
      const memory = this.#memories.get(id);
      if (memory !== undefined) this.#memories.set(id, { ...memory, confirmed: false });
    }
    this.#queue.take();
  }

  /** Takes nothing more. */
  dispose(): void {
    this.#queue.dispose();
  }

  /** After the last run has ended. */
  close(): void {
    this.#subscriptions.dispose();
  }
}
