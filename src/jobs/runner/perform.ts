import type { Step } from '../../protocol/jobs/steps.ts';
import { confirm, ensureSignedIn, pause } from './askSteps.ts';
import { download, screenshot } from './fileSteps.ts';
import { check, click, fill, hover, press, scroll, select, upload } from './interact.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import { branch, forEach, forEachPage, runJob } from './loops.ts';
import type { Inside } from './loops.ts';
import { exportRecords, extractRecords, request } from './readSteps.ts';
import { openThroughWalls } from './thresholds.ts';
import { assert, say, set, waitFor } from './valueSteps.ts';

/** Does a step, once. */
export async function perform(run: LiveRun, at: StepAt, step: Step, inside: Inside): Promise<Outcome> {
  if ('goto' in step) {
    await openThroughWalls(run, at, run.render(step.goto));
    return {};
  }
  if ('click' in step) return click(run, at, step);
  if ('fill' in step) return fill(run, at, step);
  if ('select' in step) return select(run, at, step);
  if ('check' in step) return check(run, at, step);
  if ('press' in step) return press(run, at, step);
  if ('hover' in step) return hover(run, at, step);
  if ('scroll' in step) return scroll(run, at, step);
  if ('upload' in step) return upload(run, at, step);
  if ('waitFor' in step) return waitFor(run, at, step);
  if ('ensureSignedIn' in step) return ensureSignedIn(run, at, step);
  if ('pause' in step) return pause(run, at, step);
  if ('confirm' in step) return confirm(run, at, step);
  if ('set' in step) return set(run, at, step);
  if ('assert' in step) return assert(run, at, step);
  if ('request' in step) return request(run, at, step, inside.level, () => inside.save(at.what));
  if ('download' in step) return download(run, at, step);
  if ('screenshot' in step) return screenshot(run, at, step);
  if ('save' in step) return exportRecords(run, at, step);
  if ('runJob' in step) return runJob(run, at, step, inside);
  if ('say' in step) return say(run, at, step);
  if ('forEachPage' in step) return forEachPage(run, at, step, inside);
  if ('forEach' in step) return forEach(run, at, step, inside);
  if ('if' in step) return branch(run, at, step, inside);
  return extractRecords(run, at, step);
}
