// One server of the server bench, in a process of its own: ours as the product composes it, or the peer.
import { BroadcastChannel } from 'node:worker_threads';
import fs from 'node:fs';
import path from 'node:path';
import type { Store } from '../../src/app/ports.ts';
import { obeyParent } from './obeyParent.ts';
import { serveStore, type ServedStore } from './servedStore.ts';
import { marksChannel, microseconds, type HistoryLine, type Opened, type ServerCommand, type TimedWrite } from './serverSubject.ts';
import { openFastify, type FastifyServer } from './subjects/fastify.ts';
import { quiet, startStore } from './subjects/worker.ts';
import { random } from './workload.ts';

let ours: { store: Store; served: ServedStore } | undefined;
let peer: FastifyServer | undefined;
/** When the disk had something, since the write under way was asked for. */
let flushes: number[] = [];
/** No two writes are alike: what changes nothing writes nothing. */
let written = 0;

function needStore(): Store {
  if (ours === undefined) throw new Error('only ours does that');
  return ours.store;
}

async function open({ subject, dir, worker }: Extract<ServerCommand, { do: 'open' }>): Promise<Opened> {
  if (subject === 'peer') {
    peer = await openFastify(dir);
    return { origin: peer.origin, token: peer.token };
  }
  const folder = path.join(dir, '.claudetask');
  fs.mkdirSync(folder, { recursive: true });
  fs.renameSync(path.join(dir, 'seed.db'), path.join(folder, 'claudetask.db'));
  const marks = new BroadcastChannel(marksChannel);
  marks.addEventListener('message', (event) => {
    flushes.push(Number((event as MessageEvent<unknown>).data));
  });
  marks.unref();
  const store = await startStore(dir, worker);
  const served = await serveStore(store, dir, ['bench'], quiet);
  ours = { store, served };
  const [token = ''] = served.tokens;
  return { origin: served.origin, token };
}

async function history(id: number): Promise<HistoryLine[]> {
  if (peer !== undefined) return peer.history(id);
  const { entries } = await needStore().call('task.history', { id, limit: 100 });
  return entries.map(({ revision, operation, actor, changes, comment }) => ({ revision, operation, actor, changes, comment }));
}

async function writes(count: number, pauseMs: number): Promise<TimedWrite[]> {
  const store = needStore();
  const done: TimedWrite[] = [];
  while (done.length < count) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    flushes = [];
    const asked = microseconds();
    const { revision } = await store.call('task.update', { id: 1 + (written % 1000), patch: { estimate: 1 + (written++ % 99_999) } });
    const answered = microseconds();
    // The mark comes another way than the answer, and may come after it.
    while (!flushes.some((at) => at > asked)) await new Promise(setImmediate);
    done.push({ revision, asked, flushed: flushes.find((at) => at > asked) ?? Number.NaN, answered });
  }
  return done;
}

async function similar(count: number, seed: number): Promise<Float64Array> {
  const store = needStore();
  const { total } = await store.call('task.list', { limit: 1 });
  const next = random(seed);
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const id = 1 + Math.floor(next() * total);
    const began = performance.now();
    await store.call('task.similar', { id });
    times[i] = performance.now() - began;
  }
  return times;
}

obeyParent(async (command: ServerCommand): Promise<unknown> => {
  switch (command.do) {
    case 'open':
      return await open(command);
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return user + system;
    }
    case 'history':
      return await history(command.id);
    case 'writes':
      return await writes(command.count, command.pauseMs);
    case 'similar':
      return await similar(command.count, command.seed);
    case 'idle':
      // A log above 16 MB is moved 50 ms after the last commit.
      await new Promise((resolve) => setTimeout(resolve, 60));
      return undefined;
    case 'close':
      await peer?.close();
      await ours?.served[Symbol.asyncDispose]();
      await ours?.store.close();
      return undefined;
  }
});
