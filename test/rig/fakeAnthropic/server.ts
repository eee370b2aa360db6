import { once } from 'node:events';
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Answer, MessagesRequest } from './messages.ts';
import { eventsOf, readRequest } from './messages.ts';

/** A Messages API on the loopback, so that the real CLI runs offline and what it sent can be looked at. */
export interface FakeAnthropic extends AsyncDisposable {
  readonly url: string;
  /** Those to `/v1/messages`, in the order they came. */
  readonly requests: readonly MessagesRequest[];
}

/** @param answer by default the text "ok" to everything, titles and probes included. It sees the requests before this one as well. */
export async function fakeAnthropic(
  answer: (request: MessagesRequest, before: readonly MessagesRequest[]) => Answer = () => [{ type: 'text', text: 'ok' }],
): Promise<FakeAnthropic> {
  const requests: MessagesRequest[] = [];

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    const body = (await buffer(request)).toString();
    if (request.method !== 'POST' || path !== '/v1/messages') return sendJson(response, path === '/' ? 200 : 404, {});
    const asked = readRequest(body);
    const given = answer(asked, [...requests]);
    requests.push(asked);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    for (const event of eventsOf(given, asked.model)) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  }

  const server = http.createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 400, { type: 'error', error: { type: 'invalid_request_error', message: String(error) } });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server of the fake API has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function sendJson(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
