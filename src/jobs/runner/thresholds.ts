import type { LiveRun, StepAt } from './liveRun.ts';
import { openAddress } from './navigate.ts';
import { isPast, waitForSignIn } from './signIn.ts';
import { WallError } from './walls.ts';

const mostWalls = 3;

/** What the steps before have made of the page is gone, through a sign-in or a page opened anew: their way is to be gone again. */
export class WayLost extends Error {}

/** Waits until the user has come past what stands in the way, and opens the address again. */
export async function passWall(run: LiveRun, at: StepAt, { wall, url }: WallError): Promise<void> {
  const there = url ?? run.page.url();
  await waitForSignIn(run, at, { wall, url: there, message: null, timeout: null, done: (page) => isPast(run, page) });
}

/** Opens an address as `openAddress` does; where somebody has to sign in, the user is asked to, and it is opened again. */
export async function openThroughWalls(run: LiveRun, at: StepAt, url: string, isList = false): Promise<void> {
  for (let turn = 1; ; turn++) {
    try {
      return await openAddress(run, at, url, isList);
    } catch (error) {
      if (!(error instanceof WallError) || turn > mostWalls) throw error;
      await passWall(run, at, error);
    }
  }
}
