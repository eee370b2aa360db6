import { Buffer } from 'node:buffer';
import { AppError } from '../../core/appError.ts';
import type { StoreNotice } from '../../protocol/wire.ts';
import type { FileCalls } from './fileCalls.ts';
import { fileError } from './fileErrors.ts';
import type { FileGroup } from './fileGroup.ts';
import { createGuard } from './guard.ts';
import type { GuardResult } from './guard.ts';
import { damaged, SqlError } from './sqliteError.ts';
import type { SqlSurface } from './sqlSurface.ts';
import type { SystemCalls } from './systemCalls.ts';
import { putStrangeWalAside, readBinding } from './walBinding.ts';
import { readFully, withFile } from './wholeFile.ts';

/** 'CLTK': marks a database as ours. */
export const applicationId = 0x434c544b;

/** Of the header: the part we read, and where the application is named (sqlite.org/fileformat2.html#the_database_header). */
const headSize = 72;
const ownerOffset = 68;
const pageSize = 4096n;

export interface OpenOptions {
  /** Make the database when there is none. Otherwise a missing or empty file is `store.damaged`. */
  create: boolean;
  /** A directory that must stay while the database is open (see `Database.check`). */
  shield?: string;
  /** Page cache in KiB; 24,576 unless told: enough for a board of 10,000 tasks within our share of memory. */
  cacheKiB?: number;
  /** Open databases that other programs made too, for a rescue. */
  anyApplication?: boolean;
  /** Refuse every change. */
  readOnly?: boolean;
  files?: FileCalls;
}

export interface OpenedFiles {
  group: FileGroup;
  check(): GuardResult;
  notice: StoreNotice | undefined;
}

/** Looks at the file, opens it through `surface`, and leaves nothing open when it throws. */
export function openFiles(calls: SystemCalls, surface: SqlSurface, path: string, files: FileCalls, options: OpenOptions): OpenedFiles {
  let notice: StoreNotice | undefined;
  try {
    checkHeader(files, path, options);
    notice = putStrangeWalAside(files, path, new Date());
  } catch (error) {
    throw fileError('Opening the database', error);
  }
  const group = calls.addGroup(path, files);
  try {
    surface.openRaw(group);
    configure(surface, options);
    checkApplication(files, path, surface, options);
    const mainFd = group.fd('main');
    if (mainFd === undefined) throw new AppError('internal', 'The database file was not opened.');
    // What a process that died had written but not flushed is about to be taken for committed.
    const walFd = group.fd('wal');
    if (walFd !== undefined && group.walUsed > 0) files.sync(walFd);
    return { group, check: createGuard(files, { path, mainFd, walFd, shield: options.shield }), notice };
  } catch (error) {
    group.frozen = true;
    surface.closeRaw();
    group.release();
    throw error instanceof SqlError ? error : fileError('Opening the database', error);
  }
}

/** Garbage, an empty file and a missing one are told before SQLite sees them: it would take an empty file for a new database. */
function checkHeader(files: FileCalls, path: string, options: OpenOptions): void {
  const head = Buffer.alloc(headSize);
  const length = withFile(files, path, (fd) => readFully(files, fd, head, 0, head.length, 0));
  if (length === undefined || length === 0) {
    const known = readBinding(files, path);
    if (options.create && (length === undefined || known === undefined)) return;
    throw damaged(length === undefined ? 'it is not there' : 'it is empty');
  }
  // The first write ever was interrupted, and SQLite knows how to take it back.
  if (withFile(files, `${path}-journal`, () => true) === true) return;
  if (length < head.length || head.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw damaged('it does not begin like a database');
  if (options.anyApplication === true) return;
  // Opening switches a file to WAL, which a stranger's must not be. Ours names us from its first checkpoint on, and is one page before.
  const owner = head.readUInt32BE(ownerOffset);
  const isNew = () => withFile(files, path, (fd) => files.statFd(fd).size <= pageSize) === true || readBinding(files, path) !== undefined;
  if (owner !== applicationId && (owner !== 0 || !isNew())) throw damaged('it was made by another program', 'otherProgram');
}

function configure(surface: SqlSurface, options: OpenOptions): void {
  // EXCLUSIVE first: otherwise the log's index would have to be shared memory, which there is none of.
  surface.sql.exec('PRAGMA locking_mode=EXCLUSIVE');
  const mode = surface.sql.prepare<{ journal_mode: string }>('PRAGMA journal_mode=WAL').get();
  if (mode?.journal_mode !== 'wal') {
    throw new AppError('store.io', `The database could not be switched to its write-ahead log (${mode?.journal_mode ?? 'no answer'}).`, {});
  }
  surface.sql.exec(
    `PRAGMA cache_size=-${options.cacheKiB ?? 24_576}; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0; ` +
      // Commits are flushed by us, many at once; checkpoints still flush log and file by themselves.
      `PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON${options.readOnly === true ? '; PRAGMA query_only=ON' : ''}`,
  );
}

function checkApplication(files: FileCalls, path: string, surface: SqlSurface, options: OpenOptions): void {
  const found = surface.sql.prepare<{ application_id: number }>('PRAGMA application_id').get()?.application_id;
  if (found === applicationId || options.anyApplication === true) return;
  const tables = surface.sql.prepare<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n;
  if (found !== 0 || tables !== 0) throw damaged('it was made by another program', 'otherProgram');
  // Its making may have been interrupted; but nothing where something was known to be is a loss.
  if (!options.create && readBinding(files, path) !== undefined) throw damaged('it holds nothing');
  surface.sql.exec(`PRAGMA application_id=${applicationId}`);
}
