import { timingSafeEqual } from 'node:crypto';
import * as fs from 'node:fs';
import * as net from 'node:net';
import { AppError } from '../core/appError.ts';
import { callerMessage, channelVersion, helloMessage, lineLimits, lineReader, ownerMessage, parseJson, perTurn } from './channel.ts';
import type { CallerMessage, OwnerMessage } from './channel.ts';

/** A window of the same user that works through us. */
export interface Peer {
  readonly pid: number;
  send(json: string): void;
  close(): void;
}

export interface PeerServer {
  close(): Promise<void>;
}

export interface PeerHooks {
  /** The token that lets in; asked for at every connection, because a deleted folder brings a new one. */
  token(): string;
  /** Someone knocked with a wrong token. Our folder may have been deleted, and the token with it. */
  refused(): void;
  joined(peer: Peer): void;
  said(peer: Peer, message: CallerMessage): void;
  left(peer: Peer): void;
}

/** How long a connection may take to say hello, and an owner to answer it, in milliseconds. */
const helloTimeout = 1200;
/** How long a closing owner lets the last answers go out. */
const lastWords = 300;
/** A window that reads nothing while this much waits for it is cut off; it connects again and reads a snapshot. */
const backlogLimit = 256 * 1024 * 1024;

const usesFile = (endpoint: string) => !endpoint.startsWith('\0') && process.platform !== 'win32';

function sameToken(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return expected !== '' && a.length === b.length && timingSafeEqual(a, b);
}

function lineWriter(socket: net.Socket): (json: string) => void {
  return perTurn((messages) => {
    if (socket.destroyed) return;
    socket.write(`${messages.join('\n')}\n`);
    if (socket.writableLength > backlogLimit) socket.destroy();
  });
}

function serve(socket: net.Socket, hooks: PeerHooks): void {
  let peer: Peer | undefined;
  const send = lineWriter(socket);
  const timer = setTimeout(() => socket.destroy(), helloTimeout);
  const refuse = (code: 'operation.forbidden' | 'store.unavailable', message: string) => {
    const refusal: OwnerMessage = { kind: 'refused', error: { code, message } };
    socket.end(`${JSON.stringify(refusal)}\n`);
  };
  const hello = (line: string) => {
    const said = helloMessage.safeParse(parseJson(line));
    clearTimeout(timer);
    if (!said.success || !sameToken(said.data.token, hooks.token())) {
      hooks.refused();
      refuse('operation.forbidden', 'The token shown to the window that owns the database is not the current one.');
    } else if (said.data.channel !== channelVersion) {
      refuse('store.unavailable', 'Another window runs a different version of ClaudeTask on this folder. Reload both windows.');
    } else {
      peer = { pid: said.data.pid, send, close: () => socket.destroy() };
      hooks.joined(peer);
    }
  };
  const onLine = (line: string) => {
    try {
      if (peer === undefined) hello(line);
      else hooks.said(peer, callerMessage.parse(parseJson(line)));
    } catch {
      // Not one of ours, or one whose state we can no longer trust: it may connect again.
      socket.destroy();
    }
  };
  const limit = () => (peer === undefined ? lineLimits.hello : lineLimits.request);
  socket.on(
    'data',
    lineReader(limit, onLine, () => socket.destroy()),
  );
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearTimeout(timer);
    if (peer !== undefined) hooks.left(peer);
  });
}

/** Lets the user's other windows in. Call it with the mutex held: a socket file found here belongs to a dead owner. */
export function listenForPeers(endpoint: string, hooks: PeerHooks): Promise<PeerServer> {
  const open = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socket, hooks);
  });
  if (usesFile(endpoint)) fs.rmSync(endpoint, { force: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: endpoint, exclusive: true }, () => {
      if (usesFile(endpoint)) fs.chmodSync(endpoint, 0o600);
      resolve({
        close: () =>
          new Promise((done) => {
            const timer = setTimeout(() => {
              for (const socket of open) socket.destroy();
            }, lastWords);
            server.close(() => {
              clearTimeout(timer);
              done();
            });
            for (const socket of open) socket.destroySoon();
          }),
      });
    });
  });
}

/** Our end of a connection to the owner. */
export interface OwnerConnection {
  readonly ownerPid: number;
  send(message: CallerMessage): void;
  close(): void;
}

export interface OwnerHooks {
  said(message: OwnerMessage): void;
  /** The connection is gone; called once, and only after `connectToOwner` succeeded. */
  lost(): void;
}

/** Connects to the owner. Answers undefined when nobody listens there (yet); throws `AppError` when the owner refuses us. */
export function connectToOwner(endpoint: string, token: string, hooks: OwnerHooks): Promise<OwnerConnection | undefined> {
  return new Promise((resolve, reject) => {
    const socket = net.createConnection({ path: endpoint });
    let settled = false;
    let welcomed = false;
    const settle = (result: OwnerConnection | AppError | undefined) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (result instanceof AppError) reject(result);
      else resolve(result);
    };
    const timer = setTimeout(() => socket.destroy(), helloTimeout);
    const send = lineWriter(socket);
    const onLine = (line: string) => {
      const message = ownerMessage.parse(parseJson(line));
      if (welcomed) return hooks.said(message);
      if (message.kind === 'refused') {
        settle(AppError.fromBody(message.error));
      } else if (message.kind === 'welcome') {
        welcomed = true;
        settle({ ownerPid: message.pid, send: (said) => send(JSON.stringify(said)), close: () => socket.destroy() });
      }
    };
    socket.on('connect', () => send(JSON.stringify({ kind: 'hello', channel: channelVersion, token, pid: process.pid })));
    const lines = lineReader(
      () => lineLimits.answer,
      onLine,
      () => socket.destroy(),
    );
    socket.on('data', (chunk) => {
      try {
        lines(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      settle(undefined);
      if (welcomed) hooks.lost();
    });
  });
}
