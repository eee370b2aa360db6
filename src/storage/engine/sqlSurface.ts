import { AppError } from '../../core/appError.ts';
import type { Sql, Statement } from '../sql.ts';
import { mayChangeSchema, prepareRaw } from './connection.ts';
import type { Connection } from './connection.ts';
import { allocateText, cString, fresh } from './heap.ts';
import type { FileGroup } from './fileGroup.ts';
import type { SqlJs } from './sqlJs.ts';
import { sqliteError } from './sqliteError.ts';
import { createStatement } from './statement.ts';
import { valueLayout } from './valueLayout.ts';

const ROW = 100;
const DONE = 101;

/** `Sql` over a connection whose database can be closed and opened again under it. */
export interface SqlSurface {
  readonly sql: Sql;
  /** Opens the database of a group. Throws and leaves nothing open. */
  openRaw(group: FileGroup): void;
  /** Takes over a database opened elsewhere. */
  adopt(db: number): void;
  inTransaction(): boolean;
  /** Finalizes all statements; those that are held somewhere prepare themselves again when next used. */
  finalizeAll(): void;
  /** From now on every use throws this, until it is undefined again. */
  refuse(failure: AppError | undefined): void;
  /** Throws unless the database may be used now. */
  assertOpen(): void;
  /** Finalizes and closes; SQLite may write while it does. */
  closeRaw(): void;
}

export function createSqlSurface(sqlJs: SqlJs): SqlSurface {
  const { api, heap } = sqlJs;
  const statements = new Map<string, Statement>();
  let group: FileGroup | undefined;
  let failure: AppError | undefined;
  let depth = 0;

  function assertOpen(): void {
    if (failure !== undefined) throw failure;
    if (connection.db === 0) throw new AppError('store.unavailable', 'The database is closed. Open the folder again.', {});
  }

  /** The operating system's last refusal, which explains SQLite's; told once. */
  function lastError(): unknown {
    const error = group?.lastError;
    if (group !== undefined) group.lastError = undefined;
    return error;
  }

  const connection: Connection = {
    api,
    heap,
    arena: sqlJs.arena,
    layout: undefined,
    db: 0,
    generation: 0,
    schema: 0,
    pointers: new Set(),
    error: (code, text) => sqliteError(code, cString(heap, api.errmsg(connection.db)), text, lastError()),
    assertOpen,
  };

  function statement(text: string): Statement {
    let found = statements.get(text);
    if (found === undefined) {
      found = createStatement(connection, text);
      statements.set(text, found);
    }
    return found;
  }

  function exec(text: string): void {
    assertOpen();
    const start = allocateText(api, heap, text);
    const out = api.malloc(8);
    try {
      let at = start;
      while (fresh(heap).bytes[at] !== 0) {
        const { statement: pointer, tail } = prepareRaw(connection, at, text, out);
        at = tail;
        if (pointer !== 0) runOnce(pointer, text);
      }
    } finally {
      api.free(out);
      api.free(start);
      if (mayChangeSchema(text)) connection.schema++;
    }
  }

  function runOnce(pointer: number, text: string): void {
    try {
      let code = api.step(pointer);
      while (code === ROW) code = api.step(pointer);
      if (code !== DONE) throw connection.error(code, text);
    } finally {
      connection.pointers.delete(pointer);
      api.finalize(pointer);
    }
  }

  const begin = statement('BEGIN IMMEDIATE');
  const commit = statement('COMMIT');
  const rollback = statement('ROLLBACK');

  function outermost<T>(body: () => T): T {
    begin.run();
    depth = 1;
    const { generation, schema } = connection;
    try {
      const result = body();
      if (result instanceof Promise) throw new AppError('internal', 'A transaction cannot wait for a promise.');
      commit.run();
      return result;
    } catch (error) {
      if (generation === connection.generation) undo(rollback);
      if (schema !== connection.schema) connection.schema++;
      throw error;
    } finally {
      depth = 0;
    }
  }

  function nested<T>(body: () => T): T {
    const name = `level${depth}`;
    statement(`SAVEPOINT ${name}`).run();
    depth++;
    const { schema } = connection;
    try {
      const result = body();
      statement(`RELEASE ${name}`).run();
      return result;
    } catch (error) {
      undo(statement(`ROLLBACK TO ${name}`));
      undo(statement(`RELEASE ${name}`));
      if (schema !== connection.schema) connection.schema++;
      throw error;
    } finally {
      depth--;
    }
  }

  /** After a full disk and the like SQLite has rolled back by itself and refuses: the first error is the one to tell. */
  function undo(statementToRun: Statement): void {
    try {
      statementToRun.run();
    } catch {
      return;
    }
  }

  function finalizeAll(): void {
    for (const pointer of connection.pointers) api.finalize(pointer);
    connection.pointers.clear();
    connection.generation++;
  }

  function adopt(db: number): void {
    connection.db = db;
    connection.generation++;
    depth = 0;
    connection.layout ??= valueLayout(api, heap, db);
  }

  return {
    sql: {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the caller knows the shape of the rows it asks for
      prepare: <Row>(text: string) => statement(text) as Statement<Row>,
      exec,
      get changes() {
        assertOpen();
        return api.changes(connection.db);
      },
      lastInsertRowid: () => Number(statement('SELECT last_insert_rowid() AS id').get()?.['id'] ?? 0),
      transaction: (body) => (depth === 0 ? outermost(body) : nested(body)),
    },
    openRaw(opening) {
      group = opening;
      const text = allocateText(api, heap, opening.name);
      const out = api.malloc(8);
      try {
        const code = api.open(text, out);
        const db = fresh(heap).i32[out >> 2] ?? 0;
        if (code !== 0) {
          connection.db = db;
          const error = connection.error(code, 'open');
          connection.db = 0;
          if (db !== 0) api.close_v2(db);
          throw error;
        }
        adopt(db);
      } finally {
        api.free(out);
        api.free(text);
      }
    },
    adopt,
    inTransaction: () => depth > 0,
    finalizeAll,
    refuse(next) {
      failure = next;
      // Prepared statements would go on without asking.
      if (next !== undefined && connection.db !== 0) finalizeAll();
    },
    assertOpen,
    closeRaw() {
      finalizeAll();
      const { db } = connection;
      connection.db = 0;
      depth = 0;
      if (db !== 0) api.close_v2(db);
    },
  };
}
