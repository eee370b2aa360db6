/** The parts of Okapi BM25, with the usual constants. */
const k1 = 1.2;
const b = 0.75;

/** How much it tells that a text has a word which `holders` of all texts have. */
export const rarity = (texts: number, holders: number) => Math.log(1 + (texts - holders + 0.5) / (holders + 0.5));

/** What a word counts that occurs so often in a text, whose `length` is in average ones: the second time less than the first. */
export const saturated = (occurrences: number, length: number) => (occurrences * (k1 + 1)) / (occurrences + k1 * (1 - b + b * length));

/** The numbers of SQLite's `matchinfo`, in the byte order of WebAssembly, which is that of every machine we run on. */
export function matchNumbers(info: Uint8Array): Uint32Array {
  return info.byteOffset % 4 === 0
    ? new Uint32Array(info.buffer, info.byteOffset, info.byteLength >> 2)
    : new Uint32Array(info.slice().buffer);
}
