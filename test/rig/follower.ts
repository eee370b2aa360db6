import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import type { EventMessage } from '../../src/server/eventFeed.ts';
import type { LocalServerRig } from './localServer.ts';

export type Heard = EventMessage | { kind: 'pong' };

/** A program that follows the events of a server. */
export interface Follower extends AsyncDisposable {
  readonly ws: WebSocket;
  /** All that came, in order. */
  readonly heard: readonly Heard[];
  /** Settles when the connection has ended. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Waits until what came satisfies this; fails when the connection ends before. */
  until(what: string, is: (heard: readonly Heard[]) => boolean): Promise<void>;
  /** Revisions of the events that came. */
  revisions(): number[];
}

export interface FollowWishes {
  since?: number;
  /** False: it does not answer pings, as if it were dead. */
  autoPong?: boolean;
}

const address = ({ port }: LocalServerRig, since?: number) =>
  `ws://127.0.0.1:${port}/api/events${since === undefined ? '' : `?since=${since}`}`;

/** Connects; fails with the status when that is refused. */
export async function follow(rig: LocalServerRig, token: string, { since, autoPong = true }: FollowWishes = {}): Promise<Follower> {
  const ws = new WebSocket(address(rig, since), { headers: { authorization: `Bearer ${token}` }, autoPong });
  const heard: Heard[] = [];
  const waiting = new Set<{ is: (heard: readonly Heard[]) => boolean; resolve: () => void }>();
  ws.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString()) as Heard);
    for (const one of waiting) {
      if (!one.is(heard)) continue;
      waiting.delete(one);
      one.resolve();
    }
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await new Promise<void>((resolve, reject) => {
    ws.once('open', () => resolve());
    ws.once('unexpected-response', (_request, response) => {
      reject(new Error(`refused with ${response.statusCode}`));
      ws.terminate();
    });
    ws.on('error', reject);
  });
  return {
    ws,
    heard,
    closed,
    async until(what, is) {
      if (is(heard)) return;
      const came = new Promise<'came'>((resolve) => void waiting.add({ is, resolve: () => resolve('came') }));
      const end = await Promise.race([came, closed]);
      if (end !== 'came') assert.fail(`closed with ${end.code} ${end.reason} before: ${what}`);
    },
    revisions: () => heard.flatMap((message) => (message.kind === 'event' ? [message.revision] : [])),
    async [Symbol.asyncDispose]() {
      if (ws.readyState === WebSocket.CLOSED) return;
      ws.terminate();
      await closed;
    },
  };
}
