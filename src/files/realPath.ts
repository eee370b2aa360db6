import * as fs from 'node:fs';
import * as path from 'node:path';
import { AppError } from '../core/appError.ts';
import { fileError, isMissing } from './fileError.ts';
import { toSlashes } from './slashes.ts';

/** Where a path leads when every link in it is followed; parts that do not exist stay as they are. */
export async function realPathOf(file: string): Promise<string> {
  try {
    return toSlashes(await fs.promises.realpath(file));
  } catch (error) {
    const parent = path.dirname(file);
    if (!isMissing(error) || parent === file) throw fileError('Reading', file, error);
    if (await isLink(file)) {
      throw new AppError('file.unreadable', `${file} is a symbolic link that leads nowhere. Repair or remove it first.`, {
        path: file,
        errno: 'ENOENT',
      });
    }
    return toSlashes(path.join(await realPathOf(parent), path.basename(file)));
  }
}

export async function isLink(file: string): Promise<boolean> {
  try {
    return (await fs.promises.lstat(file)).isSymbolicLink();
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError('Reading', file, error);
  }
}
