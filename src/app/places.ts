import { AppError } from '../core/appError.ts';
import { hasRoom, maxRankLength, rankBetween, ranksBetween } from '../core/rank.ts';
import type { Status, TaskRow } from '../core/task.ts';
import type { Spot } from './storePorts.ts';
import { taskNotFound } from './work.ts';
import type { Work } from './work.ts';

/** Where in a column something goes: behind or before a neighbour; neither, the top. */
export interface Place {
  beforeId?: number | undefined;
  afterId?: number | undefined;
}

interface Gap {
  before: Spot | null;
  after: Spot | null;
}

/** The first card that stays where it is. */
function firstOther(read: (limit: number) => Spot[], moving: ReadonlySet<number>): Spot | null {
  // All that move may be in the way; one more is the neighbour.
  return read(moving.size + 1).find((spot) => !moving.has(spot.id)) ?? null;
}

function gapAt(work: Work, status: Status, place: Place, moving: ReadonlySet<number>): Gap {
  const { tasks } = work;
  const behind = (spot: Spot | null) => firstOther((limit) => tasks.following(status, spot, limit), moving);
  const ahead = (spot: Spot | null) => firstOther((limit) => tasks.preceding(status, spot, limit), moving);
  for (const [id, side] of [
    [place.afterId, 'after'],
    [place.beforeId, 'before'],
  ] as const) {
    if (id === undefined) continue;
    const neighbour = work.tasks.spot(id);
    if (neighbour === undefined) throw taskNotFound([id]);
    // It may have been moved away by somebody since the caller looked: the top is as good a place as any then.
    if (neighbour.status !== status) continue;
    // Beside itself is where it is.
    if (moving.has(id)) return { before: ahead(neighbour), after: behind(neighbour) };
    return side === 'after' ? { before: neighbour, after: behind(neighbour) } : { before: ahead(neighbour), after: neighbour };
  }
  return { before: null, after: behind(null) };
}

/** Ranks for tasks that go to one place of a column in the given order. Makes room around it when there is none. */
export function placeRanks(work: Work, status: Status, place: Place, moving: readonly number[]): string[] {
  const set = new Set(moving);
  let gap = gapAt(work, status, place, set);
  if (!isWide(gap, moving.length)) {
    spread(work, status, gap, set);
    gap = { before: fresh(work, gap.before), after: fresh(work, gap.after) };
  }
  return ranksBetween(gap.before?.rank ?? null, gap.after?.rank ?? null, moving.length);
}

/** The rank one task has at a place, or its own when it is there already; `row` is null for one that is about to be made. */
export function placeRank(work: Work, row: TaskRow | null, status: Status, place: Place): string {
  const moving = new Set(row === null ? [] : [row.id]);
  const { before, after } = gapAt(work, status, place, moving);
  if (row?.status === status && (before === null || before.rank < row.rank) && (after === null || row.rank < after.rank)) return row.rank;
  if (hasRoom(before?.rank ?? null, after?.rank ?? null)) {
    const rank = rankBetween(before?.rank ?? null, after?.rank ?? null);
    if (rank.length <= maxRankLength) return rank;
  }
  const [rank] = placeRanks(work, status, place, [row?.id ?? 0]);
  if (rank === undefined) throw new AppError('internal', `No rank was found in ${status}`);
  return rank;
}

function isWide({ before, after }: Gap, count: number): boolean {
  if (!hasRoom(before?.rank ?? null, after?.rank ?? null)) return false;
  return ranksBetween(before?.rank ?? null, after?.rank ?? null, count).every((rank) => rank.length <= maxRankLength);
}

const fresh = (work: Work, spot: Spot | null): Spot | null => (spot === null ? null : (work.tasks.spot(spot.id) ?? null));

/**
 * Gives the cards around a gap new, short ranks in the same order. Begins with a few and takes in twice as many until the ranks
 * between those outside are short, so that the cost follows from how crowded the spot is and not from the size of the column.
 */
function spread(work: Work, status: Status, { before, after }: Gap, moving: ReadonlySet<number>): void {
  const stays = (spot: Spot) => !moving.has(spot.id);
  for (let reach = 16; ; reach *= 2) {
    const left =
      before === null ? [] : [before, ...work.tasks.preceding(status, before, reach + moving.size).filter(stays)].slice(0, reach + 1);
    const right =
      after === null ? [] : [after, ...work.tasks.following(status, after, reach + moving.size).filter(stays)].slice(0, reach + 1);
    // The outermost on each side keeps its rank, unless it is the end of the column.
    const low = left.length > reach ? (left.pop() ?? null) : null;
    const high = right.length > reach ? (right.pop() ?? null) : null;
    const between = [...left.reverse(), ...right];
    if (hasRoom(low?.rank ?? null, high?.rank ?? null)) {
      // With room for as many again.
      const ranks = ranksBetween(low?.rank ?? null, high?.rank ?? null, between.length + moving.size);
      if ((low === null && high === null) || ranks.every((rank) => rank.length <= maxRankLength / 2)) {
        const skip = Math.min(left.length, between.length);
        between.forEach((spot, i) => setRank(work, spot, ranks[i < skip ? i : i + moving.size] ?? spot.rank));
        return;
      }
    }
  }
}

function setRank(work: Work, spot: Spot, rank: string): void {
  if (rank === spot.rank) return;
  work.tasks.setRank(spot.id, rank);
  work.outdated.add(spot.id);
  work.madeRoom.add(spot.id);
  work.rows.delete(spot.id);
}

/** A rank to come back to: the old one, or one right behind whoever has it now. */
export function rankToReturnTo(work: Work, row: TaskRow, status: Status, rank: string): string {
  if (!work.tasks.isRankTaken(status, rank, row.id)) return rank;
  const [holder] = work.tasks.following(status, { id: 0, rank }, 1);
  return holder === undefined ? rank : placeRank(work, row, status, { afterId: holder.id });
}
