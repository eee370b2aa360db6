import { toldFailure } from '../../app/jobs/runFailure.ts';
import type { AppError } from '../../core/appError.ts';
import { plainLine } from '../../core/jobs/plainText.ts';
import type { FromRunner } from '../../protocol/jobs/runnerMessages.ts';
import type { LogEntry, RecordDraft, RunFile } from '../../protocol/jobs/runs.ts';
import { orAborted } from './waits.ts';

type Commit = Extract<FromRunner, { kind: 'commit' }>;
type Batch = NonNullable<Commit['records']>[number];
type Healed = NonNullable<Commit['healed']>[number];
type End = Omit<Extract<FromRunner, { kind: 'end' }>, 'kind' | 'run' | 'seq' | 'entries' | 'files'>;

/** How many messages may be on their way to the database. With more, a killed runner would have done more than it can be held to. */
const ahead = 2;
const mostEntries = 500;
const mostRows = 2000;

/**
 * What a run has done, on its way into the database: collected, sent in numbered messages, and waited for. Records, log entries and the checkpoint that
 * comes after them travel in one message.
 */
export class Commits {
  readonly #run: number;
  readonly #send: (message: FromRunner) => void;
  readonly #signal: AbortSignal;
  #seq = 0;
  #acknowledged = 0;
  #waiting: { seq: number; done: () => void }[] = [];
  readonly #refused = new Map<number, AppError>();
  #entries: LogEntry[] = [];
  #records: Batch[] = [];
  #rows = 0;
  #files: RunFile[] = [];
  #healed: Healed[] = [];

  constructor(run: number, send: (message: FromRunner) => void, signal: AbortSignal) {
    this.#run = run;
    this.#send = send;
    this.#signal = signal;
  }

  log(entry: LogEntry): void {
    this.#entries.push(entry);
  }

  file(file: RunFile): void {
    this.#files.push(file);
  }

  heal(healed: Healed): void {
    this.#healed.push(healed);
  }

  /** Takes rows; waits while the database is behind. */
  async take(batch: { collection: string; fields: string[]; keyed: boolean }, rows: RecordDraft[]): Promise<void> {
    for (let from = 0; from < rows.length; from += mostRows) {
      const part = rows.slice(from, from + mostRows);
      const last = this.#records.at(-1);
      if (last?.collection === batch.collection && last.keyed === batch.keyed && last.rows.length + part.length <= mostRows)
        last.rows.push(...part);
      else this.#records.push({ ...batch, rows: part });
      this.#rows += part.length;
      // Rows before their checkpoint do no harm: when the page is read again, they are the same records.
      if (this.#rows >= mostRows || this.#records.length >= 50) await this.#commit(undefined, undefined);
    }
  }

  /** Sends all there is with the checkpoint after it, and waits until no more than two messages are on their way. */
  save(checkpoint: Record<string, unknown>, step: string): Promise<void> {
    return this.#commit(checkpoint, step);
  }

  async #commit(checkpoint: Record<string, unknown> | undefined, step: string | undefined): Promise<void> {
    do {
      await this.#until(this.#seq - ahead + 1);
      const seq = ++this.#seq;
      const message: Commit = { kind: 'commit', run: this.#run, seq, entries: this.#entries.splice(0, mostEntries) };
      if (this.#entries.length === 0) {
        if (checkpoint !== undefined) message.checkpoint = checkpoint;
        if (step !== undefined) message.step = plainLine(step, 500);
        if (this.#records.length > 0) message.records = this.#records.splice(0);
        if (this.#files.length > 0) message.files = this.#files.splice(0, 100);
        if (this.#healed.length > 0) message.healed = this.#healed.splice(0, 100);
        this.#rows = 0;
      }
      this.#send(message);
    } while (this.#entries.length > 0);
  }

  /** Puts a file of the run's folder into the workspace; resolves when it is there. */
  async publish(file: string, to: string, ifExists: 'replace' | 'keep-both' | 'fail'): Promise<void> {
    const seq = ++this.#seq;
    this.#send({ kind: 'publish', run: this.#run, seq, file, to, ifExists });
    await this.#done(seq);
  }

  /** Writes a collection to a file of the workspace, with all rows taken so far; resolves when it is there. */
  async export(collection: string, to: string): Promise<void> {
    if (this.#rows > 0) await this.#commit(undefined, undefined);
    const seq = ++this.#seq;
    this.#send({ kind: 'export', run: this.#run, seq, collection, to });
    await this.#done(seq);
  }

  /** Resolves when everything sent is durable. */
  drained(): Promise<void> {
    return this.#until(this.#seq);
  }

  /** The last message of the run. What was not sent yet of rows and checkpoint is left out: the checkpoint before is still true. */
  end(end: End): void {
    this.#send({
      ...end,
      kind: 'end',
      run: this.#run,
      seq: ++this.#seq,
      entries: this.#entries.splice(0).slice(-1000),
      files: this.#files.splice(0, 100),
    });
  }

  /** @param refused why what was asked for in this message could not be done. */
  acknowledge(seq: number, refused?: { code: string; message: string }): void {
    if (refused !== undefined) this.#refused.set(seq, toldFailure(refused));
    this.#acknowledged = Math.max(this.#acknowledged, seq);
    const ready = this.#waiting.filter((one) => one.seq <= this.#acknowledged);
    this.#waiting = this.#waiting.filter((one) => one.seq > this.#acknowledged);
    for (const one of ready) one.done();
  }

  /** Fails with what the host says of it. */
  async #done(seq: number): Promise<void> {
    await this.#until(seq);
    const refused = this.#refused.get(seq);
    this.#refused.delete(seq);
    if (refused !== undefined) throw refused;
  }

  #until(seq: number): Promise<void> {
    if (seq <= this.#acknowledged) return Promise.resolve();
    return orAborted(new Promise<void>((done) => void this.#waiting.push({ seq, done })), this.#signal);
  }
}
