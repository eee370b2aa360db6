import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { applyEdits, trimEdit } from '../../../src/core/markdown/textEdit.ts';

describe('text edits', () => {
  test('edits are made in the order of the text, whatever the order they come in', () => {
    const edits = [
      { start: 6, end: 11, text: 'there' },
      { start: 0, end: 5, text: 'Hi' },
    ];
    assert.equal(applyEdits('Hello world', edits), 'Hi there');
  });

  test('two insertions at one place stay in the order given', () => {
    const edits = [
      { start: 1, end: 1, text: '1' },
      { start: 1, end: 1, text: '2' },
    ];
    assert.equal(applyEdits('ab', edits), 'a12b');
  });

  test('edits that overlap or reach outside the text are refused', () => {
    const overlapping = [
      { start: 0, end: 2, text: '' },
      { start: 1, end: 3, text: '' },
    ];
    assert.throws(() => applyEdits('abc', overlapping), RangeError);
    assert.throws(() => applyEdits('abc', [{ start: 2, end: 4, text: '' }]), RangeError);
  });

  test('a trimmed edit does the same and begins and ends with a difference', () => {
    const part = fc.array(fc.constantFrom('a', 'b', '\u{1F600}', '\u{1F601}'), { maxLength: 8 }).map((units) => units.join(''));
    fc.assert(
      fc.property(part, part, (before, after) => {
        const whole = { start: 0, end: before.length, text: after };
        const trimmed = trimEdit(before, whole);
        assert.equal(applyEdits(before, trimmed), after);
        assert.equal(trimmed.length, before === after ? 0 : 1);
        for (const edit of trimmed) {
          assert.doesNotMatch(edit.text + before.slice(edit.start, edit.end), /[\uD800-\uDFFF]/u, 'no surrogate pair is cut');
        }
      }),
    );
  });

  test('an edit is trimmed to the characters that differ', () => {
    assert.deepEqual(trimEdit('model: sonnet\n', { start: 7, end: 13, text: 'sonata' }), [{ start: 10, end: 13, text: 'ata' }]);
  });
});
