import * as fs from 'node:fs';
import { errnoOf, isMissing } from './fileError.ts';
import { nameBeside } from './temporary.ts';

/** What came of putting a file in the place of another. */
export type Exchanged =
  /** What was in the place is now at `aside`. */
  | { kind: 'placed'; aside: string }
  /** There was nothing in the place; nothing was put there. */
  | { kind: 'missing' }
  /** Somebody put a file there in between, which stays; what was there before is at `aside`. */
  | { kind: 'occupied'; aside: string };

/**
 * Node has no call that exchanges two files at once, so there are two ways, and the calls of each follow one another without a turn
 * of the event loop in between.
 *
 * `exchange` is atomic for readers. Its weak spot: a file that another program renames into the place between the two calls, some ten
 * microseconds, would be replaced unseen.
 */
export function exchange(target: string, source: string): Exchanged {
  const aside = nameBeside(target, 'aside');
  try {
    fs.linkSync(target, aside);
  } catch (error) {
    if (isMissing(error)) return { kind: 'missing' };
    throw error;
  }
  try {
    fs.renameSync(source, target);
  } catch (error) {
    fs.rmSync(aside, { force: true });
    throw error;
  }
  return { kind: 'placed', aside };
}

/**
 * `exchangeGuarded` replaces nothing unseen, whatever others do: what is in the place is taken away, whatever it is, and the new file is
 * put there only if the place is then free. Its weak spot: between the two calls a reader finds no file. Hence for files that another
 * program is writing right now; what a crash in between leaves is put back by `Leftovers`.
 */
export function exchangeGuarded(target: string, source: string): Exchanged {
  const aside = nameBeside(target, 'aside');
  try {
    fs.renameSync(target, aside);
  } catch (error) {
    if (isMissing(error)) return { kind: 'missing' };
    throw error;
  }
  try {
    fs.linkSync(source, target);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return { kind: 'occupied', aside };
    restore(aside, target);
    throw error;
  }
  fs.unlinkSync(source);
  return { kind: 'placed', aside };
}

/** Puts a file back under its name unless somebody has put another there; then it stays where it is. Answers whether it is back. */
export function restore(aside: string, target: string): boolean {
  try {
    fs.linkSync(aside, target);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  fs.unlinkSync(aside);
  return true;
}

/** File systems without hard links (exFAT, some network shares) say so in one of these ways. */
export const hasNoLinks = (error: unknown): boolean => ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errnoOf(error));
