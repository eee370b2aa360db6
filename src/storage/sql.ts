/** What SQLite stores. Numbers that are whole bind as INTEGER, others as REAL. */
export type SqlValue = number | string | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/** A prepared statement, kept for the life of its database. Parameters are positional. */
export interface Statement<Row = SqlRow> {
  /** Runs to the end, discarding rows. */
  run(...params: SqlValue[]): void;
  get(...params: SqlValue[]): Row | undefined;
  all(...params: SqlValue[]): Row[];
  /** Rows one by one; ending the loop early resets the statement. */
  each(...params: SqlValue[]): IterableIterator<Row>;
}

/** The SQL surface that repositories and migrations use. Synchronous: it lives in the storage thread. */
export interface Sql {
  /** The same text gives the same statement: it is prepared once and cached. */
  prepare<Row = SqlRow>(sql: string): Statement<Row>;
  /** Runs statements separated by semicolons, without parameters. */
  exec(sql: string): void;
  /** Rows changed by the last statement. */
  readonly changes: number;
  lastInsertRowid(): number;
  /** Runs `body` in a transaction of its own, or in a savepoint when one is open; rolls back when it throws. */
  transaction<T>(body: () => T): T;
}
