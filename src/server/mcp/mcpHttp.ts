import type { ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { AuthInfo } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Caller } from '../../app/api.ts';
import type { Log } from '../../app/ports.ts';
import { bodyLimit } from '../limits.ts';
import type { NodeHandler } from '../nodeHandler.ts';
import type { Visit } from '../ports.ts';
import { readBody } from '../readBody.ts';
import { createMcpServer } from './mcpServer.ts';
import { createRunningCalls } from './runningCalls.ts';

export interface McpHttpDeps {
  /** Which tools clients are offered. */
  tools(): 'core' | 'all';
  /** Of the extension. */
  version: string;
  log: Log;
}

const cancellation = z.object({
  method: z.literal('notifications/cancelled'),
  params: z.object({ requestId: z.union([z.string(), z.number()]) }),
});

/** Whoever comes this way is held to the rules of the board as an agent is. */
const asAgent = ({ caller, client }: Visit): Caller => ({ actor: { kind: 'agent', name: client.name }, scopes: caller.scopes });

/**
 * MCP over streamable HTTP without sessions, for both eras of the protocol: each request has a server of its own, which knows whom it is for.
 * Nothing is kept between requests but which calls are under way.
 */
export function createMcpHttp({ tools, version, log }: McpHttpDeps): NodeHandler {
  const visits = new WeakMap<AuthInfo, Visit>();
  const running = createRunningCalls();
  const report = (error: Error) => log.debug(`MCP: ${error.message}`);
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const visit = authInfo && visits.get(authInfo);
      if (visit === undefined) throw new Error('A request came to the MCP server without a visit.');
      const track = (id: string | number) => running.begin(visit.client.id, id);
      return createMcpServer({ api: visit.api, caller: asAgent(visit), tools: tools(), version, track, log });
    },
    { onerror: report, maxRequestBodySize: bodyLimit },
  );
  const serve = toNodeHandler(handler, { onerror: (error) => log.error('An MCP request failed', error), maxRequestBodySize: bodyLimit });

  return async (request, response, visit) => {
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      return refuse(response, 405, -32_000, 'MCP is served without sessions here: send POST requests.');
    }
    const body = parsed((await readBody(request)).toString('utf8'));
    if (body === undefined) return refuse(response, 400, -32_700, 'Parse error: the body is not JSON.');
    const cancelled = cancellation.safeParse(body);
    if (cancelled.success) running.cancel(visit.client.id, cancelled.data.params.requestId);
    const auth: AuthInfo = { token: '', clientId: visit.client.id, scopes: [...visit.caller.scopes] };
    visits.set(auth, visit);
    const { url = '/', headers } = request;
    await serve({ method: 'POST', url, headers, auth, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() }, response, body);
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, code: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));
}
