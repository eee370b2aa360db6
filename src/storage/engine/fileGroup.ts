import * as fs from 'node:fs';
import type { FileCalls, FileStat } from './fileCalls.ts';
import { systemCode } from './fileErrors.ts';
import { createWalBuffer } from './walBuffer.ts';
import type { WalBuffer } from './walBuffer.ts';
import { readFully, writeFully } from './wholeFile.ts';

export type FileKind = 'main' | 'wal' | 'journal';

/** The files of one database as one thing: what is open, what is not durable, what went wrong. */
export interface FileGroup {
  /** The name that SQLite knows the database by. Made up, which also keeps Windows paths away from it. */
  readonly name: string;
  readonly path: string;
  readonly files: FileCalls;
  readonly opened: Set<OpenFile>;
  /** Descriptors of the operating system, while open. */
  fd(kind: FileKind): number | undefined;
  /** Bytes of the log in use: the end of the last frame since it was last begun. */
  walUsed: number;
  /** The log holds bytes that no flush was begun for. */
  walDirty: boolean;
  /** The log holds bytes that are not known to be durable. */
  readonly unflushed: boolean;
  /** A file was made or removed and its directory not yet flushed. */
  directoryDirty: boolean;
  /** A flush of the log failed: the system may have forgotten what was to be written, so no later flush proves anything. */
  flushFailure: Error | undefined;
  /** The last refusal of the operating system: SQLite's own words do not tell "disk full". */
  lastError: unknown;
  /** From now on nothing of this database reaches the disk. */
  frozen: boolean;
  /** Makes the log durable. Throws the operating system's error. */
  flushWal(): void;
  /** Makes durable what the log holds now, while more may be written. Rejects with the operating system's error. */
  flushWalBeside(): Promise<void>;
  /** Writes zeros up to `size`, at most `step` bytes of them; true while more is left. */
  prewriteWal(size: number, step: number): boolean;
  /** Closes what SQLite left open and forgets the names. */
  release(): void;
}

export interface OpenFile {
  readonly kind: FileKind;
  readonly group: FileGroup;
  readonly fd: number;
  /** Collects writes; the log only. */
  readonly buffer: WalBuffer | undefined;
  position: number;
  read(into: Uint8Array, at: number, length: number, position: number): number;
  write(from: Uint8Array, at: number, length: number, position: number): void;
  /** What the system knows of it; its size may be of an earlier time. */
  stat(): FileStat;
  size(): number;
  truncate(length: number): void;
  /** Flushes this file, and its directory where that is due. */
  sync(): void;
  /** Closes the descriptor in any case. Throws the first error. */
  close(): void;
}

const aheadSize = 256 * 1024;

export function createFileGroup(name: string, path: string, files: FileCalls, onRelease: () => void): FileGroup {
  const opened = new Set<OpenFile>();
  /** Flushes on their way: what they are to make durable is not so yet. */
  let beside = 0;
  const find = (kind: FileKind) => [...opened].find((file) => file.kind === kind);

  const group: FileGroup = {
    name,
    path,
    files,
    opened,
    fd: (kind) => find(kind)?.fd,
    walUsed: 0,
    walDirty: false,
    get unflushed() {
      return group.walDirty || beside > 0;
    },
    directoryDirty: false,
    flushFailure: undefined,
    lastError: undefined,
    frozen: false,
    flushWal() {
      if (group.flushFailure !== undefined) throw group.flushFailure;
      if (group.unflushed) find('wal')?.sync();
    },
    async flushWalBeside() {
      const wal = find('wal');
      // A new file's name has to be flushed too, which happens once.
      if (wal === undefined || group.directoryDirty || group.flushFailure !== undefined) return group.flushWal();
      if (!group.walDirty) return;
      beside++;
      try {
        wal.buffer?.spill();
        group.walDirty = false;
        // Should the file be closed before the system gets to it, a flush of whatever has its number by then does no harm.
        await files.syncBeside(wal.fd);
      } catch (error) {
        group.flushFailure = error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        beside--;
      }
    },
    prewriteWal(size, step) {
      const wal = find('wal');
      if (wal === undefined || group.frozen) return false;
      const from = wal.size();
      const length = Math.min(step, size - from);
      if (length <= 0) return false;
      writeFully(files, wal.fd, new Uint8Array(length), 0, length, from);
      files.sync(wal.fd);
      return from + length < size;
    },
    release() {
      for (const file of [...opened]) {
        try {
          file.close();
        } catch (error) {
          group.lastError = error;
        }
      }
      onRelease();
    },
  };
  return group;
}

/** Opens one file of the group with Node's flags. Throws the operating system's error. */
export function openGroupFile(group: FileGroup, kind: FileKind, path: string, flags: number, create: boolean): OpenFile {
  const { files } = group;
  let fd: number;
  try {
    fd = files.open(path, flags);
  } catch (error) {
    if (!create || systemCode(error) !== 'ENOENT') throw error;
    fd = files.open(path, flags | fs.constants.O_CREAT);
    group.directoryDirty = true;
  }
  const buffer = kind === 'wal' ? createWalBuffer(files, fd) : undefined;
  const ahead = buffer === undefined ? undefined : createReadAhead(files, fd);

  // Nobody else writes the database file, so its size is known; and SQLite asks for it with every statement while the log is empty.
  let known: FileStat | undefined;
  let mainSize = 0;

  function stat(): FileStat {
    if (known !== undefined) return known;
    const found = files.statFd(fd);
    if (kind === 'main') {
      known = found;
      mainSize = Number(found.size);
    }
    return found;
  }

  const file: OpenFile = {
    kind,
    group,
    fd,
    buffer,
    position: 0,
    read(into, at, length, position) {
      if (buffer === undefined || ahead === undefined) return readFully(files, fd, into, at, length, position);
      if (buffer.read(into, at, length, position)) return length;
      if (buffer.overlaps(position, length)) buffer.spill();
      const got = ahead.read(into, at, length, position);
      // Recovery reads up to the end of what is valid, give or take a frame.
      if (ahead.active) group.walUsed = Math.max(group.walUsed, position + got);
      return got;
    },
    write(from, at, length, position) {
      if (buffer === undefined || ahead === undefined) {
        writeFully(files, fd, from, at, length, position);
        mainSize = Math.max(mainSize, position + length);
        return;
      }
      ahead.stop();
      buffer.write(from, at, length, position);
      group.walDirty = true;
      // A write at 0 is the header of a log begun anew.
      group.walUsed = position === 0 ? length : Math.max(group.walUsed, position + length);
    },
    stat,
    size() {
      const { size } = stat();
      if (kind === 'main') return mainSize;
      const buffered = buffer !== undefined && buffer.start < buffer.end ? buffer.end : 0;
      return Math.max(Number(size), buffered);
    },
    truncate(length) {
      if (buffer !== undefined) {
        buffer.truncate(length);
        ahead?.stop();
        group.walUsed = Math.min(group.walUsed, length);
      }
      files.truncate(fd, length);
      mainSize = length;
    },
    sync() {
      try {
        buffer?.spill();
        files.sync(fd);
        if (group.directoryDirty) files.syncDirectoryOf(group.path);
      } catch (error) {
        if (buffer !== undefined) group.flushFailure = error instanceof Error ? error : new Error(String(error));
        throw error;
      }
      group.directoryDirty = false;
      if (buffer !== undefined) group.walDirty = false;
    },
    close() {
      group.opened.delete(file);
      try {
        if (buffer !== undefined && !group.frozen) buffer.spill();
      } finally {
        buffer?.discard();
        // Also after a failed write: a descriptor left open would keep the file's space and, on Windows, the file.
        files.close(fd);
      }
    },
  };
  group.opened.add(file);
  return file;
}

interface ReadAhead {
  /** Only until the first write: recovery reads frame by frame in order. */
  readonly active: boolean;
  read(into: Uint8Array, at: number, length: number, position: number): number;
  stop(): void;
}

function createReadAhead(files: FileCalls, fd: number): ReadAhead {
  let bytes: Uint8Array | undefined;
  let start = 0;
  let end = 0;
  let active = true;
  let expected = -1;
  return {
    get active() {
      return active;
    },
    read(into, at, length, position) {
      const inOrder = active && position === expected && length < aheadSize;
      expected = position + length;
      if (!inOrder) return readFully(files, fd, into, at, length, position);
      if (bytes === undefined || position < start || position + length > end) {
        bytes ??= new Uint8Array(aheadSize);
        start = position;
        end = position + readFully(files, fd, bytes, 0, aheadSize, position);
      }
      const got = Math.max(0, Math.min(length, end - position));
      into.set(bytes.subarray(position - start, position - start + got), at);
      return got;
    },
    stop() {
      active = false;
      bytes = undefined;
    },
  };
}
