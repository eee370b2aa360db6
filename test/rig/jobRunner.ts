import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fromRunner, type FromRunner, type ToRunner } from '../../src/protocol/jobs/runnerMessages.ts';
import type { LogEntry, RecordDraft } from '../../src/protocol/jobs/runs.ts';
import { assertNoSecrets } from './canaries.ts';
import { findChromium } from './ensurePrograms.mjs';
import { eventually } from './eventually.ts';
import type { TempWorkspace } from './tempWorkspace.ts';

type Start = Extract<ToRunner, { kind: 'start' }>;
type Message<K extends FromRunner['kind']> = Extract<FromRunner, { kind: K }>;

export interface RunOptions {
  inputs?: Start['inputs'];
  secrets?: Start['secrets'];
  token?: string;
  fromStep?: string;
  checkpoint?: Start['checkpoint'];
  jobs?: Start['jobs'];
  stepwise?: boolean;
  /** Answers questions as they come; what it gives undefined for stays open. */
  answer?(ask: Message<'ask'>): string | number | boolean | null | undefined;
  /** Whether to acknowledge; everything unless told. */
  acknowledge?(message: { kind: string; seq: number }): boolean;
  surroundings?: Partial<Start['surroundings']>;
}

/** A run in the real process, with everything it said. */
export class RunnerRun {
  readonly messages: FromRunner[] = [];
  readonly id: number;
  #resolve: (end: Message<'end'>) => void = () => undefined;
  /** The run cannot end any more, or not as a test that waits for it expects. */
  fail: (error: Error) => void = () => undefined;
  readonly ended: Promise<Message<'end'>>;

  constructor(id: number) {
    this.id = id;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.fail = reject;
    });
    this.ended.catch(() => undefined);
  }

  receive(message: FromRunner): void {
    this.messages.push(message);
    if (message.kind === 'end') this.#resolve(message);
  }

  of<K extends FromRunner['kind']>(kind: K): Message<K>[] {
    return this.messages.filter((message): message is Message<K> => message.kind === kind);
  }

  /** The log entries, in order. */
  entries(): LogEntry[] {
    return this.messages.flatMap((message) => (message.kind === 'commit' || message.kind === 'end' ? (message.entries ?? []) : []));
  }

  /** The records of a collection, by key, as the database would hold them. */
  rows(collection: string): Map<string, RecordDraft> {
    const batches = this.of('commit').flatMap((one) => (one.records ?? []).filter((batch) => batch.collection === collection));
    return new Map(batches.flatMap((batch) => batch.rows.map((row): [string, RecordDraft] => [row.key, row])));
  }

  /** The newest checkpoint. */
  checkpoint(): Record<string, unknown> | null {
    return this.of('commit').findLast((one) => one.checkpoint !== undefined)?.checkpoint ?? null;
  }
}

/** The real runner's process, with a host that acknowledges everything at once. At its end no secret may be in what it said and wrote. */
export class RunnerRig implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly workspace: TempWorkspace;
  /** Everything said, for looking for what must not be said. */
  readonly said: string[] = [];
  stderr = '';
  readonly #runs = new Map<number, { run: RunnerRun; options: RunOptions }>();
  readonly others: FromRunner[] = [];
  #last = 0;

  constructor(workspace: TempWorkspace, options: { env?: Record<string, string> } = {}) {
    this.workspace = workspace;
    // The environment of a test runner would make the child speak its protocol.
    const { NODE_TEST_CONTEXT: _context, DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
    this.process = fork(path.join(process.cwd(), 'dist/jobRunner.js'), [], {
      env: { ...env, ...options.env },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.process.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.process.on('message', (value) => this.#receive(value));
    this.process.on('exit', (code, signal) => {
      for (const { run } of this.#runs.values()) run.fail(new Error(`The runner's process is gone (${code ?? signal}). ${this.stderr}`));
    });
  }

  surroundings(more: RunOptions['surroundings'] = {}): Start['surroundings'] {
    return {
      profiles: this.workspace.file('profiles'),
      runFolder: this.workspace.file('runs', String(this.#last)),
      workspace: this.workspace.folder,
      executable: findChromium() ?? null,
      browserArguments: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
      ],
      ...more,
    };
  }

  send(message: ToRunner): void {
    this.process.send(message);
  }

  start(definition: object, options: RunOptions = {}): RunnerRun {
    const run = new RunnerRun(++this.#last);
    this.#runs.set(run.id, { run, options });
    this.send({
      kind: 'start',
      run: run.id,
      definition: { name: 'A job', version: 1, session: { profile: 'test' }, ...definition },
      inputs: options.inputs ?? {},
      secrets: options.secrets ?? {},
      token: options.token ?? null,
      fromStep: options.fromStep ?? null,
      checkpoint: options.checkpoint ?? null,
      jobs: options.jobs ?? {},
      stepwise: options.stepwise ?? false,
      surroundings: this.surroundings(options.surroundings),
    });
    return run;
  }

  /** A run from start to end. */
  async run(definition: object, options: RunOptions = {}): Promise<RunnerRun> {
    const run = this.start(definition, options);
    await run.ended;
    return run;
  }

  until(what: string, ask: () => boolean): Promise<boolean> {
    return eventually(what, ask, 30_000, 5);
  }

  #receive(value: unknown): void {
    this.said.push(JSON.stringify(value));
    const message = fromRunner.parse(value);
    const known = 'run' in message ? this.#runs.get(message.run) : undefined;
    if (known === undefined) return void this.others.push(message);
    const { run, options } = known;
    if (message.kind === 'publish') this.#publish(message, options);
    if (message.kind === 'commit' || message.kind === 'publish' || message.kind === 'export') {
      if (options.acknowledge?.(message) !== false) this.send({ kind: 'committed', run: run.id, seq: message.seq });
    }
    if (message.kind === 'ask') {
      if (options.answer === undefined) run.fail(new Error(`Nobody answers the question: ${message.about}, ${message.message}`));
      const answer = options.answer?.(message);
      if (answer !== undefined) this.send({ kind: 'answer', run: run.id, ask: message.ask, answer });
    }
    run.receive(message);
  }

  #publish({ run, file, to }: Message<'publish'>, options: RunOptions): void {
    const from = path.join(options.surroundings?.runFolder ?? this.workspace.file('runs', String(run)), file);
    const target = this.workspace.file(to);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(from, target);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.#end();
    assertNoSecrets(this.workspace.folder, 'profiles', [...this.said, this.stderr]);
  }

  async #end(): Promise<void> {
    const exit = once(this.process, 'exit');
    if (this.process.connected) this.send({ kind: 'shutdown' });
    else this.process.kill('SIGTERM');
    await eventually('the runner ends', () => this.process.exitCode !== null || this.process.signalCode !== null, 20_000);
    await exit;
    if (this.stderr !== '') throw new Error(`The runner's process complained: ${this.stderr}`);
  }
}
