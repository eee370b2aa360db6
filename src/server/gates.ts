import { pathLimit } from './limits.ts';

/** A request as it came, before anything of it is believed. `rawHeaders`: names and values by turns, as Node gives them. */
export interface Knock {
  method: string;
  target: string;
  rawHeaders: readonly string[];
}

export interface GateRules {
  /** That the server listens on. */
  port: number;
  /** Exact origins. `null` and `*` are none. */
  allowedOrigins: readonly string[];
}

export type RefusalRule = 'path' | 'host' | 'origin' | 'contentType';

export type Admission =
  | {
      kind: 'pass';
      path: string;
      /** Without the question mark; empty when there is none. */
      query: string;
      /** The allowed origin that it comes from; null for programs that are no web page. */
      origin: string | null;
      /** What follows `Bearer`; null when there is no such header, or more than one. */
      token: string | null;
    }
  | { kind: 'preflight'; origin: string }
  | { kind: 'refused'; status: 400 | 403 | 414 | 415; rule: RefusalRule; message: string };

const watched = new Set([
  'host',
  'origin',
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'access-control-request-method',
]);

/** All values of the headers that the gates look at. Node's own `headers` keeps the first of two Hosts and says nothing. */
function headersOf(raw: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    if (!watched.has(name)) continue;
    const value = raw[i + 1] ?? '';
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}

const refused = (status: 400 | 403 | 414 | 415, rule: RefusalRule, message: string): Admission => ({
  kind: 'refused',
  status,
  rule,
  message,
});

function isOurHost(host: string, port: number): boolean {
  const name = host.toLowerCase();
  return name === `127.0.0.1:${port}` || name === `localhost:${port}` || (port === 80 && (name === '127.0.0.1' || name === 'localhost'));
}

// What URL parsers resolve in ways of their own: `..`, also encoded, and backslashes.
const ambiguous = /[\\#]|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

const isJson = (contentType: string) => /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i.test(contentType);

/** Whatever the setting says. Every sandboxed page and every file has the origin `null`. */
const noOrigins: ReadonlySet<string> = new Set(['null', '*']);

const bearer = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i;

/**
 * Decides about a request by its form alone, before anybody asks for its token: it must name this server as its host (a page that was rebound to
 * 127.0.0.1 names another), come from no web page but those of the allowed origins, and bring no body but JSON (forms of web pages cannot).
 */
export function admit({ method, target, rawHeaders }: Knock, { port, allowedOrigins }: GateRules): Admission {
  const cut = target.indexOf('?');
  const path = cut === -1 ? target : target.slice(0, cut);
  if (path.length > pathLimit) return refused(414, 'path', `The path is longer than ${pathLimit.toLocaleString('en')} characters.`);
  if (!path.startsWith('/') || path.startsWith('//') || ambiguous.test(path))
    return refused(400, 'path', 'The path is not of the form that this server takes. Send a path like /api/tasks.');

  const headers = headersOf(rawHeaders);
  const all = (name: string): readonly string[] => headers.get(name) ?? [];

  const [host, ...moreHosts] = all('host');
  if (host === undefined || moreHosts.length > 0 || !isOurHost(host, port))
    return refused(403, 'host', `The Host header is not that of this server. Send exactly one: 127.0.0.1:${port}.`);

  const [origin, ...moreOrigins] = all('origin');
  if (origin !== undefined && (moreOrigins.length > 0 || noOrigins.has(origin) || !allowedOrigins.includes(origin))) {
    const message = 'Web pages of this origin may not call the server. The user can allow an origin in the settings of ClaudeTask.';
    return refused(403, 'origin', message);
  }
  if (origin !== undefined && method === 'OPTIONS' && all('access-control-request-method').length === 1)
    return { kind: 'preflight', origin };

  const lengths = all('content-length');
  if (headers.has('transfer-encoding') || lengths.some((length) => length !== '0')) {
    const [type, ...moreTypes] = all('content-type');
    if (type === undefined || moreTypes.length > 0 || !isJson(type))
      return refused(415, 'contentType', 'The body is not JSON. Send it with the header Content-Type: application/json.');
    if (all('content-encoding').some((encoding) => encoding.toLowerCase() !== 'identity'))
      return refused(415, 'contentType', 'The body is compressed. Send it as it is.');
  }

  const [authorization, ...moreAuthorizations] = all('authorization');
  const token = moreAuthorizations.length > 0 ? undefined : bearer.exec(authorization ?? '')?.[1];
  return { kind: 'pass', path, query: cut === -1 ? '' : target.slice(cut + 1), origin: origin ?? null, token: token ?? null };
}

/** What a web page of an allowed origin is told before it calls: exactly its origin, never any, and nothing about cookies, for there are none. */
export const preflightHeaders = (origin: string): Readonly<Record<string, string>> => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, Mcp-Session-Id',
  'Access-Control-Max-Age': '600',
  Vary: 'Origin',
});

/** On the answers to such a page. */
export const originHeaders = (origin: string): Readonly<Record<string, string>> => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Expose-Headers': 'ETag, Location, Retry-After',
  Vary: 'Origin',
});
