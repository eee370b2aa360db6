import fs from 'node:fs';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import type { Surroundings } from '../../protocol/jobs/runnerMessages.ts';
import { chromium, closeGracefully, launchInstalled } from './browsers.ts';
import { sleep } from './waits.ts';

export interface ProfileRequest {
  profile: string;
  browser: string | null;
  window: boolean;
  surroundings: Surroundings;
}

/** A profile's browser, for the one who has it. */
export interface OpenProfile {
  readonly context: BrowserContext;
  readonly window: boolean;
  /** Leaves it. The browser stays a little for the next run, without pages; `close` ends it at once. */
  release(how?: 'close'): Promise<void>;
}

interface Entry {
  context: Promise<BrowserContext>;
  window: boolean;
  executable: string | null;
  browser: string | null;
  busy: boolean;
  /** Its run is over and is tidied up after: the next one waits for that. */
  leaving: Promise<void> | null;
  timer: NodeJS.Timeout | null;
}

/** A browser that waits saves the next run half a second. */
const keepMs = 30_000;
/** A browser that has lost its runner needs a moment to end. */
const lockMs = 8000;

/** The browsers of ClaudeTask's own profiles. One per profile, and one at a time works in it: Chromium itself allows no more. */
export class Profiles {
  readonly #open = new Map<string, Entry>();

  /** @throws AppError `job.profileInUse`, `job.browserMissing`. */
  async open(request: ProfileRequest, signal: AbortSignal): Promise<OpenProfile> {
    const folder = path.join(request.surroundings.profiles, request.profile);
    for (let left = this.#leaving(folder); left !== null; left = this.#leaving(folder)) await left;
    const known = this.#open.get(folder);
    if (known?.busy === true) throw inUse(request.profile);
    if (known !== undefined) {
      if (known.timer !== null) clearTimeout(known.timer);
      const same =
        known.window === request.window && known.browser === request.browser && known.executable === request.surroundings.executable;
      if (same) return this.#lend(folder, known, await known.context);
      await this.#close(folder, known);
    }
    const entry: Entry = {
      context: launch(folder, request, signal),
      window: request.window,
      executable: request.surroundings.executable,
      browser: request.browser,
      busy: true,
      leaving: null,
      timer: null,
    };
    this.#open.set(folder, entry);
    try {
      const context = await entry.context;
      context.once('close', () => {
        if (entry.timer !== null) clearTimeout(entry.timer);
        if (this.#open.get(folder) === entry) this.#open.delete(folder);
      });
      return this.#lend(folder, entry, context);
    } catch (error) {
      this.#open.delete(folder);
      throw error;
    }
  }

  /** Ends all browsers, and waits until they have written their profiles. */
  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.#open].map(([folder, entry]) => this.#close(folder, entry)));
  }

  #leaving(folder: string): Promise<void> | null {
    return this.#open.get(folder)?.leaving ?? null;
  }

  #lend(folder: string, entry: Entry, context: BrowserContext): OpenProfile {
    entry.busy = true;
    return {
      context,
      window: entry.window,
      release: (how) => {
        if (!entry.busy) return Promise.resolve();
        entry.leaving ??= this.#leave(folder, entry, context, how).finally(() => (entry.leaving = null));
        return entry.leaving;
      },
    };
  }

  async #leave(folder: string, entry: Entry, context: BrowserContext, how: 'close' | undefined): Promise<void> {
    // A window that nobody uses would only stand in the user's way.
    if (how === 'close' || entry.window || !(await cleared(context))) return this.#close(folder, entry);
    entry.busy = false;
    entry.timer = setTimeout(() => void this.#close(folder, entry).catch(() => undefined), keepMs);
  }

  async #close(folder: string, entry: Entry): Promise<void> {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.busy = true;
    await entry.context.then(closeGracefully, () => undefined);
    if (this.#open.get(folder) === entry) this.#open.delete(folder);
  }
}

/** Whether the browser is there and has nothing of the last run any more but its cookies. */
async function cleared(context: BrowserContext): Promise<boolean> {
  try {
    const blank = await context.newPage();
    const old = context.pages().filter((page) => page !== blank);
    await Promise.all(old.map((page) => page.close()));
    return true;
  } catch {
    return false;
  }
}

const inUse = (profile: string, cause?: unknown) =>
  new AppError(
    'job.profileInUse',
    `The profile "${profile}" is open in another window or run. Close that, or wait until it is done.`,
    { profile },
    cause,
  );

async function launch(
  folder: string,
  { profile, browser, window, surroundings }: ProfileRequest,
  signal: AbortSignal,
): Promise<BrowserContext> {
  // What is signed in to stands in here: for nobody but the user.
  await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
  await fs.promises.chmod(folder, 0o700);
  const args = [...surroundings.browserArguments];
  const type = await chromium();
  const start = () =>
    launchInstalled({ browser, executable: surroundings.executable }, (how) =>
      type.launchPersistentContext(folder, {
        ...how,
        headless: !window,
        args,
        chromiumSandbox: !args.includes('--no-sandbox'),
        acceptDownloads: true,
        // What a service worker asks for goes past the routes of its pages.
        serviceWorkers: 'block',
        ...(window ? { viewport: null } : { viewport: { width: 1280, height: 800 } }),
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
      }),
    );
  for (let waited = 0; ; waited += 400) {
    try {
      return await start();
    } catch (error) {
      if (!isLocked(error)) throw error;
      if (waited >= lockMs) throw inUse(profile, error);
      await sleep(400, signal);
    }
  }
}

const isLocked = (error: unknown) =>
  error instanceof Error && /ProcessSingleton|profile (appears to be|is already) in use|SingletonLock|already running/i.test(error.message);
