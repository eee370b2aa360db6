import { AppError } from '../../core/appError.ts';
import { fullJitter } from '../../core/jobs/backoff.ts';
import { resumableUrl } from '../../core/jobs/redact.ts';
import { holdsWithin } from './conditions.ts';
import { keepEvidence, takePicture } from './evidence.ts';
import { faultOf, isGone, mayPass } from './faults.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import type { Inside } from './loops.ts';
import { EnoughPages, reloadRefused } from './navigate.ts';
import { perform } from './perform.ts';
import { passWall, WayLost } from './thresholds.ts';
import { isWrite } from './writes.ts';
import { WallError } from './walls.ts';
import { orAborted, sleep } from './waits.ts';

export interface Attempt extends Inside {
  /** Makes durable that a step which changes something is about to be done. */
  begin(): Promise<void>;
}

const retryBackoff = { base: 1000, cap: 30_000 };
/** How long a condition may take to come true on a page that was just opened. */
const settleMs = 1000;
/** How often a sign-in, or a host that says "later", is got past before the step counts as failed. */
const mostRecoveries = 3;

const holding: readonly string[] = ['forEachPage', 'forEach', 'if', 'runJob'];

/** Does a step: when it is to be done at all, again after failures that may pass, and as the job file says when it fails for good. */
export async function attempt(run: LiveRun, at: StepAt, inside: Attempt): Promise<void> {
  run.signal.throwIfAborted();
  const { step } = at;
  const since = Date.now();
  if (step.disabled === true || (step.when !== undefined && !(await holdsWithin(run, step.when, settleMs)))) {
    run.log(at, 'skipped', since, { message: step.disabled === true ? 'disabled' : 'its condition does not hold' });
    return;
  }
  if (!(await isWanted(run, at))) return;
  run.progress(at.path, at.what);
  const write = isWrite(run, at);
  if (write) {
    if (!(await mayRepeat(run, at))) return;
    await inside.begin();
    await run.commits.drained();
  }
  for (;;) {
    const failure = await tryStep(run, at, inside, write);
    if (failure === null) return;
    if (!(await isTriedAgain(run, at, failure))) return;
    at.attempt++;
  }
}

/** Step by step, for whoever wants to watch. */
async function isWanted(run: LiveRun, at: StepAt): Promise<boolean> {
  if (!run.stepwise) return true;
  const choices = ['Run this step', 'Skip it', 'Run the rest', 'Stop the run'];
  const answer = await run.asks.ask({ about: 'step', message: `Next: ${at.what}`, choices });
  if (answer === null || answer === 'Stop the run') throw new AppError('cancelled', 'The user ended the run.');
  if (answer === 'Run the rest') run.stepwise = false;
  if (answer !== 'Skip it') return true;
  run.log(at, 'skipped', Date.now(), { message: 'by the user' });
  return false;
}

/** A step that changes something was begun before the run was interrupted. Nobody but the user can know whether it was done. */
async function mayRepeat(run: LiveRun, at: StepAt): Promise<boolean> {
  if (run.begun !== at.path) return true;
  run.begun = null;
  const message = `The run was interrupted while it did this: ${at.what}. Look at the site: was it done?`;
  const answer = await run.asks.ask({
    about: 'replay',
    message,
    choices: ['Do it again', 'It was done, go on', 'Stop the run'],
    screenshot: await takePicture(run, at, 'replay'),
  });
  if (answer === 'Do it again') return true;
  if (answer !== 'It was done, go on') throw new AppError('cancelled', 'The user ended the run.');
  run.log(at, 'skipped', Date.now(), { message: 'done before the run was interrupted, as the user says' });
  return false;
}

/** Tries it as often as it is worth. Null when it was done. */
async function tryStep(run: LiveRun, at: StepAt, inside: Attempt, write: boolean): Promise<AppError | null> {
  const tries = 1 + (at.step.retry ?? (write || (holding.includes(at.kind) && at.kind !== 'forEachPage') ? 0 : 2));
  let recoveries = 0;
  for (let turn = 1; ;) {
    const since = Date.now();
    at.healed = false;
    try {
      const outcome: Outcome = await orAborted(perform(run, at, at.step, inside), run.signal);
      run.lastPlace = resumableUrl(run.page.url());
      run.log(at, at.healed ? 'healed' : at.attempt > 1 || turn > 1 ? 'retried' : 'ok', since, outcome);
      return null;
    } catch (error) {
      const fault = endsRun(run, at, error);
      if (recoveries < mostRecoveries && (!write || notBegun.has(fault.code)) && (await isGotPast(run, at, error))) {
        recoveries++;
        continue;
      }
      // What is begun of a step that changes something is not begun again: only a search for its element is.
      const again = write ? notBegun.has(fault.code) : at.step.retry !== undefined || mayPass(error) || mayPass(fault);
      if (turn >= tries || !again || never.has(fault.code)) return fault;
      run.log(at, 'failed', since, { message: `${fault.message} Tried again.` });
      await sleep(fullJitter(turn, retryBackoff, Math.random()), run.signal);
      turn++;
      at.attempt++;
    }
  }
}

/** Failures of a step before it has done anything to the page. */
const notBegun = new Set(['job.elementMissing', 'job.elementAmbiguous']);

/** What no repetition mends. */
const never = new Set([
  'job.blocked',
  'job.template',
  'job.limit',
  'job.invalid',
  'cancelled',
  'input.invalid',
  'job.signedOut',
  'file.outside',
  'job.notFound',
]);

/** Throws on what ends the run whatever the step says; otherwise answers the failure. */
function endsRun(run: LiveRun, at: StepAt, error: unknown): AppError {
  run.signal.throwIfAborted();
  if (error instanceof EnoughPages || error instanceof StepFailed || error instanceof WayLost) throw error;
  if (error instanceof WallError)
    return new AppError('job.signedOut', `${at.what}: somebody has to sign in. Open the job browser and sign in, then resume the run.`);
  const fault = faultOf(error, at.what, run.where() === null ? '' : run.page.url());
  if (fault.code === 'cancelled' || fault.code === 'job.browserLost' || isGone(error)) throw fault;
  return fault;
}

/** A step that failed for good: the run ends, and the lists around it do not try it again. */
export class StepFailed extends Error {
  readonly fault: AppError;
  readonly path: string;

  constructor(fault: AppError, path: string) {
    super(fault.message);
    this.fault = fault;
    this.path = path;
  }
}

/**
 * Whether the failure was of the page it happened on, and that is mended: somebody had to sign in, or the host had wanted to be left alone.
 * @throws WayLost when it is mended, but what the steps before had done to the page is gone.
 */
async function isGotPast(run: LiveRun, at: StepAt, error: unknown): Promise<boolean> {
  if (error instanceof AppError && never.has(error.code)) return false;
  // A holding step has seen to it in its own steps, and stands somewhere that is not its beginning.
  if (holding.includes(at.kind) && !(error instanceof WallError)) return false;
  if (await reloadRefused(run, at).catch(() => false)) return true;
  const there = run.lastPlace;
  const wall = error instanceof WallError ? error : await wallNow(run);
  if (wall === null) return false;
  await passWall(run, at, wall.url === null && there !== null ? new WallError(wall.wall, there) : wall);
  if ('request' in at.step) return true;
  if (there !== null && run.page.url() !== there) await run.page.goto(there, { waitUntil: 'domcontentloaded' }).catch(() => undefined);
  throw new WayLost();
}

async function wallNow(run: LiveRun): Promise<WallError | null> {
  const wall = await run.wall(null, run.lastAnswer?.status ?? null).catch(() => null);
  return wall === null ? null : new WallError(wall, null);
}

/** After it failed for good: what the step, or else the job, says. True: once more, since the user wants it. False: the job goes on without it. */
async function isTriedAgain(run: LiveRun, at: StepAt, fault: AppError): Promise<boolean> {
  const since = Date.now();
  const rule = at.step.onError ?? (run.job.onError?.ask === true ? 'ask' : 'fail');
  if (rule === 'continue') {
    run.log(at, 'failed', since, { message: `${fault.message} The job goes on.` });
    return false;
  }
  if (rule === 'ask') {
    const about = fault.code === 'job.elementMissing' || fault.code === 'job.elementAmbiguous' ? 'locator' : 'failure';
    const choices = ['Try again', 'Skip this step', 'Stop the run'];
    run.log(at, 'asked', since, { message: fault.message });
    const answer = await run.asks.ask({
      about,
      message: `${at.what} failed. ${fault.message}`,
      choices,
      screenshot: await takePicture(run, at, 'asked'),
    });
    if (answer === 'Try again') return true;
    if (answer === 'Skip this step') {
      run.log(at, 'skipped', since, { message: 'by the user, after it failed' });
      return false;
    }
  }
  run.log(at, 'failed', since, { message: fault.message });
  await keepEvidence(run, at);
  throw new StepFailed(fault, at.path);
}
