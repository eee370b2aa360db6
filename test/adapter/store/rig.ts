import * as assert from 'node:assert/strict';
import { fork, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as esbuild from 'esbuild';
import type { Store } from '../../../src/app/ports.ts';
import type { OperationInput, OperationName, OperationOutput } from '../../../src/protocol/operations.ts';
import type { StoreNotice, StoreState } from '../../../src/protocol/wire.ts';
import { openStore } from '../../../src/storage/storeClient.ts';
import { AppError } from '../../../src/core/appError.ts';

const root = process.cwd();

export interface Built {
  folder: string;
  workerFile: string;
  assets: string;
  childFile: string;
}

let building: Promise<Built> | undefined;

/** The real storage thread and a second process, bundled once per test process as `esbuild.mjs` does it. */
export function build(extra: Record<string, string> = {}): Promise<Built> {
  building ??= (async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-store-'));
    process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
    await esbuild.build({
      entryPoints: { storage: path.join(root, 'src/storage/worker.ts'), child: path.join(root, 'test/adapter/store/child.ts'), ...extra },
      outdir: folder,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'error',
    });
    for (const file of ['sql-wasm.js', 'sql-wasm.wasm'])
      fs.copyFileSync(path.join(root, 'node_modules/sql.js/dist', file), path.join(folder, file));
    return { folder, workerFile: path.join(folder, 'storage.js'), assets: folder, childFile: path.join(folder, 'child.js') };
  })();
  return building;
}

export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  limit = 10_000,
): Promise<T> {
  const until = performance.now() + limit;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > until) assert.fail(`not within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A workspace folder that vanishes at the end. */
export function workspace(parent = os.tmpdir()): { directory: string; dot: string; db: string } & Disposable {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(parent, 'claudetask-ws-')));
  const dot = path.join(directory, '.claudetask');
  return {
    directory,
    dot,
    db: path.join(dot, 'claudetask.db'),
    [Symbol.dispose]: () => fs.rmSync(directory, { recursive: true, force: true }),
  };
}

export interface RiggedStore extends AsyncDisposable {
  store: Store;
  notices: StoreNotice[];
  states: StoreState[];
  resets: number;
  log: string[];
}

export async function open(directory: string, other: { workerFile?: string; assets?: string } = {}): Promise<RiggedStore> {
  const built = await build();
  const log: string[] = [];
  const say = (level: string) => (message: string, cause?: unknown) =>
    void log.push(`${level} ${message}${cause instanceof Error ? ` ${cause.stack}` : ''}`);
  const store = openStore({
    directory,
    workerFile: other.workerFile ?? built.workerFile,
    assets: other.assets ?? built.assets,
    actor: { kind: 'user', name: 'tester' },
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
  });
  const rigged: RiggedStore = { store, notices: [], states: [], resets: 0, log, [Symbol.asyncDispose]: () => store.close() };
  store.onDidNotice((notice) => rigged.notices.push(notice));
  store.onDidChangeState((state) => rigged.states.push(state));
  store.onDidReset(() => rigged.resets++);
  return rigged;
}

export interface Window extends AsyncDisposable {
  process: ChildProcess;
  state: StoreState;
  notices: StoreNotice[];
  call<N extends OperationName>(name: N, input: OperationInput<N>): Promise<OperationOutput<N>>;
  createMany(prefix: string, count: number, callers: number): Promise<number>;
  exited: Promise<number | null>;
}

interface Answer {
  id?: number;
  ok?: boolean;
  value?: unknown;
  error?: ConstructorParameters<typeof AppError>[0] extends string ? Parameters<typeof AppError.fromBody>[0] : never;
  state?: StoreState;
  notice?: StoreNotice;
}

/** Another process with a Store on the same folder. */
export async function openWindow(directory: string): Promise<Window> {
  const built = await build();
  const child = fork(built.childFile, [directory, built.workerFile, built.assets], { execArgv: [] });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let lastId = 0;
  const exited = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      for (const call of waiting.values()) call.reject(new Error('the window was killed'));
      resolve(code);
    }),
  );
  const ask = (name: string, input: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      child.send({ id, name, input });
    });
  const window: Window = {
    process: child,
    state: { role: 'starting' },
    notices: [],
    call: async (name, input) => (await ask(name, input)) as never,
    createMany: async (prefix, count, callers) => Number(await ask('createMany', { prefix, count, callers })),
    exited,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      await ask('close', {}).catch(() => {});
      await exited;
    },
  };
  child.on('message', (message: Answer) => {
    if (message.state !== undefined) window.state = message.state;
    if (message.notice !== undefined) window.notices.push(message.notice);
    const call = message.id === undefined ? undefined : waiting.get(message.id);
    if (call === undefined || message.id === undefined) return;
    waiting.delete(message.id);
    if (message.ok === true) call.resolve(message.value);
    else call.reject(message.error === undefined ? new Error('no error') : AppError.fromBody(message.error));
  });
  return window;
}

/** The native program, where it is installed. */
export const hasNative = spawnSync('sqlite3', ['-version']).status === 0;

export function native(file: string, sql: string): { out: string; error: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync('sqlite3', ['-batch', file, sql], { encoding: 'utf8' });
  return { out: stdout.trim(), error: stderr.trim(), status };
}

/** Titles of all live tasks, page by page. */
export async function titles(list: (input: OperationInput<'task.list'>) => Promise<OperationOutput<'task.list'>>): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const page = await list({ offset: found.length, limit: 1000, sort: 'created' });
    found.push(...page.tasks.map((task) => task.title));
    if (page.tasks.length === 0 || found.length >= page.total) return found;
  }
}
