import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { findMojibake, mojibakeEdits, repairMojibake } from '../../../src/core/markdown/mojibake.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { garble } from './windows1252.ts';

describe('mojibake', () => {
  test('dashes, quotation marks, emoji and accents are found and turned back', () => {
    for (const text of [
      'a \u2014 b',
      '\u201Cx\u201D',
      '\u{1F3AF} goal',
      'caf\u00E9',
      '\u043F\u0440\u0438\u0432\u0435\u0442',
      '\u65E5\u672C',
      '\u2192',
      '\u00A0',
      '\u26A0\uFE0F',
    ]) {
      const garbled = garble(text);
      assert.ok(findMojibake(garbled).length > 0, text);
      assert.equal(repairMojibake(garbled), text);
      assert.equal(applyEdits(garbled, mojibakeEdits(garbled)), text);
    }
  });

  test('text that is right is left alone', () => {
    for (const text of [
      '',
      'plain',
      'a \u2014 b',
      '\u{1F3AF}',
      'caf\u00E9',
      '\u00ABSpa\u00DF\u00BB',
      'pass\u00E9\u2026\u00BB',
      '\u00C0 propos',
      'S\u00C3O PAULO',
      '\u00B0C',
      '\u20AC 5',
    ]) {
      assert.deepEqual(findMojibake(text), [], text);
      assert.equal(repairMojibake(text), null);
    }
  });

  test('a run that cannot be turned back without a loss stays', () => {
    assert.equal(repairMojibake('\u00E2\u20AC'), null, 'the third byte was dropped');
    assert.equal(repairMojibake('\u00F0\u0178\u017D'), null);
    assert.equal(repairMojibake('\u00EF\u00B8\uFFFD'), null);
  });

  test('spans cover the garbled characters only', () => {
    assert.deepEqual(findMojibake('ab \u00E2\u20AC\u201D cd'), [{ start: 3, end: 6 }]);
  });

  test('what is found turns into what was garbled', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\u2014', '\u00E9', '\u{1F680}', '\u2019') }), (text) => {
        assert.equal(repairMojibake(garble(text)) ?? garble(text), text);
      }),
    );
  });
});
