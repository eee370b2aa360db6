import { fork, type ChildProcess } from 'node:child_process';

/** One way to store tasks, living in a child process of its own. */
export interface Subject {
  /** Rewrites the task `id` (1 KB) and adds one audit row; durable when it returns or resolves. */
  commit(id: number, text: string): void | Promise<void>;
  /** A whole task by id. */
  read?(id: number): unknown;
  /** 100 whole tasks from an id on. */
  list?(from: number): unknown[];
  /** What the product does when nobody waits: called between blocks, not timed. */
  idle?(): void | Promise<void>;
  /** Waits until work in the background is over, so that it does not disturb the next subject. */
  settle?(): Promise<void>;
  close(): void | Promise<void>;
}

export interface OpenOptions {
  /** A folder of this subject's own, with `seed.db` in it when it stores SQL. */
  dir: string;
  tasks: number;
}
export type OpenSubject = (options: OpenOptions) => Subject | Promise<Subject>;

export interface ConcurrentResult {
  perSecond: number;
  p50: number;
  delayP99: number;
  delayIdleP99: number;
}

export type SubjectCommand =
  | { do: 'open'; subject: string; options: OpenOptions }
  | { do: 'commits'; count: number; budgetMs: number; seed: number }
  | { do: 'reads'; count: number; seed: number }
  | { do: 'lists'; count: number; seed: number }
  | { do: 'concurrent'; callers: number; ms: number; seed: number }
  | { do: 'idle' }
  | { do: 'close' };

/** The parent's hold on a subject's process. Commands run one at a time. */
export class SubjectProcess<Command extends { do: string } = SubjectCommand> {
  readonly name: string;
  readonly #child: ChildProcess;
  #waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void } | undefined;

  constructor(name: string, file: string) {
    this.name = name;
    // Advanced serialization carries typed arrays.
    this.#child = fork(file, [], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message: { ok: boolean; value?: unknown; error?: string }) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (message.ok) waiting?.resolve(message.value);
      else waiting?.reject(new Error(`${name}: ${message.error}`));
    });
    this.#child.on('exit', (code, signal) => this.#waiting?.reject(new Error(`${name} ended early (${signal ?? code})`)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async send<T>(command: Command | { do: 'close' }): Promise<T> {
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    this.#child.send(command);
    return (await answer) as T;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    try {
      await this.send({ do: 'close' });
    } finally {
      this.#child.disconnect();
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(timer);
    }
  }
}
