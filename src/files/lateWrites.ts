import * as fs from 'node:fs';
import type { LateWrite } from '../app/filePorts.ts';
import type { Log } from '../app/ports.ts';
import { Emitter } from '../util/emitter.ts';
import { hashOf } from './readFile.ts';

/** Milliseconds that a program may have a file open before it writes into it. */
const patience = 1000;
/** More are not kept open at a time. */
const most = 200;

/** A content that was moved aside. */
export interface Aside {
  /** The name it has now. */
  name: string;
  bytes: Uint8Array;
  hash: string;
  /** Tells which file it is, whatever its name. */
  inode: bigint;
  handle: fs.promises.FileHandle;
}

interface Watched {
  path: string;
  handle: fs.promises.FileHandle;
  hash: string;
  timer: NodeJS.Timeout;
}

export async function openAside(name: string): Promise<Aside> {
  const handle = await fs.promises.open(name, 'r');
  try {
    const { ino } = await handle.stat({ bigint: true });
    return { name, inode: ino, handle, ...(await contentOf(handle)) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The content as it is by now. */
export const readAgain = async (aside: Aside): Promise<Aside> => ({ ...aside, ...(await contentOf(aside.handle)) });

async function contentOf(handle: fs.promises.FileHandle): Promise<{ bytes: Uint8Array; hash: string }> {
  const { size } = await handle.stat();
  const buffer = new Uint8Array(size);
  // From the beginning, wherever the handle was.
  const { bytesRead } = await handle.read(buffer, 0, size, 0);
  const bytes = buffer.subarray(0, bytesRead);
  return { bytes, hash: hashOf(bytes) };
}

/**
 * A program that opened a file before we replaced it writes into what has no name any more, and believes to have saved. So what was
 * replaced is kept open for a second and looked at once more.
 */
export class LateWrites {
  readonly #found = new Emitter<LateWrite>();
  readonly #watched = new Set<Watched>();
  readonly #log: Log;
  readonly onDidFind = this.#found.event;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Removes the name of what was the content of `path`, and watches it. */
  async letGo({ name, handle, hash }: Aside, path: string): Promise<void> {
    const watched: Watched = { path, handle, hash, timer: setTimeout(() => void this.#look(watched), patience) };
    watched.timer.unref();
    this.#watched.add(watched);
    await fs.promises.rm(name, { force: true });
    const [oldest] = this.#watched;
    if (this.#watched.size > most && oldest !== undefined) await this.#look(oldest);
  }

  async #look(watched: Watched): Promise<void> {
    if (!this.#watched.delete(watched)) return;
    clearTimeout(watched.timer);
    const { handle, path, hash } = watched;
    try {
      const { bytes, hash: now } = await contentOf(handle);
      // An empty file is one that was opened to be written and has not been yet, or never will.
      if (bytes.length > 0 && now !== hash) this.#found.fire({ path, bytes });
    } catch (error) {
      this.#log.error(`What ${path} was before could not be looked at once more`, error);
    } finally {
      await handle.close();
    }
  }

  /** Looks at all that is still watched, now. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#watched].map((watched) => this.#look(watched)));
    this.#found.dispose();
  }
}
