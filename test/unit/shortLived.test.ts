import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ShortLived } from '../../src/util/shortLived.ts';

describe('things kept for a short time', () => {
  test('are found under their numbers until they are taken, once', () => {
    const calls = new ShortLived<string>();
    calls.add(7, 'seven');
    assert.equal(calls.get(7), 'seven');
    assert.equal(calls.take(7), 'seven');
    assert.equal(calls.take(7), undefined);
    assert.equal(calls.get(7), undefined);
    assert.equal(calls.size, 0);
  });

  test('are listed in the order of their numbers, however many came and went', () => {
    const calls = new ShortLived<number>();
    for (let id = 1; id <= 5000; id++) {
      calls.add(id, id);
      if (id > 3) assert.equal(calls.take(id - 3), id - 3);
    }
    assert.deepEqual(calls.values(), [4998, 4999, 5000]);
    assert.deepEqual(calls.keys(), [4998, 4999, 5000]);
    assert.equal(calls.size, 3);
    calls.clear();
    assert.deepEqual(calls.values(), []);
    assert.equal(calls.size, 0);
  });
});
