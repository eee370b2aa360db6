import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { placeKey, recordKey } from '../../../src/core/jobs/recordKey.ts';

test('one field is the key as it is, several are joined', () => {
  assert.equal(recordKey(['number'], { number: 'RFI-1', subject: 'x' }), 'RFI-1');
  assert.equal(recordKey(['project', 'number'], { project: 'P', number: 7 }), 'P | 7');
  assert.equal(recordKey(['project', 'number'], { project: null, number: 7 }), ' | 7');
});

test('a record without any key value has none', () => {
  assert.equal(recordKey(['a', 'b'], { a: null, b: '' }), null);
  assert.equal(recordKey(['a'], {}), null);
  assert.equal(recordKey(['a'], { a: 0 }), '0');
  assert.equal(recordKey(['a'], { a: false }), 'false');
});

test('a key is never mistaken for a place', () => {
  assert.equal(placeKey('2.14', 3), '@2.14:3');
  assert.equal(recordKey(['a'], { a: '@2.14:3' }), '\\@2.14:3');
});

test('different values give different keys, of at most 500 characters in one line', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '|', '\\', ' ', '@', '#') }),
    fc.constant('x'.repeat(600)),
    fc.constant(`${'x'.repeat(600)}y`),
  );
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      const one = recordKey(['a', 'b'], { a, b });
      const other = recordKey(['a', 'b'], { a: c, b: d });
      assert.equal(one === other, (a === c && b === d) || (one === null && other === null));
      assert.ok((one?.length ?? 0) <= 500 && !/[\r\n]/.test(one ?? ''));
    }),
    { numRuns: 500 },
  );
});
