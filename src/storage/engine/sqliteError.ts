import { AppError } from '../../core/appError.ts';
import { fileError } from './fileErrors.ts';

const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** SQLite refused for a reason that lies in the statement: a constraint, a syntax error. A bug unless someone foresaw it. */
export class SqlError extends Error {
  /** SQLite's primary result code: 19 is a constraint. */
  readonly resultCode: number;
  readonly sql: string;

  constructor(message: string, resultCode: number, sql: string) {
    super(message);
    this.name = 'SqlError';
    this.resultCode = resultCode;
    this.sql = sql;
  }
}

/** The error for a result code: typed when it comes from the file or the disk. */
export function sqliteError(code: number, message: string, sql: string, lastError: unknown): Error {
  const primary = code & 0xff;
  switch (primary) {
    case CORRUPT:
    case NOTADB:
      return damaged(`SQLite says: ${message}`);
    case FULL:
    case IOERR:
    case CANTOPEN:
    case READONLY:
      if (lastError !== undefined) return fileError('Working on the database', lastError);
      if (primary === READONLY) return new AppError('store.readOnly', 'The database is open for reading only.', { reason: 'readOnly' });
      return new AppError('store.io', `Working on the database failed: ${message}.`, { errno: 'EIO' });
    default:
      return new SqlError(`${message} (SQLite ${code}) in: ${sql.slice(0, 500)}`, code, sql);
  }
}

/** `reason` marks what no rescue can help with. */
export function damaged(why: string, reason?: 'otherProgram'): AppError {
  const message =
    reason === 'otherProgram'
      ? 'The database file cannot be used: it was made by another program. It was not changed. Move it away, or restore a backup.'
      : `The database file is damaged: ${why}. It was not changed; a rescue or a backup can bring the data back.`;
  return new AppError('store.damaged', message, reason === undefined ? { why } : { why, reason });
}
