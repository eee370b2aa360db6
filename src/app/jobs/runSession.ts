import { AppError } from '../../core/appError.ts';
import type { RunState, RunWait } from '../../core/jobs/run.ts';
import type { FromRunner, ToRunner } from '../../protocol/jobs/runnerMessages.ts';
import type { LogEntry } from '../../protocol/jobs/runs.ts';
import type { Disposable } from '../../util/disposable.ts';
import type { Advances } from './advances.ts';
import { Deferred } from './deferred.ts';
import { entryLevel, entryLine } from './entryLine.ts';
import type { Answer } from './jobEngine.ts';
import type { RunDeps } from './runDeps.ts';
import type { RunDelivery } from './runDelivery.ts';
import type { Ticket } from './runnerDesk.ts';

type Message<K extends FromRunner['kind']> = Extract<FromRunner, { kind: K }>;
/** How a go of a run ended: as the runner says, or with the runner's process. */
export type SessionEnd = Message<'end'> | { kind: 'gone'; reason: string };
export type Begin = Omit<Extract<ToRunner, { kind: 'start' }>, 'kind' | 'run' | 'number' | 'surroundings'>;

export interface SessionDeps extends RunDeps {
  run: number;
  job: string;
  advances: Advances;
  delivery: RunDelivery;
  /** Writes the state unless it is that already. */
  become(to: RunState, waitingFor?: RunWait, reason?: string): void;
  /** Something could not be recorded: the run is not ours any more, or cannot go on. */
  onFailure(error: unknown): void;
}

/** Milliseconds after which a runner that was told to stop is not waited for any more. */
const patience = 10_000;

/**
 * One go of a run in the runner's process: from `start` to `end`, or to the end of the process. Whatever the runner wants to be kept is made
 * durable in its order, and acknowledged after that.
 */
export class RunSession {
  readonly #deps: SessionDeps;
  readonly #ticket: Ticket;
  readonly #end = new Deferred<SessionEnd>();
  readonly #begin: Begin;
  #step = '';
  #patience: Disposable | undefined;
  /** Messages that were made durable. */
  commits = 0;
  /** The one that was visited last, as far as the log tells. */
  host: string | undefined;
  /** Where the next go takes it up. */
  checkpoint: Begin['checkpoint'];

  constructor(deps: SessionDeps, begin: Begin) {
    this.#deps = deps;
    this.#begin = begin;
    this.checkpoint = begin.checkpoint;
    this.#ticket = deps.desk.open({
      receive: (message) => this.#receive(message),
      gone: (reason) => this.#end.resolve({ kind: 'gone', reason }),
    });
  }

  /** Resolves when all that came before the end is durable. Fails with `job.runner` when there is no runner, and as `Advances` does. */
  async drive(): Promise<SessionEnd> {
    const { surroundings, folder, folderOf, run, advances, asks } = this.#deps;
    try {
      await this.#ticket.send({
        ...this.#begin,
        kind: 'start',
        run: this.#ticket.number,
        number: run,
        surroundings: {
          profiles: surroundings.profiles,
          runFolder: folderOf(run),
          workspace: folder,
          executable: surroundings.executable(),
          browserArguments: [...surroundings.browserArguments()],
        },
      });
      const end = await this.#end.promise;
      await advances.next(() => Promise.resolve());
      return end;
    } finally {
      this.#patience?.dispose();
      this.#ticket.dispose();
      asks.removeAll(run);
    }
  }

  /** The end follows soon. */
  cancel(): void {
    this.#send({ kind: 'cancel', run: this.#ticket.number });
    this.#patience ??= this.#deps.timers.after(patience, () => {
      this.#deps.log.warn(`The browser of run ${this.#deps.run} does not stop. It is not waited for any longer.`);
      this.#end.resolve({
        kind: 'end',
        run: 0,
        seq: 1,
        outcome: 'cancelled',
        failure: undefined,
        entries: [],
        files: undefined,
        complete: [],
      });
    });
  }

  /** Nothing that comes from it is wanted any more. */
  abandon(reason: string): void {
    this.#send({ kind: 'cancel', run: this.#ticket.number });
    this.#ticket.dispose();
    this.#end.resolve({ kind: 'gone', reason });
  }

  #send(message: ToRunner): void {
    // A process that is gone says so itself.
    this.#ticket.send(message).catch((error: unknown) => this.#deps.log.debug(`A message did not reach the runner: ${String(error)}`));
  }

  #receive(message: FromRunner): void {
    const { run, job, become, clock, progress, asks, delivery } = this.#deps;
    switch (message.kind) {
      case 'commit':
        return this.#commit(message);
      case 'publish':
        return this.#answered(message.seq, () => delivery.publish(message, this.#step));
      case 'export':
        return this.#answered(message.seq, () => delivery.export(message, this.#step));
      case 'progress': {
        const { kind: _kind, ...rest } = message;
        this.#step = message.step;
        return progress.set({ ...rest, run });
      }
      case 'log':
        return this.#deps.tell({ run, job, at: clock.now(), level: message.level, text: message.message });
      case 'waiting':
        return become('waiting', message.for, message.reason);
      case 'running':
        return become('running');
      case 'ask':
        return this.#ask(message);
      case 'askDone':
        return asks.remove(run, message.ask);
      case 'end':
        this.#tellEntries(message.entries);
        return this.#end.resolve(message);
      default:
        return undefined;
    }
  }

  #commit({ seq, checkpoint, entries, records, files, healed, step }: Message<'commit'>): void {
    const { advances, delivery, onFailure } = this.#deps;
    for (const { collection, fields, keyed } of records ?? []) delivery.collections.set(collection, { fields, keyed });
    advances.add({ checkpoint, entries, records, files, healed, step }).then(() => {
      this.commits++;
      this.checkpoint = checkpoint ?? this.checkpoint;
      this.#send({ kind: 'committed', run: this.#ticket.number, seq });
      this.#tellEntries(entries ?? []);
    }, onFailure);
  }

  /** In its turn among the commits. What cannot be done is the runner's to report, as the failure of its step. */
  #answered(seq: number, work: () => Promise<void>): void {
    const { advances, onFailure } = this.#deps;
    const committed = { kind: 'committed', run: this.#ticket.number, seq } as const;
    advances
      .next(async () => {
        try {
          await work();
          return committed;
        } catch (error) {
          if (!AppError.is(error) || error.code.startsWith('store.')) throw error;
          return { ...committed, refused: { code: error.code, message: error.message } };
        }
      })
      .then((message) => this.#send(message), onFailure);
  }

  #ask({ ask, about, message, screenshot, choices }: Message<'ask'>): void {
    const { run, job, asks, folderOf, clock } = this.#deps;
    const picture = screenshot === null ? null : `${folderOf(run)}/${screenshot}`;
    asks.add({ run, job, ask, about, message, screenshot: picture, choices, inputs: [], askedAt: clock.now() }, (answer) =>
      this.#ticket.send({ kind: 'answer', run: this.#ticket.number, ask, answer: plainAnswer(answer) }),
    );
  }

  #tellEntries(entries: readonly LogEntry[]): void {
    const { run, job, tell } = this.#deps;
    this.host = entries.findLast(({ where }) => where !== null)?.where?.split('/', 1)[0] ?? this.host;
    for (const entry of entries) tell({ run, job, at: entry.at, level: entryLevel(entry), text: entryLine(entry) });
  }
}

function plainAnswer(answer: Answer): string | boolean | number | null {
  if (typeof answer === 'object' && answer !== null)
    throw new AppError('input.invalid', 'This question takes one answer, not several.', {});
  return typeof answer === 'number' && !Number.isInteger(answer) ? String(answer) : answer;
}
