import { randomBytes, randomUUID } from 'node:crypto';
import { createApi } from '../../src/app/api.ts';
import type { Log, Store } from '../../src/app/ports.ts';
import { createProjectOperations } from '../../src/app/projectOperations.ts';
import { freeWorkflow } from '../../src/core/workflow.ts';
import { lookAt } from '../../src/files/lookAt.ts';
import { trafficLimits } from '../../src/server/limits.ts';
import { createLocalServer } from '../../src/server/localServer.ts';
import { createMcpHttp } from '../../src/server/mcp/mcpHttp.ts';
import { createRest } from '../../src/server/rest/rest.ts';

export interface ServedStore extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Of the clients, in their order; each may read and write. */
  readonly tokens: readonly string[];
}

const key = 'folder';

/**
 * The local server as the product composes it, over an open store. Its clients are those named here and stay so. There are no files and no jobs.
 * How many requests a client may send is not limited: that limit is not what is measured.
 */
export async function serveStore(store: Store, folder: string, clients: readonly string[], log: Log): Promise<ServedStore> {
  const signingKey = new Uint8Array(randomBytes(32));
  const records = clients.map((name) => ({
    id: randomUUID(),
    name,
    scopes: ['read', 'write'] as const,
    folder: key,
    createdAt: Date.now(),
    expiresAt: null,
  }));
  const fixed = () => Promise.reject(new Error('the clients are fixed'));
  const project = createProjectOperations({
    name: 'bench',
    folder,
    rules: { read: () => freeWorkflow, update: fixed },
    look: lookAt,
  });
  const api = createApi('bench', {
    store: () => Promise.resolve(store),
    files: () => Promise.reject(new Error('there are no files')),
    project,
  });
  const version = '0.0.0';
  const server = createLocalServer(
    {
      folders: () => [{ key, api }],
      vault: {
        signingKey: () => Promise.resolve(signingKey),
        clients: () => Promise.resolve(records),
        onDidChange: () => ({ dispose: () => {} }),
        put: fixed,
        remove: fixed,
      },
      port: () => 0,
      allowedOrigins: () => [],
      clock: { now: () => Date.now() },
      log,
    },
    { rest: createRest({ version, log }), mcp: createMcpHttp({ version, log, tools: () => 'core' }) },
    { ...trafficLimits, requestsPerSecond: 1_000_000 },
  );
  const origin = await server.start();
  return {
    origin,
    tokens: await Promise.all(records.map((client) => server.issue(client))),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
