import { allocateText, fresh } from './heap.ts';
import type { Heap } from './heap.ts';
import type { SqliteApi } from './sqliteApi.ts';

/**
 * Where SQLite keeps the values of a statement in memory. Two things depend on it:
 * - whole numbers above 2^31, such as times: `bind_int64` is not exported, and bound as REAL they would come out of JSON functions as `1.7e12`;
 * - reading a row at once instead of by three calls for each column, a third of the time of a list.
 * The engine is pinned by its hash, and the layout is found by looking for known values and proven before it is used; where it
 * cannot be found, statements work through the exported functions alone.
 */
export interface ValueLayout {
  /** Offset, in a statement, of the pointer to the bound values. */
  params: number;
  /** Offset, in a statement, of the pointer to the current row. */
  row: number;
  /** Bytes of one value: the number (8), pointer (4), length (4), flags (2), encoding (1) … */
  size: number;
}

/** Flags of a value. More than one of the first five may be set; the order of precedence is that of `sqlite3_value_type`. */
export const flag = { null: 1, text: 2, integer: 4, real: 8, blob: 16, integerAsReal: 32, zeroBlob: 0x400 } as const;
export const pointerAt = 8;
export const lengthAt = 12;
export const flagsAt = 16;
export const encodingAt = 18;
export const utf8 = 1;

const ROW = 100;
/** How far into a statement to look: beyond lies where all its memory begins, which may be the parameters too. */
const reach = 160;

const found = new WeakMap<SqliteApi, { layout: ValueLayout | undefined }>();

/** The layout of this engine, looked for once with the help of any open database. */
export function valueLayout(api: SqliteApi, heap: Heap, db: number): ValueLayout | undefined {
  const known = found.get(api) ?? { layout: findValueLayout(api, heap, db) };
  found.set(api, known);
  return known.layout;
}

function findValueLayout(api: SqliteApi, heap: Heap, db: number): ValueLayout | undefined {
  // No table: the file must not be read before the locking mode is set.
  const sql = allocateText(api, heap, "SELECT ?1, ?2, 'known text', 1.5, NULL, x'010203', typeof(?1), typeof(?2)");
  const out = api.malloc(8);
  try {
    if (api.prepare_v2(db, sql, -1, out, 0) !== 0) return undefined;
    const statement = fresh(heap).i32[out >> 2] ?? 0;
    if (statement === 0) return undefined;
    try {
      return probe(api, heap, statement);
    } finally {
      api.finalize(statement);
    }
  } finally {
    api.free(out);
    api.free(sql);
  }
}

function probe(api: SqliteApi, heap: Heap, statement: number): ValueLayout | undefined {
  const [large, negative] = [1_700_000_000_123, -1_700_000_000_123];
  api.bind_int(statement, 1, large | 0);
  api.bind_int(statement, 2, negative | 0);
  // Empty arrays lie where the parameters lie; the pointer to the parameters comes after the pointers to those.
  const params = findPairs(heap, statement, large | 0, negative | 0).at(-1);
  if (params === undefined) return undefined;
  const { size } = params;
  const bound = { params: params.offset, row: 0, size };
  if (!widenInteger(heap, bound, statement, 1, large) || !widenInteger(heap, bound, statement, 2, negative)) return undefined;
  if (api.step(statement) !== ROW) return undefined;
  const row = findPairs(heap, statement, large | 0, negative | 0).at(-1);
  if (row === undefined || row.size !== size || row.offset <= params.offset) return undefined;
  const layout = { ...bound, row: row.offset };
  return isProven(heap, layout, statement, large, negative) ? layout : undefined;
}

/** Looks for pointers to two values, a whole number each, by the low halves of the numbers. */
function findPairs(heap: Heap, statement: number, first: number, second: number): { offset: number; size: number }[] {
  const { i32 } = fresh(heap);
  const pairs: { offset: number; size: number }[] = [];
  for (let offset = 0; offset < reach; offset += 4) {
    const at = i32[(statement + offset) >> 2] ?? 0;
    if (at <= 0 || at % 8 !== 0 || i32[at >> 2] !== first) continue;
    for (let size = 24; size <= 80; size += 8) if (i32[(at + size) >> 2] === second) pairs.push({ offset, size });
  }
  return pairs;
}

function isProven(heap: Heap, layout: ValueLayout, statement: number, large: number, negative: number): boolean {
  const { bytes, u16, i32, f64 } = fresh(heap);
  const at = (column: number) => (i32[(statement + layout.row) >> 2] ?? 0) + column * layout.size;
  const flags = (column: number) => (u16[(at(column) + flagsAt) >> 1] ?? 0) & 0x3f;
  const text = (column: number) => {
    const from = i32[(at(column) + pointerAt) >> 2] ?? 0;
    return bytes.toString('latin1', from, from + (i32[(at(column) + lengthAt) >> 2] ?? 0));
  };
  return (
    [flag.integer, flag.integer, flag.text, flag.real, flag.null, flag.blob, flag.text, flag.text].every((want, i) => flags(i) === want) &&
    readInteger(i32, at(0)) === large &&
    readInteger(i32, at(1)) === negative &&
    text(2) === 'known text' &&
    bytes[at(2) + encodingAt] === utf8 &&
    f64[at(3) >> 3] === 1.5 &&
    text(5) === '\u0001\u0002\u0003' &&
    text(6) === 'integer' &&
    text(7) === 'integer'
  );
}

export function readInteger(i32: Int32Array, at: number): number {
  const low = i32[at >> 2] ?? 0;
  const high = i32[(at >> 2) + 1] ?? 0;
  return high === low >> 31 ? low : high * 4_294_967_296 + (low >>> 0);
}

/**
 * Makes the large number of the small one that `bind_int` has just bound, which is its low half. False, and nothing
 * changed, when that one is not found where it should be.
 */
export function widenInteger(heap: Heap, layout: ValueLayout, statement: number, index: number, value: number): boolean {
  const { i32 } = fresh(heap);
  const at = ((i32[(statement + layout.params) >> 2] ?? 0) + (index - 1) * layout.size) >> 2;
  const low = value | 0;
  if (i32[at] !== low || i32[at + 1] !== low >> 31) return false;
  i32[at + 1] = Math.floor(value / 4_294_967_296);
  return true;
}
