/** Bytes 0x80 to 0x9F. Not Node's TextDecoder: from 20.18.3 on it takes Windows-1252 for Latin-1 (nodejs/node#56542). */
const upperHalf = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

/** What an editor shows that takes UTF-8 for Windows-1252. */
export function garble(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => upperHalf[byte - 0x80] ?? String.fromCharCode(byte)).join('');
}
