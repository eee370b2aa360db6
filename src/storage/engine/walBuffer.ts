import type { FileCalls } from './fileCalls.ts';

// SQLite writes a 24-byte header and a page for every frame. Collected, a commit is one write.
const firstSize = 256 * 1024;
const largestKept = 8 * 1024 * 1024;
const spillSize = 2 * 1024 * 1024;

/** Bytes of one file that were written but not yet given to the operating system: one run without holes. */
export interface WalBuffer {
  /** Where the run begins and ends in the file; equal when there is nothing. */
  readonly start: number;
  readonly end: number;
  write(bytes: Uint8Array, from: number, length: number, position: number): void;
  /** Copies from the run when it holds all that is asked. */
  read(into: Uint8Array, at: number, length: number, position: number): boolean;
  overlaps(position: number, length: number): boolean;
  /** Gives the run to the operating system. Throws its error and keeps what was not written. */
  spill(): void;
  /** Forgets what lies at or beyond `length`. */
  truncate(length: number): void;
  discard(): void;
}

export function createWalBuffer(files: FileCalls, fd: number): WalBuffer {
  let bytes = new Uint8Array(firstSize);
  let start = 0;
  let end = 0;

  function grow(needed: number): void {
    let size = bytes.length;
    while (size < needed) size *= 2;
    const larger = new Uint8Array(size);
    larger.set(bytes.subarray(0, end - start));
    bytes = larger;
  }

  function spill(): void {
    let done = 0;
    const length = end - start;
    while (done < length) {
      const wrote = files.write(fd, bytes, done, length - done, start + done);
      if (wrote <= 0) throw Object.assign(new Error('EIO: a write took no bytes'), { code: 'EIO' });
      done += wrote;
    }
    start = end;
    // A bulk load may have made it large; a busy group commit of some megabytes keeps its room.
    if (bytes.length > largestKept) bytes = new Uint8Array(firstSize);
  }

  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    write(source, from, length, position) {
      if (start === end) {
        start = position;
        end = position;
      } else if (position < start || position > end || position - start > spillSize) {
        // A jump, or enough collected: a failure here must leave the run as it was.
        spill();
        start = position;
        end = position;
      }
      const at = position - start;
      if (at + length > bytes.length) grow(at + length);
      if (length <= 64) for (let i = 0; i < length; i++) bytes[at + i] = source[from + i] ?? 0;
      else bytes.set(source.subarray(from, from + length), at);
      if (position + length > end) end = position + length;
    },
    read(into, at, length, position) {
      if (position < start || position + length > end) return false;
      into.set(bytes.subarray(position - start, position - start + length), at);
      return true;
    },
    overlaps: (position, length) => start < end && position < end && position + length > start,
    spill,
    truncate(length) {
      if (length <= start) end = start;
      else if (length < end) end = length;
    },
    discard() {
      end = start;
    },
  };
}
