/** The server under soak, in a process of its own: the local server over the store, with nothing else in its heap. */
import * as path from 'node:path';
import { inspect } from 'node:util';
import type { Store } from '../../../src/app/ports.ts';
import { openStore } from '../../../src/storage/storeClient.ts';
import { obeyParent } from '../../bench/obeyParent.ts';
import { serveStore } from '../../bench/servedStore.ts';
import type { ServedStore } from '../../bench/servedStore.ts';

export type SoakCommand =
  | { do: 'open'; directory: string; clients: string[] }
  /** After a garbage collection, in bytes. */
  | { do: 'memory' }
  /** Stops the server, answers what is wrong with the audit log, and closes the database. */
  | { do: 'finish' }
  | { do: 'close' };

export interface SoakServer {
  origin: string;
  tokens: readonly string[];
}

export interface SoakMemory {
  heap: number;
  external: number;
  resident: number;
}

export interface SoakEnd {
  auditProblems: unknown[];
  complaints: string[];
}

let store: Store | undefined;
let served: ServedStore | undefined;
const complaints: string[] = [];
const quiet = () => {};
const complain = (message: string, error?: unknown) => {
  if (complaints.length < 100) complaints.push(error === undefined ? message : `${message} ${inspect(error)}`);
};
const log = { debug: quiet, info: quiet, warn: complain, error: complain };

async function open(directory: string, clients: string[]): Promise<SoakServer> {
  store = openStore({
    directory,
    workerFile: path.join(__dirname, 'storage.js'),
    assets: __dirname,
    actor: { kind: 'user', name: 'soak' },
    log,
  });
  served = await serveStore(store, directory, clients, log);
  return { origin: served.origin, tokens: served.tokens };
}

async function memory(): Promise<SoakMemory> {
  // Finalizers run in turns of their own, and may let go of more.
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, external, resident: rss };
}

async function finish(): Promise<SoakEnd> {
  if (store === undefined) throw new Error('nothing was opened');
  await served?.[Symbol.asyncDispose]();
  const { problems } = await store.call('audit.verify', {}, { timeout: 300_000 });
  await store.close();
  return { auditProblems: problems, complaints };
}

obeyParent(async (command: SoakCommand): Promise<unknown> => {
  switch (command.do) {
    case 'open':
      return await open(command.directory, command.clients);
    case 'memory':
      return await memory();
    case 'finish':
      return await finish();
    case 'close':
      return undefined;
  }
});
