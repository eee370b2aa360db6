import type { JobRunner } from '../../src/app/jobs/ports.ts';
import type { FromRunner, ToRunner } from '../../src/protocol/jobs/runnerMessages.ts';
import { Emitter } from '../../src/util/emitter.ts';

type Start = Extract<ToRunner, { kind: 'start' }>;
type Commit = Extract<FromRunner, { kind: 'commit' }>;
type End = Extract<FromRunner, { kind: 'end' }>;
type Ask = Extract<FromRunner, { kind: 'ask' }>;
type Without<T> = Omit<T, 'kind' | 'run' | 'seq'>;

/** One run, as its script plays the runner's part. */
export interface PlayedRun {
  readonly start: Start;
  /** True once the host has asked for its end. */
  readonly isCancelled: boolean;
  /** Resolves when it is durable. */
  commit(change: Without<Commit>): Promise<void>;
  /** Resolves with why it was refused, if it was. */
  publish(file: string, to: string, ifExists?: 'replace' | 'keep-both' | 'fail'): Promise<{ code: string } | undefined>;
  export(collection: string, to: string): Promise<{ code: string } | undefined>;
  ask(about: Ask['about'], message: string): Promise<unknown>;
  say(
    message:
      Omit<Extract<FromRunner, { kind: 'waiting' }>, 'run'> | { kind: 'running' } | Omit<Extract<FromRunner, { kind: 'progress' }>, 'run'>,
  ): void;
  end(outcome: End['outcome'], more?: Partial<Without<End>>): void;
  /** Resolves when the host asks for the end. */
  readonly cancelled: Promise<void>;
}

/** A runner without a process: plays a script for each run it is given. Messages travel as JSON, one turn late, as through a real channel. */
export class ScriptedRunner implements JobRunner {
  readonly #received = new Emitter<FromRunner>();
  readonly #exited = new Emitter<{ reason: string }>();
  readonly onDidReceive = this.#received.event;
  readonly onDidExit = this.#exited.event;
  readonly sent: ToRunner[] = [];
  play: (run: PlayedRun) => Promise<void>;
  #heard: ((message: ToRunner) => void)[] = [];
  /** Processes so far: what a dead one still says is not heard. */
  #life = 0;

  constructor(play: (run: PlayedRun) => Promise<void>) {
    this.play = play;
  }

  get starts(): Start[] {
    return this.sent.filter((message) => message.kind === 'start');
  }

  async send(message: ToRunner): Promise<void> {
    const copy = JSON.parse(JSON.stringify(message)) as ToRunner;
    this.sent.push(copy);
    for (const hear of [...this.#heard]) hear(copy);
    if (copy.kind === 'start') void this.#play(copy);
  }

  /** The process is killed. */
  die(reason = 'it was ended by SIGKILL'): void {
    this.#life++;
    this.#heard = [];
    this.#exited.fire({ reason });
  }

  async #play(start: Start): Promise<void> {
    const life = this.#life;
    const { run } = start;
    let seq = 0;
    let asks = 0;
    let isCancelled = false;
    const tell = (message: FromRunner) => {
      const copy = JSON.parse(JSON.stringify(message)) as FromRunner;
      setImmediate(() => {
        if (life === this.#life) this.#received.fire(copy);
      });
    };
    const hear = <T>(read: (message: ToRunner) => { value: T } | undefined) =>
      new Promise<T>((resolve) => {
        const listener = (message: ToRunner) => {
          const found = read(message);
          if (found === undefined) return;
          this.#heard = this.#heard.filter((one) => one !== listener);
          resolve(found.value);
        };
        this.#heard.push(listener);
      });
    const committed = (of: number) =>
      hear((message) =>
        message.kind === 'committed' && message.run === run && message.seq === of ? { value: message.refused } : undefined,
      );
    const cancelled = hear((message) => (message.kind === 'cancel' && message.run === run ? { value: undefined } : undefined)).then(() => {
      isCancelled = true;
    });
    await this.play({
      start,
      cancelled,
      get isCancelled() {
        return isCancelled;
      },
      commit: async (change) => {
        const done = committed(++seq);
        tell({ kind: 'commit', run, seq, ...change });
        await done;
      },
      publish: (file, to, ifExists = 'replace') => {
        const done = committed(++seq);
        tell({ kind: 'publish', run, seq, file, to, ifExists });
        return done;
      },
      export: (collection, to) => {
        const done = committed(++seq);
        tell({ kind: 'export', run, seq, collection, to });
        return done;
      },
      ask: (about, message) => {
        const ask = ++asks;
        const answer = hear((heard) =>
          heard.kind === 'answer' && heard.run === run && heard.ask === ask ? { value: heard.answer } : undefined,
        );
        tell({ kind: 'waiting', run, for: about === 'signIn' ? 'signIn' : 'user', reason: message });
        tell({ kind: 'ask', run, ask, about, message, screenshot: null, choices: [] });
        return answer.then((value) => {
          tell({ kind: 'running', run });
          return value;
        });
      },
      say: (message) => tell({ ...message, run }),
      end: (outcome, more = {}) =>
        tell({ kind: 'end', run, seq: ++seq, outcome, failure: undefined, entries: [], files: undefined, complete: [], ...more }),
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    this.#received.dispose();
    this.#exited.dispose();
  }
}
