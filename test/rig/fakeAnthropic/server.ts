import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Ledger, type Asked, type Faults, type FakeState } from './ledger.ts';
import { eventsOf, messageOf, newId, type StreamEvent } from './message.ts';
import { readRequest } from './request.ts';
import { readScript, type Answer, type Script, type WholeError } from './script.ts';

/** A Messages API on the loopback, so that the real CLI runs offline, does what a script says, and can be judged by what it sent. */
export interface FakeAnthropic extends AsyncDisposable {
  readonly url: string;
  /** Those to `/v1/messages`, in the order they came. */
  readonly asked: readonly Asked[];
  state(): FakeState;
  /** Takes another script, and forgets what came. */
  load(script: Script): void;
}

/** Answers "ok" to everything. */
export const saysOk: Script = { rules: [{ name: 'ok' }] };

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

export async function fakeAnthropic(script: Script = saysOk): Promise<FakeAnthropic> {
  let ledger = new Ledger(readScript(script));
  const server = http.createServer((request, response) => {
    const { problems } = ledger;
    handle(ledger, request, response).catch((error: unknown) => {
      // A client that ends may leave in the middle of a request.
      if (!request.complete) return;
      problems.push(String(error));
      if (response.headersSent) response.destroy();
      else refuse(response, 400, String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server of the fake API has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    get asked() {
      return ledger.asked;
    },
    state: () => ledger.state(),
    load: (next) => {
      ledger = new Ledger(readScript(next));
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Fails unless all went as the script says. */
export function assertNoFaults({ unmatched, problems, missed, unofferedCalls, otherPaths }: Faults): void {
  const none = { unmatched: [], problems: [], missed: [], unofferedCalls: [], otherPaths: [] };
  assert.deepEqual({ unmatched, problems, missed, unofferedCalls, otherPaths }, none, 'what the client asked of the API');
}

async function handle(ledger: Ledger, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { method = '', url = '/', headers } = request;
  const { pathname } = new URL(url, 'http://127.0.0.1');
  const route = `${method} ${pathname}`;
  if (route === 'HEAD /' || route === 'GET /') return void response.writeHead(200).end();
  if (route === 'GET /v1/models') return sendJson(response, 200, { data: [], has_more: false, first_id: null, last_id: null });
  if (route !== 'POST /v1/messages' && route !== 'POST /v1/messages/count_tokens') {
    ledger.otherPaths.push(route);
    return refuse(response, 404, `there is no ${route}`);
  }
  const body: unknown = await readJson(request);
  const { requireKey } = ledger.script;
  if (requireKey !== undefined && keyOf(headers) !== requireKey) return refuse(response, 401, 'invalid x-api-key');
  if (pathname.endsWith('/count_tokens')) return sendJson(response, 200, { input_tokens: Math.ceil(JSON.stringify(body).length / 4) });
  const reading = readRequest(body);
  if ('problem' in reading) {
    ledger.problems.push(reading.problem);
    return refuse(response, 400, reading.problem);
  }
  const { asked, answer } = ledger.add(reading.request);
  if (answer === undefined) return refuse(response, 400, 'no rule of the script matches this request');
  const calls = answer.content?.flatMap((part) => (part.type === 'tool_use' ? [part.name] : [])) ?? [];
  ledger.unofferedCalls.push(...calls.filter((name) => !reading.request.tools.has(name)));
  await respond(response, answer, asked);
}

async function respond(response: http.ServerResponse, answer: Answer, asked: Asked): Promise<void> {
  const { request } = asked;
  const began = performance.now();
  const gone = new AbortController();
  let cut = false;
  response.on('close', () => {
    if (!response.writableEnded && !cut) asked.clientGoneAfterMs = performance.now() - began;
    gone.abort();
  });
  await pause(answer.delayMs, gone.signal);
  if (answer.hang || gone.signal.aborted) return;
  const { error } = answer;
  if (error !== undefined && 'status' in error) return sendError(response, error);
  const message = messageOf(answer, request);
  if (!request.stream) return sendJson(response, 200, message);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'request-id': newId('req') });
  // Waits until the event is on its way: a connection that is cut loses what is not.
  const send = (event: StreamEvent) =>
    new Promise<void>((resolve) => {
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, () => resolve());
    });
  let sent = 0;
  for (const event of eventsOf(message, answer.chunkSize)) {
    await send(event);
    sent += 1;
    if (error !== undefined && error.midStream === sent) {
      await send({ type: 'error', error: { type: error.type, message: error.message } });
      break;
    }
    cut = answer.dropAfter === sent;
    if (cut) return void response.destroy();
    if (answer.hangAfter === sent) return;
    await pause(answer.chunkDelayMs, gone.signal);
    if (gone.signal.aborted) return;
  }
  response.end();
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal }).catch(() => undefined);
}

function sendError(response: http.ServerResponse, { status, type, message, headers, raw }: WholeError): void {
  if (raw === undefined) refuse(response, status, message, { type, headers });
  else response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(raw);
}

interface Wishes {
  /** The API's own for the status, if undefined. */
  type: string | undefined;
  headers: Readonly<Record<string, string>>;
}

function refuse(
  response: http.ServerResponse,
  status: number,
  message: string,
  { type, headers }: Wishes = { type: undefined, headers: {} },
) {
  sendJson(response, status, { type: 'error', error: { type: type ?? errorTypes[status] ?? 'api_error', message } }, headers);
}

function sendJson(response: http.ServerResponse, status: number, body: object, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': newId('req'), ...headers });
  response.end(JSON.stringify(body));
}

function keyOf(headers: http.IncomingHttpHeaders): string {
  const key = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /i, '');
  return typeof key === 'string' ? key : '';
}
