import type { StoreEvent, StoreNotice } from '../protocol/wire.ts';
import type { Caller, CallTaker } from './caller.ts';
import { createCaller } from './caller.ts';
import type { Peer, PeerHooks } from './ownerSocket.ts';
import { eventMessage } from './role.ts';
import type { Audience } from './role.ts';

/** Our own window and those that work through us, told the same things. */
export interface OwnerPeers {
  event(event: StoreEvent): void;
  notice(notice: StoreNotice): void;
  reset(): void;
  /** What the socket tells about windows that come, speak and go. */
  hooks: Pick<PeerHooks, 'joined' | 'said' | 'left'>;
}

export function createOwnerPeers(audience: Audience, taker: CallTaker): OwnerPeers {
  const peers = new Map<Peer, Caller>();
  function everyone(json: string): void {
    for (const peer of peers.keys()) peer.send(json);
  }
  return {
    event(event) {
      const json = eventMessage(event);
      audience.event(json);
      everyone(json);
    },
    notice(notice) {
      audience.notice(notice);
      everyone(JSON.stringify({ kind: 'notice', notice }));
    },
    reset() {
      audience.reset();
      everyone('{"kind":"reset"}');
    },
    hooks: {
      joined(peer) {
        peers.set(peer, createCaller(peer.send, taker));
        peer.send(JSON.stringify({ kind: 'welcome', pid: process.pid }));
      },
      said: (peer, message) => peers.get(peer)?.said(message),
      left(peer) {
        peers.get(peer)?.gone();
        peers.delete(peer);
      },
    },
  };
}
