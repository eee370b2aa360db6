/**
 * How many single-letter changes turn one word into the other: inserting, removing, replacing, or swapping two neighbours.
 * Gives `limit + 1` as soon as it must be more than `limit`.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}

const plain = (word: string) => word.toLowerCase().replaceAll(/[\s_-]/g, '');

/**
 * The candidates that a writer of `word` most likely meant, nearest first: equal but for case and hyphens, else with a typing error or two
 * (one in four letters at most). Empty when none comes near.
 */
export function nearest(word: string, candidates: Iterable<string>, count = 1): string[] {
  const wanted = plain(word);
  const limit = Math.min(3, Math.max(1, Math.floor(wanted.length / 4)));
  const found: { candidate: string; cost: number }[] = [];
  for (const candidate of candidates) {
    const cost = distance(wanted, plain(candidate), limit);
    // A word of one or two letters is near to everything.
    if (cost === 0 || (cost <= limit && wanted.length > 2)) found.push({ candidate, cost });
  }
  return found
    .toSorted((a, b) => a.cost - b.cost)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
