import { randomBytes, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createApi } from '../../src/app/api.ts';
import type { Api } from '../../src/app/api.ts';
import type { FileOperations } from '../../src/app/fileOperations.ts';
import type { JobEngine } from '../../src/app/jobs/jobEngine.ts';
import type { Store } from '../../src/app/ports.ts';
import { createProjectOperations } from '../../src/app/projectOperations.ts';
import { freeWorkflow } from '../../src/core/workflow.ts';
import type { Workflow } from '../../src/core/workflow.ts';
import type { ApiScope } from '../../src/protocol/api.ts';
import { trafficLimits } from '../../src/server/limits.ts';
import type { TrafficLimits } from '../../src/server/limits.ts';
import { createLocalServer } from '../../src/server/localServer.ts';
import type { LocalServer, LocalServerHandlers } from '../../src/server/localServer.ts';
import type { ClientRecord, LocalServerDeps, TokenVault } from '../../src/server/ports.ts';
import { Emitter } from '../../src/util/emitter.ts';
import { library } from '../adapter/files/catalogRig.ts';
import type { Library } from '../adapter/files/catalogRig.ts';
import { logInto } from '../adapter/files/rig.ts';

/** A vault that forgets everything with its test. */
export interface MemoryVault extends TokenVault {
  readonly key: Uint8Array;
}

export function memoryVault(): MemoryVault {
  const key = new Uint8Array(randomBytes(32));
  const records = new Map<string, ClientRecord>();
  const changed = new Emitter<void>();
  return {
    key,
    signingKey: () => Promise.resolve(key),
    clients: () => Promise.resolve([...records.values()]),
    onDidChange: changed.event,
    put(client) {
      records.set(client.id, client);
      changed.fire();
      return Promise.resolve();
    },
    remove(id) {
      records.delete(id);
      changed.fire();
      return Promise.resolve();
    },
  };
}

export interface LocalServerRig extends AsyncDisposable {
  readonly server: LocalServer;
  readonly origin: string;
  readonly port: number;
  readonly vault: MemoryVault;
  readonly store: Store;
  readonly files: FileOperations;
  readonly library: Library;
  /** The workspace folder that is served. */
  readonly folder: string;
  /** Key of that folder. */
  readonly key: string;
  readonly api: Api;
  /** Rules of the folder; set them through the API. */
  readonly workflow: Workflow;
  /** Warnings and errors of the server. */
  readonly complaints: string[];
  /** Moves the server's clock forward, in milliseconds. */
  pass(ms: number): void;
  /** A client of the folder; `more` says what is different about it. */
  client(scopes: readonly ApiScope[], more?: Partial<ClientRecord>): Promise<ClientRecord>;
  /** A token of a new client, `test client` unless named. */
  token(scopes: readonly ApiScope[], more?: Partial<ClientRecord>): Promise<string>;
}

export interface LocalServerWishes extends Partial<LocalServerHandlers> {
  traffic?: Partial<TrafficLimits>;
  allowedOrigins?: readonly string[];
  port?: number;
  /** Files in the home and workspace folders, by path below them: `repo/app/CLAUDE.md`. */
  content?: Readonly<Record<string, string>>;
  /** The jobs of the folder; none can run unless given. */
  jobs?(store: Store, folder: string): Promise<JobEngine>;
  /** More for the server, or other things: what is given last is taken. */
  deps?: Partial<LocalServerDeps>;
}

/** Answers whom it took the visitor for. */
export const whoAmI: LocalServerHandlers['rest'] = (request, response, { client }) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ code: 'ok', data: { client: client.name, path: request.url }, message: '' }));
  return Promise.resolve();
};

/**
 * The real server over a real database and real files in a folder of its own, already listening. `rest` and `mcp` answer with the name of the client
 * unless they are given.
 */
export async function localServer(wishes: LocalServerWishes = {}): Promise<LocalServerRig> {
  const shelf = await library(wishes.content);
  const store = await shelf.openStore();
  const { folder } = shelf.rig.places;
  const { jobs } = wishes;
  let workflow = freeWorkflow;
  const project = createProjectOperations({
    name: 'app',
    folder,
    rules: {
      read: () => workflow,
      update(rules) {
        workflow = { ...workflow, ...rules };
        store.setWorkflow(workflow);
        return Promise.resolve();
      },
    },
    async look(path) {
      const real = await fs.promises.realpath(path).catch(() => null);
      if (real === null) return null;
      const stats = await fs.promises.stat(real);
      return { real, kind: stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'other' };
    },
    ...(jobs === undefined ? {} : { jobs: () => jobs(store, folder) }),
  });
  const api = createApi('app', { store: () => Promise.resolve(store), files: () => Promise.resolve(shelf.operations), project });
  const vault = memoryVault();
  const complaints: string[] = [];
  const key = 'folder-app';
  let passed = 0;
  const now = () => Date.now() + passed;
  const server = createLocalServer(
    {
      folders: () => [{ key, api }],
      vault,
      port: () => wishes.port ?? 0,
      allowedOrigins: () => wishes.allowedOrigins ?? [],
      clock: { now },
      log: logInto(complaints),
      ...wishes.deps,
    },
    { rest: wishes.rest ?? whoAmI, mcp: wishes.mcp ?? whoAmI },
    { ...trafficLimits, ...wishes.traffic },
  );
  const origin = await server.start().catch(async (error: unknown) => {
    await shelf[Symbol.asyncDispose]();
    throw error;
  });
  const client = async (scopes: readonly ApiScope[], more: Partial<ClientRecord> = {}): Promise<ClientRecord> => {
    const record = { id: randomUUID(), name: 'test client', scopes, folder: key, createdAt: now(), expiresAt: null, ...more };
    await vault.put(record);
    return record;
  };
  return {
    server,
    origin,
    port: Number(new URL(origin).port),
    vault,
    store,
    files: shelf.operations,
    library: shelf,
    folder,
    key,
    api,
    get workflow() {
      return workflow;
    },
    complaints,
    pass(ms) {
      passed += ms;
    },
    client,
    token: async (scopes, more) => await server.issue(await client(scopes, more)),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await shelf[Symbol.asyncDispose]();
    },
  };
}
