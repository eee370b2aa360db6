import * as fs from 'node:fs';
import * as path from 'node:path';
import { atomicWriteSync } from '../util/atomicWrite.ts';
import { fileError } from './engine/fileErrors.ts';
import type { StoreNames } from './names.ts';

/** Everything here stays out of git but the job files, which people share, and this file itself. */
const ignoreRules = `# Written by ClaudeTask. The database, its backups and its lock belong to this machine; job files belong to the project.
*
!.gitignore
!jobs/
!jobs/**
`;

/** Recursive only when needed: Node answers ENOENT instead of EROFS for a recursive one on a read-only disk. */
function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  const parent = fs.existsSync(path.dirname(folder));
  fs.mkdirSync(folder, { recursive: !parent });
}

/** Makes `.claudetask/` with its rules for git. Throws `store.readOnly` when it cannot be written to. */
export function prepareFolder(names: StoreNames): void {
  try {
    makeFolder(names.folder);
    fs.accessSync(names.folder, fs.constants.W_OK);
    const ignore = path.join(names.folder, '.gitignore');
    // A file that is there may have been edited on purpose.
    if (!fs.existsSync(ignore)) atomicWriteSync(ignore, ignoreRules, 0o644);
  } catch (error) {
    throw fileError('Preparing the folder of the task database', error);
  }
}

/** `20261121-142501`, for file names that sort by time. */
export const stamp = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');

/** A name in `folder` that nothing has yet. */
export function freeName(folder: string, base: string, extension: string): string {
  for (let n = 1; ; n++) {
    const file = path.join(folder, `${base}${n === 1 ? '' : `-${n}`}${extension}`);
    if (!fs.existsSync(file)) return file;
  }
}
