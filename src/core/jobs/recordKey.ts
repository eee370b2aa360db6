import { cut } from './coerce.ts';

type Values = Readonly<Record<string, string | number | boolean | null>>;

/** As long as a key may be in the store. */
const longest = 500;

/**
 * What tells a record apart within its collection. Different values give different keys: parts are joined by ` | `, with what could be
 * mistaken escaped, and a key that is too long ends in a checksum of the whole.
 *
 * @returns null when every key field is empty: such a record is known by its place only.
 */
export function recordKey(fields: readonly string[], data: Values): string | null {
  const values = fields.map((field) => data[field] ?? null);
  if (values.every((value) => value === null || value === '')) return null;
  const parts = values.map((value) =>
    String(value ?? '')
      .replaceAll('\n', ' ')
      .replaceAll(/[\\|]/g, '\\$&'),
  );
  // Keys of places begin with @.
  const key = parts.join(' | ').replace(/^@/, '\\@');
  return key.length <= longest ? key : `${cut(key, longest - 30)}#${checksum(key)}`;
}

/** The key of a record that has none of its own. */
export const placeKey = (position: string, row: number): string => `@${position}:${row}`;

/** Not for secrets: it only keeps long keys apart that begin alike. Two rounds of cyrb53 with different seeds. */
function checksum(text: string): string {
  return [0x9e3779b9, 0x51ed270b].map((seed) => cyrb53(text, seed).toString(36)).join('');
}

function cyrb53(text: string, seed: number): number {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
