import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { basename } from 'node:path';
import type { AuditAnchor } from '../../app/ports.ts';
import type { StoreNotice } from '../../protocol/wire.ts';
import type { FileCalls } from './fileCalls.ts';
import { readWhole, withFile, writeFully } from './wholeFile.ts';

/**
 * SQLite applies any log that lies beside a database, also one that belongs to another file: a restored backup would silently
 * lose rows. So we keep beside the database what the database looked like when it was last written.
 */
export interface Binding {
  main: FileIdentity;
  /** Inode of the log at that time; null when there was none. */
  walIno: string | null;
  /** A checkpoint was under way: the database may look like anything in between. */
  checkpointing: boolean;
  anchor: AuditAnchor | null;
}

export interface FileIdentity {
  ino: string;
  size: number;
  /** SHA-256 of the first 100 bytes: SQLite's header with its change counter. */
  hash: string;
}

const headerSize = 100;

export function bindingPath(path: string): string {
  return `${path}-bind.json`;
}

export function identify(files: FileCalls, fd: number): FileIdentity {
  const stat = files.statFd(fd);
  const header = new Uint8Array(headerSize);
  const length = files.read(fd, header, 0, headerSize, 0);
  return { ino: stat.ino.toString(), size: Number(stat.size), hash: createHash('sha256').update(header.subarray(0, length)).digest('hex') };
}

/** The side file of a database; undefined when there is none or it cannot be understood. */
export function readBinding(files: FileCalls, path: string): Binding | undefined {
  const bytes = withFile(files, bindingPath(path), (fd) => readWhole(files, fd));
  if (bytes === undefined) return undefined;
  try {
    return parseBinding(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch {
    return undefined;
  }
}

function parseBinding(value: unknown): Binding | undefined {
  if (!isRecord(value) || !isRecord(value['main'])) return undefined;
  const { ino, size, hash } = value['main'];
  if (typeof ino !== 'string' || typeof size !== 'number' || typeof hash !== 'string') return undefined;
  const anchor = value['anchor'];
  return {
    main: { ino, size, hash },
    walIno: typeof value['walIno'] === 'string' ? value['walIno'] : null,
    checkpointing: value['checkpointing'] === true,
    anchor:
      isRecord(anchor) && typeof anchor['revision'] === 'number' && typeof anchor['hash'] === 'string'
        ? { revision: anchor['revision'], hash: anchor['hash'] }
        : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Replaces the side file durably: a new file, flushed, takes the old one's place. */
export function writeBinding(files: FileCalls, path: string, binding: Binding): void {
  const target = bindingPath(path);
  const temporary = `${target}.tmp`;
  const bytes = Buffer.from(`${JSON.stringify(binding)}\n`);
  const fd = files.open(temporary, fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_TRUNC);
  try {
    writeFully(files, fd, bytes, 0, bytes.length, 0);
    files.sync(fd);
  } finally {
    files.close(fd);
  }
  files.rename(temporary, target);
  files.syncDirectoryOf(target);
}

/** Before a database is opened: puts a log aside that belongs to another file, and says so. */
export function putStrangeWalAside(files: FileCalls, path: string, now: Date): StoreNotice | undefined {
  const wal = `${path}-wal`;
  const walIno = inodeOfUsedWal(files, wal);
  if (walIno === undefined) return undefined;
  const binding = readBinding(files, path);
  const main = withFile(files, path, (fd) => identify(files, fd));
  if (main !== undefined && main.size > 0 && (binding === undefined || belongsTo(binding, main, walIno))) return undefined;
  const aside = `${wal}.stale-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  files.rename(wal, aside);
  files.syncDirectoryOf(wal);
  return {
    severity: 'warning',
    message:
      `The database file ${basename(path)} was replaced while its write-ahead log held changes made to the file before. ` +
      `The log was put aside as ${basename(aside)} and not applied, because it would have damaged the new file.`,
    file: aside,
  };
}

function belongsTo(binding: Binding, main: FileIdentity, walIno: string): boolean {
  if (binding.checkpointing) return true;
  if (binding.main.size !== main.size || binding.main.hash !== main.hash) return false;
  if (binding.main.ino === main.ino) return true;
  // Both are other files than before, with the same content: the whole folder was copied or moved.
  return binding.walIno !== null && binding.walIno !== walIno;
}

/** A log that holds at least one frame of its present round; pre-written zeros are none. */
function inodeOfUsedWal(files: FileCalls, path: string): string | undefined {
  return withFile(files, path, (fd) => {
    const head = Buffer.alloc(32 + 24);
    const length = files.read(fd, head, 0, head.length, 0);
    if (length < head.length) return undefined;
    const magic = head.readUInt32BE(0);
    if (magic !== 0x377f0682 && magic !== 0x377f0683) return undefined;
    // The salt of the first frame is that of the header.
    if (head.compare(head, 16, 24, 32 + 8, 32 + 16) !== 0) return undefined;
    return files.statFd(fd).ino.toString();
  });
}
