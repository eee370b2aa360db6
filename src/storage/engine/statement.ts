import { AppError } from '../../core/appError.ts';
import type { SqlRow, SqlValue, Statement } from '../sql.ts';
import { mayChangeSchema, prepareRaw } from './connection.ts';
import type { Connection } from './connection.ts';
import { allocateText, cString, fresh } from './heap.ts';
import { createRowReader } from './rows.ts';
import type { RowReader } from './rows.ts';
import { widenInteger } from './valueLayout.ts';

const OK = 0;
const ROW = 100;
const DONE = 101;
const STATIC = 0;
const TRANSIENT = -1;

interface Prepared {
  pointer: number;
  generation: number;
  schema: number;
  read: RowReader;
}

/** A statement over the C functions: names and shape of the rows are read once, strings go through one piece of memory. */
export function createStatement(connection: Connection, sql: string): Statement {
  const { api, heap, arena } = connection;
  const definesSchema = mayChangeSchema(sql);
  // Taken out while rows are read one by one, so that the same text can be run in between.
  let idle: Prepared | undefined;

  function take(): Prepared {
    const prepared = idle;
    if (prepared !== undefined && prepared.generation === connection.generation) {
      idle = undefined;
      if (prepared.schema === connection.schema) return prepared;
      drop(prepared);
    }
    connection.assertOpen();
    return prepare();
  }

  function prepare(): Prepared {
    const text = allocateText(api, heap, sql);
    const out = api.malloc(8);
    try {
      const { statement, tail } = prepareRaw(connection, text, sql, out);
      if (statement === 0) throw new AppError('internal', `There is no statement in "${sql}".`);
      const prepared = {
        pointer: statement,
        generation: connection.generation,
        schema: connection.schema,
        read: createRowReader(connection, statement),
      };
      if (cString(heap, tail).trim() !== '') {
        drop(prepared);
        throw new AppError('internal', `There is more than one statement in "${sql}".`);
      }
      return prepared;
    } finally {
      api.free(out);
      api.free(text);
    }
  }

  function give(prepared: Prepared): void {
    if (prepared.generation !== connection.generation) return;
    api.reset(prepared.pointer);
    if (idle === undefined) idle = prepared;
    else drop(prepared);
  }

  function drop(prepared: Prepared): void {
    connection.pointers.delete(prepared.pointer);
    api.finalize(prepared.pointer);
  }

  function bind(pointer: number, params: readonly SqlValue[], lifetime: number): void {
    for (let i = 0; i < params.length; i++) {
      const value = params[i];
      const code =
        typeof value === 'string'
          ? bindText(pointer, i + 1, value, lifetime)
          : typeof value === 'number'
            ? bindNumber(pointer, i + 1, value)
            : value === null
              ? api.bind_blob(pointer, i + 1, 0, 0, STATIC)
              : value instanceof Uint8Array
                ? bindBlob(pointer, i + 1, value, lifetime)
                : -1;
      if (code === OK) continue;
      if (code === -1) throw new AppError('internal', `Parameter ${i + 1} of "${sql}" is a ${typeof value}, which SQLite cannot store.`);
      throw connection.error(code, sql);
    }
  }

  function bindNumber(pointer: number, index: number, value: number): number {
    if (value === (value | 0)) return api.bind_int(pointer, index, value);
    const { layout } = connection;
    if (layout !== undefined && Number.isSafeInteger(value)) {
      const code = api.bind_int(pointer, index, value | 0);
      if (code !== OK || widenInteger(heap, layout, pointer, index, value)) return code;
    }
    return api.bind_double(pointer, index, value);
  }

  function bindText(pointer: number, index: number, value: string, lifetime: number): number {
    const { length } = value;
    // At most three bytes for a UTF-16 unit.
    const at = reserve(length * 3);
    const { bytes } = fresh(heap);
    let size = 0;
    if (length <= 24) {
      while (size < length) {
        const unit = value.charCodeAt(size);
        if (unit > 127) break;
        bytes[at + size++] = unit;
      }
    }
    if (size < length) size = bytes.write(value, at, length * 3);
    arena.used += (size + 7) & ~7;
    return api.bind_text(pointer, index, at, size, lifetime);
  }

  function bindBlob(pointer: number, index: number, value: Uint8Array, lifetime: number): number {
    const at = reserve(value.length);
    fresh(heap).bytes.set(value, at);
    arena.used += (value.length + 7) & ~7;
    return api.bind_blob(pointer, index, at, value.length, lifetime);
  }

  /** Room for `size` bytes in the arena. Earlier parameters of the same call must stay where they are, so it never moves. */
  function reserve(size: number): number {
    if (arena.used + size <= arena.size) return arena.pointer + arena.used;
    return growArena(size);
  }

  function growArena(size: number): number {
    let larger = arena.size;
    while (larger < size + 8) larger *= 2;
    const pointer = api.malloc(larger);
    if (pointer === 0) throw new AppError('internal', 'The database engine is out of memory.');
    arena.retired.push(arena.pointer);
    arena.pointer = pointer;
    arena.size = larger;
    arena.used = 0;
    return pointer;
  }

  function fail(code: number): never {
    throw connection.error(code, sql);
  }

  /** Runs `use` on the statement with its parameters bound, and always leaves it reset. */
  function execute<T>(params: readonly SqlValue[], use: (prepared: Prepared) => T): T {
    const prepared = take();
    const mark = arena.used;
    try {
      bind(prepared.pointer, params, STATIC);
      return use(prepared);
    } finally {
      give(prepared);
      releaseArena(mark);
    }
  }

  function releaseArena(mark: number): void {
    if (arena.retired.length === 0) {
      arena.used = mark;
      return;
    }
    for (const pointer of arena.retired.splice(0)) api.free(pointer);
    arena.used = 0;
  }

  function toEnd({ pointer }: Prepared): void {
    let code = api.step(pointer);
    while (code === ROW) code = api.step(pointer);
    if (code !== DONE) fail(code);
    if (definesSchema) connection.schema++;
  }

  function first(prepared: Prepared): SqlRow | undefined {
    const code = api.step(prepared.pointer);
    if (code === ROW) return prepared.read();
    return code === DONE ? undefined : fail(code);
  }

  function list(prepared: Prepared): SqlRow[] {
    const rows: SqlRow[] = [];
    const { read } = prepared;
    let code = api.step(prepared.pointer);
    while (code === ROW) {
      rows.push(read());
      code = api.step(prepared.pointer);
    }
    if (code !== DONE) fail(code);
    return rows;
  }

  function* each(params: readonly SqlValue[]): IterableIterator<SqlRow> {
    const prepared = take();
    try {
      // Others will use the arena while we wait: SQLite makes its own copies.
      const mark = arena.used;
      try {
        bind(prepared.pointer, params, TRANSIENT);
      } finally {
        releaseArena(mark);
      }
      for (;;) {
        if (prepared.generation !== connection.generation) connection.assertOpen();
        if (prepared.generation !== connection.generation)
          throw new AppError('internal', 'The database was reopened while rows were read.');
        const code = api.step(prepared.pointer);
        if (code === DONE) return;
        if (code !== ROW) fail(code);
        yield prepared.read();
      }
    } finally {
      give(prepared);
    }
  }

  return {
    run: (...params) => execute(params, toEnd),
    get: (...params) => execute(params, first),
    all: (...params) => execute(params, list),
    each: (...params) => each(params),
  };
}
