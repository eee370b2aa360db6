/*
 * Not TextDecoder: it turns each invalid byte into U+FFFD, and what was there is lost with the first save.
 */

const replacement = [0xef, 0xbf, 0xbd] as const;
/** A call takes its arguments from the stack, so long texts are built piece by piece. */
const pieceLength = 8192;

/** UTF-8 to text; a byte that is not valid UTF-8 becomes U+DC80..U+DCFF, as in Python's surrogateescape. A BOM stays. */
export function decodeFile(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  let length = 0;
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      units[length++] = first;
      at++;
      continue;
    }
    const size = sequenceLength(bytes, at);
    if (size === 0) {
      units[length++] = 0xdc00 + first;
      at++;
      continue;
    }
    let code = first & (0xff >> (size + 1));
    for (let i = 1; i < size; i++) code = (code << 6) | ((bytes[at + i] ?? 0) & 0x3f);
    if (code > 0xffff) {
      units[length++] = 0xd800 + ((code - 0x10000) >> 10);
      units[length++] = 0xdc00 + ((code - 0x10000) & 0x3ff);
    } else {
      units[length++] = code;
    }
    at += size;
  }
  const pieces: string[] = [];
  for (let i = 0; i < length; i += pieceLength) {
    // Five times as fast as spreading the array.
    pieces.push(Reflect.apply(String.fromCharCode, undefined, units.subarray(i, Math.min(i + pieceLength, length))));
  }
  return pieces.join('');
}

/** Length of the valid sequence of two to four bytes at a place, 0 when there is none (Unicode standard, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size === 0 || at + size > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < size; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return size;
}

/**
 * The inverse: `encodeFile(decodeFile(bytes))` equals `bytes` for every sequence of bytes. Half a surrogate pair that stands for no
 * byte becomes U+FFFD.
 */
export function encodeFile(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      bytes[length++] = unit;
    } else if (unit < 0x800) {
      bytes[length++] = 0xc0 | (unit >> 6);
      bytes[length++] = 0x80 | (unit & 0x3f);
    } else if (unit < 0xd800 || unit > 0xdfff) {
      bytes[length++] = 0xe0 | (unit >> 12);
      bytes[length++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[length++] = 0x80 | (unit & 0x3f);
    } else {
      const code = text.codePointAt(i) ?? 0;
      if (code > 0xffff) {
        bytes[length++] = 0xf0 | (code >> 18);
        bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
        bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
        bytes[length++] = 0x80 | (code & 0x3f);
        i++;
      } else if (unit >= 0xdc80 && unit <= 0xdcff) {
        bytes[length++] = unit - 0xdc00;
      } else {
        bytes.set(replacement, length);
        length += replacement.length;
      }
    }
  }
  return bytes.slice(0, length);
}

/** Whether the file had bytes that are not valid UTF-8. */
export function hasInvalidBytes(text: string): boolean {
  // With the u flag a surrogate matches only where it is no half of a pair.
  return /[\uDC80-\uDCFF]/u.test(text);
}
