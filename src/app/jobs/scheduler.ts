import { AppError } from '../../core/appError.ts';
import { nextDue } from '../../core/jobs/schedule.ts';
import { DisposableStore } from '../../util/disposable.ts';
import type { Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { Clock, Log, Store } from '../ports.ts';
import { Alarm } from './alarm.ts';
import type { JobCatalog } from './jobCatalog.ts';
import type { ScheduleMemory, Timers } from './ports.ts';

export interface SchedulerDeps {
  memory: ScheduleMemory;
  jobs: JobCatalog;
  /** Opens the database. */
  store(): Promise<Store>;
  /** Starts a run with the inputs of the one before. */
  start(job: string): Promise<unknown>;
  clock: Clock;
  timers: Timers;
  log: Log;
}

/** Milliseconds before a schedule that could not be looked at is looked at again. */
const pause = 60_000;

/** Starts jobs at their times, while the editor is open and for those that the user has switched on. Has one timer, and without such jobs none. */
export class Scheduler implements Disposable {
  readonly #deps: SchedulerDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #alarm: Alarm;
  readonly #changed = new Emitter<void>();
  readonly #due = new Map<string, number | null>();
  /** When each was tried here: one that cannot be started now waits for its next time. */
  readonly #tried = new Map<string, number>();
  #isAwake = false;
  #work: Promise<void> = Promise.resolve();

  readonly onDidChange = this.#changed.event;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#alarm = this.#subscriptions.add(new Alarm(deps, () => void this.#look(true)));
  }

  /** From now on jobs are started. */
  async wake(): Promise<void> {
    if (!this.#isAwake) {
      this.#isAwake = true;
      this.#subscriptions.add(
        this.#deps.jobs.onDidChange((names) => {
          if (names.some((name) => this.#due.has(name))) void this.#look(false);
        }),
      );
    }
    await this.#look(true);
  }

  /** Jobs that are switched on, with their next time; null when it cannot be told. */
  all(): ReadonlyMap<string, number | null> {
    return this.#due;
  }

  async set(job: string, on: boolean): Promise<void> {
    await this.#deps.memory.set(job, on ? this.#deps.clock.now() : undefined);
    await this.#look(false);
  }

  /** One look after the other. */
  #look(starts: boolean): Promise<void> {
    this.#work = this.#work.then(() => this.#lookNow(starts));
    return this.#work;
  }

  async #lookNow(starts: boolean): Promise<void> {
    const { memory, clock, log } = this.#deps;
    if (this.#subscriptions.isDisposed) return;
    let next = Number.POSITIVE_INFINITY;
    const all = memory.all();
    for (const name of this.#due.keys()) if (!all.has(name)) this.#due.delete(name);
    for (const [job, since] of all) {
      try {
        let due = await this.#dueOf(job, since);
        if (due !== null && due <= clock.now() && starts && this.#isAwake) {
          await this.#start(job);
          due = await this.#dueOf(job, since);
        }
        this.#due.set(job, due);
        if (due !== null) next = Math.min(next, due);
      } catch (error) {
        if (this.#subscriptions.isDisposed) return;
        log.warn(`The schedule of ${job} could not be looked at: ${error instanceof Error ? error.message : String(error)}`);
        this.#due.set(job, null);
        next = Math.min(next, clock.now() + pause);
      }
    }
    if (this.#subscriptions.isDisposed) return;
    if (this.#isAwake) this.#alarm.set(next);
    this.#changed.fire();
  }

  /** Asked anew each time: another window may have started it. */
  async #dueOf(job: string, since: number): Promise<number | null> {
    const { jobs, store, clock } = this.#deps;
    const schedule = (await jobs.read(job))?.reading.definition?.schedule;
    if (schedule === undefined) return null;
    const { runs } = await (await store()).call('job.runs', { job, limit: 1 });
    const last = Math.max(since, runs[0]?.createdAt ?? 0, this.#tried.get(job) ?? 0);
    return nextDue(schedule, last, clock.now());
  }

  async #start(job: string): Promise<void> {
    const { start, clock, log } = this.#deps;
    this.#tried.set(job, clock.now());
    try {
      await start(job);
    } catch (error) {
      if (AppError.is(error, 'job.active')) log.info(`${job} was due, and is running still.`);
      else log.warn(`${job} was due and could not be started: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
