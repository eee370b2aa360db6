import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '../core/appError.ts';
import { Emitter } from '../util/emitter.ts';
import type { Event } from '../util/emitter.ts';
import { createDoor, loggedPath } from './door.ts';
import type { Entrance } from './door.ts';
import { createEventSockets, mayFollow } from './events.ts';
import { failure, failureOf, rawFailure, sendFailure } from './failure.ts';
import type { Failure } from './failure.ts';
import { originHeaders, preflightHeaders } from './gates.ts';
import { bodyLimit, maxConnections, securityHeaders, serverOptions, stopPatience, trafficLimits } from './limits.ts';
import type { TrafficLimits } from './limits.ts';
import type { NodeHandler } from './nodeHandler.ts';
import type { ClientRecord, LocalServerDeps } from './ports.ts';
import { createRequestLog } from './requestLog.ts';
import type { RequestLog } from './requestLog.ts';
import { createTokens } from './tokens.ts';

export interface LocalServerHandlers {
  /** Everything below `/api`. */
  rest: NodeHandler;
  /** `/mcp` */
  mcp: NodeHandler;
}

/**
 * The server for programs on this machine: REST, MCP and WebSockets on one port of 127.0.0.1. It listens to nothing before it is started, and may be
 * started again after it was stopped.
 */
export interface LocalServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; null while it does not listen. */
  readonly origin: string | null;
  /** It began to listen, or ended. */
  readonly onDidChange: Event<void>;
  readonly requests: RequestLog;
  /** Answers the origin. Throws `api.portTaken`. */
  start(): Promise<string>;
  /** Within two seconds, whoever is connected. */
  stop(): Promise<void>;
  /** A token for a client of the vault; works also while the server is off. */
  issue(client: ClientRecord): Promise<string>;
}

const nothingHere = failure(404, 'operation.unknown', 'There is nothing at this path. REST is at /api, MCP at /mcp.');

/** What Node refuses by itself, before there is a request. */
const refusedByNode: Readonly<Record<string, Failure>> = {
  HPE_HEADER_OVERFLOW: failure(431, 'api.refused', 'The headers are larger than 16,384 bytes.', { rule: 'headers' }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: failure(413, 'api.refused', 'The body is not of the form that this server takes.', { rule: 'form' }),
  ERR_HTTP_REQUEST_TIMEOUT: failure(408, 'timeout', 'The request took too long to arrive. Send it at once.'),
};
const malformed = failure(400, 'api.refused', 'The request is not valid HTTP.', { rule: 'form' });

export function createLocalServer(
  deps: LocalServerDeps,
  handlers: LocalServerHandlers,
  traffic: TrafficLimits = trafficLimits,
): LocalServer {
  const { vault, clock, log, folders } = deps;
  const tokens = createTokens(vault, clock);
  const door = createDoor({ ...deps, tokens, traffic });
  const requests = createRequestLog();
  const changed = new Emitter<void>();
  const events = createEventSockets({
    log,
    traffic,
    async welcome() {
      const known = new Map((await vault.clients()).map((client) => [client.id, client]));
      const open = new Set(folders().map(({ key }) => key));
      return ({ id }) => {
        const client = known.get(id);
        const isOver = client === undefined || (client.expiresAt !== null && client.expiresAt <= clock.now());
        return !isOver && mayFollow(client.scopes) && open.has(client.folder);
      };
    },
  });
  const following = vault.onDidChange(() => {
    events.recheck().catch((error: unknown) => log.error('Clients could not be looked up.', error));
  });
  let listening: { server: Server; port: number } | undefined;
  /** Node no longer counts them among its connections, but waits for them. */
  const upgraded = new Set<Duplex>();

  function note(request: IncomingMessage, client: string | null, status: number, began: number): void {
    const ms = Math.round((performance.now() - began) * 10) / 10;
    try {
      requests.add({ at: clock.now(), client, method: request.method ?? '', path: loggedPath(request.url ?? ''), status, ms });
    } catch (error) {
      // Whoever shows the log is no reason for a request to fail.
      log.error('A request could not be shown in the log.', error);
    }
  }

  const enter = (request: IncomingMessage): Promise<Entrance> =>
    door.enter(
      { method: request.method ?? '', target: request.url ?? '', rawHeaders: request.rawHeaders },
      request.socket.localPort ?? 0,
      request.socket.remoteAddress ?? '',
    );

  async function answer(request: IncomingMessage, response: ServerResponse, entrance: Entrance): Promise<void> {
    if (entrance.kind === 'preflight') {
      response.writeHead(204, preflightHeaders(entrance.origin)).end();
      return;
    }
    if (entrance.origin !== null)
      for (const [name, value] of Object.entries(originHeaders(entrance.origin))) response.setHeader(name, value);
    if (entrance.kind === 'failure') {
      sendFailure(response, entrance.failure);
      return;
    }
    const { path, visit } = entrance;
    if (path === '/mcp') await handlers.mcp(request, response, visit);
    else if (path === '/api' || path.startsWith('/api/')) await handlers.rest(request, response, visit);
    else sendFailure(response, nothingHere);
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (!AppError.is(error)) log.error(`${request.method} ${loggedPath(request.url ?? '')} failed.`, error);
    if (response.headersSent) response.destroy();
    else sendFailure(response, failureOf(error));
  }

  async function serve(request: IncomingMessage, response: ServerResponse, isWaiting: boolean): Promise<void> {
    const began = performance.now();
    let client: string | null = null;
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    // At `finish` Node would have begun to throw away what comes, as much as it is, and tells nobody how much.
    response.once('prefinish', () => {
      if (!request.complete) readRest(request);
    });
    response.once('close', () => note(request, client, response.headersSent ? response.statusCode : 499, began));
    try {
      const entrance = await enter(request);
      if (entrance.kind === 'visit') client = entrance.visit.client.name;
      else if (entrance.kind === 'failure') ({ client } = entrance);
      if (isWaiting && entrance.kind === 'visit') response.writeContinue();
      await answer(request, response, entrance);
    } catch (error) {
      fail(request, response, error);
    }
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const began = performance.now();
    // A connection that breaks is over; there is nobody to tell.
    socket.on('error', () => socket.destroy());
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    const refuse = (refused: Failure, client: string | null) => {
      socket.end(rawFailure(refused));
      note(request, client, refused.status, began);
    };
    const entrance = await enter(request);
    if (entrance.kind === 'failure') refuse(entrance.failure, entrance.client);
    else if (entrance.kind === 'preflight') refuse(malformed, null);
    else if (entrance.path !== '/api/events') refuse(nothingHere, entrance.visit.client.name);
    else if (listening === undefined) socket.destroy();
    else note(request, entrance.visit.client.name, events.accept(request, socket, head, entrance.visit, entrance.query), began);
  }

  async function listen(): Promise<string> {
    if (listening !== undefined) return originOf(listening.port);
    const server = createServer(serverOptions);
    server.maxConnections = maxConnections;
    server.on('request', (request, response) => void serve(request, response, false));
    // Whether to send the body is said only once it is known who asks.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => void serve(request, response, true));
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => void serve(request, response, false));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      upgrade(request, socket, head).catch((error: unknown) => {
        log.error('A WebSocket could not be opened.', error);
        socket.destroy();
      });
    });
    server.on('clientError', refuseMalformed);
    const port = await portOf(server, deps.port());
    server.on('error', (error) => log.error('The local server failed.', error));
    listening = { server, port };
    log.info(`The local server listens on ${originOf(port)}.`);
    changed.fire();
    return originOf(port);
  }

  async function end(): Promise<void> {
    if (listening === undefined) return;
    const { server } = listening;
    listening = undefined;
    events.close();
    const late = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    }, stopPatience);
    // Connections that become idle from now on are closed as well.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    await new Promise<void>((resolve) => server.close(() => resolve()));
    clearTimeout(late);
    clearInterval(idle);
    log.info('The local server was stopped.');
    changed.fire();
  }

  // One after the other: a start while it stops waits for the port.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = last.then(act);
    last = done.catch(() => {});
    return done;
  }

  return {
    get origin() {
      return listening === undefined ? null : originOf(listening.port);
    },
    onDidChange: changed.event,
    requests,
    start: () => inTurn(listen),
    stop: () => inTurn(end),
    issue: (client) => tokens.issue(client),
    async [Symbol.asyncDispose]() {
      await inTurn(end);
      following.dispose();
      tokens.dispose();
      changed.dispose();
    },
  };
}

const originOf = (port: number) => `http://127.0.0.1:${port}`;

/** Begins to listen, on 127.0.0.1 alone: `localhost` may be more than that. */
async function portOf(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program uses it' : `the system does not allow it (${error.code ?? error.message})`;
      const message = `The local server cannot listen on port ${port}, because ${why}. Choose another in the setting claudetask.server.port, or 0 for a free one.`;
      reject(new AppError('api.portTaken', message, { port }, error));
    });
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on a port has an address');
  return address.port;
}

/**
 * An answer may go out before the body is in. What is left of it is read and forgotten, so that the answer arrives and the connection can be used
 * again, but no more than a few bodies' worth; how long it may take is limited by `requestTimeout`.
 */
function readRest(request: IncomingMessage): void {
  let left = 4 * bodyLimit;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.socket.destroy();
  });
  request.resume();
}

function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else socket.end(rawFailure(refusedByNode[error.code ?? ''] ?? malformed));
}
