import type { BrowserContext, CDPSession, Page, Route, WebSocketRoute } from 'playwright-core';
import * as z from 'zod';
import { hostAllowed, requestAllowed } from '../../core/jobs/allowed.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';

/** What a run may ask for. */
export interface Gate {
  readonly hosts: readonly string[];
  readonly mode: 'read-only' | 'write';
  readonly writes: readonly string[];
  /** While the user signs in by hand, in whatever way and place the company's sign-in service wants it. */
  open: boolean;
  /** The page itself was on its way to this address, and was stopped: perhaps to sign in there. */
  refused: string | null;
  /** Called once per host, path and reason. */
  blocked(what: { method: string; where: string; host: string; reason: 'host' | 'write' }): void;
}

export const mayAsk = (gate: Gate, method: string, url: string): boolean =>
  gate.open || (hostAllowed(gate.hosts, url) && requestAllowed(gate, method, url));

/** The gates of contexts and pages: routes stay installed while a browser waits for its next run, sockets' routes cannot be taken away at all. */
interface Holder {
  gate: Gate | null;
  sessions: CDPSession[];
  /** Pages whose redirects are about to be guarded. */
  pending: Set<Promise<void>>;
}
const gates = new WeakMap<BrowserContext | Page, Holder>();

/**
 * Enforces what the job file allows. For a context of our own on all of its pages; for the user's browser on one page of ours.
 * Ends with `unguard`; the same context can be guarded again.
 */
export async function guard(place: BrowserContext | Page, gate: Gate): Promise<void> {
  const known = gates.get(place);
  if (known !== undefined) {
    known.gate = gate;
    await Promise.all(known.pending);
    return;
  }
  const holder: Holder = { gate, sessions: [], pending: new Set() };
  gates.set(place, holder);
  await place.route(
    () => true,
    (route) => decide(route, holder.gate),
  );
  await place.routeWebSocket(
    (url) => holder.gate !== null && !mayAsk(holder.gate, 'GET', url.href),
    (socket) => refuse(socket, holder.gate),
  );
  const guardPage = (page: Page) => {
    const ready = guardRedirects(page, holder).finally(() => holder.pending.delete(ready));
    holder.pending.add(ready);
  };
  if ('newPage' in place) {
    // A window that a page opens may send its first redirect before this; what it asks for otherwise is guarded from the first.
    place.on('page', guardPage);
    for (const page of place.pages()) guardPage(page);
  } else {
    guardPage(place);
  }
  await Promise.all(holder.pending);
}

const paused = z.object({
  requestId: z.string(),
  request: z.object({ url: z.string(), method: z.string() }),
  resourceType: z.string(),
  frameId: z.string(),
  redirectedRequestId: z.string().optional(),
});

/** Routes are not asked about redirects: https://github.com/microsoft/playwright/issues/3993. So the browser is, for Chromium only. */
async function guardRedirects(page: Page, holder: Holder): Promise<void> {
  try {
    const session = await page.context().newCDPSession(page);
    holder.sessions.push(session);
    page.once('close', () => (holder.sessions = holder.sessions.filter((one) => one !== session)));
    session.on('Fetch.requestPaused', (event: unknown) => {
      const { requestId, request, resourceType, frameId, redirectedRequestId } = paused.parse(event);
      const { gate } = holder;
      const isAllowed = redirectedRequestId === undefined || (gate !== null && mayAsk(gate, request.method, request.url));
      if (!isAllowed && gate !== null) report(gate, request.method, request.url, resourceType === 'Document' && frameId === main);
      const answer = isAllowed
        ? session.send('Fetch.continueRequest', { requestId })
        : session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
      // The page that asked may be gone.
      answer.catch(() => undefined);
    });
    const { frameTree } = await session.send('Page.getFrameTree');
    const main = frameTree.frame.id;
    await session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
  } catch {
    // Not Chromium, or closed already.
  }
}

/** From now on, until a next run guards it, nothing gets through: no run is responsible for it. */
export function unguard(place: BrowserContext | Page): void {
  const known = gates.get(place);
  if (known !== undefined) known.gate = null;
}

/** Takes all guards from a page: it is the user's again. */
export async function letGo(page: Page): Promise<void> {
  const known = gates.get(page);
  gates.delete(page);
  if (known !== undefined) known.gate = null;
  await Promise.allSettled([page.unrouteAll({ behavior: 'ignoreErrors' }), ...(known?.sessions ?? []).map((one) => one.detach())]);
}

async function decide(route: Route, gate: Gate | null): Promise<void> {
  const request = route.request();
  const [method, url] = [request.method(), request.url()];
  try {
    if (gate !== null && mayAsk(gate, method, url)) return await route.continue();
    if (gate !== null) report(gate, method, url, request.isNavigationRequest() && request.frame().parentFrame() === null);
    await route.abort('blockedbyclient');
  } catch {
    // The page that asked is gone.
  }
}

function refuse(socket: WebSocketRoute, gate: Gate | null): void {
  if (gate !== null) report(gate, 'GET', socket.url());
  void socket.close({ code: 1008, reason: 'blocked' }).catch(() => undefined);
}

function report(gate: Gate, method: string, url: string, ofThePage = false): void {
  if (ofThePage) gate.refused = url;
  const reason = hostAllowed(gate.hosts, url) ? 'write' : 'host';
  gate.blocked({ method, where: hostAndPath(url) ?? '', host: URL.canParse(url) ? new URL(url).host : '', reason });
}

/** A gate that reports each host, path and reason once. */
export function newGate(
  job: { hosts: readonly string[]; mode?: 'read-only' | 'write' | undefined; writes?: readonly string[] | undefined },
  blocked: Gate['blocked'],
): Gate {
  const seen = new Set<string>();
  return {
    hosts: job.hosts,
    mode: job.mode ?? 'read-only',
    writes: job.writes ?? [],
    open: false,
    refused: null,
    blocked: (what) => {
      const key = `${what.reason} ${what.method} ${what.where}`;
      // A page that asks for ever new addresses must not fill the log.
      if (seen.has(key) || seen.size >= 200) return;
      seen.add(key);
      blocked(what);
    },
  };
}
