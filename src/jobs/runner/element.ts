import type { Locator } from 'playwright-core';
import type { Target } from '../../protocol/jobs/locator.ts';
import type { LiveRun, StepAt } from './liveRun.ts';
import { resolveTarget } from './resolveTarget.ts';
import { monotonic } from './waits.ts';

/** What is left of the time of a step that began at `began`; never so little that nothing could be done any more. */
export const timeLeft = (at: StepAt, began: number): number => Math.max(1000, at.timeout - (monotonic() - began));

/**
 * The element of a step. When it was found by another candidate than the first, that is reported once, for the job file to be mended.
 * @throws AppError `job.elementMissing`, `job.elementAmbiguous`.
 */
export async function elementOf(
  run: LiveRun,
  at: StepAt,
  target: Target,
  looking: { hidden?: boolean; timeout?: number } = {},
): Promise<Locator> {
  const known = run.taken.has(target);
  const { locator, taken, healed } = await resolveTarget(run, target, {
    timeout: looking.timeout ?? at.timeout,
    path: at.path,
    hidden: looking.hidden ?? false,
  });
  if (healed) at.healed = true;
  if (healed && !known) {
    const chosen = target.candidates[taken];
    run.commits.heal({
      step: at.path,
      taken,
      before: [...target.candidates],
      after: [chosen, ...target.candidates.filter((one) => one !== chosen)],
    });
  }
  return locator;
}
