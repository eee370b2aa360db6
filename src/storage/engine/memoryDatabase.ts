import { Buffer } from 'node:buffer';
import { AppError } from '../../core/appError.ts';
import type { StoreNotice } from '../../protocol/wire.ts';
import type { Database } from './database.ts';
import { damaged } from './sqliteError.ts';
import type { SqlJs } from './sqlJs.ts';
import { createSqlSurface } from './sqlSurface.ts';

// Offsets of the file format's write and read version; 1 is the rollback journal, 2 the log, which memory has no need of.
const formatVersions = [18, 19];

/**
 * A database in memory made of a file's bytes, for looking only: when the engine is not the pinned one, no file can be opened.
 * It shows the state of the last checkpoint, for the log is not in the bytes. Nothing done to it reaches a file.
 * Load `sqlJs` with `loadForReading`. Throws `store.damaged`.
 */
export function openInMemory(sqlJs: SqlJs, path: string, bytes: Uint8Array, notice: StoreNotice): Database {
  if (bytes.length < 512 || !Buffer.from(bytes.subarray(0, 16)).equals(Buffer.from('SQLite format 3\0'))) {
    throw damaged('it does not begin like a database');
  }
  const copy = new Uint8Array(bytes);
  for (const offset of formatVersions) copy[offset] = 1;
  const opened = sqlJs.openBytes(copy);
  const surface = createSqlSurface(sqlJs);
  surface.adopt(opened.db);
  let isOpen = true;

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    surface.finalizeAll();
    surface.adopt(0);
    opened.close();
  }

  try {
    surface.sql.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY');
    surface.sql.prepare('SELECT count(*) AS n FROM sqlite_schema').get();
  } catch (error) {
    close();
    throw error;
  }

  const nowhere = () => new AppError('store.engineMismatch', 'This is a copy in memory: it cannot be saved.', {});
  return {
    path,
    notices: [notice],
    recordedAnchor: null,
    hasUnflushed: false,
    walSize: 0,
    failure: undefined,
    prepare: surface.sql.prepare,
    exec: surface.sql.exec,
    lastInsertRowid: surface.sql.lastInsertRowid,
    transaction: surface.sql.transaction,
    get changes() {
      return surface.sql.changes;
    },
    get inTransaction() {
      return surface.inTransaction();
    },
    flush() {
      throw nowhere();
    },
    flushBeside: () => Promise.reject(nowhere()),
    reopen() {
      throw nowhere();
    },
    checkpoint: () => true,
    prewriteWal: () => false,
    check: () => 'ok',
    export: () => new Uint8Array(bytes),
    setAnchor() {
      throw nowhere();
    },
    close,
    abandon: close,
  };
}
