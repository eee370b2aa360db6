import assert from 'node:assert/strict';
import * as path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { CallToolResult, Transport } from '@modelcontextprotocol/client';
import * as esbuild from 'esbuild';
import type { ApiScope } from '../../../src/protocol/api.ts';
import { createMcpHttp } from '../../../src/server/mcp/mcpHttp.ts';
import { logInto } from '../files/rig.ts';
import { build } from '../store/rig.ts';
import { localServer } from '../../rig/localServer.ts';
import type { LocalServerRig, LocalServerWishes } from '../../rig/localServer.ts';

/** How a client opens the conversation: with `initialize`, or with `server/discover`. */
export const eras = ['2025-11-25', '2026-07-28'] as const;
export type Era = (typeof eras)[number];

export interface McpRig extends AsyncDisposable {
  server: LocalServerRig;
  /** What the MCP server logged. */
  log: string[];
  url: URL;
  token(scopes: readonly ApiScope[], name?: string): Promise<string>;
  connect(scopes: readonly ApiScope[], name?: string, era?: Era): Promise<McpClient>;
}

export interface McpClient extends AsyncDisposable {
  client: Client;
  /** The answer of a tool, which must be the same in both of its forms; fails when it is an error. */
  ask(name: string, input?: Record<string, unknown>): Promise<Answer>;
  /** The error that a tool answers. */
  refused(name: string, input?: Record<string, unknown>): Promise<{ text: string; error: Answer }>;
  call(name: string, input?: Record<string, unknown>): Promise<CallToolResult>;
}

// Answers differ from tool to tool: what a test says of one is checked by its assertions.
// oxlint-disable-next-line typescript/no-explicit-any
export type Answer = Record<string, any>;

export async function connectTo(transport: Transport, era: Era): Promise<McpClient> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: era === '2025-11-25' ? 'legacy' : { pin: era } } },
  );
  await client.connect(transport);
  const call = async (name: string, input: Record<string, unknown> = {}) => await client.callTool({ name, arguments: input });
  return {
    client,
    call,
    async ask(name, input) {
      const result = await call(name, input);
      assert.notEqual(result.isError, true, `${name}: ${JSON.stringify(result.content)}`);
      const [block] = result.content;
      assert.ok(block?.type === 'text' && result.content.length === 1, `${name} answers one text`);
      assert.deepEqual(JSON.parse(block.text), result.structuredContent, name);
      return Object(result.structuredContent);
    },
    async refused(name, input) {
      const result = await call(name, input);
      assert.equal(result.isError, true, `${name}: ${JSON.stringify(result.content)}`);
      const [block] = result.content;
      assert.ok(block?.type === 'text', `${name} answers a text`);
      return { text: block.text, error: Object(result.structuredContent).error };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** The real server with MCP in it, over a database of its own. */
export async function mcpServer(wishes: LocalServerWishes & { tools?: 'core' | 'all' } = {}): Promise<McpRig> {
  const log: string[] = [];
  const mcp = createMcpHttp({ tools: () => wishes.tools ?? 'all', version: '1.2.3', log: logInto(log) });
  const server = await localServer({ ...wishes, mcp });
  const url = new URL('/mcp', server.origin);
  const token = (scopes: readonly ApiScope[], name = 'claude') => server.token(scopes, { name });
  return {
    server,
    log,
    url,
    token,
    async connect(scopes, name, era = '2026-07-28') {
      const headers = { Authorization: `Bearer ${await token(scopes, name)}` };
      return await connectTo(new StreamableHTTPClientTransport(url, { requestInit: { headers } }), era);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

let building: Promise<string> | undefined;

/** The server as a program, bundled once per test process as `esbuild.mjs` does it, with the storage thread beside it. */
export function stdioProgram(): Promise<string> {
  building ??= (async () => {
    const { folder } = await build();
    const outfile = path.join(folder, 'mcpStdio.js');
    await esbuild.build({
      entryPoints: [path.join(process.cwd(), 'src/composeStdio.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      mainFields: ['module', 'main'],
      sourcemap: 'inline',
      logLevel: 'error',
    });
    return outfile;
  })();
  return building;
}
