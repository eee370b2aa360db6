import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { RawData } from 'ws';
import type { Log } from '../app/ports.ts';
import { grants } from '../protocol/api.ts';
import type { ApiScope } from '../protocol/api.ts';
import { followEvents } from './eventFeed.ts';
import type { Outlet } from './eventFeed.ts';
import { failure, rawFailure, tooMany } from './failure.ts';
import type { Failure } from './failure.ts';
import type { TrafficLimits } from './limits.ts';
import type { ClientRecord, Visit } from './ports.ts';

/** Bytes of what a follower says; it has nothing to say but `{"kind":"ping"}`. */
const longestMessage = 64 * 1024;
/** Of those, in a heartbeat. */
const mostPings = 100;
/** Milliseconds in which a follower may answer that it was closed. */
const farewell = 1_000;

/** The WebSockets that follow the events of a folder. */
export interface EventSockets {
  /** Makes a WebSocket of a connection that came through the gates, or answers why not. What it answered: 101 or the status of the failure. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, visit: Visit, query: string): number;
  /** Closes those that are no longer welcome. */
  recheck(): Promise<void>;
  /** Closes all. */
  close(): void;
}

interface EventSocketsDeps {
  log: Log;
  traffic: Pick<TrafficLimits, 'followers' | 'heartbeat' | 'backlog'>;
  /** Who may go on following: is known, may read, and its folder is open. */
  welcome(): Promise<(client: ClientRecord) => boolean>;
}

interface Follower {
  ws: WebSocket;
  client: ClientRecord;
  answered: boolean;
  pings: number;
}

export const mayFollow = (scopes: readonly ApiScope[]): boolean => scopes.some((scope) => grants[scope].includes('tasks:read'));

type Asked = { since: number | undefined } | { failure: Failure };

/** The revision that the follower has, from the query of its address; undefined when it wants what comes from now on. */
function asked(query: string): Asked {
  const refused = (field: string, message: string): Asked => ({
    failure: failure(400, 'input.invalid', message, { field: field.slice(0, 100) }),
  });
  const given = [...new URLSearchParams(query)];
  const [first, second] = given;
  if (first === undefined) return { since: undefined };
  const [name, value] = first;
  if (name !== 'since' || second !== undefined) {
    const other = name === 'since' ? (second?.[0] ?? name) : name;
    return refused(other, 'The address takes since, once, and nothing else. A token goes into the Authorization header.');
  }
  const since = Number(value);
  return /^\d{1,16}$/.test(value) && Number.isSafeInteger(since) ? { since } : refused('since', 'since is not the number of a revision.');
}

function outletOf(ws: WebSocket, backlog: number): Outlet {
  let inHand = 0;
  let waiters: (() => void)[] = [];
  const release = () => {
    for (const resolve of waiters.splice(0)) resolve();
  };
  const sent = () => {
    if (--inHand === 0) release();
  };
  ws.once('close', () => {
    inHand = 0;
    release();
    waiters = [];
  });
  return {
    send(message) {
      if (ws.readyState !== WebSocket.OPEN) return;
      if (ws.bufferedAmount > backlog) {
        ws.close(1013, 'The client reads too slowly. Connect again with since.');
        return;
      }
      inHand++;
      ws.send(message, sent);
    },
    get waiting() {
      return ws.bufferedAmount;
    },
    drained: () =>
      inHand === 0 || ws.readyState !== WebSocket.OPEN ? Promise.resolve() : new Promise((resolve) => void waiters.push(resolve)),
    close: (code, reason) => ws.close(code, reason),
  };
}

export function createEventSockets({ log, traffic, welcome }: EventSocketsDeps): EventSockets {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: longestMessage });
  const followers = new Set<Follower>();
  let timer: NodeJS.Timeout | undefined;

  // Its own answers have no headers of ours.
  server.on('wsClientError', (_error, socket) => {
    socket.end(rawFailure(failure(400, 'input.invalid', 'The request does not ask for a WebSocket of version 13 in the right way.')));
  });

  function beat(): void {
    for (const follower of followers) {
      if (!follower.answered) {
        follower.ws.terminate();
        continue;
      }
      follower.answered = false;
      follower.pings = 0;
      follower.ws.ping();
    }
    recheck().catch((error: unknown) => log.error('Clients could not be looked up.', error));
  }

  async function recheck(): Promise<void> {
    if (followers.size === 0) return;
    const isWelcome = await welcome();
    for (const { ws, client } of followers)
      if (!isWelcome(client)) part(ws, 4401, 'The token was revoked or has expired. Ask the user for a new one.');
  }

  /** A follower that does not answer its close would stay for the 30 s of `ws`. */
  function part(ws: WebSocket, code: number, reason: string): void {
    ws.close(code, reason);
    const end = setTimeout(() => ws.terminate(), farewell);
    ws.once('close', () => clearTimeout(end));
  }

  function hear(follower: Follower, data: RawData, isBinary: boolean): void {
    const { ws } = follower;
    // What was on its way when it was closed.
    if (ws.readyState !== WebSocket.OPEN) return;
    if (isBinary || !Buffer.isBuffer(data) || !isPing(data.toString()))
      part(ws, 1008, 'A client may send {"kind":"ping"} and nothing else.');
    else if (++follower.pings > mostPings) part(ws, 1008, 'The client pings too often.');
    else ws.send('{"kind":"pong"}');
  }

  function welcomeIn(ws: WebSocket, { client, caller, api }: Visit, since: number | undefined): void {
    const follower: Follower = { ws, client, answered: true, pings: 0 };
    followers.add(follower);
    timer ??= setInterval(beat, traffic.heartbeat).unref();
    const feed = followEvents({ api, caller, since, outlet: outletOf(ws, traffic.backlog) });
    ws.on('pong', () => {
      follower.answered = true;
    });
    ws.on('message', (data, isBinary) => hear(follower, data, isBinary));
    // It is closed after that in any case.
    ws.on('error', (error) => log.debug(`A follower of events: ${error.message}`));
    ws.once('close', () => {
      feed.dispose();
      followers.delete(follower);
      if (followers.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    });
  }

  function refusal({ client }: Visit): Failure | undefined {
    if (!mayFollow(client.scopes))
      return failure(403, 'operation.forbidden', 'Following events needs a token with the scope read. Ask the user for one.');
    if (followers.size < traffic.followers) return undefined;
    return tooMany('As many clients follow events as can. Close one, or poll.', 10_000);
  }

  return {
    accept(request, socket, head, visit, query) {
      const refused = refusal(visit);
      const wish = refused === undefined ? asked(query) : { failure: refused };
      if ('failure' in wish) {
        socket.end(rawFailure(wish.failure));
        return wish.failure.status;
      }
      let status = 400;
      // It calls back at once, or not at all.
      server.handleUpgrade(request, socket, head, (ws) => {
        status = 101;
        welcomeIn(ws, visit, wish.since);
      });
      return status;
    },
    recheck,
    close() {
      for (const { ws } of followers) part(ws, 1001, 'The server stops.');
    },
  };
}

function isPing(text: string): boolean {
  try {
    const message: unknown = JSON.parse(text);
    return (
      typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ping' && Object.keys(message).length === 1
    );
  } catch {
    return false;
  }
}
