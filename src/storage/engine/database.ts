import type { AuditAnchor } from '../../app/ports.ts';
import { AppError } from '../../core/appError.ts';
import type { StoreNotice } from '../../protocol/wire.ts';
import type { Sql } from '../sql.ts';
import { realFileCalls } from './fileCalls.ts';
import { fileError } from './fileErrors.ts';
import type { GuardResult } from './guard.ts';
import { openFiles } from './openFiles.ts';
import type { OpenedFiles, OpenOptions } from './openFiles.ts';
import type { SqlJs } from './sqlJs.ts';
import { createSqlSurface } from './sqlSurface.ts';
import { identify, readBinding, writeBinding } from './walBinding.ts';
import type { FileIdentity } from './walBinding.ts';
import { readWhole, writeAgain } from './wholeFile.ts';

/**
 * A true SQLite file in WAL mode, owned by this thread alone. Commits are collected: none is durable before `flush` has returned.
 * Statements live as long as the object, also across `reopen`.
 */
export interface Database extends Sql {
  readonly path: string;
  /** What a person should know about the opening. */
  readonly notices: readonly StoreNotice[];
  /** Something was committed and is not durable yet. */
  readonly hasUnflushed: boolean;
  /** Bytes of the log in use: tells when to checkpoint. */
  readonly walSize: number;
  readonly inTransaction: boolean;
  /**
   * Makes all commits durable: one write, one flush. Throws `store.diskFull`, `store.readOnly` or `store.io`; after that everything
   * throws the same, until `reopen` has decided from the disk which commits exist.
   */
  flush(): void;
  /** The same for all that is committed now, without holding up the thread: work may go on, and a flush for that follow. */
  flushBeside(): Promise<void>;
  /** Why the last flush failed, until `reopen` succeeds. */
  readonly failure: AppError | undefined;
  /** Drops what is not flushed, opens from disk again and makes durable what is found there. When it throws, try again later. */
  reopen(): void;
  /** Moves the log into the database file; `truncate` empties the log's file too. Flushes first. False when a reader kept it from finishing. */
  checkpoint(mode: 'passive' | 'truncate'): boolean;
  /** For idle time: makes the log's file large, a megabyte per call, because overwriting is quicker than extending. True while more is left. */
  prewriteWal(): boolean;
  /** Are the files still ours? Costs microseconds: ask before every transaction. */
  check(): GuardResult;
  /** The whole database as the bytes of a file, also when that file was deleted. Holds all of it in memory. */
  export(): Uint8Array;
  /** The audit position to write beside the database with the next checkpoint. */
  setAnchor(anchor: AuditAnchor): void;
  /** The audit position that lay beside the database when it was opened. */
  readonly recordedAnchor: AuditAnchor | null;
  /** Flushes, moves the log into the file, closes. When files are no longer ours, flushes only. Closes also when it throws. */
  close(): void;
  /** Closes without writing anything any more. */
  abandon(): void;
}

const prewrittenSize = 8 * 1024 * 1024;
const prewriteStep = 1024 * 1024;

/**
 * Opens the file at `path` (one object per file and thread). Throws `store.damaged`, `store.readOnly`, `store.diskFull`, `store.io`, and
 * `store.engineMismatch` when `sqlJs` was loaded for reading only.
 */
export function openDatabase(sqlJs: SqlJs, path: string, options: OpenOptions): Database {
  const { systemCalls } = sqlJs;
  if (systemCalls === undefined) throw new AppError('store.engineMismatch', 'The database engine was loaded for reading copies only.', {});
  const calls = systemCalls;
  const files = options.files ?? realFileCalls;
  const surface = createSqlSurface(sqlJs);
  const { sql } = surface;
  const notices: StoreNotice[] = [];
  const recordedAnchor = recorded();
  let anchor = recordedAnchor;
  let opened: OpenedFiles | undefined;
  let failure: AppError | undefined;
  /** How much of the log was in use when it was last open. */
  let lastUsed = 0;
  /** The file beside the database names the log that is open. */
  let bound = false;

  function recorded(): AuditAnchor | null {
    try {
      return readBinding(files, path)?.anchor ?? null;
    } catch (error) {
      throw fileError('Opening the database', error);
    }
  }

  function open(): void {
    bound = false;
    opened = openFiles(calls, surface, path, files, options);
    if (opened.notice !== undefined) notices.push(opened.notice);
  }

  function use(): OpenedFiles {
    surface.assertOpen();
    if (opened === undefined) throw new AppError('store.unavailable', 'The database is closed. Open the folder again.', {});
    return opened;
  }

  function setFailure(error: AppError | undefined): void {
    failure = error;
    surface.refuse(error);
  }

  function flushFailed(error: unknown): AppError {
    const failed = fileError('Saving to the database', error);
    setFailure(failed);
    return failed;
  }

  function flush(): void {
    const { group } = use();
    try {
      group.flushWal();
    } catch (error) {
      throw flushFailed(error);
    }
  }

  async function flushBeside(): Promise<void> {
    const { group } = use();
    try {
      await group.flushWalBeside();
    } catch (error) {
      // The database may have been opened anew since: then its files are others and its failures too.
      throw opened?.group === group ? flushFailed(error) : fileError('Saving to the database', error);
    }
  }

  /** Writes beside the database what it looks like, or that it is about to change. */
  function bind(main: FileIdentity, walIno: string | null, checkpointing: boolean): void {
    try {
      writeBinding(files, path, { main, walIno, checkpointing, anchor });
    } catch (error) {
      throw fileError('Writing beside the database', error);
    }
  }

  /** Makes the log of this session known, so that a copy of the whole folder is told from a file that was replaced. */
  function bindOnce(now: OpenedFiles): void {
    if (bound || now.check() !== 'ok') return;
    const { main, walIno } = identity(now);
    bind(main, walIno, false);
    bound = true;
  }

  function identity({ group }: OpenedFiles): { main: FileIdentity; walIno: string | null } {
    const [mainFd, walFd] = [group.fd('main'), group.fd('wal')];
    if (mainFd === undefined) throw new AppError('internal', 'The database file is not open.');
    return { main: identify(files, mainFd), walIno: walFd === undefined ? null : files.statFd(walFd).ino.toString() };
  }

  /** True when everything in the log is in the database file now. */
  function moveLog({ group }: OpenedFiles, mode: 'passive' | 'truncate'): boolean {
    const row = sql.prepare<{ busy: number; log: number; checkpointed: number }>(`PRAGMA wal_checkpoint(${mode})`).get();
    const complete = row !== undefined && row.busy === 0 && row.log === row.checkpointed;
    if (complete) group.walUsed = 0;
    return complete;
  }

  function checkpoint(mode: 'passive' | 'truncate'): boolean {
    const now = use();
    if (surface.inTransaction()) throw new AppError('internal', 'A checkpoint was asked for inside a transaction.');
    flush();
    // The file beside would describe another database.
    if (now.check() !== 'ok') return moveLog(now, mode);
    const before = identity(now);
    bind(before.main, before.walIno, true);
    const complete = moveLog(now, mode);
    if (complete) {
      const after = identity(now);
      bind(after.main, after.walIno, false);
      bound = true;
    }
    return complete;
  }

  function closeRaw(now: OpenedFiles): void {
    lastUsed = now.group.walUsed;
    opened = undefined;
    surface.closeRaw();
    now.group.release();
  }

  function abandon(): void {
    if (opened === undefined) return;
    opened.group.frozen = true;
    closeRaw(opened);
  }

  function closeCleanly(now: OpenedFiles): void {
    flush();
    bind(identity(now).main, null, true);
    surface.finalizeAll();
    const complete = moveLog(now, 'truncate');
    const { main } = identity(now);
    // SQLite removes the empty log by itself.
    closeRaw(now);
    if (complete) bind(main, null, false);
  }

  function close(): void {
    if (opened === undefined) return;
    try {
      if (failure !== undefined || options.readOnly === true) return;
      if (opened.check() === 'ok') closeCleanly(opened);
      else flush();
    } catch (error) {
      throw fileError('Closing the database', error);
    } finally {
      abandon();
    }
  }

  function reopen(): void {
    abandon();
    const before = failure;
    setFailure(undefined);
    try {
      if (before !== undefined) writeAgain(files, `${path}-wal`, lastUsed);
      open();
    } catch (error) {
      const failed = fileError('Opening the database again', error);
      setFailure(failed);
      throw failed;
    }
  }

  open();

  return {
    path,
    notices,
    recordedAnchor,
    prepare: sql.prepare,
    exec: sql.exec,
    lastInsertRowid: sql.lastInsertRowid,
    transaction: sql.transaction,
    get changes() {
      return sql.changes;
    },
    get hasUnflushed() {
      return opened?.group.unflushed ?? false;
    },
    get walSize() {
      return opened?.group.walUsed ?? 0;
    },
    get inTransaction() {
      return surface.inTransaction();
    },
    get failure() {
      return failure;
    },
    flush,
    flushBeside,
    reopen,
    checkpoint,
    prewriteWal() {
      const now = use();
      try {
        if (now.group.prewriteWal(prewrittenSize, prewriteStep)) return true;
      } catch (error) {
        throw fileError('Preparing the write-ahead log', error);
      }
      bindOnce(now);
      return false;
    },
    check: () => use().check(),
    export() {
      const now = use();
      flush();
      const mainFd = now.group.fd('main');
      if (!moveLog(now, 'passive') || mainFd === undefined) {
        throw new AppError('internal', 'The database cannot be exported while rows are being read.');
      }
      try {
        return readWhole(files, mainFd);
      } catch (error) {
        throw fileError('Exporting the database', error);
      }
    },
    setAnchor(next) {
      anchor = next;
    },
    close,
    abandon,
  };
}
