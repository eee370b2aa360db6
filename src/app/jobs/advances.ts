import type * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import type { ErrorCode } from '../../core/appError.ts';
import type { jobInputs, JobRun } from '../../protocol/jobs/runs.ts';
import type { Log, Store } from '../ports.ts';
import type { Timers } from './ports.ts';
import { patiently } from './patience.ts';

export type Advance = Omit<z.input<typeof jobInputs.advance>, 'run' | 'worker' | 'seq'>;

export interface AdvancesDeps {
  store: Store;
  worker: string;
  run: number;
  job: string;
  timers: Timers;
  log: Log;
  /** The database cannot be written and why; undefined once it can again. Told once each. */
  onTrouble(error: AppError | undefined): void;
}

/** Failures of the database that pass: a full disk is emptied, a new owner takes over. */
const passing: readonly ErrorCode[] = ['store.unavailable', 'store.diskFull', 'store.io', 'store.readOnly', 'store.foreignLock', 'timeout'];

/**
 * What happens in a run, made durable in order, one thing after another: an answer means that it is in the database. While the database cannot be
 * written it is tried again and again under the same number, so that nothing is lost and nothing is done twice.
 */
export class Advances {
  readonly #deps: AdvancesDeps;
  readonly #ending = new AbortController();
  #seq = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(deps: AdvancesDeps) {
    this.#deps = deps;
  }

  /** Fails with `job.leased` when another worker has the run by now, with `cancelled` after `stop`. After any failure nothing more is written. */
  add(change: Advance): Promise<JobRun> {
    return this.next(() => this.write(change));
  }

  /** The last word, whatever failed before it: what was refused has changed nothing. */
  async end(change: Advance): Promise<JobRun> {
    await this.#tail.catch(() => {});
    this.#ending.signal.throwIfAborted();
    return await this.write(change);
  }

  /** Does something else in its turn; `write` is for that. */
  next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(async () => {
      this.#ending.signal.throwIfAborted();
      return await work();
    });
    this.#tail = done;
    // Each caller hears of its failure by its own promise.
    done.catch(() => {});
    return done;
  }

  async write(change: Advance): Promise<JobRun> {
    const { store, job, run, worker } = this.#deps;
    const input = { ...change, run, worker, seq: this.#seq + 1 };
    const answer = await this.retried(() => store.call('job.advance', input, { actor: { kind: 'job', name: job } }));
    this.#seq = input.seq;
    return answer.run;
  }

  /** Repeats a call, which must be safe to repeat, for as long as it fails because of the database's state. */
  async retried<T>(call: () => Promise<T>): Promise<T> {
    const { store, timers, log, onTrouble } = this.#deps;
    let wasTold = false;
    const answer = await patiently(
      { timers, signal: this.#ending.signal, first: 250, longest: 15_000, wake: store.onDidChangeState },
      async () => {
        try {
          return { value: await call() };
        } catch (error) {
          if (!AppError.is(error) || !passing.includes(error.code)) throw error;
          if (!wasTold) {
            log.warn(`Run ${this.#deps.run} waits for the database: ${error.message}`);
            onTrouble(error);
          }
          wasTold = true;
          return undefined;
        }
      },
    );
    if (wasTold) onTrouble(undefined);
    return answer.value;
  }

  /** What is not durable yet is given up. */
  stop(): void {
    this.#ending.abort(new AppError('cancelled', 'The run is not worked on here any more.'));
  }
}
