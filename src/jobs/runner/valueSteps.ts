import { AppError } from '../../core/appError.ts';
import { addressMatches } from '../../core/jobs/allowed.ts';
import { targetWords } from '../../core/jobs/stepWords.ts';
import type { PlainStepOf } from '../../protocol/jobs/plainSteps.ts';
import { holdsWithin } from './conditions.ts';
import { elementOf } from './element.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import { isThere } from './resolveTarget.ts';
import { monotonic, sleep } from './waits.ts';

export async function set(run: LiveRun, at: StepAt, step: PlainStepOf<'set'>): Promise<Outcome> {
  for (const [name, value] of Object.entries(step.set)) {
    if (typeof value === 'string') run.vars[name] = run.value(value);
    else if ('textOf' in value) run.vars[name] = (await (await elementOf(run, at, value.textOf)).innerText()).trim();
    else run.vars[name] = (await (await elementOf(run, at, value.of)).getAttribute(value.attr)) ?? '';
    run.typed.delete(name);
  }
  return { count: Object.keys(step.set).length };
}

export async function assert(run: LiveRun, at: StepAt, step: PlainStepOf<'assert'>): Promise<Outcome> {
  if (await holdsWithin(run, step.assert, Math.min(5000, at.timeout))) return {};
  throw new AppError('job.assertion', step.message === undefined ? `${at.what}: it does not hold.` : run.render(step.message));
}

export function say(run: LiveRun, _at: StepAt, step: PlainStepOf<'say'>): Promise<Outcome> {
  run.say(run.render(step.say));
  return Promise.resolve({});
}

/** @throws AppError `timeout`. */
export async function waitFor(run: LiveRun, at: StepAt, { waitFor: until }: PlainStepOf<'waitFor'>): Promise<Outcome> {
  if ('time' in until) {
    await sleep(until.time, run.signal);
    return {};
  }
  const limit = until.timeout ?? at.timeout;
  if ('network' in until) {
    await run.page.waitForLoadState('networkidle', { timeout: limit, signal: run.signal });
    return {};
  }
  const holds = async (): Promise<boolean> => {
    if ('visible' in until) return isThere(run, until.visible, true);
    if ('hidden' in until) return !(await isThere(run, until.hidden, true));
    if ('url' in until) return addressMatches(run.render(until.url), run.page.url());
    return isThere(run, { candidates: [{ text: run.render(until.text) }], fingerprint: null, frame: [] }, true);
  };
  const end = monotonic() + limit;
  for (let pause = 30; !(await holds()); pause = Math.min(250, pause * 2)) {
    const left = end - monotonic();
    if (left <= 0) throw waitedInVain(until, limit);
    await sleep(Math.min(pause, left), run.signal);
  }
  return {};
}

function waitedInVain(until: Exclude<PlainStepOf<'waitFor'>['waitFor'], { time: number } | { network: 'idle' }>, limit: number): AppError {
  const what =
    'visible' in until
      ? `${targetWords(until.visible)} did not appear`
      : 'hidden' in until
        ? `${targetWords(until.hidden)} did not go away`
        : 'url' in until
          ? 'the address did not become the one waited for'
          : 'the text did not appear';
  return new AppError(
    'timeout',
    `After ${Math.round(limit / 100) / 10} s ${what}. The page may be slow or may have changed: look at the picture, and raise the timeout if it was only slow.`,
  );
}
