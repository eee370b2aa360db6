/** English words that say nothing of what a text is about. Those of other languages are told by how many texts have them. */
const stopWords = new Set(
  (
    'a about after all also an and any are as at be because been but by can could did do does for from get had has have how i if in into is it its ' +
    'just like may more most must my need no not now of on only or other our out over please should so some such than that the their them then ' +
    'there these they this to too under up use used using very was we were what when where which while who why will with would you your'
  ).split(' '),
);

export interface TellingWords {
  /** How often each word occurs, in lower case, in the order in which they come; without those that say nothing. */
  counts: ReadonlyMap<string, number>;
  /** Words of the text, all of them. */
  length: number;
}

export function tellingWords(text: string): TellingWords {
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const counts = new Map<string, number>();
  for (const word of words) if (word.length > 1 && !stopWords.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, length: words.length };
}
