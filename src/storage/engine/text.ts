import type { Buffer } from 'node:buffer';

// Columns such as status and priority hold the same few words in every row: finding them again costs half of decoding them.
const slots = 1024;
const longest = 24;
const patience = 24;
const remembered: string[] = Array.from({ length: slots }, () => '');

/** Which columns of a statement repeat their texts: looking in vain is given up. */
export type TextHabit = number[];

/** The UTF-8 text of `length` bytes at `at`, in column `column`. */
export function readText(bytes: Buffer, at: number, length: number, habit: TextHabit, column: number): string {
  if (length === 0) return '';
  const misses = habit[column] ?? 0;
  if (length > longest || misses > patience) return bytes.toString(undefined, at, at + length);
  const slot =
    (length * 37 + (bytes[at] ?? 0) * 5 + (bytes[at + length - 1] ?? 0) * 131 + (bytes[at + (length >> 1)] ?? 0) * 29) & (slots - 1);
  const known = remembered[slot] ?? '';
  if (known.length === length && equals(bytes, at, known)) {
    habit[column] = 0;
    return known;
  }
  habit[column] = misses + 1;
  const text = bytes.toString(undefined, at, at + length);
  // One unit for each byte: then all of them are below 128.
  if (text.length === length) remembered[slot] = text;
  return text;
}

function equals(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
