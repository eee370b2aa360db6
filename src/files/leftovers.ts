import type { Dirent } from 'node:fs';
import * as path from 'node:path';
import { restore } from './exchange.ts';
import { asideOf } from './temporary.ts';
import { look } from './listing.ts';

/** Younger ones may belong to a write that is under way. */
const settled = 10_000;

/**
 * A process that was killed between taking a file out of its place and filling the place leaves the content under another name. It gets
 * its name back when there is no other file of that name. Answers the names of those that have.
 */
export async function putBack(folder: string, entries: readonly Dirent[]): Promise<string[]> {
  const back: string[] = [];
  for (const { name } of entries) {
    const original = asideOf(name);
    if (original === undefined || entries.some((other) => other.name === original)) continue;
    const aside = path.join(folder, name);
    const stat = await look(aside, false);
    if (stat instanceof Error || Date.now() - stat.ctimeMs < settled) continue;
    try {
      if (restore(aside, path.join(folder, original))) back.push(original);
    } catch {
      // Another process may be doing the same, or the folder is read-only: then it stays for the next time.
    }
  }
  return back;
}
