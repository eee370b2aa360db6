import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasLiteralNewlines, toBlockScalar, withLineEnds } from '../../../src/core/markdown/escapes.ts';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';

describe('line ends that are written as backslash and n', () => {
  test('are found in a value, however it is quoted', () => {
    const document = readMarkdown('---\na: x\\ny\nb: "x\\\\ny"\nc: "x\\ny"\nd: 1\n---\n');
    assert.deepEqual(
      document.frontmatter?.fields.map((field) => hasLiteralNewlines(field)),
      [true, true, false, false],
    );
  });

  test('become lines of a literal block on demand', () => {
    for (const line of ['a: Use: it.\\n\\nThen\\r\\nthis', 'a: "Use: it.\\\\n\\\\nThen\\\\nthis"', "a: 'Use: it.\\n\\nThen\\nthis'"]) {
      const document = readMarkdown(`---\n${line}\nb: y\n---\n`);
      const after = readMarkdown(applyEdits(document.text, toBlockScalar(document, 'a')));
      assert.equal(after.text, '---\na: |-\n  Use: it.\n\n  Then\n  this\nb: y\n---\n');
      assert.equal(fieldOf(after, 'a')?.value, 'Use: it.\n\nThen\nthis');
    }
  });

  test('are shown as line ends without a change to the file', () => {
    assert.equal(withLineEnds('a\\nb\\r\\nc'), 'a\nb\nc');
  });

  test('there is no block for what is no text', () => {
    assert.deepEqual(toBlockScalar(readMarkdown('---\na: 1\n---\n'), 'a'), []);
    assert.deepEqual(toBlockScalar(readMarkdown('Body'), 'a'), []);
  });

  test('a text that no block can hold is quoted', () => {
    const document = readMarkdown('---\na: "x\\u0007\\\\ny"\n---\n');
    const after = readMarkdown(applyEdits(document.text, toBlockScalar(document, 'a')));
    assert.equal(fieldOf(after, 'a')?.value, 'x\u0007\ny');
  });
});
