import * as path from 'node:path';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JobEngine } from '../../../src/app/jobs/jobEngine.ts';
import { createJobRunner } from '../../../src/jobs/runnerProcess.ts';
import type { ApiScope } from '../../../src/protocol/api.ts';
import { createMcpHttp } from '../../../src/server/mcp/mcpHttp.ts';
import { createRest } from '../../../src/server/rest/rest.ts';
import { assertNoSecrets } from '../../rig/canaries.ts';
import { findChromium } from '../../rig/ensurePrograms.mjs';
import { localServer } from '../../rig/localServer.ts';
import type { LocalServerRig } from '../../rig/localServer.ts';
import { startSite } from '../../rig/sites/site.ts';
import type { Site } from '../../rig/sites/site.ts';
import { logInto } from '../files/rig.ts';
import { browserArguments, putJob, rigEngine } from '../jobs/engineRig.ts';
import type { RiggedEngine } from '../jobs/engineRig.ts';
import { connectTo } from './mcpRig.ts';
import type { Era, McpClient } from './mcpRig.ts';
import { restClient } from './restRig.ts';
import type { RestClient } from './restRig.ts';

export interface ServedJobs extends AsyncDisposable {
  readonly server: LocalServerRig;
  readonly engine: JobEngine;
  readonly site: Site;
  /** What the user has agreed to in the window. */
  readonly agreed: Set<string>;
  put(job: string, text: string): void;
  rest(scopes: readonly ApiScope[], name?: string): Promise<RestClient>;
  mcp(scopes: readonly ApiScope[], era?: Era): Promise<McpClient>;
}

/** The real server before the real engine, its process and Chromium, as a window puts them together. */
export async function servedJobs(): Promise<ServedJobs> {
  // Where there is a screen, a window would be opened for whoever is to sign in.
  delete process.env['DISPLAY'];
  delete process.env['WAYLAND_DISPLAY'];
  const log = logInto([]);
  const runner = createJobRunner({ file: path.join(process.cwd(), 'dist/jobRunner.js'), log });
  const site = await startSite();
  const agreed = new Set([site.host]);
  let rigged: RiggedEngine | undefined;
  const engineOf = (store: LocalServerRig['store'], folder: string): JobEngine => {
    const has = (what: string) => agreed.has(what);
    rigged ??= rigEngine({ runner, store, folder, browserArguments, executable: findChromium() ?? '', agreed: has });
    return rigged.engine;
  };
  const server = await localServer({
    rest: createRest({ version: '1.2.3', log }),
    mcp: createMcpHttp({ tools: () => 'all', version: '1.2.3', log }),
    jobs: (store, folder) => Promise.resolve(engineOf(store, folder)),
  });
  return {
    server,
    engine: engineOf(server.store, server.folder),
    site,
    agreed,
    put: (job, text) => putJob(server.folder, job, text),
    rest: async (scopes, name = 'a script') => restClient(server.origin, await server.token(scopes, { name })),
    async mcp(scopes, era = '2026-07-28') {
      const headers = { Authorization: `Bearer ${await server.token(scopes, { name: 'claude' })}` };
      const url = new URL('/mcp', server.origin);
      return await connectTo(new StreamableHTTPClientTransport(url, { requestInit: { headers } }), era);
    },
    async [Symbol.asyncDispose]() {
      await rigged?.[Symbol.asyncDispose]();
      await runner.close();
      runner.dispose();
      assertNoSecrets(server.folder, '.profiles');
      await server[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}
