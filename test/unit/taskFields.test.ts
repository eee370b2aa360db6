import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { daysBetween, dayOf, isOverdue } from '../../src/core/day.ts';
import { differences, sameValue, withoutUndefined } from '../../src/core/taskFields.ts';

describe('differences of fields', () => {
  test('values that are the same are no change, whatever the order of their keys', () => {
    const before = { title: 'a', labels: ['x'], origin: { file: 'a.ts', line: 1 } };
    assert.deepEqual(differences(before, { title: 'a', labels: ['x'], origin: { line: 1, file: 'a.ts' } }), []);
    assert.deepEqual(differences(before, { title: 'b', labels: [] }), [
      { field: 'title', from: 'a', to: 'b' },
      { field: 'labels', from: ['x'], to: [] },
    ]);
  });

  test('null is a value, and undefined is none', () => {
    assert.deepEqual(differences({ due: '2026-01-01' }, { due: null }), [{ field: 'due', from: '2026-01-01', to: null }]);
    assert.deepEqual(withoutUndefined({ title: undefined, due: null }), { due: null });
  });

  test('a value is the same as its copy and differs from any other', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const copy: unknown = JSON.parse(JSON.stringify(a));
        assert.equal(sameValue(JSON.parse(JSON.stringify(a)), copy), true);
        if (sameValue(a, b)) assert.deepEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
      }),
    );
  });
});

describe('days', () => {
  test('a day is that of the calendar here', () => {
    assert.equal(dayOf(new Date(2026, 0, 5, 23, 59).getTime()), '2026-01-05');
    assert.equal(dayOf(new Date(2026, 10, 30, 0, 0).getTime()), '2026-11-30');
  });

  test('days are counted across a change of the clock', () => {
    assert.equal(daysBetween('2026-03-28', '2026-03-30'), 2);
    assert.equal(daysBetween('2026-10-26', '2026-10-24'), -2);
  });

  test('overdue is what is due before today and not done', () => {
    assert.equal(isOverdue({ due: '2026-01-01', status: 'Ready' }, '2026-01-02'), true);
    assert.equal(isOverdue({ due: '2026-01-02', status: 'Ready' }, '2026-01-02'), false);
    assert.equal(isOverdue({ due: '2026-01-01', status: 'Done' }, '2026-01-02'), false);
    assert.equal(isOverdue({ due: null, status: 'Ready' }, '2026-01-02'), false);
  });
});
