import type { SqlRow, SqlValue } from '../sql.ts';
import type { Connection } from './connection.ts';
import { cString, fresh } from './heap.ts';
import { readText } from './text.ts';
import type { TextHabit } from './text.ts';
import { encodingAt, flag, flagsAt, lengthAt, pointerAt, readInteger, utf8 } from './valueLayout.ts';

/** Makes objects of the current row of one prepared statement. */
export type RowReader = () => SqlRow;

/** Names are read once; copying a template gives all rows one shape. */
export function createRowReader(connection: Connection, pointer: number): RowReader {
  const { api, heap, layout } = connection;
  const names: string[] = [];
  const count = api.column_count(pointer);
  for (let i = 0; i < count; i++) names.push(cString(heap, api.column_name(pointer, i)));
  const template: SqlRow = Object.fromEntries(names.map((name) => [name, null]));
  const habit: TextHabit = names.map(() => 0);

  function byCalls(column: number): SqlValue {
    switch (api.column_type(pointer, column)) {
      case 1:
      case 2:
        return api.column_double(pointer, column);
      case 3: {
        const at = api.column_text(pointer, column);
        const length = api.column_bytes(pointer, column);
        return readText(fresh(heap).bytes, at, length, habit, column);
      }
      case 4: {
        const at = api.column_blob(pointer, column);
        return copy(at, api.column_bytes(pointer, column));
      }
      default:
        return null;
    }
  }

  function copy(at: number, length: number): Uint8Array {
    const blob = new Uint8Array(length);
    const { bytes } = fresh(heap);
    // A short copy by hand is quicker than a view for `set`.
    if (length > 128) blob.set(bytes.subarray(at, at + length));
    else for (let i = 0; i < length; i++) blob[i] = bytes[at + i] ?? 0;
    return blob;
  }

  if (layout === undefined) {
    return () => {
      const row = { ...template };
      for (let i = 0; i < names.length; i++) row[names[i] ?? ''] = byCalls(i);
      return row;
    };
  }

  const { row: rowOffset, size } = layout;
  return () => {
    const { bytes, u16, i32, f64 } = fresh(heap);
    const row = { ...template };
    let at = i32[(pointer + rowOffset) >> 2] ?? 0;
    for (let i = 0; i < names.length; i++, at += size) {
      const flags = u16[(at + flagsAt) >> 1] ?? 0;
      let value: SqlValue;
      if (flags & flag.null) value = null;
      else if (flags & (flag.integer | flag.integerAsReal)) value = readInteger(i32, at);
      else if (flags & flag.real) value = f64[at >> 3] ?? 0;
      else if (flags & flag.text && bytes[at + encodingAt] === utf8) {
        value = readText(bytes, i32[(at + pointerAt) >> 2] ?? 0, i32[(at + lengthAt) >> 2] ?? 0, habit, i);
      } else if (flags & flag.text || flags & flag.zeroBlob) value = byCalls(i);
      else value = copy(i32[(at + pointerAt) >> 2] ?? 0, i32[(at + lengthAt) >> 2] ?? 0);
      row[names[i] ?? ''] = value;
    }
    return row;
  };
}
