import { dirname } from 'node:path';
import type { FileCalls, FileStat } from './fileCalls.ts';

/** Whether the files are still those that were opened. Anything but `ok`: stop acknowledging. */
export type GuardResult =
  | 'ok'
  /** Another file has the database's name (git checkout, a restore, a sync client). */
  | 'replaced'
  /** The database's name is gone; the content can still be exported. */
  | 'deleted'
  /** The log was deleted or replaced: other programs no longer see what we commit. */
  | 'walDeleted'
  /** The directory that keeps native SQLite from writing is gone. */
  | 'shieldGone';

export interface GuardedFiles {
  path: string;
  mainFd: number;
  walFd: number | undefined;
  /** A directory that must stay the one it is now. */
  shield: string | undefined;
}

/** For how long a look at the folder alone is enough, in milliseconds. */
const lookAgain = 1000;
/** A folder that changed less than this before it was looked at may change again with the same time: clocks of file systems tick in steps. */
const settled = 50;

/**
 * Remembers what the files are now. The check is one system call as a rule, cheap enough before every transaction: nothing can be
 * deleted or replaced without a change of the folder. The log itself must not be asked each time: since Linux 6.13 a question for a
 * file's times makes the next write keep them more exactly, and every flush took half as long again.
 */
export function createGuard(files: FileCalls, guarded: GuardedFiles): () => GuardResult {
  const main = files.statFd(guarded.mainFd);
  const wal = guarded.walFd;
  const shield = guarded.shield === undefined ? undefined : files.stat(guarded.shield);
  const folder = dirname(guarded.path);
  let unchanged: FileStat | undefined;
  let until = 0;

  function lookAtAll(): GuardResult {
    const now = statOrNothing(files, guarded.path);
    if (now === undefined) return 'deleted';
    if (!same(now, main)) return 'replaced';
    if (wal !== undefined && files.statFd(wal).nlink === 0n) return 'walDeleted';
    if (shield !== undefined && guarded.shield !== undefined) {
      const found = statOrNothing(files, guarded.shield);
      if (found === undefined || !same(found, shield)) return 'shieldGone';
    }
    return 'ok';
  }

  return () => {
    // Elsewhere asking costs nothing more, and not every file system keeps the times of folders.
    if (process.platform !== 'linux') return lookAtAll();
    const seen = statOrNothing(files, folder);
    const asBefore = seen !== undefined && unchanged !== undefined && same(seen, unchanged) && seen.mtimeMs === unchanged.mtimeMs;
    if (asBefore && performance.now() < until) return 'ok';
    const result = lookAtAll();
    const rested = seen !== undefined && Date.now() - Number(seen.mtimeMs) > settled;
    unchanged = result === 'ok' && rested ? seen : undefined;
    until = performance.now() + lookAgain;
    return result;
  };
}

function same(a: FileStat, b: FileStat): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

function statOrNothing(files: FileCalls, path: string): FileStat | undefined {
  try {
    return files.stat(path);
  } catch {
    return undefined;
  }
}
