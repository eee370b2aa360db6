import * as fs from 'node:fs';
import { toSlashes } from './slashes.ts';

/** What a path is, links followed; null when there is nothing, or nothing that may be looked at. */
export async function lookAt(path: string): Promise<{ real: string; kind: 'file' | 'directory' | 'other' } | null> {
  try {
    const real = await fs.promises.realpath(path);
    const stat = await fs.promises.stat(real);
    return { real: toSlashes(real), kind: stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'other' };
  } catch {
    return null;
  }
}
