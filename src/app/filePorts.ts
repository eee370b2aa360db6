import type { ClaudePlaces, FileScope } from '../core/claudePlaces.ts';
import type { DocumentKind } from '../core/document.ts';
import type { Disposable } from '../util/disposable.ts';
import type { Event } from '../util/emitter.ts';

/** A file as it was read. Paths are those of `ClaudePlaces`: absolute, with `/`. */
export interface FileView {
  path: string;
  bytes: Uint8Array;
  /** SHA-256 of the bytes in hexadecimal. */
  hash: string;
  /** Permission bits. */
  mode: number;
  /** Milliseconds since 1970. */
  modifiedAt: number;
  /** The path itself is a symbolic link; then `realPath` is where the bytes are. */
  isSymlink: boolean;
  realPath: string;
}

export type FileProblem =
  | 'unreadable' // no permission, or the disk refuses
  | 'danglingLink'
  | 'linkLoop'
  | 'notAFile' // a folder, socket or device where a file belongs
  | 'tooLarge' // more than `documentLimit`
  | 'vanished'; // between being listed and being looked at

/** A file that Claude Code looks for, as a scan found it; its content was not read. */
export interface FileEntry {
  path: string;
  kind: DocumentKind;
  scope: FileScope;
  /** Bytes; 0 when it could not be looked at. */
  size: number;
  modifiedAt: number;
  /** Changes whenever the file was written or replaced, as far as the file system tells; empty when it could not be looked at. */
  stamp: string;
  isSymlink: boolean;
  problem?: FileProblem;
}

export interface ScanResult {
  entries: FileEntry[];
  /** Folders that could not be listed. */
  unreadable: string[];
  /** The search ended at its limit of folders: there may be more files. */
  incomplete: boolean;
}

export interface ScanOptions {
  signal?: AbortSignal;
  /** Only what is at or below these paths. */
  under?: readonly string[];
}

/**
 * How a write ended. In a conflict the file was not what the writer had seen: what others wrote stays or was put back, and `ours`
 * has what was not written.
 */
export type WriteOutcome =
  | { kind: 'written'; file: FileView }
  | {
      kind: 'conflict';
      /** The file as it is; undefined when there is none. */
      theirs: FileView | undefined;
      ours: Uint8Array;
      /** Contents that others saved and that were replaced by `theirs` before anyone saw them, oldest first. */
      passedOver: Uint8Array[];
    };

export interface WriteOptions {
  /** Hash of the content that the writer has seen and means to replace; null when there must be no file. */
  expected: string | null;
  /** Permission bits of a new file, before the umask; 0o666 unless told. */
  mode?: number;
}

export type RemoveOutcome = { kind: 'removed' } | { kind: 'conflict'; theirs: FileView | undefined; passedOver: Uint8Array[] };
export type MoveOutcome = { kind: 'moved' } | { kind: 'conflict'; theirs: FileView | undefined; passedOver: Uint8Array[] };

/** Bytes that another program wrote into a file just as it was replaced or removed: they are in no file any more. */
export interface LateWrite {
  path: string;
  bytes: Uint8Array;
}

export interface WatchTarget {
  path: string;
  /** With all folders below. The target need not exist yet. */
  recursive: boolean;
}

export interface Watch extends Disposable {
  /** From now on nothing is missed. */
  readonly ready: Promise<void>;
}

/** The platform's own is fifty times as fast as what can be written without it. */
export interface Base64 {
  encode(bytes: Uint8Array): string;
  /** Undefined for what `encode` would not write. */
  decode(text: string): Uint8Array | undefined;
}

/**
 * Files on the disk. Calls about one file are done one after another. Failures are `AppError`s: `file.unreadable`, `file.tooLarge`,
 * `file.io` (details.errno), and those named at the calls.
 */
export interface Files {
  /** Undefined when there is no such file. */
  read(path: string): Promise<FileView | undefined>;
  /**
   * Replaces a file so that readers see the old content or the new one, whole; follows a symbolic link and keeps the permissions.
   * Makes missing folders. Never replaces what the writer has not seen.
   */
  write(path: string, bytes: Uint8Array, options: WriteOptions): Promise<WriteOutcome>;
  /** Renames a file, also only in the case of its letters. Throws `file.exists` rather than replace one, `file.notFound`. */
  move(from: string, to: string, expected: string): Promise<MoveOutcome>;
  /** Removes a file, or the link when it is one, if it is what the caller has seen. Throws `file.notFound`. */
  remove(path: string, expected: string): Promise<RemoveOutcome>;
  /** Where a path leads when every link in it is followed; parts that do not exist stay as they are. */
  resolve(path: string): Promise<string>;
  /** All files that Claude Code looks for. What cannot be read is an entry with a problem, never an exception. */
  scan(places: ClaudePlaces, options?: ScanOptions): Promise<ScanResult>;
  /** Tells of paths at which something changed, in bursts of at most a second. One watcher serves all who watch the same target. */
  watch(targets: readonly WatchTarget[], onChanged: (paths: readonly string[]) => void): Watch;
  readonly base64: Base64;
  readonly onDidFindLateWrite: Event<LateWrite>;
  /** Ends all watching. Late writes are looked for once more and told before. */
  close(): Promise<void>;
}
