import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { compareRank, hasRoom, maxRankLength, rankBetween, ranksBetween } from '../../src/core/rank.ts';

describe('ranks', () => {
  test('a rank between two others sorts between them, however often it is done', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 200 }), (places) => {
        const ranks: string[] = [];
        for (const place of places) {
          const at = place % (ranks.length + 1);
          ranks.splice(at, 0, rankBetween(ranks[at - 1] ?? null, ranks[at] ?? null));
        }
        assert.deepEqual(
          ranks,
          ranks.toSorted((a, b) => (a < b ? -1 : 1)),
        );
        assert.equal(new Set(ranks).size, ranks.length);
      }),
    );
  });

  test('ranks sort as bytes the same as the database sorts them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
        const ranks = ranksBetween(null, null, count);
        assert.deepEqual(
          ranks,
          ranks.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
        );
      }),
    );
  });

  test('many ranks at once stay short between any two neighbours', () => {
    const [before, after] = ranksBetween(null, null, 2);
    const ranks = ranksBetween(before ?? null, after ?? null, 5000);
    assert.equal(new Set(ranks).size, 5000);
    assert.ok(ranks.every((rank) => rank.length < 8));
  });

  test('two hundred insertions at one spot fit before ranks are too long', () => {
    let [low, high] = ranksBetween(null, null, 2);
    for (let i = 0; i < 200; i++) {
      const rank = rankBetween(low ?? null, high ?? null);
      assert.ok(rank.length <= maxRankLength, `insertion ${i} made ${rank}`);
      if (i % 2 === 0) low = rank;
      else high = rank;
    }
  });

  test('equal ranks leave no room, and ids decide their order', () => {
    assert.equal(hasRoom('a0', 'a0'), false);
    assert.equal(hasRoom('a0', null), true);
    assert.equal(hasRoom(null, 'a0'), true);
    assert.equal(hasRoom('a0', 'a1'), true);
    const spots = [
      { id: 3, rank: 'a0' },
      { id: 1, rank: 'a1' },
      { id: 2, rank: 'a0' },
    ];
    assert.deepEqual(
      spots.sort(compareRank).map((spot) => spot.id),
      [2, 3, 1],
    );
  });
});
