import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

/**
 * A rank is a fractional key: between any two there is room for another, so that a move writes one task and not the column.
 * Ranks are ASCII and compared as bytes. Putting tasks at one spot again and again makes keys longer; beyond this length the
 * neighbourhood is spread anew.
 */
export const maxRankLength = 40;

/** A rank between two others, `null` being the column's end. `before` must be less than `after`. */
export function rankBetween(before: string | null, after: string | null): string {
  return generateKeyBetween(before, after);
}

/** `count` ranks in order between two others: the keys of a bulk move, and of a neighbourhood that is spread anew. */
export function ranksBetween(before: string | null, after: string | null, count: number): string[] {
  return generateNKeysBetween(before, after, count);
}

/** Whether something can be put between the two without a collision. Equal ranks come of undo and of edits from outside. */
export function hasRoom(before: string | null, after: string | null): boolean {
  return before === null || after === null || before < after;
}

/** The order of a column: rank as bytes, then id. */
export function compareRank(a: { rank: string; id: number }, b: { rank: string; id: number }): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return a.id - b.id;
}
