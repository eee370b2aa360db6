import { fresh } from './heap.ts';
import type { Heap } from './heap.ts';
import type { SqliteApi } from './sqliteApi.ts';
import type { ValueLayout } from './valueLayout.ts';

/** An open database as the statement layer sees it. */
export interface Connection {
  readonly api: SqliteApi;
  readonly heap: Heap;
  readonly arena: Arena;
  /** Where SQLite keeps parameters and rows; undefined when that could not be found out. */
  layout: ValueLayout | undefined;
  /** The `sqlite3*`; 0 when closed. */
  db: number;
  /** Goes up when the database is opened anew: statements prepare themselves again. */
  generation: number;
  /** Goes up with everything that may change the schema: statements are prepared again, with other columns perhaps. */
  schema: number;
  /** Every statement that exists in SQLite, to be finalized before closing. */
  readonly pointers: Set<number>;
  /** Makes the error for a result code. */
  error(code: number, sql: string): Error;
  /** Throws unless the database may be used now. */
  assertOpen(): void;
}

export function createArena(api: SqliteApi): Arena {
  const size = 64 * 1024;
  return { pointer: api.malloc(size), size, used: 0, retired: [] };
}

/** A piece of the engine's memory for parameters, used as a stack: cheaper than malloc and free for each. */
export interface Arena {
  pointer: number;
  size: number;
  used: number;
  /** Pieces that became too small while parameters still point into them. */
  retired: number[];
}

const OK = 0;

/** Asks SQLite for a new statement; 0 for a comment or nothing. `tail` is where the next one begins. */
export function prepareRaw(connection: Connection, pointer: number, sql: string, out: number): { statement: number; tail: number } {
  const { api, heap } = connection;
  const code = api.prepare_v2(connection.db, pointer, -1, out, out + 4);
  if (code !== OK) throw connection.error(code, sql);
  const i32 = fresh(heap).i32;
  const statement = i32[out >> 2] ?? 0;
  if (statement !== 0) connection.pointers.add(statement);
  return { statement, tail: i32[(out >> 2) + 1] ?? 0 };
}

const changesSchema = /\b(?:alter|create|drop|pragma|vacuum|attach|detach)\b/i;

/** Whether running `sql` may change the schema, or what a statement gives. */
export function mayChangeSchema(sql: string): boolean {
  return changesSchema.test(sql);
}
