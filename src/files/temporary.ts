import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Names beside a file that no tool takes for one of its files. `aside` is a content that was moved out of the way. */
export function nameBeside(file: string, ending: 'tmp' | 'aside'): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.${ending}`);
}

/** The file that an `aside` name stands beside; undefined for any other name. */
export function asideOf(name: string): string | undefined {
  return /^\.(.+)\.[0-9a-f]{12}\.aside$/.exec(name)?.[1];
}

/** Writes a new file beside `file`, durably. `exactMode` is not subject to the umask. Answers its name. */
export async function writeBeside(file: string, bytes: Uint8Array, mode: { exact: number } | { new: number }): Promise<string> {
  const temporary = nameBeside(file, 'tmp');
  try {
    const handle = await fs.promises.open(temporary, 'wx', 'exact' in mode ? mode.exact : mode.new);
    try {
      if ('exact' in mode && process.platform !== 'win32') await handle.chmod(mode.exact);
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await fs.promises.rm(temporary, { force: true });
    throw error;
  }
  return temporary;
}

/** Makes the entries of a folder durable. Windows cannot open folders, and there a rename is durable by itself. */
export async function syncFolderOf(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await fs.promises.open(path.dirname(file), 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some network file systems refuse to sync a folder; the rename itself has happened.
  }
}
