import { Buffer } from 'node:buffer';
import type { SqliteApi } from './sqliteApi.ts';

/**
 * Views on the memory of the WebAssembly instance. Memory that grows detaches them: after any call into the engine
 * that may allocate, `fresh` must be called before a view is used.
 */
export interface Heap {
  bytes: Buffer;
  u16: Uint16Array;
  i32: Int32Array;
  f64: Float64Array;
  i64: BigInt64Array;
  readonly memory: WebAssembly.Memory;
}

export function createHeap(memory: WebAssembly.Memory): Heap {
  return { memory, ...viewsOf(memory.buffer) };
}

function viewsOf(buffer: ArrayBuffer): Omit<Heap, 'memory'> {
  return {
    bytes: Buffer.from(buffer),
    u16: new Uint16Array(buffer),
    i32: new Int32Array(buffer),
    f64: new Float64Array(buffer),
    i64: new BigInt64Array(buffer),
  };
}

/** Looking at the length of a view costs nothing; asking the memory for its buffer is a call out of JavaScript. */
export function fresh(heap: Heap): Heap {
  if (heap.i32.length === 0) Object.assign(heap, viewsOf(heap.memory.buffer));
  return heap;
}

/** The text at `pointer` up to its zero byte. */
export function cString(heap: Heap, pointer: number): string {
  if (pointer === 0) return '';
  const { bytes } = fresh(heap);
  return bytes.toString(undefined, pointer, bytes.indexOf(0, pointer));
}

/** Copies a text with its zero byte into memory of its own, to be freed by the caller. */
export function allocateText(api: SqliteApi, heap: Heap, text: string): number {
  const size = Buffer.byteLength(text) + 1;
  const pointer = api.malloc(size);
  if (pointer === 0) throw new Error('The database engine is out of memory.');
  const bytes = fresh(heap).bytes;
  bytes.write(text, pointer, size - 1);
  bytes[pointer + size - 1] = 0;
  return pointer;
}
