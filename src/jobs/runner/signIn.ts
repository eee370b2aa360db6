import type { Page } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import { hostAllowed } from '../../core/jobs/allowed.ts';
import { isLeftover } from './faults.ts';
import type { LiveRun, StepAt } from './liveRun.ts';
import { watchPage } from './pageWatch.ts';
import { wallOn } from './walls.ts';
import type { Wall } from './walls.ts';
import { monotonic, sleep } from './waits.ts';

const lookEvery = 300;
const usualTimeout = 10 * 60_000;

const words: Readonly<Record<Wall, string>> = {
  signIn: 'Sign in to go on. Nothing that you type is stored.',
  twoFactor: 'Enter the code that the page asks for, to go on. It is not stored.',
  captcha: 'The page wants to know whether you are a person. Answer it to go on.',
};

export interface SignIn {
  wall: Wall;
  /** The page to sign in for. */
  url: string;
  message: string | null;
  timeout: number | null;
  /** Whether it is done, as far as the page that is open tells. */
  done(page: Page): Promise<boolean>;
}

/**
 * Waits until the user has signed in, and goes on by itself. In a browser without window one is opened for it. While it lasts, all hosts and requests
 * are let through: only the user acts.
 * @throws AppError `job.signedOut` when nobody did in time.
 */
export async function waitForSignIn(run: LiveRun, at: StepAt, how: SignIn): Promise<void> {
  const began = Date.now();
  const limit = how.timeout ?? usualTimeout;
  const end = monotonic() + limit;
  // What was loaded through a closed gate is not there, or without its scripts.
  const isStopped = run.gate.refused !== null || !hostAllowed(run.gate.hosts, run.page.url());
  run.gate.open = true;
  run.gate.refused = null;
  try {
    const shown = await run.session.showWindow(how.url);
    if (shown !== null) {
      run.replacePages(shown);
      watchPage(run, shown);
    } else if (isStopped) {
      await openFreely(run, how.url);
    }
    let wall = how.wall;
    for (;;) {
      const left = end - monotonic();
      if (left <= 0) throw tooLate(limit);
      const answer = await run.asks.ask({ about: wall, message: how.message ?? words[wall], choices: ['Done', 'Stop the run'] }, (signal) =>
        watch(run, how, wall, left, signal),
      );
      if (answer === null || answer === 'Stop the run') throw new AppError('cancelled', 'The run was stopped at the sign-in.');
      if (answer === 'late') throw tooLate(limit);
      if (answer === 'signedIn') break;
      if (answer === 'signIn' || answer === 'twoFactor' || answer === 'captcha') {
        wall = answer;
        continue;
      }
      // "Done": perhaps in another tab. The page is asked for again, to see.
      await openFreely(run, how.url);
      if (await isDone(run, how)) break;
      run.say('The page still asks to sign in.', 'warning');
    }
    run.log({ ...at, what: wall === 'captcha' ? 'The user answered the captcha' : 'The user signed in' }, 'answered', began);
  } finally {
    run.gate.open = false;
    run.gate.refused = null;
  }
}

/** Whatever comes of it is for the user to see. */
async function openFreely(run: LiveRun, url: string): Promise<void> {
  const open = () => run.page.goto(url, { waitUntil: 'domcontentloaded' });
  await open()
    .catch((error: unknown) => (isLeftover(error) ? open() : null))
    .catch(() => null);
}

const tooLate = (limit: number) =>
  new AppError(
    'job.signedOut',
    `Nobody signed in within ${Math.round(limit / 60_000) || 1} min. Sign in with "Open Job Browser", and resume the run.`,
  );

/** Looks at the page until it is signed in, wants something else, or it is too late. */
async function watch(run: LiveRun, how: SignIn, wall: Wall, left: number, signal: AbortSignal): Promise<'signedIn' | 'late' | Wall> {
  const end = monotonic() + left;
  for (;;) {
    await sleep(lookEvery, signal);
    if (monotonic() >= end) return 'late';
    if (await isDone(run, how)) return 'signedIn';
    const now = await wallOn(run.page, null, null).catch(() => null);
    // After the password often comes a code.
    if (now !== null && now !== wall && (now !== 'signIn' || wall !== 'signIn')) return now;
  }
}

async function isDone(run: LiveRun, how: SignIn): Promise<boolean> {
  try {
    return await how.done(run.page);
  } catch {
    // Between two pages.
    return false;
  }
}

/** Whether nothing stands in the way any more, on a page of the job. */
export async function isPast(run: LiveRun, page: Page): Promise<boolean> {
  if (!hostAllowed(run.gate.hosts, page.url())) return false;
  const ready = await page.evaluate(() => document.readyState !== 'loading' && document.body.childElementCount > 0);
  return ready && (await wallOn(page, null, null)) === null;
}
