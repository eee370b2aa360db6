import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

export interface FileStat {
  dev: bigint;
  ino: bigint;
  nlink: bigint;
  size: bigint;
  mode: bigint;
  mtimeMs: bigint;
}

/**
 * What the engine asks of the operating system. All calls throw Node's system errors (`code`, `syscall`).
 * A port of its own, so that power cuts and full disks can be played against the real engine.
 */
export interface FileCalls {
  open(path: string, flags: number): number;
  close(fd: number): void;
  /** May read less than asked; 0 at the end of the file. */
  read(fd: number, into: Uint8Array, offset: number, length: number, position: number): number;
  /** May write less than asked. */
  write(fd: number, from: Uint8Array, offset: number, length: number, position: number): number;
  sync(fd: number): void;
  /** The same without holding up the thread. Rejects with the system's error. */
  syncBeside(fd: number): Promise<void>;
  truncate(fd: number, length: number): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  stat(path: string): FileStat;
  statFd(fd: number): FileStat;
  /** Makes the names in the directory of `path` durable. Does nothing where the system has no such call. */
  syncDirectoryOf(path: string): void;
}

const big = { bigint: true } as const;

/** The real file system. */
export const realFileCalls: FileCalls = {
  open: (path, flags) => fs.openSync(path, flags, 0o644),
  close: (fd) => fs.closeSync(fd),
  read: (fd, into, offset, length, position) => fs.readSync(fd, into, offset, length, position),
  write: (fd, from, offset, length, position) => fs.writeSync(fd, from, offset, length, position),
  // On macOS libuv makes this F_FULLFSYNC, a true flush.
  sync: (fd) => fs.fdatasyncSync(fd),
  syncBeside: promisify(fs.fdatasync),
  truncate: (fd, length) => fs.ftruncateSync(fd, length),
  unlink: (path) => fs.unlinkSync(path),
  rename: (from, to) => fs.renameSync(from, to),
  stat: (path) => fs.statSync(path, big),
  statFd: (fd) => fs.fstatSync(fd, big),
  syncDirectoryOf(path) {
    // Windows neither can nor needs to flush a directory.
    if (process.platform === 'win32') return;
    const fd = fs.openSync(dirname(path), fs.constants.O_RDONLY);
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
};
