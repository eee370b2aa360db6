import type { Dirent } from 'node:fs';
import * as path from 'node:path';
import type { Log } from '../app/ports.ts';
import { restore } from './exchange.ts';
import { list, look } from './listing.ts';
import { asideOf } from './temporary.ts';

/** Milliseconds: younger ones may belong to a write that is under way. */
const settled = 10_000;

/**
 * A process that was killed between taking a file out of its place and filling the place leaves the content under another name. It gets
 * its name back when there is no other file of that name: at once, or as soon as nobody can be writing it any more.
 */
export class Leftovers {
  readonly #log: Log;
  /** By the name of what was left. */
  readonly #waiting = new Map<string, NodeJS.Timeout>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Lists a folder in which what was left has its name back. Undefined when there is none, 'unreadable' when the system refuses. */
  async list(folder: string): Promise<Dirent[] | 'unreadable' | undefined> {
    const entries = await list(folder);
    if (!Array.isArray(entries) || !(await this.#putBack(folder, entries))) return entries;
    return await list(folder);
  }

  async #putBack(folder: string, entries: readonly Dirent[]): Promise<boolean> {
    let isChanged = false;
    for (const [original, names] of lacking(entries)) {
      const left = await Promise.all(names.map((name) => changeOf(path.join(folder, name))));
      // Of several the others are of earlier crashes.
      const newest = left.sort((a, b) => b.at - a.at)[0];
      if (newest === undefined) continue;
      const file = path.join(folder, original);
      const wait = newest.at + settled - Date.now();
      if (wait > 0) this.#later(newest.aside, file, wait);
      else if (this.#restore(newest.aside, file)) isChanged = true;
    }
    return isChanged;
  }

  /** A window that is opened again right after a crash does not search a second time: whoever watches is told of the file then. */
  #later(aside: string, file: string, wait: number): void {
    if (this.#waiting.has(aside)) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(aside);
      this.#restore(aside, file);
    }, wait);
    timer.unref();
    this.#waiting.set(aside, timer);
  }

  #restore(aside: string, file: string): boolean {
    try {
      if (!restore(aside, file)) return false;
      this.#log.info(`${file} is back: a process that ended while replacing it had left it under another name.`);
      return true;
    } catch {
      // Another process may be doing the same, or the folder is read-only: then it stays for the next time.
      return false;
    }
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}

/** Names of files that are not there, each with those under which something was left of it. */
function lacking(entries: readonly Dirent[]): Map<string, string[]> {
  const left = new Map<string, string[]>();
  for (const { name } of entries) {
    const original = asideOf(name);
    if (original !== undefined) left.set(original, [...(left.get(original) ?? []), name]);
  }
  if (left.size > 0) for (const { name } of entries) left.delete(name);
  return left;
}

/** When a file was moved aside, in milliseconds since 1970. */
async function changeOf(aside: string): Promise<{ aside: string; at: number }> {
  const stat = await look(aside, false);
  // It may be gone by now: then nothing is put back.
  return { aside, at: stat instanceof Error ? 0 : stat.ctimeMs };
}
