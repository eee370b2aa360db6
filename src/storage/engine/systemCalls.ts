import * as fs from 'node:fs';
import { AppError } from '../../core/appError.ts';
import type { FileCalls, FileStat } from './fileCalls.ts';
import { wasiEio, wasiNumber } from './fileErrors.ts';
import { createFileGroup, openGroupFile } from './fileGroup.ts';
import type { FileGroup, FileKind, OpenFile } from './fileGroup.ts';
import { cString, fresh } from './heap.ts';
import type { Heap } from './heap.ts';

export interface SystemCalls {
  /** What replaces the imports of the same letter. */
  imports: Record<string, WebAssembly.ImportValue>;
  /** From now on SQLite finds the files at `path` under the group's name. */
  addGroup(path: string, files: FileCalls): FileGroup;
}

/** Imports of the pinned sql.js, by the names that Emscripten's C library has for them. */
const letters = {
  openat: 'x',
  close: 'e',
  read: 't',
  write: 'q',
  seek: 'E',
  sync: 'K',
  fstat: 'g',
  stat: 'N',
  lstat: 'M',
  newfstatat: 'L',
  ftruncate: 'J',
  unlinkat: 'o',
  faccessat: 'D',
  fcntl: 'b',
  fchmod: 'j',
  fchown: 'h',
  chmod: 'i',
  utimensat: 'n',
} as const;
type CallName = keyof typeof letters;

// Ours begin here, so that they never meet the numbers of Emscripten's own file system.
const firstFd = 10_000;
// Linux flags, commands and error numbers as compiled into the wasm.
const O_ACCMODE = 3;
const O_CREAT = 0x40;
const O_EXCL = 0x80;
const O_TRUNC = 0x200;
const F_GETLK = 12;
const F_UNLCK = 2;
const EACCES = 2;
const EINVAL = 28;
const ENOENT = 44;

interface Named {
  kind: FileKind;
  path: string;
  group: FileGroup;
}

/**
 * Emscripten's system calls with those files redirected to the real disk that were named by `addGroup`; everything else
 * (temporary files, `/dev/urandom`) stays in Emscripten's memory. `__syscall_*` answer -errno, `fd_*` +errno.
 */
export function createSystemCalls(original: Record<string, WebAssembly.ImportValue>, heapOrNone: () => Heap | undefined): SystemCalls {
  const names = new Map<string, Named>();
  const open: (OpenFile | undefined)[] = [];
  let groups = 0;

  function heap(): Heap {
    const found = heapOrNone();
    if (found === undefined) throw new AppError('internal', 'A system call came before the memory.');
    return fresh(found);
  }

  type Value = number | bigint | undefined;
  const fileOf = (fd: Value) => (typeof fd === 'number' && fd >= firstFd ? open[fd - firstFd] : undefined);
  const named = (pointer: Value) => (typeof pointer === 'number' ? names.get(cString(heap(), pointer)) : undefined);

  function failed(group: FileGroup, error: unknown): number {
    group.lastError = error;
    return wasiNumber(error);
  }

  /** The C convention: 0 or what `work` answers, and -errno for what it throws. Not found is an ordinary answer that hides no earlier error. */
  function attempt(group: FileGroup, work: () => number | void): number {
    try {
      return work() ?? 0;
    } catch (error) {
      const number = wasiNumber(error);
      return number === ENOENT ? -ENOENT : -failed(group, error);
    }
  }

  function openNamed({ group, kind, path }: Named, flags: number): number {
    if (group.frozen) return -wasiEio;
    // SQLite tries again without writing when it may not write; a database we cannot write is opened as a copy instead.
    if ((flags & O_ACCMODE) === 0) return -EACCES;
    const real = fs.constants.O_RDWR | (flags & O_EXCL ? fs.constants.O_EXCL : 0) | (flags & O_TRUNC ? fs.constants.O_TRUNC : 0);
    return attempt(group, () => {
      const file = openGroupFile(group, kind, path, real, (flags & O_CREAT) !== 0);
      const free = open.indexOf(undefined);
      const index = free === -1 ? open.length : free;
      open[index] = file;
      return firstFd + index;
    });
  }

  function transfer(file: OpenFile, vectors: number, count: number, answerAt: number, write: boolean): number {
    if (write && file.group.frozen) return wasiEio;
    const memory = heap();
    try {
      let total = 0;
      for (let i = vectors >> 2; i < (vectors >> 2) + 2 * count; i += 2) {
        const at = (memory.i32[i] ?? 0) >>> 0;
        const length = (memory.i32[i + 1] ?? 0) >>> 0;
        if (length === 0) continue;
        let moved = length;
        if (write) file.write(memory.bytes, at, length, file.position);
        else moved = file.read(memory.bytes, at, length, file.position);
        file.position += moved;
        total += moved;
        if (moved < length) break;
      }
      memory.i32[answerAt >> 2] = total;
      return 0;
    } catch (error) {
      return failed(file.group, error);
    }
  }

  function writeStat(at: number, stat: FileStat, size: number): void {
    const { bytes, i32, i64 } = heap();
    bytes.fill(0, at, at + 96);
    i32[at >> 2] = Number(BigInt.asIntN(32, stat.dev));
    i32[(at + 4) >> 2] = Number(BigInt.asIntN(32, stat.mode));
    i32[(at + 8) >> 2] = Number(BigInt.asIntN(32, stat.nlink));
    i64[(at + 24) >> 3] = BigInt(size);
    i32[(at + 32) >> 2] = 4096;
    i32[(at + 36) >> 2] = Math.ceil(size / 512);
    const seconds = stat.mtimeMs / 1000n;
    for (const offset of [40, 56, 72]) i64[(at + offset) >> 3] = seconds;
    i64[(at + 88) >> 3] = BigInt.asIntN(64, stat.ino);
  }

  function statNamed({ group, path }: Named, at: number): number {
    return attempt(group, () => {
      const stat = group.files.stat(path);
      writeStat(at, stat, Number(stat.size));
    });
  }

  const pass = (name: CallName, args: (number | bigint)[]) => original[letters[name]]?.(...args) ?? 0;
  const num = (value: Value) => Number(value ?? 0);

  /** `body` for a call on one of our descriptors; any other goes to Emscripten. */
  function onFile(name: CallName, body: (file: OpenFile, args: (number | bigint)[]) => number): WebAssembly.ImportValue {
    return (...args) => {
      const file = fileOf(args[0]);
      return file === undefined ? pass(name, args) : body(file, args);
    };
  }

  /** The same for calls that name a file in argument `index`. */
  function onName(name: CallName, index: number, body: (file: Named, args: (number | bigint)[]) => number): WebAssembly.ImportValue {
    return (...args) => {
      const file = named(args[index]);
      return file === undefined ? pass(name, args) : body(file, args);
    };
  }

  const replaced: Record<CallName, WebAssembly.ImportValue> = {
    openat: onName('openat', 1, (file, args) => openNamed(file, num(args[2]))),
    stat: onName('stat', 0, (file, args) => statNamed(file, num(args[1]))),
    lstat: onName('lstat', 0, (file, args) => statNamed(file, num(args[1]))),
    newfstatat: onName('newfstatat', 1, (file, args) => statNamed(file, num(args[2]))),
    faccessat: onName('faccessat', 1, ({ group, path }) => attempt(group, () => void group.files.stat(path))),
    chmod: onName('chmod', 0, () => 0),
    utimensat: onName('utimensat', 1, () => 0),
    unlinkat: onName('unlinkat', 1, ({ group, path }) => {
      if (group.frozen) return -wasiEio;
      return attempt(group, () => {
        group.files.unlink(path);
        group.directoryDirty = true;
      });
    }),

    close: onFile('close', (file, args) => {
      open[num(args[0]) - firstFd] = undefined;
      return -attempt(file.group, () => file.close());
    }),
    read: onFile('read', (file, args) => transfer(file, num(args[1]), num(args[2]), num(args[3]), false)),
    write: onFile('write', (file, args) => transfer(file, num(args[1]), num(args[2]), num(args[3]), true)),
    seek: onFile('seek', (file, args) => {
      // SQLite only ever seeks from the start.
      if (args[2] !== 0) return EINVAL;
      file.position = num(args[1]);
      heap().i64[num(args[3]) >> 3] = BigInt(args[1] ?? 0);
      return 0;
    }),
    sync: onFile('sync', (file) => (file.group.frozen ? wasiEio : -attempt(file.group, () => file.sync()))),
    fstat: onFile('fstat', (file, args) => attempt(file.group, () => writeStat(num(args[1]), file.stat(), file.size()))),
    ftruncate: onFile('ftruncate', (file, args) => (file.group.frozen ? -wasiEio : attempt(file.group, () => file.truncate(num(args[1]))))),
    fcntl: onFile('fcntl', (_file, args) => {
      // One process owns the database (the mutex sees to that): SQLite's own locks always succeed.
      if (args[1] === F_GETLK) {
        const memory = heap();
        memory.bytes.writeInt16LE(F_UNLCK, memory.i32[num(args[2]) >> 2] ?? 0);
      }
      return 0;
    }),
    fchmod: onFile('fchmod', () => 0),
    fchown: onFile('fchown', () => 0),
  };

  return {
    imports: Object.fromEntries(Object.entries(replaced).map(([name, body]) => [Reflect.get(letters, name), body])),
    addGroup(path, files) {
      const name = `/database${++groups}`;
      const own = new Map<string, FileKind>([
        [name, 'main'],
        [`${name}-wal`, 'wal'],
        [`${name}-journal`, 'journal'],
      ]);
      const group = createFileGroup(name, path, files, () => {
        for (const key of own.keys()) names.delete(key);
        open.forEach((file, index) => {
          if (file?.group === group) open[index] = undefined;
        });
      });
      for (const [key, kind] of own) names.set(key, { kind, path: path + key.slice(name.length), group });
      return group;
    },
  };
}
