import { once } from 'node:events';
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { api } from './apiPages.ts';
import { rfiList, rfiPage } from './listPages.ts';
import { oddPages } from './oddPages.ts';
import { isSignedIn, signInPages } from './signInPages.ts';
import { canary, defaults, type Switches } from './switches.ts';
import type { Exchange, SeenRequest, SiteState } from './exchange.ts';
import { spaPages } from './spaPages.ts';

/**
 * A web site on the loopback that behaves like those that jobs work on, faults included.
 *
 * | address | what |
 * |---|---|
 * | `/rfis?page=n` | Procore-like list: `table` with headings Number, Subject, Status, Assignee, Due, Cost; `a[rel=next]` named Next |
 * | `/rfis/:id` | detail: `dl` with `dd.number`, `dd.subject`, `dd.assignee`, mail link |
 * | `/rfis/new` | form: Subject, Status, Urgent, Attachment, button "Save RFI"; `POST /rfis` writes and comes back to `/rfis/new?saved=n` |
 * | `/api/rfis?page=&per_page=` or `offset=&limit=` | JSON `{results, pagination: {limit, offset, totalResults, nextUrl}}` with a Link header |
 * | `/grid` | ACC-like grid, only the rows in view are in the page (`#grid` scrolls, `.row[role=row]`, key in `[data-col=number]`) |
 * | `/spa` | list with a button Next that loads without navigation; hash and address stay |
 * | `/export` | P6-like: button "Export" and a link; both download `/export/schedule.csv` |
 * | `/login`, `/two-factor`, `/captcha` | sign-in; with the switch `login` all of the above leads there without a session |
 * | `/redirect?to=`, `/hanging` | leads on; is never answered |
 * | `/popup`, `/dialogs`, `/frames`, `/shadow`, `/slow`, `/spinner`, `/tabs`, `/inputs` | what their names say; see `oddPages.ts` |
 * | `/limited/:n` | answers `ok`, for the governor; the switch `spike` counts all requests but those to `/free` |
 *
 * The switches of `switches.ts` may be set at any time. `requests` holds what was asked, `written` what was saved.
 */
export interface Site extends AsyncDisposable {
  /** `http://127.0.0.1:port`, and the host as a job file names it. */
  readonly origin: string;
  readonly host: string;
  readonly requests: readonly SeenRequest[];
  /** Bodies of `POST /rfis`, in order. */
  readonly written: readonly Record<string, string>[];
  set(switches: Partial<Switches>): void;
  /** Ends all sessions: the next request meets the login wall (with the switch `login`). */
  expire(): void;
}

export async function startSite(options: Partial<Switches> = {}): Promise<Site> {
  const state: SiteState = {
    switches: { ...defaults, ...options },
    requests: [],
    written: [],
    sessions: new Set(),
    listPages: 0,
    spikeWindow: [],
    failures: 0,
  };

  const server = http.createServer((request, response) => {
    handle(state, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(String(error));
    });
  });
  server.keepAliveTimeout = 30_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fixture site has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    host: `127.0.0.1:${address.port}`,
    requests: state.requests,
    written: state.written,
    set: (switches) => {
      if (switches.refuse !== undefined) state.failures = 0;
      Object.assign(state.switches, switches);
    },
    expire: () => state.sessions.clear(),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function handle(state: SiteState, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  const body = request.method === 'POST' ? (await buffer(request)).toString() : '';
  const seen: SeenRequest = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.search,
    at: Date.now(),
    status: 0,
    cookie: request.headers.cookie ?? '',
    authorization: request.headers.authorization ?? '',
    body,
  };
  state.requests.push(seen);
  response.on('close', () => (seen.status = response.statusCode));
  const at: Exchange = { state, request, response, url, body };
  // As real sites do, and for `canaries.ts`: a run that kept what it was answered would be found out by it.
  response.setHeader('set-cookie', `visitor=${canary.cookie}; HttpOnly; Path=/; SameSite=Lax`);
  response.setHeader('x-auth-token', canary.token);
  if (url.pathname === '/favicon.ico') return void response.writeHead(204).end();
  if (refused(at)) return;
  const wait = state.switches.delay;
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  if (await signInPages(at)) return;
  const open = /^\/(free|limited|frames|shadow|dialogs|popup|inputs)/.test(url.pathname);
  if (state.switches.login && !open && !isSignedIn(at)) {
    if (url.pathname.startsWith('/api/')) response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Sign in"}');
    else response.writeHead(302, { location: `/login?back=${encodeURIComponent(url.pathname + url.search)}` }).end();
    return;
  }
  if ((await api(at)) || rfiList(at) || rfiPage(at) || spaPages(at) || oddPages(at)) return;
  response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>Not found</title><h1>Not found</h1>');
}

/** The answers 429 and 503, as the switches `limit`, `busy` and `spike` ask for them. */
function refused({ state, response, url }: Exchange): boolean {
  const { switches } = state;
  if (/^\/(free|login|two-factor|captcha)/.test(url.pathname)) return false;
  if (switches.spike !== null) {
    const now = Date.now();
    const { limit, windowMs } = switches.spike;
    // Windows begin with the clock's seconds, so that the whole seconds of the header say exactly when.
    const begin = Math.floor(now / windowMs) * windowMs;
    if ((state.spikeWindow[0] ?? 0) < begin) state.spikeWindow = [now];
    else state.spikeWindow.push(now);
    response.setHeader('X-Rate-Limit-Limit', limit);
    response.setHeader('X-Rate-Limit-Remaining', Math.max(0, limit - state.spikeWindow.length));
    response.setHeader('X-Rate-Limit-Reset', Math.ceil((begin + windowMs) / 1000));
    if (state.spikeWindow.length > limit) return refuse(response, 429, {});
  }
  const refusal = switches.refuse;
  if (refusal === null || (refusal.path !== undefined && !url.pathname.startsWith(refusal.path)) || state.failures >= refusal.times)
    return false;
  if (refusal.after !== undefined && state.requests.length <= refusal.after) return false;
  state.failures++;
  const { hint } = refusal;
  const seconds = refusal.seconds ?? 1;
  const headers: Record<string, string> =
    hint === 'retry-after'
      ? { 'retry-after': String(seconds) }
      : hint === 'retry-after-date'
        ? { 'retry-after': new Date(Date.now() + seconds * 1000).toUTCString() }
        : hint === 'x-rate-limit'
          ? {
              'x-rate-limit-limit': '100',
              'x-rate-limit-remaining': '0',
              'x-rate-limit-reset': String(Math.ceil(Date.now() / 1000) + seconds),
            }
          : {};
  return refuse(response, refusal.status, headers);
}

function refuse(response: http.ServerResponse, status: number, headers: Record<string, string>): true {
  response.writeHead(status, { 'content-type': 'text/html', ...headers });
  response.end(`<!doctype html><title>${status}</title><h1>${status === 429 ? 'Too many requests' : 'Busy'}</h1>`);
  return true;
}
