import * as fs from 'node:fs';
import type { FileCalls } from './fileCalls.ts';
import { systemCode } from './fileErrors.ts';

/** Reads until `length` bytes or the end of the file; says how many. */
export function readFully(files: FileCalls, fd: number, into: Uint8Array, at: number, length: number, position: number): number {
  let done = 0;
  while (done < length) {
    const got = files.read(fd, into, at + done, length - done, position + done);
    if (got <= 0) break;
    done += got;
  }
  return done;
}

/** Writes all of it, however many calls that takes. */
export function writeFully(files: FileCalls, fd: number, from: Uint8Array, at: number, length: number, position: number): void {
  let done = 0;
  while (done < length) {
    const wrote = files.write(fd, from, at + done, length - done, position + done);
    if (wrote <= 0) throw Object.assign(new Error('EIO: a write took no bytes'), { code: 'EIO' });
    done += wrote;
  }
}

export function readWhole(files: FileCalls, fd: number): Uint8Array {
  const bytes = new Uint8Array(Number(files.statFd(fd).size));
  return bytes.subarray(0, readFully(files, fd, bytes, 0, bytes.length, 0));
}

/** Opens for reading and closes again. Undefined when there is no such file. */
export function withFile<T>(files: FileCalls, path: string, use: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = files.open(path, fs.constants.O_RDONLY);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return use(fd);
  } finally {
    files.close(fd);
  }
}

/**
 * Writes the first `length` bytes of a file over themselves and flushes. After a failed flush the system may believe that its
 * memory and the disk agree when they do not; only bytes written again are sure to reach the disk.
 */
export function writeAgain(files: FileCalls, path: string, length: number): void {
  let fd: number;
  try {
    fd = files.open(path, fs.constants.O_RDWR);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    const piece = new Uint8Array(Math.min(length, 1024 * 1024));
    for (let position = 0; position < length;) {
      const got = readFully(files, fd, piece, 0, Math.min(piece.length, length - position), position);
      if (got === 0) break;
      writeFully(files, fd, piece, 0, got, position);
      position += got;
    }
    files.sync(fd);
  } finally {
    files.close(fd);
  }
}
