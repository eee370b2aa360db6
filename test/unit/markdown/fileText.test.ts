import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { decodeFile, encodeFile, hasInvalidBytes } from '../../../src/core/markdown/fileText.ts';

describe('the text of a file', () => {
  test('any bytes come back as they were', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.constantFrom(0x41, 0xc3, 0xa9, 0xe2, 0x80, 0x94, 0xed, 0xa0, 0xf0, 0x9f, 0x8e, 0xaf, 0xff, 0xef, 0xbb, 0xbf))
        .map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (list) => assert.deepEqual(encodeFile(decodeFile(list)), list)),
      { numRuns: 2000 },
    );
  });

  test('valid UTF-8 is read as any other reader reads it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(decodeFile(new TextEncoder().encode(text)), text);
        assert.deepEqual(encodeFile(text), new TextEncoder().encode(text));
        assert.equal(hasInvalidBytes(text), false);
      }),
    );
  });

  test('bytes that are no UTF-8 are told apart from everything else', () => {
    assert.equal(decodeFile(Uint8Array.of(0x61, 0xff, 0xe2, 0x80)), 'a\uDCFF\uDCE2\uDC80');
    assert.equal(hasInvalidBytes('a\uDCFF'), true);
    assert.equal(hasInvalidBytes('\u{1F4A9}'), false, 'the second half of this pair lies in the same range');
  });

  test('overlong forms, surrogates and code points beyond Unicode are invalid', () => {
    for (const bytes of [
      [0xc0, 0x80],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x80, 0x80, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf8, 0x88],
    ]) {
      assert.equal(decodeFile(Uint8Array.from(bytes)).length, bytes.length, bytes.join(' '));
    }
  });

  test('a BOM stays', () => {
    assert.equal(decodeFile(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\uFEFFa');
  });

  test('half a surrogate pair that stands for no byte becomes the replacement character', () => {
    assert.deepEqual(encodeFile('\uD83Dx'), Uint8Array.of(0xef, 0xbf, 0xbd, 0x78));
  });

  test('texts longer than one piece are put together', () => {
    const bytes = new Uint8Array(100_000).fill(0x61);
    assert.equal(decodeFile(bytes), 'a'.repeat(100_000));
  });
});
