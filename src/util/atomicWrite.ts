import * as fs from 'node:fs';
import * as path from 'node:path';
import { randomBytes } from 'node:crypto';

/** Makes the entries of a folder durable. Windows cannot open folders, and there the rename is durable by itself. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  try {
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // Some network file systems refuse to sync a folder; the rename itself has happened.
  }
}

function modeOf(file: string): number | undefined {
  try {
    return fs.statSync(file).mode & 0o777;
  } catch {
    return undefined;
  }
}

/**
 * Replaces a small file so that a reader, a crash or a power cut finds either the old content or the new one, whole.
 * A file that exists keeps its permissions; a new one gets `mode`. Throws what `fs` throws and then leaves the old file.
 */
export function atomicWriteSync(file: string, content: string | Uint8Array, mode = 0o666): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const kept = modeOf(file);
  try {
    const fd = fs.openSync(temporary, 'wx', kept ?? mode);
    try {
      // The process' umask does not apply to a mode that was there before.
      if (kept !== undefined && process.platform !== 'win32') fs.fchmodSync(fd, kept);
      fs.writeFileSync(fd, content);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}
