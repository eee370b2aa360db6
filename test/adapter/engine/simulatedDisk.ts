import * as fs from 'node:fs';
import type { FileCalls, FileStat } from '../../../src/storage/engine/fileCalls.ts';

/** What a disk was asked, in order. `mark` is not an operation: it says what the program had promised by then. */
export type Operation =
  | { kind: 'write'; inode: number; position: number; bytes: Uint8Array }
  | { kind: 'truncate'; inode: number; length: number }
  /** Covers what was asked before the operation `begun`. */
  | { kind: 'sync'; inode: number; begun: number }
  | { kind: 'link'; name: string; inode: number }
  | { kind: 'unlink'; name: string }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'syncNames' }
  | { kind: 'mark'; promised: number };
type FileOperation = Extract<Operation, { kind: 'write' | 'truncate' }>;
type NameOperation = Extract<Operation, { kind: 'link' | 'unlink' | 'rename' }>;

/** Contents by inode, and names. */
export interface DiskState {
  inodes: Map<number, Uint8Array>;
  names: Map<string, number>;
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

function writeInto(bytes: Uint8Array, position: number, piece: Uint8Array): Uint8Array {
  let target = bytes;
  if (position + piece.length > bytes.length) {
    target = new Uint8Array(position + piece.length);
    target.set(bytes);
  }
  target.set(piece, position);
  return target;
}

function resize(bytes: Uint8Array, length: number): Uint8Array {
  if (length <= bytes.length) return bytes.slice(0, length);
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}

function applyToFile(state: DiskState, operation: FileOperation): void {
  const bytes = state.inodes.get(operation.inode) ?? new Uint8Array();
  const next = operation.kind === 'write' ? writeInto(bytes, operation.position, operation.bytes) : resize(bytes, operation.length);
  state.inodes.set(operation.inode, next);
}

function applyToNames(state: DiskState, operation: NameOperation): void {
  if (operation.kind === 'link') state.names.set(operation.name, operation.inode);
  else if (operation.kind === 'unlink') state.names.delete(operation.name);
  else {
    const inode = state.names.get(operation.from);
    if (inode !== undefined) state.names.set(operation.to, inode);
    state.names.delete(operation.from);
  }
}

/** A disk in memory that writes down what it is asked. */
export function simulatedDisk(from: DiskState = { inodes: new Map(), names: new Map() }): { files: FileCalls; log: Operation[] } {
  const state: DiskState = {
    inodes: new Map([...from.inodes].map(([inode, bytes]) => [inode, bytes.slice()])),
    names: new Map(from.names),
  };
  const log: Operation[] = [];
  const open = new Map<number, number>();
  // A file may have a name and no bytes yet.
  let nextInode = Math.max(0, ...state.inodes.keys(), ...state.names.values()) + 1;
  let nextFd = 3;

  const inodeOf = (fd: number) => {
    const inode = open.get(fd);
    if (inode === undefined) throw failure('EBADF');
    return inode;
  };
  const change = (operation: FileOperation) => {
    log.push(operation);
    applyToFile(state, operation);
  };
  const rename = (operation: NameOperation) => {
    log.push(operation);
    applyToNames(state, operation);
  };
  const statOf = (inode: number): FileStat => ({
    dev: 1n,
    ino: BigInt(inode),
    nlink: [...state.names.values()].includes(inode) ? 1n : 0n,
    size: BigInt(state.inodes.get(inode)?.length ?? 0),
    mode: 0o100644n,
    mtimeMs: 0n,
  });

  const files: FileCalls = {
    open(path, flags) {
      let inode = state.names.get(path);
      if (inode === undefined) {
        if (!(flags & fs.constants.O_CREAT)) throw failure('ENOENT');
        inode = nextInode++;
        state.inodes.set(inode, new Uint8Array());
        rename({ kind: 'link', name: path, inode });
      } else if (flags & fs.constants.O_TRUNC) change({ kind: 'truncate', inode, length: 0 });
      const fd = nextFd++;
      open.set(fd, inode);
      return fd;
    },
    close: (fd) => void open.delete(fd),
    read(fd, into, offset, length, position) {
      const bytes = state.inodes.get(inodeOf(fd)) ?? new Uint8Array();
      const piece = bytes.subarray(position, Math.min(position + length, bytes.length));
      into.set(piece, offset);
      return piece.length;
    },
    write(fd, source, offset, length, position) {
      change({ kind: 'write', inode: inodeOf(fd), position, bytes: Uint8Array.from(source.subarray(offset, offset + length)) });
      return length;
    },
    sync: (fd) => void log.push({ kind: 'sync', inode: inodeOf(fd), begun: log.length }),
    async syncBeside(fd) {
      const begun = log.length;
      const inode = inodeOf(fd);
      await new Promise((resolve) => setImmediate(resolve));
      log.push({ kind: 'sync', inode, begun });
    },
    truncate: (fd, length) => change({ kind: 'truncate', inode: inodeOf(fd), length }),
    unlink(path) {
      if (!state.names.has(path)) throw failure('ENOENT');
      rename({ kind: 'unlink', name: path });
    },
    rename(source, to) {
      if (!state.names.has(source)) throw failure('ENOENT');
      rename({ kind: 'rename', from: source, to });
    },
    stat(path) {
      const inode = state.names.get(path);
      if (inode === undefined) throw failure('ENOENT');
      return statOf(inode);
    },
    statFd: (fd) => statOf(inodeOf(fd)),
    syncDirectoryOf: () => void log.push({ kind: 'syncNames' }),
  };
  return { files, log };
}

/** What happens to everything that was not flushed when the power goes. */
export const fates = ['drop', 'keep', 'tear', 'reorder'] as const;
export type Fate = (typeof fates)[number];
const sector = 512;

/** Goes through a log and gives the disks that a power cut after each operation may leave behind. */
export function* powerCuts(
  log: readonly Operation[],
  random: () => number,
): Generator<{ state: DiskState; promised: number; fate: Fate; at: number }> {
  const durable: DiskState = { inodes: new Map(), names: new Map() };
  const pending = new Map<number, { at: number; change: FileOperation }[]>();
  let pendingNames: NameOperation[] = [];
  let promised = 0;

  for (const [at, operation] of log.entries()) {
    if (operation.kind === 'mark') promised = operation.promised;
    else if (operation.kind === 'sync') {
      const list = pending.get(operation.inode) ?? [];
      const covered = list.filter((asked) => asked.at < operation.begun);
      for (const { change } of covered) applyToFile(durable, change);
      pending.set(operation.inode, list.slice(covered.length));
    } else if (operation.kind === 'syncNames') {
      for (const change of pendingNames) applyToNames(durable, change);
      pendingNames = [];
    } else if (operation.kind === 'write' || operation.kind === 'truncate') {
      const list = pending.get(operation.inode) ?? [];
      list.push({ at, change: operation });
      pending.set(operation.inode, list);
    } else pendingNames.push(operation);

    for (const fate of fates) yield { state: afterCut(durable, pending, pendingNames, fate, random), promised, fate, at };
  }
}

function afterCut(
  durable: DiskState,
  pending: ReadonlyMap<number, readonly { change: FileOperation }[]>,
  names: readonly NameOperation[],
  fate: Fate,
  random: () => number,
): DiskState {
  const state: DiskState = {
    inodes: new Map([...durable.inodes].map(([inode, bytes]) => [inode, bytes.slice()])),
    names: new Map(durable.names),
  };
  // A file system keeps the order of names: some of them may be missing at the end.
  const keptNames = fate === 'drop' ? 0 : fate === 'keep' ? names.length : Math.floor(random() * (names.length + 1));
  for (const change of names.slice(0, keptNames)) applyToNames(state, change);
  if (fate === 'drop') return state;
  for (const list of pending.values()) {
    for (const { change } of list) {
      if (fate === 'keep' || change.kind === 'truncate') {
        if (fate === 'keep' || random() < 0.5) applyToFile(state, change);
      } else if (fate === 'reorder') {
        if (random() < 0.5) applyToFile(state, change);
      } else tear(state, change, random);
    }
  }
  return state;
}

/** Some sectors of a write arrive, others do not. */
function tear(state: DiskState, change: Extract<FileOperation, { kind: 'write' }>, random: () => number): void {
  const end = change.position + change.bytes.length;
  for (let from = change.position; from < end;) {
    const to = Math.min(end, (Math.floor(from / sector) + 1) * sector);
    if (random() < 0.5) {
      const bytes = change.bytes.subarray(from - change.position, to - change.position);
      applyToFile(state, { kind: 'write', inode: change.inode, position: from, bytes });
    }
    from = to;
  }
}
