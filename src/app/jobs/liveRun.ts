import { AppError } from '../../core/appError.ts';
import { plainLine } from '../../core/jobs/plainText.ts';
import type { RunState, RunWait } from '../../core/jobs/run.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import { Advances } from './advances.ts';
import type { Advance } from './advances.ts';
import { assertAgreed } from './agreement.ts';
import { askHere } from './hostAsks.ts';
import { untilReachable } from './offline.ts';
import { readDefinition } from './runDefinition.ts';
import type { RunDefinition } from './runDefinition.ts';
import { RunDelivery } from './runDelivery.ts';
import type { RunDeps } from './runDeps.ts';
import { createTasks } from './runTasks.ts';
import { failureOf } from './runFailure.ts';
import { RunSession } from './runSession.ts';
import type { Begin, SessionEnd } from './runSession.ts';
import type { RunSlot } from './runSlots.ts';
import { Stop } from './runStop.ts';
import type { Ending } from './runStop.ts';

/** What only the window that started a run knows. */
export interface RunMemory {
  secrets: Readonly<Record<string, string>>;
  stepwise: boolean;
  /** The user has said that it may go on where it was left. */
  confirmed: boolean;
}

export interface LiveRunDeps extends RunDeps {
  claimed: OperationOutput<'job.claim'>;
  memory: RunMemory;
  /** Taken for it already. */
  slot: RunSlot;
}

type RunnerEnd = Extract<SessionEnd, { kind: 'end' }>;

/** Goes without a network in a row, although it answers, before that counts as a failure. */
const mostOffline = 5;

/** A run that this window works on, from its claim to the end of its lease. */
export class LiveRun {
  readonly id: number;
  readonly #deps: LiveRunDeps;
  readonly #advances: Advances;
  readonly #delivery: RunDelivery;
  readonly #stopping = new AbortController();
  #slot: RunSlot | undefined;
  /** While the runner works on it. */
  #session: RunSession | undefined;
  #isCancelled = false;
  #state: RunState = 'running';
  #waitingFor: RunWait | undefined;
  #checkpoint: Begin['checkpoint'];
  /** The one that was visited last. */
  #host: string | undefined;
  /** What the runner has had made durable, in all its goes here. */
  #commits = 0;

  constructor(deps: LiveRunDeps) {
    this.#deps = deps;
    const { run, checkpoint } = deps.claimed;
    this.id = run.id;
    this.#slot = deps.slot;
    this.#checkpoint = checkpoint;
    this.#advances = new Advances({
      ...deps,
      run: run.id,
      job: run.job,
      onTrouble: (error) =>
        this.#say(
          error === undefined ? 'info' : 'warning',
          error === undefined ? 'The database can be written again.' : `The run waits: ${error.message}`,
        ),
    });
    this.#delivery = new RunDelivery({ ...deps, run: run.id, job: run.job, advances: this.#advances });
  }

  get job(): string {
    return this.#deps.claimed.run.job;
  }

  /** Never fails. The lease is free when it resolves, but for a run that another window has. */
  async work(): Promise<Ending> {
    try {
      return await this.#work();
    } catch (error) {
      return await this.#stopped(this.#stopping.signal.aborted ? this.#stopping.signal.reason : error);
    } finally {
      this.#advances.stop();
      this.#slot?.free();
      this.#deps.asks.removeAll(this.id);
      this.#deps.progress.end(this.id);
    }
  }

  async #work(): Promise<Ending> {
    const { claimed, memory, asks, surroundings, disk, folderOf, clock, agreed } = this.#deps;
    if (claimed.run.cancelRequested) throw new Stop('cancelled', '');
    const definition = readDefinition(claimed.definition);
    // The database may have come with the folder from somebody else's machine, with runs in it.
    assertAgreed(definition.definition, agreed);
    const ask = askHere({ run: this.id, job: this.job, asks, clock, signal: this.#stopping.signal });
    if (definition.writes && claimed.run.attempts > 1 && !memory.confirmed) {
      await this.#idle('user', 'It was interrupted, and it may change things on the website.', () =>
        ask.replay(definition.definition.name),
      );
    }
    const missing = definition.secrets.filter((name) => memory.secrets[name] === undefined);
    const secrets = { ...memory.secrets };
    if (missing.length > 0) {
      Object.assign(secrets, await this.#idle('user', `It needs ${missing.join(', ')} again.`, () => ask.secrets(missing)));
    }
    const token = definition.token === null ? null : await surroundings.token(definition.token);
    if (definition.token !== null && token === null) throw noToken(definition.token);
    await disk.makeFolder(folderOf(this.id));

    for (let offline = 1; ; offline++) {
      const before = this.#commits;
      const end = await this.#go(definition, secrets, token);
      if (end.kind === 'gone') {
        throw this.#isCancelled ? new Stop('cancelled', '') : new Stop('lost', `The process that drives the browser ended: ${end.reason}`);
      }
      if (this.#commits > before) offline = 1;
      const isOffline = end.failure?.code === 'job.network' && offline <= mostOffline && !this.#isCancelled;
      if (!isOffline || definition.host === undefined) return await this.#conclude(end, definition);
      await this.#advances.add({ entries: end.entries, files: end.files });
      const host = this.#host ?? definition.host;
      await this.#idle('network', end.failure?.message ?? '', () => untilReachable(host, this.#deps, this.#stopping.signal));
    }
  }

  async #go(definition: RunDefinition, secrets: Readonly<Record<string, string>>, token: string | null): Promise<SessionEnd> {
    const { claimed, memory } = this.#deps;
    this.#stopping.signal.throwIfAborted();
    this.#become('running');
    const session = new RunSession(
      {
        ...this.#deps,
        run: this.id,
        job: this.job,
        advances: this.#advances,
        delivery: this.#delivery,
        become: (to, waitingFor, reason) => this.#become(to, waitingFor, reason),
        onFailure: (error) => this.#stop(error),
      },
      {
        definition: definition.source,
        inputs: claimed.inputs,
        secrets,
        token,
        fromStep: claimed.fromStep,
        checkpoint: this.#checkpoint,
        jobs: { ...definition.jobs },
        stepwise: memory.stepwise,
      },
    );
    this.#session = session;
    try {
      return await session.drive();
    } finally {
      this.#session = undefined;
      this.#checkpoint = session.checkpoint;
      this.#host = session.host ?? this.#host;
      this.#commits += session.commits;
    }
  }

  /** Waits for something without keeping others from their browsers. */
  async #idle<T>(waitingFor: RunWait, reason: string, wait: () => Promise<T>): Promise<T> {
    const { slots } = this.#deps;
    this.#become('waiting', waitingFor, reason);
    const profile = this.#slot?.profile ?? null;
    this.#slot?.free();
    const answer = await wait();
    this.#slot = await slots.take(profile, { timers: this.#deps.timers, signal: this.#stopping.signal });
    return answer;
  }

  async #conclude(
    { outcome, failure, entries, files, complete }: RunnerEnd,
    { definition, hidden, collections }: RunDefinition,
  ): Promise<Ending> {
    if (outcome !== 'done') {
      // What the user wanted to end has failed for that.
      const ending = this.#isCancelled
        ? await this.#finish('cancelled', { entries, files })
        : await this.#finish(outcome, { entries, files, failure });
      // A browser that the user sees may have been closed on purpose.
      return ending.state === 'lost' ? { ...ending, again: hidden } : ending;
    }
    const records = await this.#delivery.completed(complete, collections);
    const rules = definition.tasks ?? [];
    if (rules.length > 0) {
      // Before the run is done: whoever takes it up after a crash makes those that are missing, and no others.
      await this.#advances.add({ entries, files, records });
      const made = await createTasks(rules, this.#deps, this.job, (call) => this.#advances.retried(call));
      return await this.#finish('done', { entries: made });
    }
    return await this.#finish('done', { entries, files, records });
  }

  async #finish(outcome: RunnerEnd['outcome'], change: Advance): Promise<Ending> {
    const reason = change.failure === undefined ? {} : { reason: plainLine(change.failure.message, 500) };
    await this.#advances.end({ ...change, state: { to: outcome, ...reason } });
    return outcome === 'lost' ? { state: 'lost', again: true, progress: this.#commits > 0 } : { state: outcome };
  }

  /** After what came in between, from inside or from outside. */
  async #stopped(cause: unknown): Promise<Ending> {
    if (AppError.is(cause, 'job.leased') || AppError.is(cause, 'job.state') || AppError.is(cause, 'job.notFound')) {
      this.#say('warning', `The run is not worked on here any more: ${cause.message}`);
      return { state: 'taken' };
    }
    try {
      if (AppError.is(cause, 'cancelled')) return await this.#finish('cancelled', {});
      if (!(cause instanceof Stop)) return await this.#finish('failed', { failure: failureOf(cause) });
      if (cause.ending === 'taken') return { state: 'taken' };
      if (cause.ending === 'cancelled') return await this.#finish('cancelled', {});
      await this.#advances.end({ state: { to: 'lost', reason: plainLine(cause.message, 500) } });
      return { state: 'lost', again: true, progress: this.#commits > 0 };
    } catch (error) {
      this.#deps.log.warn(`The end of run ${this.id} could not be recorded: ${error instanceof Error ? error.message : String(error)}`);
      return { state: 'taken' };
    }
  }

  #become(to: RunState, waitingFor?: RunWait, reason?: string): void {
    if (this.#state === to && this.#waitingFor === waitingFor) return;
    this.#state = to;
    this.#waitingFor = waitingFor;
    const state = {
      to,
      ...(waitingFor === undefined ? {} : { waitingFor }),
      ...(reason === undefined ? {} : { reason: plainLine(reason, 500) }),
    };
    this.#advances.add({ state }).catch((error: unknown) => this.#stop(error));
  }

  /** The user wants it to end. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    if (this.#session === undefined) this.#stop(new Stop('cancelled', ''));
    else this.#session.cancel();
  }

  /** It can be resumed, here or elsewhere. */
  park(reason: string): void {
    this.#stop(new Stop('lost', reason));
  }

  /** Another window has it. */
  drop(): void {
    this.#advances.stop();
    this.#stop(new Stop('taken', ''));
  }

  #stop(cause: unknown): void {
    this.#stopping.abort(cause);
    this.#session?.abandon('The run was stopped.');
  }

  #say(level: 'info' | 'warning', text: string): void {
    const { tell, clock } = this.#deps;
    tell({ run: this.id, job: this.job, at: clock.now(), level, text });
  }
}

const noToken = (name: string) =>
  new AppError(
    'input.invalid',
    `The secret ${name}, which opens the session of this job, is not kept on this machine. Store it, then resume the run.`,
    {
      field: name,
    },
  );
