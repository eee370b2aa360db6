import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Store } from '../../../src/app/ports.ts';
import type { WebhookDelivery } from '../../../src/protocol/webhook.ts';
import type { WebhookSenderDeps } from '../../../src/server/webhooks/ports.ts';
import { WebhookSender } from '../../../src/server/webhooks/webhookSender.ts';
import { FakeTime } from '../../rig/fakeTime.ts';
import { eventually, open, workspace } from '../store/rig.ts';

export const secret = 'c2VjcmV0LW9mLXRoaXJ0eS10d28tYnl0ZXMtYXQtbGVhc3Q';

export interface Received {
  headers: http.IncomingHttpHeaders;
  body: string;
  message: { id: string; revision: number; event: string; at: number; data: { tasks: { title: string; status: string }[] } };
}

type Answer = (response: http.ServerResponse, received: Received) => void;
export const status =
  (code: number, headers: http.OutgoingHttpHeaders = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(body);

/** A program that is told of events. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on; 204 at first. */
  answer: Answer;
  /** Nobody listens any more, at the same address, until it is started again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  let server: http.Server | undefined;
  let port = 0;
  const receiver: Receiver = {
    get url() {
      return `http://127.0.0.1:${port}/hook`;
    },
    received: [],
    answer: status(204),
    async start() {
      server = http.createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8');
        request.on('data', (part: string) => (body += part));
        request.on('end', () => {
          const received = { headers: request.headers, body, message: JSON.parse(body) as Received['message'] };
          receiver.received.push(received);
          receiver.answer(response, received);
        });
      });
      const listening = server;
      await new Promise<void>((resolve) => listening.listen(port, '127.0.0.1', resolve));
      port = (listening.address() as AddressInfo).port;
    },
    async stop() {
      const stopping = server;
      server = undefined;
      if (stopping === undefined) return;
      const closed = new Promise((resolve) => stopping.close(resolve));
      stopping.closeAllConnections();
      await closed;
    },
    [Symbol.asyncDispose]: () => receiver.stop(),
  };
  await receiver.start();
  return receiver;
}

/** Whether a message is from who knows the secret, and not older than five minutes: as a receiver finds out. */
export function isSigned({ headers, body }: Received, now: number): boolean {
  const [, seconds, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-claudetask-signature'])) ?? [];
  if (seconds === undefined || given === undefined || Math.abs(now / 1000 - Number(seconds)) > 300) return false;
  return timingSafeEqual(Buffer.from(given, 'hex'), createHmac('sha256', secret).update(`${seconds}.${body}`).digest());
}

export interface Sending extends AsyncDisposable {
  readonly sender: WebhookSender;
  readonly time: FakeTime;
  readonly log: string[];
  /** Names of the operations that it has called. */
  readonly calls: string[];
}

/** A window that sends, with a clock of its own. */
export function startSending(store: Store, more: Partial<WebhookSenderDeps> = {}, time = new FakeTime(Date.now())): Sending {
  const log: string[] = [];
  const calls: string[] = [];
  const say = (level: string) => (message: string, cause?: unknown) =>
    void log.push(`${level} ${message} ${cause instanceof Error ? cause.stack : ''}`);
  const call: Store['call'] = (name, input, options) => {
    calls.push(name);
    return store.call(name, input, options);
  };
  const counted = new Proxy(store, {
    get: (target, name) => {
      if (name === 'call') return call;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const sender = new WebhookSender({
    store: counted,
    secretOf: () => Promise.resolve(secret),
    worker: randomUUID(),
    version: '1.2.3',
    clock: time.clock,
    timers: time.timers,
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    fetch: globalThis.fetch,
    random: () => 0.5,
    ...more,
  });
  sender.start();
  return { sender, time, log, calls, [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose]() };
}

export async function addWebhook(store: Store, url: string, events: string[] = ['task.*']): Promise<number> {
  const { webhook } = await store.call('webhook.add', { url, events });
  if (webhook === null) throw new Error('no webhook was added');
  return webhook.id;
}

export async function deliveriesOf(store: Store, id = 1): Promise<WebhookDelivery[]> {
  return (await store.call('webhook.deliveries', { id, limit: 200 })).deliveries.reverse();
}

/** What waits after this many attempts that failed. */
export function missed(store: Store, attempts: number, id = 1): Promise<WebhookDelivery> {
  return eventually(`attempt ${attempts} failed`, async () =>
    (await deliveriesOf(store, id)).find((one) => one.state === 'pending' && one.attempts === attempts),
  );
}

/** The time of its next attempt comes. */
export async function letPass({ time }: Sending, { nextAttempt }: WebhookDelivery): Promise<void> {
  await time.pass(Math.max(0, (nextAttempt ?? 0) - time.clock.now()));
}

export interface Rig extends AsyncDisposable {
  directory: string;
  store: Store;
  receiver: Receiver;
}

export async function rig(): Promise<Rig> {
  const folder = workspace();
  const { directory } = folder;
  const { store } = await open(directory);
  await eventually('the database is ours', () => store.state.role === 'owner');
  const receiver = await openReceiver();
  return {
    directory,
    store,
    receiver,
    async [Symbol.asyncDispose]() {
      await receiver.stop();
      await store.close();
      folder[Symbol.dispose]();
    },
  };
}

export const create = async (store: Store, title: string) => (await store.call('task.create', { title })).revision;
export const titles = ({ received }: Receiver) => received.map(({ message }) => message.data.tasks[0]?.title);
export const keys = ({ received }: Receiver) => received.map(({ message }) => message.id);
export const count = (receiver: Receiver, n: number) => eventually(`${n} messages`, () => receiver.received.length >= n);
export const settled = (store: Store, n: number, id = 1) =>
  eventually(`${n} deliveries are over`, async () => {
    const over = (await deliveriesOf(store, id)).filter(({ state }) => state !== 'pending');
    return over.length >= n && over;
  });
export const logged = ({ log }: Sending, pattern: RegExp) => eventually(String(pattern), () => log.some((line) => pattern.test(line)));
