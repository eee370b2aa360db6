import type { ServerOptions } from 'node:http';

/** Bytes of a request's body. */
export const bodyLimit = 2_000_000;

/** Characters of a path, without its query. All headers together with the query are held to `maxHeaderSize`. */
export const pathLimit = 2000;

/**
 * What a connection may cost. Node's own limits (60 s for headers, 300 s for a request, looked at each 30 s, any number of connections) let
 * 150 slow clients of slowhttptest stay for as long as they liked; with these all of them are gone within 14 s.
 */
export const serverOptions: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 4_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 10_000,
  // The gates look at it, so that this refusal has a body and headers like all others.
  requireHostHeader: false,
};

export const maxConnections = 100;

/** Milliseconds that requests under way have to end when the server stops. */
export const stopPatience = 1_500;

export interface TrafficLimits {
  /** Requests of one client. */
  requestsPerSecond: number;
  /** Requests without a token that is known, from one address. */
  strangersPerSecond: number;
  /** Clients that follow events. */
  followers: number;
  /** Milliseconds from one ping of a follower to the next; one that did not answer by then is dropped. */
  heartbeat: number;
  /** Bytes that may wait for a follower that does not read. */
  backlog: number;
}

export const trafficLimits: TrafficLimits = {
  requestsPerSecond: 5_000,
  strangersPerSecond: 10,
  followers: 50,
  heartbeat: 15_000,
  backlog: 4 * 1024 * 1024,
};

/** On every answer, also on failures. Nothing here is meant for a browser. */
export const securityHeaders: readonly (readonly [name: string, value: string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Frame-Options', 'DENY'],
];
