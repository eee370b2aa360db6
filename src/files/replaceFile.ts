import * as fs from 'node:fs';
import type { Exchanged } from './exchange.ts';
import { exchange, exchangeGuarded, hasNoLinks } from './exchange.ts';
import type { Aside, LateWrites } from './lateWrites.ts';
import { openAside, readAgain } from './lateWrites.ts';
import { hashOf } from './readFile.ts';

export type Replaced =
  | { kind: 'replaced' }
  /** What others wrote is in the place, or nothing if they removed it. `held` is what they saved and we had taken out; one may be in the place. */
  | { kind: 'conflict'; held: Uint8Array[] };

interface Task {
  /** As its writer calls it. */
  path: string;
  /** Where it really is. */
  target: string;
  /** The new content, in a file beside the target. It is there still after a conflict. */
  source: string;
  bytes: Uint8Array;
  expected: string;
  contended: boolean;
}

/** Others that write without pause are given way to after this many turns. */
const mostTurns = 10;

/**
 * Puts a file in the place of one whose content is `expected`. If what was replaced turns out to be something else, it is put back, and
 * what that replaces is looked at in turn, until the newest of what others wrote is in the place.
 */
export async function replaceFile(task: Task, late: LateWrites): Promise<Replaced> {
  const { path, target } = task;
  const ourHash = hashOf(task.bytes);
  /** What others wrote and we have taken out of the place, oldest first. */
  const held: Aside[] = [];
  let isKnown = (found: Aside) => found.hash === task.expected;

  for (let turn = 0; ; turn++) {
    const theirs = held.at(-1);
    const exchanged = place(target, theirs?.name ?? task.source, turn > 0 || task.contended);
    if (exchanged === 'noLinks') return (await renameChecked(task)) ? { kind: 'replaced' } : { kind: 'conflict', held: [] };
    if (exchanged.kind === 'missing') break;
    const found = await openAside(exchanged.aside);
    const isOlder = held.some(({ inode }) => inode === found.inode);
    if (isKnown(found)) {
      await late.letGo(found, path);
      if (exchanged.kind === 'placed' && turn === 0) return { kind: 'replaced' };
      break;
    }
    if (isOlder) {
      await fs.promises.rm(found.name, { force: true });
      await found.handle.close();
      break;
    }
    held.push(found);
    if (exchanged.kind === 'occupied' || turn === mostTurns) break;
    // Somebody wrote in between: theirs goes back, over what was just put there.
    isKnown = turn === 0 ? ({ hash }) => hash === ourHash : () => false;
  }
  return { kind: 'conflict', held: await contentsOf(held, task, late) };
}

/** Lets go of what was taken out. Also what is in the place by now is told: it may be replaced before anybody looks. */
async function contentsOf(held: readonly Aside[], { path, target }: Task, late: LateWrites): Promise<Uint8Array[]> {
  const contents: Uint8Array[] = [];
  const inPlace = await fs.promises.stat(target, { bigint: true }).catch(() => undefined);
  for (const aside of held) {
    // Its writer may have gone on writing since it was taken out, or have written something else into it.
    const now = await readAgain(aside);
    if (!isBeginning(aside.bytes, now.bytes)) contents.push(aside.bytes);
    if (now.bytes.length > 0) contents.push(now.bytes);
    if (now.inode === inPlace?.ino) await now.handle.close();
    else await late.letGo(now, path);
  }
  return contents;
}

const isBeginning = (part: Uint8Array, whole: Uint8Array) => part.length <= whole.length && part.every((byte, i) => whole[i] === byte);

function place(target: string, source: string, guarded: boolean): Exchanged | 'noLinks' {
  try {
    return guarded ? exchangeGuarded(target, source) : exchange(target, source);
  } catch (error) {
    if (hasNoLinks(error)) return 'noLinks';
    throw error;
  }
}

/** Without hard links nothing can be put back: the best that is left is to look immediately before. */
async function renameChecked({ target, source, expected }: Task): Promise<boolean> {
  const now = hashOf(await fs.promises.readFile(target));
  if (now !== expected) {
    return false;
  }
  fs.renameSync(source, target);
  return true;
}
