import { AppError } from '../../core/appError.ts';
import { plainText } from '../../core/jobs/plainText.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';
import { renderTemplate } from '../../core/jobs/template.ts';
import { jobFile } from '../../protocol/jobs/jobFile.ts';
import type { JobDefinition, JobSession } from '../../protocol/jobs/jobFile.ts';
import type { FromRunner } from '../../protocol/jobs/runnerMessages.ts';
import { Asks } from './asks.ts';
import type { Answer } from './asks.ts';
import { StepFailed } from './attempts.ts';
import { Commits } from './commits.ts';
import { faultOf } from './faults.ts';
import { LiveRun } from './liveRun.ts';
import type { StartMessage } from './liveRun.ts';
import { EnoughPages } from './navigate.ts';
import { watchPage } from './pageWatch.ts';
import { readCheckpoint } from './position.ts';
import type { Checkpoint } from './position.ts';
import { newGate } from './routing.ts';
import type { Gate } from './routing.ts';
import { openSession } from './sessions.ts';
import type { Session } from './sessions.ts';
import { Trail } from './trail.ts';
import { orAborted, WorkingTime } from './waits.ts';
import { placeOf, walk } from './walk.ts';

type Send = (message: FromRunner) => void;
type End = Parameters<Commits['end']>[0];

const usualTimeout = 3_600_000;
/** For jobs that name no session. */
const usualProfile = 'default';

/** One run, from `start` to `end`. */
export class Conduct {
  readonly #start: StartMessage;
  readonly #send: Send;
  readonly #abort = new AbortController();
  readonly #commits: Commits;
  readonly #asks: Asks;
  #time: WorkingTime | null = null;
  #session: Session | null = null;

  constructor(start: StartMessage, send: Send) {
    this.#start = start;
    this.#send = send;
    const { signal } = this.#abort;
    this.#commits = new Commits(start.run, send, signal);
    this.#asks = new Asks({
      run: start.run,
      send,
      signal,
      onWaiting: (waits) => (waits ? this.#time?.stop() : this.#time?.start()),
    });
  }

  cancel(): void {
    this.#stop(new AppError('cancelled', 'The run was cancelled.'));
  }

  answer(ask: number, answer: Answer): void {
    this.#asks.answer(ask, answer);
  }

  acknowledge(seq: number, refused?: { code: string; message: string }): void {
    this.#commits.acknowledge(seq, refused);
  }

  /** Ends the run for a fault of this process. */
  fail(error: unknown): void {
    this.#stop(
      new AppError(
        'job.runner',
        `The process that drives the browser met a fault of its own: ${error instanceof Error ? error.message : String(error)}`,
        {},
        error,
      ),
    );
  }

  /** Never rejects: whatever happens is told by `end`. */
  async drive(): Promise<void> {
    const { run } = this.#start;
    const opening: FromRunner = {
      kind: 'progress',
      run,
      step: '',
      what: 'Opening the browser',
      pages: 0,
      pagesTotal: null,
      records: 0,
      waitingUntil: null,
    };
    this.#send(opening);
    let live: LiveRun | null = null;
    let end: End;
    try {
      const job = parseJob(this.#start.definition);
      const checkpoint = readCheckpoint(this.#start.checkpoint);
      live = await orAborted(this.#open(job), this.#abort.signal);
      restore(live, checkpoint);
      const from = checkpoint?.levels ?? (this.#start.fromStep === null ? null : placeOf(job.steps, this.#start.fromStep));
      await walk(live, job.steps, { path: '', around: [], position: '', resume: from });
      await this.#commits.drained();
      end = { outcome: 'done', complete: completeOf(live) };
    } catch (error) {
      end = await this.#ended(error, live);
    }
    this.#time?.stop();
    const failure = end.failure;
    if (failure !== undefined) failure.message = plainText(live?.redact(failure.message) ?? failure.message, 4000);
    this.#commits.end(end);
    await this.#session?.close().catch(() => undefined);
  }

  async #open(job: JobDefinition): Promise<LiveRun> {
    const { signal } = this.#abort;
    const { surroundings, token } = this.#start;
    let live: LiveRun | null = null;
    const gate: Gate = newGate(job, ({ method, where, host, reason }) => {
      const why = reason === 'host' ? `${host} is not among the hosts of the job file` : `${method} could change something`;
      live?.log({ path: '', kind: 'goto', what: `Blocked ${method} ${where || host}: ${why}` }, 'blocked', Date.now(), {
        where: where || host,
      });
    });
    const session = job.session ?? { profile: usualProfile };
    const opened = await openSession({ session, surroundings, gate, token, tab: this.#tab(session), signal });
    if (signal.aborted) {
      // Nobody waits for it any more.
      await opened.close();
      signal.throwIfAborted();
    }
    this.#session = opened;
    void opened.lost.then(() =>
      this.#stop(new AppError('job.browserLost', 'The browser was closed, or the connection to it broke. Resume the run to go on.')),
    );
    const trail = new Trail();
    live = new LiveRun({
      start: this.#start,
      job,
      session: opened,
      gate,
      commits: this.#commits,
      asks: this.#asks,
      trail,
      signal,
      send: this.#send,
    });
    live.enterPage(opened.page);
    watchPage(live, opened.page);
    const limit = job.limits?.timeout ?? usualTimeout;
    this.#time = new WorkingTime(limit, () =>
      this.#stop(
        new AppError(
          'job.limit',
          `The run took longer than ${Math.round(limit / 60_000)} min. Raise \`limits.timeout\` if that is right.`,
          { limit: 'time' },
        ),
      ),
    );
    this.#time.start();
    return live;
  }

  #tab(session: JobSession): string | null {
    if (!('tab' in session) || session.tab === undefined) return null;
    return renderTemplate(session.tab, { inputs: { ...this.#start.inputs, ...this.#start.secrets } });
  }

  #stop(reason: AppError): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(reason);
    this.#session?.abandon();
  }

  async #ended(error: unknown, live: LiveRun | null): Promise<End> {
    const { signal } = this.#abort;
    if (error instanceof EnoughPages && !signal.aborted) {
      live?.say(`The run ends after ${live.pages} pages, as many as the job wants.`, 'warning');
      await this.#commits.drained();
      return { outcome: 'done', complete: [] };
    }
    const step = error instanceof StepFailed ? error.path : null;
    const first: unknown = signal.aborted ? signal.reason : error instanceof StepFailed ? error.fault : error;
    const fault = faultOf(first, 'The run could not begin', this.#session === null ? '' : (hostAndPath(this.#session.page.url()) ?? ''));
    if (fault.code === 'cancelled') return { outcome: 'cancelled', complete: [] };
    const failure = { code: fault.code, message: fault.message, step };
    return { outcome: fault.code === 'job.browserLost' || fault.code === 'job.runner' ? 'lost' : 'failed', failure, complete: [] };
  }
}

function parseJob(definition: unknown): JobDefinition {
  const parsed = jobFile.safeParse(definition);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError('job.invalid', `The job file has a mistake: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {});
}

function restore(live: LiveRun, checkpoint: Checkpoint | null): void {
  if (checkpoint === null) return;
  Object.assign(live, {
    vars: { ...checkpoint.vars },
    results: { ...checkpoint.results },
    pages: checkpoint.pages,
    records: checkpoint.records,
    begun: checkpoint.begun,
  });
  for (const id of checkpoint.dropped ?? []) live.dropped.add(id);
  for (const [collection, state] of Object.entries(checkpoint.collected)) live.collected.set(collection, state);
}

/** A run that began in the middle has not seen all there is. */
const completeOf = (live: LiveRun): string[] =>
  live.fromStep === null ? [...live.collected].filter(([, state]) => state === 'complete').map(([name]) => name) : [];
