import type { LiveRun, StepAt } from './liveRun.ts';
import { picture } from './pictures.ts';
import { fileName, keep } from './runFiles.ts';
import { withoutTypedTexts } from './snapshotLine.ts';

/** A page that hangs must not hold up the end of its run. */
const patience = 3000;

/** A picture of the page for a question or a failure. Answers its path below the run's folder; null when there can be none. */
export async function takePicture(run: LiveRun, at: StepAt, why: string): Promise<string | null> {
  try {
    const { path } = await keep(
      run,
      'screenshot',
      `${fileName(at.path, why, String(Date.now()))}.jpg`,
      await picture(run, run.page, patience),
    );
    return path;
  } catch {
    return null;
  }
}

/**
 * Keeps what helps to understand a failure: a picture, what a screen reader would be told, and the last actions and answers. Nothing in it was typed, and
 * no cookies, headers or queries.
 */
export async function keepEvidence(run: LiveRun, at: StepAt): Promise<void> {
  if (run.job.onError?.screenshot !== false) await takePicture(run, at, 'failed');
  try {
    const snapshot = await run.page.locator('body').ariaSnapshot({ timeout: patience });
    await keep(run, 'snapshot', `${fileName(at.path, 'failed', String(Date.now()))}.yaml`, run.redact(withoutTypedTexts(snapshot)));
  } catch {
    // The page is gone or hangs: then there is the trail.
  }
  await keep(run, 'trace', `${fileName(at.path, 'trail', String(Date.now()))}.ndjson`, run.redact(run.trail.text()));
}
