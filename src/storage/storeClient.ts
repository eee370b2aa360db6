import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { CallOptions, Log, Store } from '../app/ports.ts';
import type { Actor } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import type { Workflow } from '../core/workflow.ts';
import { freeWorkflow } from '../core/workflow.ts';
import type { OperationInput, OperationName, OperationOutput } from '../protocol/operations.ts';
import type { Reply, StoreEvent, StoreNotice, StoreState } from '../protocol/wire.ts';
import { Emitter } from '../util/emitter.ts';
import { ShortLived } from '../util/shortLived.ts';
import { areOwnerMessages, joinMessages, parseJson, perTurn } from './channel.ts';
import type { CallerMessage, OwnerMessage } from './channel.ts';

export interface StoreDeps {
  /** The workspace folder. */
  directory: string;
  /** The bundle of `worker.ts`. */
  workerFile: string;
  /** Folder with `sql-wasm.js` and `sql-wasm.wasm` as sql.js ships them. */
  assets: string;
  /** Whose calls these are unless a call says otherwise. */
  actor: Actor;
  log: Log;
}

/** What the storage thread is started with. */
export interface StoreThreadData {
  task: 'store';
  directory: string;
  assets: string;
}

interface Pending {
  message: CallerMessage;
  /** Sent to how many threads: a call that two threads died of is not tried again. */
  tries: number;
  // Written as methods, so that a promise of any one output fits in.
  resolve(value: unknown): void;
  reject(error: AppError): void;
}

const defaultTimeout = 30_000;
/** Waiting times before the thread is started again after the second, third … crash within a minute. */
const restartDelays = [0, 1000, 2000, 5000, 10_000, 30_000];
const crashMemory = 60_000;
const closeLimit = 10_000;

const closedError = () => new AppError('store.unavailable', 'The task database of this folder is closed. Open the folder again to use it.');

/** Starts the storage thread of one workspace folder. Answers at once; calls wait until the database is open. */
export function openStore(deps: StoreDeps): Store {
  const changeState = new Emitter<StoreState>();
  const change = new Emitter<StoreEvent>();
  const reset = new Emitter<void>();
  const notice = new Emitter<StoreNotice>();
  const pending = new ShortLived<Pending>();
  const crashes: number[] = [];
  let state: StoreState = { role: 'starting' };
  let workflow: Workflow = freeWorkflow;
  let lastId = 0;
  let worker: Worker | undefined;
  let restart: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const post = perTurn((messages) => worker?.postMessage(joinMessages(messages)));
  const send = (message: CallerMessage) => post(JSON.stringify(message));

  function setState(next: StoreState): void {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    changeState.fire(next);
  }

  function settle(id: number, reply: Reply): void {
    const entry = pending.take(id);
    if (entry === undefined) return;
    if (reply.ok) entry.resolve(reply.value);
    else entry.reject(AppError.fromBody(reply.error));
  }

  function receive(message: OwnerMessage): void {
    switch (message.kind) {
      case 'reply':
        return settle(message.id, message.reply);
      case 'event':
        return change.fire(message.event);
      case 'reset':
        return reset.fire();
      case 'state':
        return setState(message.state);
      case 'notice':
        return notice.fire(message.notice);
      case 'log':
        return deps.log[message.level](message.message);
      default:
        return undefined;
    }
  }

  /** One listener that throws must not keep the rest of the batch from arriving. */
  function receiveAll(text: unknown): void {
    const messages = parseJson(String(text));
    if (!areOwnerMessages(messages)) throw new Error('The storage thread sent something that is no list of messages.');
    for (const message of messages) {
      try {
        receive(message);
      } catch (error) {
        deps.log.error('A listener of the task database failed', error);
      }
    }
  }

  function start(): void {
    const data: StoreThreadData = { task: 'store', directory: deps.directory, assets: deps.assets };
    const thread = new Worker(deps.workerFile, { workerData: data, name: 'claudetask storage' });
    worker = thread;
    thread.on('message', receiveAll);
    thread.on('error', (error) => deps.log.error('The storage thread failed', error));
    thread.on('exit', () => {
      if (worker === thread) ended();
    });
    send({ kind: 'workflow', workflow });
    for (const entry of pending.values()) {
      entry.tries++;
      send(entry.message);
    }
  }

  function ended(): void {
    worker = undefined;
    if (closing !== undefined) return;
    const now = Date.now();
    crashes.push(now);
    while (crashes[0] !== undefined && crashes[0] < now - crashMemory) crashes.shift();
    const delay = restartDelays[Math.min(crashes.length, restartDelays.length) - 1] ?? 0;
    const error = new AppError(
      'store.unavailable',
      'The thread that holds the task database stopped unexpectedly and is being started again. Try again in a moment; the log says why.',
    );
    for (const id of pending.keys()) {
      if (delay > 0 || (pending.get(id)?.tries ?? 0) > 1) settle(id, { ok: false, error: error.toBody() });
    }
    setState(delay > 0 ? { role: 'failed', error: error.toBody() } : { role: 'starting' });
    restart = setTimeout(() => {
      restart = undefined;
      setState({ role: 'starting' });
      start();
      reset.fire();
    }, delay);
  }

  function call<N extends OperationName>(name: N, input: OperationInput<N>, options: CallOptions = {}): Promise<OperationOutput<N>> {
    const { signal, timeout = defaultTimeout } = options;
    if (closing !== undefined) return Promise.reject(closedError());
    if (signal?.aborted === true) return Promise.reject(new AppError('cancelled', `${name} was cancelled.`));
    if (worker === undefined && state.role === 'failed') return Promise.reject(AppError.fromBody(state.error));
    return new Promise<OperationOutput<N>>((resolve, reject) => {
      const id = ++lastId;
      const giveUp = (error: AppError) => {
        send({ kind: 'cancel', id });
        settle(id, { ok: false, error: error.toBody() });
      };
      const timer = setTimeout(
        () =>
          giveUp(
            new AppError('timeout', `${name} got no answer within ${timeout / 1000} s. It may still happen; look before you try again.`),
          ),
        timeout,
      );
      const abort = () => giveUp(new AppError('cancelled', `${name} was cancelled.`));
      signal?.addEventListener('abort', abort, { once: true });
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      const entry: Pending = {
        message: { kind: 'call', id, requestId: randomUUID(), operation: name, input, actor: options.actor ?? deps.actor },
        tries: worker === undefined ? 0 : 1,
        resolve: (value: OperationOutput<N>) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      pending.add(id, entry);
      if (worker !== undefined) send(entry.message);
    });
  }

  async function close(): Promise<void> {
    if (restart !== undefined) clearTimeout(restart);
    const thread = worker;
    if (thread !== undefined) {
      const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      send({ kind: 'close' });
      // A thread that hangs is ended; the kernel frees its lock, and what it had acknowledged is on disk.
      const timer = setTimeout(() => void thread.terminate(), closeLimit);
      await exited;
      clearTimeout(timer);
    }
    for (const id of pending.keys()) settle(id, { ok: false, error: closedError().toBody() });
    setState({ role: 'closed' });
    for (const emitter of [changeState, change, reset, notice]) emitter.dispose();
  }

  const closeOnce = () => (closing ??= close());
  start();
  return {
    get state() {
      return state;
    },
    onDidChangeState: changeState.event,
    onDidChange: change.event,
    onDidReset: reset.event,
    onDidNotice: notice.event,
    call,
    setWorkflow: (rules) => {
      workflow = rules;
      send({ kind: 'workflow', workflow });
    },
    close: closeOnce,
    dispose: () => void closeOnce().catch((error: unknown) => deps.log.error('The task database did not close cleanly', error)),
  };
}
