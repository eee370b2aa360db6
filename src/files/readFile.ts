import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { FileView } from '../app/filePorts.ts';
import { AppError } from '../core/appError.ts';
import { documentLimit } from '../core/document.ts';
import { fileError, isMissing, tooLarge } from './fileError.ts';
import { toSlashes } from './slashes.ts';

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Reads a file whole, through links. Undefined when there is none. Throws `file.unreadable`, `file.tooLarge`. */
export async function readFile(path: string): Promise<FileView | undefined> {
  try {
    const handle = await fs.promises.open(path, 'r');
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new AppError('file.unreadable', `${path} is no file.`, { path, errno: 'EISDIR' });
      if (stat.size > documentLimit) throw tooLarge(path);
      const bytes = await handle.readFile();
      const link = await fs.promises.lstat(path);
      const realPath = toSlashes(await fs.promises.realpath(path));
      return {
        path,
        bytes,
        hash: hashOf(bytes),
        mode: stat.mode & 0o777,
        modifiedAt: stat.mtimeMs,
        isSymlink: link.isSymbolicLink(),
        realPath,
      };
    } finally {
      await handle.close();
    }
  } catch (error) {
    // It may vanish at any step.
    if (isMissing(error)) return undefined;
    throw fileError('Reading', path, error);
  }
}
