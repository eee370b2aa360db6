import * as fs from 'node:fs';
import { syncFolder } from '../util/atomicWrite.ts';
import * as path from 'node:path';

const chunk = 1024 * 1024;
/** Flushed in pieces, so that a commit of someone else never waits behind a hundred dirty megabytes. */
const flushEvery = 4 * chunk;

/** Copies a file durably without disturbing those who commit meanwhile. The target must not exist. */
export async function copyQuietly(from: string, to: string): Promise<number> {
  const source = await fs.promises.open(from, 'r');
  try {
    const target = await fs.promises.open(to, 'wx', 0o644);
    try {
      const buffer = Buffer.allocUnsafe(chunk);
      let position = 0;
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, chunk, position);
        if (bytesRead === 0) break;
        await target.write(buffer, 0, bytesRead, position);
        position += bytesRead;
        if (position % flushEvery === 0) await target.datasync();
      }
      await target.sync();
      return position;
    } finally {
      await target.close();
    }
  } catch (error) {
    fs.rmSync(to, { force: true });
    throw error;
  } finally {
    await source.close();
  }
}

/** Where SQLite's header says how the file is written; 2 is WAL, 1 is a file that is complete by itself. */
const writeVersion = 18;
const readVersion = 19;

/** Marks a copy as complete by itself, so that any program opens it, also in a folder that cannot be written to. */
export async function markSelfContained(file: string): Promise<void> {
  const handle = await fs.promises.open(file, 'r+');
  try {
    await handle.write(Buffer.from([1, 1]), 0, readVersion - writeVersion + 1, writeVersion);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a finished file its final name, durably. */
export function publish(temporary: string, file: string): void {
  fs.renameSync(temporary, file);
  syncFolder(path.dirname(file));
}
