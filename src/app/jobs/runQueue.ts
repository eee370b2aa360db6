import { AppError } from '../../core/appError.ts';
import { isOver } from '../../core/jobs/run.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import { DisposableStore } from '../../util/disposable.ts';
import type { Disposable } from '../../util/disposable.ts';
import { Alarm } from './alarm.ts';
import { readDefinition } from './runDefinition.ts';
import type { RunDeps } from './runDeps.ts';
import type { RunSlot } from './runSlots.ts';

export interface QueueDeps extends Pick<RunDeps, 'store' | 'worker' | 'leaseMs' | 'slots' | 'clock' | 'timers' | 'log'> {
  /** Whether anything may be run at all. */
  trusted(): boolean;
  /** Whether this window works on it. */
  isLive(run: number): boolean;
  /** Works on a run that was claimed, and frees the slot. */
  begin(claimed: OperationOutput<'job.claim'>, slot: RunSlot): void;
}

/** Milliseconds for which a run that another window has queued or lost is left to that window. */
const courtesy = 60_000;
/** Milliseconds before something that the database refused is tried again. */
const pause = 15_000;

/**
 * The runs of a folder that are not over: takes those that wait, as slots allow, and those whose window is gone. Between two events it has at most
 * one timer, for the next moment at which a run may be taken.
 */
export class RunQueue implements Disposable {
  readonly #deps: QueueDeps;
  readonly #open = new Map<number, JobRun>();
  /** Runs that were queued here, or found at the start: nobody else is about to take them. */
  readonly #own = new Set<number>();
  readonly #heardAt = new Map<number, number>();
  /** Runs that only a user can start again. */
  readonly #resting = new Set<number>();
  readonly #profiles = new Map<number, string | null>();
  readonly #subscriptions = new DisposableStore();
  readonly #alarm: Alarm;
  #turn: Promise<void> | undefined;
  #again = false;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
    this.#alarm = this.#subscriptions.add(new Alarm(deps, () => void this.refresh(false)));
    this.#subscriptions.add(deps.slots.onDidFree(() => this.take()));
    this.#subscriptions.add(deps.store.onDidReset(() => void this.refresh(false)));
    this.#subscriptions.add(
      deps.store.onDidChangeState((state) => (state.role === 'owner' || state.role === 'client' ? void this.refresh(false) : undefined)),
    );
    this.#subscriptions.add(
      deps.store.onDidChange(({ body }) => {
        if (body.runs === undefined) return;
        for (const run of body.runs) this.#note(run);
        this.take();
      }),
    );
  }

  /** Reads which runs there are. `first`: whoever has queued them may be gone, so they are taken without waiting. */
  async refresh(first: boolean): Promise<void> {
    const { store, log, clock } = this.#deps;
    try {
      const { runs } = await store.call('job.runs', { states: ['queued', 'waiting', 'running', 'lost'], limit: 1000 });
      const found = new Set(runs.map(({ id }) => id));
      for (const id of this.#open.keys()) if (!found.has(id)) this.#forget(id);
      if (first) this.#resting.clear();
      for (const run of runs) {
        this.#note(run);
        if (first) this.#own.add(run.id);
      }
      this.take();
    } catch (error) {
      if (this.#subscriptions.isDisposed) return;
      log.warn(`The runs of this folder could not be read: ${error instanceof Error ? error.message : String(error)}`);
      this.#alarm.set(clock.now() + pause);
    }
  }

  #note(run: JobRun): void {
    if (isOver(run.state)) return this.#forget(run.id);
    if (this.#open.get(run.id)?.state !== run.state) this.#heardAt.set(run.id, this.#deps.clock.now());
    this.#open.set(run.id, run);
    // Whoever closed the browser may have meant it. What this window has just lost is judged where it was worked on.
    if (run.state === 'lost' && run.failure?.code === 'job.browserLost' && !this.#deps.isLive(run.id)) this.#resting.add(run.id);
  }

  #forget(run: number): void {
    this.#open.delete(run);
    this.#own.delete(run);
    this.#heardAt.delete(run);
    this.#resting.delete(run);
    this.#profiles.delete(run);
  }

  /** This window has queued it, so it takes it as soon as it can. */
  add(run: JobRun): void {
    this.#own.add(run.id);
    this.#resting.delete(run.id);
    this.#note(run);
    this.take();
  }

  /** It has failed too often, or in a way that only a user can judge. */
  rest(run: number): void {
    this.#resting.add(run);
  }

  /** Takes what may be taken now. */
  take(): void {
    if (this.#subscriptions.isDisposed) return;
    if (this.#turn !== undefined) {
      this.#again = true;
      return;
    }
    this.#turn = this.#takeAll().finally(() => {
      this.#turn = undefined;
      if (this.#again) {
        this.#again = false;
        this.take();
      }
    });
  }

  async #takeAll(): Promise<void> {
    const { clock, isLive, trusted } = this.#deps;
    let next = Number.POSITIVE_INFINITY;
    for (const run of [...this.#open.values()].sort((a, b) => a.id - b.id)) {
      if (this.#subscriptions.isDisposed || !trusted()) return;
      if (isLive(run.id)) continue;
      const from = this.#from(run);
      if (from > clock.now()) next = Math.min(next, from);
      else if (!(await this.#tryTake(run))) next = Math.min(next, clock.now() + pause);
    }
    if (!this.#subscriptions.isDisposed) this.#alarm.set(next);
  }

  /** When it may be taken; infinity for never. */
  #from(run: JobRun): number {
    const polite = this.#own.has(run.id) ? 0 : (this.#heardAt.get(run.id) ?? 0) + courtesy;
    switch (run.state) {
      case 'queued':
        return Math.max(run.notBefore ?? 0, polite);
      case 'lost':
        return this.#resting.has(run.id) ? Number.POSITIVE_INFINITY : polite;
      default:
        return (run.leaseUntil ?? 0) + 1;
    }
  }

  /** Answers false when it should be tried again after a while. */
  async #tryTake(run: JobRun): Promise<boolean> {
    const { store, worker, leaseMs, slots, log, begin } = this.#deps;
    let slot: RunSlot | undefined;
    try {
      slot = slots.tryTake(await this.#profileOf(run.id));
      // Whoever frees a slot wakes the queue.
      if (slot === undefined) return true;
      if (run.state === 'lost') await store.call('job.resume', { run: run.id });
      const claimed = await store.call('job.claim', { run: run.id, worker, leaseMs });
      this.#own.add(run.id);
      begin(claimed, slot);
      return true;
    } catch (error) {
      slot?.free();
      if (AppError.is(error, 'job.leased') || AppError.is(error, 'job.state')) return await this.#look(run.id);
      if (AppError.is(error, 'job.notFound')) {
        this.#forget(run.id);
        return true;
      }
      log.warn(`Run ${run.id} of ${run.job} could not be taken up: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  /** Another window was faster, or its lease was renewed, which nobody is told of. */
  async #look(id: number): Promise<boolean> {
    const found = await this.#deps.store.call('job.run', { run: id }).catch(() => undefined);
    if (found === undefined) return false;
    this.#note(found.run);
    return this.#open.get(id) === undefined || this.#from(found.run) > this.#deps.clock.now();
  }

  async #profileOf(run: number): Promise<string | null> {
    const known = this.#profiles.get(run);
    if (known !== undefined) return known;
    const { definition } = await this.#deps.store.call('job.run', { run });
    const profile = profileIn(definition);
    this.#profiles.set(run, profile);
    return profile;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#open.clear();
  }
}

function profileIn(definition: string): string | null {
  try {
    return readDefinition(definition).profile;
  } catch {
    // It fails as soon as it is begun, and says why.
    return null;
  }
}
