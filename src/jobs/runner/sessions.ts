import type { BrowserContext, Page } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import { addressMatches, hostAllowed } from '../../core/jobs/allowed.ts';
import type { JobSession } from '../../protocol/jobs/jobFile.ts';
import type { Surroundings } from '../../protocol/jobs/runnerMessages.ts';
import { AttachedBrowsers, remember } from './attach.ts';
import { chromium, closeGracefully } from './browsers.ts';
import { Profiles } from './profiles.ts';
import type { OpenProfile } from './profiles.ts';
import { guard, letGo, unguard } from './routing.ts';
import type { Gate } from './routing.ts';

/** Of the process: runs follow one another in the same browsers. */
export const profiles = new Profiles();
const attached = new AttachedBrowsers();

export interface SessionRequest {
  session: JobSession;
  surroundings: Surroundings;
  gate: Gate;
  token: string | null;
  /** Finds the open tab to work in, by its address. */
  tab: string | null;
  signal: AbortSignal;
}

/** A browser session a run works in. */
export interface Session {
  readonly context: BrowserContext;
  /** Whether it is the user's own browser, in which nothing but our pages may be touched. */
  readonly attached: boolean;
  /** The page to begin with. */
  readonly page: Page;
  /** The browser or its connection is gone. */
  readonly lost: Promise<void>;
  /** Watches a window that a page of ours has opened. */
  adopt(popup: Page): Promise<void>;
  /** For a sign-in by hand in a browser that has no window: opens one. Answers the new page, or null when there can be none or it is not needed. */
  showWindow(url: string): Promise<Page | null>;
  /** Closes the run's pages at once, so that calls into them end. */
  abandon(): void;
  close(): Promise<void>;
}

/** @throws AppError `job.browserMissing`, `job.profileInUse`, `job.attachRefused`, `job.network`. */
export function openSession(request: SessionRequest): Promise<Session> {
  const { session } = request;
  if ('profile' in session) return openProfileSession(request, session);
  if ('attach' in session) return openAttachedSession(request, session);
  return openEndpointSession(request, session);
}

export async function closeBrowsers(): Promise<void> {
  await Promise.allSettled([profiles.closeAll(), attached.closeAll()]);
}

const closeAll = async (pages: readonly Page[]) => void (await Promise.allSettled(pages.map((page) => page.close())));

const canShowWindows = () =>
  process.platform !== 'linux' || process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;

async function openProfileSession(request: SessionRequest, how: Extract<JobSession, { profile: string }>): Promise<Session> {
  const { surroundings, gate, signal } = request;
  const wanted = { profile: how.profile, browser: how.browser ?? null, surroundings };
  let lose: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => (lose = resolve));
  let current: OpenProfile;
  const begin = async (window: boolean): Promise<Page> => {
    const opened = await profiles.open({ ...wanted, window }, signal);
    current = opened;
    opened.context.once('close', () => opened === current && lose());
    const first = opened.context.pages()[0] ?? (await opened.context.newPage());
    await guard(opened.context, gate);
    return first;
  };
  const page = await begin(how.window ?? false);
  return {
    get context() {
      return current.context;
    },
    attached: false,
    page,
    lost,
    adopt: () => Promise.resolve(),
    showWindow: async (url) => {
      if (current.window || !canShowWindows()) return null;
      const before = current;
      // Until the new one is there, the closing of the old one is no loss.
      current = { ...before, release: () => Promise.resolve() };
      await before.release('close');
      const shown = await begin(true);
      await shown.goto(url, { waitUntil: 'domcontentloaded' }).catch(() => undefined);
      return shown;
    },
    abandon: () => void closeAll(current.context.pages()),
    close: async () => {
      unguard(current.context);
      await current.release();
    },
  };
}

async function openAttachedSession(request: SessionRequest, how: Extract<JobSession, { attach: string }>): Promise<Session> {
  const { surroundings, gate, tab } = request;
  const browser = await attached.connect(how.attach, surroundings.profiles);
  const context = browser.contexts()[0];
  if (context === undefined)
    throw new AppError('job.attachRefused', `The browser at ${how.attach} has no window open. Open one, and run the job again.`);
  const open = tab === null ? undefined : context.pages().find((one) => addressMatches(tab, one.url()));
  if (tab !== null && open === undefined) {
    throw new AppError(
      'job.attachRefused',
      'No open tab has the address that `session.tab` names. Open it, or leave `tab` out to work in a new tab.',
    );
  }
  const own: Page[] = [];
  const forget: (() => Promise<void>)[] = [];
  const take = async (page: Page) => {
    own.push(page);
    forget.push(await remember(page, how.attach, surroundings.profiles));
  };
  const page = open ?? (await context.newPage());
  if (open === undefined) await take(page);
  await guard(page, gate);
  return {
    context,
    attached: true,
    page,
    lost: new Promise((resolve) => void browser.once('disconnected', () => resolve())),
    adopt: async (popup) => {
      await take(popup);
      await guard(popup, gate);
      // Its first request went out before it could be guarded.
      const url = popup.url();
      if (!gate.open && !hostAllowed(gate.hosts, url)) {
        gate.blocked({ method: 'GET', where: '', host: URL.canParse(url) ? new URL(url).host : '', reason: 'host' });
        await popup.close();
      }
    },
    showWindow: () => Promise.resolve(null),
    abandon: () => void closeAll(own),
    close: async () => {
      await closeAll(own);
      await Promise.allSettled(forget.map((one) => one()));
      // The user's tab is the user's again.
      if (open !== undefined && !open.isClosed()) await letGo(open);
    },
  };
}

async function openEndpointSession(request: SessionRequest, how: Extract<JobSession, { endpoint: string }>): Promise<Session> {
  const { gate, token } = request;
  const protocol = how.protocol ?? (/^wss?:/.test(how.endpoint) ? 'playwright' : 'cdp');
  const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
  const type = await chromium();
  const options = { headers, timeout: 30_000 };
  const browser = await (
    protocol === 'playwright' ? type.connect(how.endpoint, options) : type.connectOverCDP(how.endpoint, options)
  ).catch((error: unknown) => {
    const { host } = new URL(how.endpoint);
    const why = /401|403/.test(String(error)) ? 'It refused the token.' : 'It cannot be reached.';
    throw new AppError(
      /401|403/.test(String(error)) ? 'job.attachRefused' : 'job.network',
      `The browser server ${host} gave no browser. ${why}`,
      { host },
      error,
    );
  });
  const context = await browser.newContext({ acceptDownloads: true, serviceWorkers: 'block', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await guard(context, gate);
  return {
    context,
    attached: false,
    page,
    lost: new Promise((resolve) => void browser.once('disconnected', () => resolve())),
    adopt: () => Promise.resolve(),
    showWindow: () => Promise.resolve(null),
    abandon: () => void closeAll(context.pages()),
    close: async () => {
      await closeGracefully(context);
      await browser.close();
    },
  };
}
