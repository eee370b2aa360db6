import type http from 'node:http';
import { canary, type Switches } from './switches.ts';

export interface SeenRequest {
  method: string;
  path: string;
  /** With its `?`, or empty. */
  query: string;
  at: number;
  /** 0 until it was answered. */
  status: number;
  cookie: string;
  authorization: string;
  body: string;
}

export interface SiteState {
  switches: Switches;
  requests: SeenRequest[];
  written: Record<string, string>[];
  sessions: Set<string>;
  /** List pages that were shown, for `expireAfter`. */
  listPages: number;
  spikeWindow: number[];
  /** Requests that `refuse` has refused. */
  failures: number;
}

/** A request being answered. */
export interface Exchange {
  state: SiteState;
  request: http.IncomingMessage;
  response: http.ServerResponse;
  url: URL;
  body: string;
}

export const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Answers with a page. True, so that a handler can end with it. */
export function html(at: Exchange, title: string, body: string, status = 200): true {
  at.response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  at.response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="csrf-token" content="${canary.token}"><title>${escape(title)}</title></head><body>${body}</body></html>`,
  );
  return true;
}

export function json(at: Exchange, body: unknown, headers: Record<string, string> = {}): true {
  at.response.writeHead(200, { 'content-type': 'application/json', ...headers });
  at.response.end(JSON.stringify(body));
  return true;
}
