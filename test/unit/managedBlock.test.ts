import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { putManagedBlock, readManagedBlocks, removeManagedBlock } from '../../src/core/managedBlock.ts';
import { applyEdits } from '../../src/core/markdown/textEdit.ts';

const begin = (task: number) => `<!-- claudetask:begin task=${task} -->\n`;
const end = '<!-- claudetask:end -->\n';

function put(text: string, task: number, content: string, at?: number): string {
  const result = putManagedBlock(text, task, content, at);
  assert.ok('edits' in result, 'the markers pair up');
  return applyEdits(text, result.edits);
}

function removed(text: string, task: number): string {
  const result = removeManagedBlock(text, task);
  assert.ok('edits' in result, 'the markers pair up');
  return applyEdits(text, result.edits);
}

const reason = (text: string) => {
  const read = readManagedBlocks(text);
  return 'broken' in read ? read.broken.reason : `${read.blocks.length} blocks`;
};

describe('a managed block', () => {
  test('is added at the end, or before a line', () => {
    assert.equal(put('a\n', 12, 'x'), `a\n${begin(12)}x\n${end}`);
    assert.equal(put('a', 12, 'x\n\n'), `a\n${begin(12)}x\n${end.trimEnd()}`);
    assert.equal(put('', 12, 'x'), `${begin(12)}x\n${end}`);
    assert.equal(put('a\nbc\n', 12, 'x', 3), `a\n${begin(12)}x\n${end}bc\n`);
  });

  test('is never put before frontmatter or into another block', () => {
    assert.equal(put('\uFEFF---\na: 1\n---\nb\n', 2, 'x', 0), `\uFEFF---\na: 1\n---\n${begin(2)}x\n${end}b\n`);
    assert.equal(put(`${begin(1)}x\n${end}b\n`, 2, 'y', 41), `${begin(1)}x\n${end}${begin(2)}y\n${end}b\n`);
  });

  test('at the top of a file with a byte order mark comes and goes behind it', () => {
    const text = put('\uFEFFa', 1, 'x', 0);
    assert.equal(text, `\uFEFF${begin(1)}x\n${end}a`);
    assert.equal(removed(text, 1), '\uFEFFa');
    assert.equal(removed(`\uFEFF${begin(1)}x\n${end.trimEnd()}`, 1), '\uFEFF');
  });

  test('takes the line ends of the file', () => {
    assert.equal(put('a\r\n', 1, 'x\ny'), `a\r\n${begin(1)}x\ny\n${end}`.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'));
  });

  test('is replaced between its markers only, and not at all when it is the same', () => {
    const text = `a\n  ${begin(1)}old\n${end}b\n${begin(2)}other\n${end}`;
    assert.equal(put(text, 1, 'new'), text.replace('old', 'new'));
    assert.deepEqual(putManagedBlock(text, 1, 'old'), { edits: [] });
  });

  test('cannot be ended by its content', () => {
    const text = put('a\n', 1, `x\n${end}${begin(2)}`);
    assert.equal(reason(text), '1 blocks');
    assert.equal(removed(text, 1), 'a\n');
  });

  test('with an open fence in it ends all the same, and what follows is read', () => {
    const text = `${begin(1)}\`\`\`\nx\n${end}\n${begin(2)}y\n${end}`;
    assert.equal(reason(text), '2 blocks');
    assert.equal(removed(text, 1), `\n${begin(2)}y\n${end}`);
  });

  test('is not what a code block or a sentence shows', () => {
    assert.equal(reason(`\`\`\`\n${begin(1)}x\n${end}\`\`\`\n`), '0 blocks');
    assert.equal(reason(`The marker ${begin(1)}`), '0 blocks');
  });

  test('that is broken is left alone, with the reason', () => {
    const broken: [string, string][] = [
      [`${begin(1)}x\n`, 'unclosed'],
      [`x\n${end}`, 'unopened'],
      [`${begin(1)}${begin(2)}${end}${end}`, 'nested'],
      [`${begin(1)}${end}${begin(1)}${end}`, 'repeated'],
    ];
    for (const [text, expected] of broken) {
      assert.equal(reason(text), expected);
      assert.ok('broken' in putManagedBlock(text, 3, 'x'));
      assert.ok('broken' in removeManagedBlock(text, 1));
    }
  });

  test('added and removed leaves every byte of any text', () => {
    const piece = fc.constantFrom('a', '\n', '\r\n', '```\n', ' ', '- ', begin(7), end, '\uFEFF', '---\n', '<!--', '`');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.string(), fc.nat(60), (pieces, content, at) => {
        const text = pieces.join('');
        const added = putManagedBlock(text, 3, content, at);
        if ('broken' in added) return;
        const after = applyEdits(text, added.edits);
        const read = readManagedBlocks(after);
        // Within a fence that the author left open a block is code, and is not found.
        assert.ok('blocks' in read);
        if (!read.blocks.some(({ task }) => task === 3)) return;
        assert.equal(removed(after, 3), text);
      }),
      { numRuns: 1000 },
    );
  });
});
