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

/** Remembers what the files are now. The check is a few system calls, cheap enough before every transaction. */
export function createGuard(files: FileCalls, guarded: GuardedFiles): () => GuardResult {
  const main = files.statFd(guarded.mainFd);
  const wal = guarded.walFd;
  const shield = guarded.shield === undefined ? undefined : files.stat(guarded.shield);

  return () => {
    const now = statOrNothing(files, guarded.path);
    if (now === undefined) return 'deleted';
    if (!same(now, main)) return 'replaced';
    if (wal !== undefined && files.statFd(wal).nlink === 0n) return 'walDeleted';
    if (shield !== undefined && guarded.shield !== undefined) {
      const found = statOrNothing(files, guarded.shield);
      if (found === undefined || !same(found, shield)) return 'shieldGone';
    }
    return 'ok';
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
