import { AppError } from '../../core/appError.ts';
import { addressMatches } from '../../core/jobs/allowed.ts';
import type { PlainStepOf } from '../../protocol/jobs/plainSteps.ts';
import type { Target } from '../../protocol/jobs/locator.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import { openAddress } from './navigate.ts';
import { isThere } from './resolveTarget.ts';
import { waitForSignIn } from './signIn.ts';
import { WallError, wallOn } from './walls.ts';
import type { Wall } from './walls.ts';
import { monotonic, sleep } from './waits.ts';

const stopped = () => new AppError('cancelled', 'The user ended the run.');

export async function pause(run: LiveRun, _at: StepAt, step: PlainStepOf<'pause'>): Promise<Outcome> {
  const message = run.render(step.pause);
  if (step.answer === undefined) {
    const answer = await run.asks.ask({ about: 'pause', message, choices: ['Go on', 'Stop the run'] });
    if (answer === null || answer === 'Stop the run') throw stopped();
    return {};
  }
  const answer = await run.asks.ask({ about: 'question', message });
  if (answer === null) throw stopped();
  run.vars[step.answer] = answer;
  run.typed.add(step.answer);
  return {};
}

export async function confirm(run: LiveRun, _at: StepAt, step: PlainStepOf<'confirm'>): Promise<Outcome> {
  const answer = await run.asks.ask({ about: 'confirm', message: run.render(step.confirm), choices: ['Yes', 'No'] });
  if (answer !== 'Yes' && answer !== true) throw stopped();
  return {};
}

/** How long a signed-in page may take to show it. */
const showMs = 5000;

export async function ensureSignedIn(run: LiveRun, at: StepAt, step: PlainStepOf<'ensureSignedIn'>): Promise<Outcome> {
  const { signedIn, message, timeout } = step.ensureSignedIn;
  const url = step.ensureSignedIn.url === undefined ? null : run.render(step.ensureSignedIn.url);
  let wall: Wall | null = null;
  if (url !== null) {
    try {
      await openAddress(run, at, url);
    } catch (error) {
      if (!(error instanceof WallError)) throw error;
      ({ wall } = error);
    }
  }
  const there = url ?? run.page.url();
  wall ??= await missing(run, signedIn, Math.min(showMs, at.timeout));
  if (wall === null) return { message: 'already signed in' };
  await waitForSignIn(run, at, {
    wall,
    url: there,
    message: message === undefined ? null : run.render(message),
    timeout: timeout ?? null,
    done: () => isThere(run, signedIn, true),
  });
  // Sign-in services like to lead to the front page.
  if (url !== null && !addressMatches(url, run.page.url())) await openAddress(run, at, url);
  return {};
}

/** What is in the way of the element; null when it is there. */
async function missing(run: LiveRun, signedIn: Target, patience: number): Promise<Wall | null> {
  const end = monotonic() + patience;
  for (;;) {
    if (await isThere(run, signedIn, true)) return null;
    const wall = await wallOn(run.page, null, null).catch(() => null);
    if (wall !== null) return wall;
    if (monotonic() >= end) return 'signIn';
    await sleep(100, run.signal);
  }
}
