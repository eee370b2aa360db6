import type { Locator } from 'playwright-core';
import { AppError } from '../../core/appError.ts';
import { isPositional } from '../../core/jobs/positional.ts';
import { targetWords } from '../../core/jobs/stepWords.ts';
import type { Candidate, Target } from '../../protocol/jobs/locator.ts';
import { agrees, bearsIdentity, locate } from './candidates.ts';
import type { Place } from './candidates.ts';
import type { LiveRun } from './liveRun.ts';
import { monotonic, sleep } from './waits.ts';

export interface Resolved {
  locator: Locator;
  /** Index of the candidate that led to it, and whether the ones before it did not any more. */
  taken: number;
  healed: boolean;
}

interface Looking {
  /** Elements that cannot be seen count too: a file input seldom can. */
  hidden?: boolean;
  timeout: number;
  path: string;
}

/** Before the page is done loading, what is missing may be about to come: other candidates must wait. */
const graceMs = 2000;
const pauses = [20, 40, 80, 120, 200];

/**
 * The one element a target means: of the first candidate that leads to exactly one. Later candidates are believed only when the element still is what was
 * recorded, or when they name what it is; one that goes by position never decides without a fingerprint that agrees.
 * @throws AppError `job.elementMissing`, `job.elementAmbiguous`.
 */
export async function resolveTarget(run: LiveRun, target: Target, looking: Looking): Promise<Resolved> {
  const rendered = renderTarget(run, target);
  const known = run.taken.get(target);
  const began = monotonic();
  const grace = known === undefined ? Math.min(graceMs, looking.timeout / 4) : 0;
  let ambiguous = 0;
  for (let turn = 0; ; turn++) {
    const place = inFrames(run.page, rendered.frame);
    ambiguous = 0;
    const waited = monotonic() - began;
    for (const [index, one] of rendered.candidates.entries()) {
      if (index > 0 && waited < grace) break;
      const left = Math.max(500, looking.timeout - waited);
      const all = locate(place, one);
      const locator = looking.hidden === true ? all : all.filter({ visible: true });
      const count = await countOf(locator, one);
      if (count > 1 && !isPositional(one)) ambiguous ||= count;
      if (count !== 1 || !(await isBelieved(locator, one, index, rendered, left))) continue;
      const original = target.candidates[index];
      if (index > 0 && original !== undefined) run.taken.set(target, original);
      return { locator, taken: index, healed: index > 0 };
    }
    if (waited >= looking.timeout) break;
    await sleep(Math.min(pauses[turn] ?? 250, Math.max(1, looking.timeout - waited)), run.signal);
  }
  if (ambiguous > 0) {
    throw new AppError(
      'job.elementAmbiguous',
      `${ambiguous} elements match ${targetWords(rendered)}, and nothing tells them apart. Make the step's locator more exact.`,
      {
        step: looking.path,
        count: ambiguous,
      },
    );
  }
  const only = rendered.candidates.every(isPositional)
    ? ' Each of its candidates goes by position, which can only confirm a choice: add one that says what the element is.'
    : '';
  throw new AppError('job.elementMissing', `No element matches ${targetWords(rendered)}. The page may have changed.${only}`, {
    step: looking.path,
  });
}

async function isBelieved(locator: Locator, one: Candidate, index: number, { fingerprint }: Target, timeout: number): Promise<boolean> {
  const positional = isPositional(one);
  if (index === 0 && !positional) return true;
  if (fingerprint === null) return !positional && bearsIdentity(one);
  if (positional && fingerprint.name === undefined) return false;
  try {
    return await agrees(locator, fingerprint, timeout);
  } catch {
    // It went away while it was looked at.
    return false;
  }
}

async function countOf(locator: Locator, one: Candidate): Promise<number> {
  try {
    return await locator.count();
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/Execution context was destroyed|frame was detached|Frame was detached|navigat/i.test(message)) return 0;
    if (/Unexpected token|is not a valid selector|not a valid XPath|Failed to execute|Unknown engine|while parsing/i.test(message)) {
      throw new AppError(
        'job.invalid',
        `${one.css ?? one.xpath ?? 'The locator'} is not a valid ${one.xpath === undefined ? 'CSS selector' : 'XPath expression'}.`,
        {},
        error,
      );
    }
    throw error;
  }
}

/** Whether there is such an element now; several are as good as one. */
export async function isThere(run: LiveRun, target: Target, visible: boolean): Promise<boolean> {
  const rendered = renderTarget(run, target);
  const place = inFrames(run.page, rendered.frame);
  for (const one of rendered.candidates) {
    const all = locate(place, one);
    if ((await countOf(visible ? all.filter({ visible: true }) : all, one)) > 0) return true;
  }
  return false;
}

function inFrames(page: Place, frames: readonly Candidate[]): Place {
  let place = page;
  for (const frame of frames) place = locate(place, frame).contentFrame();
  return place;
}

function renderTarget(run: LiveRun, target: Target): Target {
  const render = (one: Candidate): Candidate => {
    const entries = Object.entries(one).map(([key, value]) => [key, typeof value === 'string' ? run.render(value) : value]);
    return Object.fromEntries(entries);
  };
  return { candidates: target.candidates.map(render), fingerprint: target.fingerprint, frame: target.frame.map(render) };
}
