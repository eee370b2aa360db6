import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import {
  appendMemory,
  findMemoryProblems,
  measureMemory,
  memoryLimits,
  orphanFolders,
  orphanTopics,
} from '../../../src/core/memory/agentMemory.ts';

const appended = (text: string, entry: string, heading?: string) => applyEdits(text, appendMemory(text, entry, heading));

describe('the gauge of a MEMORY.md', () => {
  test('counts lines and bytes', () => {
    const gauge = measureMemory('# A\n\nü€😀\n');
    assert.deepEqual([gauge.lines, gauge.bytes, gauge.cut], [3, Buffer.byteLength('# A\n\nü€😀\n'), null]);
    assert.equal(gauge.fill, 3 / 200);
    assert.deepEqual(measureMemory(''), { lines: 0, bytes: 0, fill: 0, cut: null, cutBy: null });
  });

  test('does not count frontmatter, a byte order mark and block comments', () => {
    const gauge = measureMemory('\uFEFF---\na: 1\n---\none\n<!-- x\nx -->\ntwo <!-- y -->\n');
    assert.deepEqual([gauge.lines, gauge.bytes], [2, 'one\ntwo <!-- y -->\n'.length]);
  });

  test('tells where line 201 begins', () => {
    const full = 'x\r\n'.repeat(200);
    assert.deepEqual([measureMemory(full).cut, measureMemory(full).fill], [null, 1]);
    const over = measureMemory(`${full}rest\n`);
    assert.deepEqual([over.lines, over.cut, over.cutBy], [201, { start: 600, end: 605 }, 'lines']);
  });

  test('tells where the bytes end, between characters', () => {
    const over = measureMemory('ü'.repeat(13_000));
    assert.deepEqual([over.cut, over.cutBy], [{ start: memoryLimits.bytes / 2, end: 13_000 }, 'bytes']);
    assert.ok(over.fill > 1);
  });

  test('is near to what is written and to nothing else: bytes are those of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('<') && !text.startsWith('-') && !text.startsWith('\uFEFF'));
        assert.equal(measureMemory(text).bytes, Buffer.byteLength(text));
      }),
    );
  });
});

describe('orphans', () => {
  test('are topics that MEMORY.md neither links to nor names', () => {
    const memory = '- [API](api.md)\n- see `build-notes` and [[Style]]\n- [x](my%20topic.md)\n- sub/deep.md';
    const files = ['MEMORY.md', 'api.md', 'build-notes.md', 'style.md', 'my topic.md', 'sub/deep.md', 'lost.md', 'build.md', 'data.json'];
    assert.deepEqual(orphanTopics(memory, files), ['lost.md', 'build.md']);
  });

  test('are folders of agents that are not there', () => {
    const folder = (agent: string) => ({ agent, scope: 'project' as const, path: `/x/${agent}`, files: [] });
    assert.deepEqual(
      orphanFolders([folder('a'), folder('gone')], ['a', 'b']).map(({ agent }) => agent),
      ['gone'],
    );
  });
});

describe('the problems of a MEMORY.md', () => {
  test('are what is cut off and what is not linked, with a link to add', () => {
    const text = `${'- x\n'.repeat(200)}- cut\n`;
    const problems = findMemoryProblems(text, ['MEMORY.md', 'old_build notes.md']);
    assert.deepEqual(
      problems.map(({ code, span }) => [code, span]),
      [
        ['memory-cut', { start: 800, end: 805 }],
        ['memory-orphan-topic', { start: 806, end: 806 }],
      ],
    );
    const fix = problems[1]?.fixes?.[0];
    assert.ok(fix && 'edits' in fix);
    const after = applyEdits(text, fix.edits);
    assert.equal(after.slice(text.length), '- [old build notes](old_build%20notes.md)\n');
    assert.deepEqual(orphanTopics(after, ['old_build notes.md']), []);
  });
});

describe('an entry', () => {
  const cases: [string, string, string, string | undefined, string][] = [
    ['comes at the end', 'a\n', 'b', undefined, 'a\n\nb\n'],
    ['ends with a line end where there was none', 'a', 'b\n\n', undefined, 'a\n\nb\n'],
    ['continues a list', '- a\n\n', '- b', undefined, '- a\n- b\n\n'],
    ['begins an empty file', '', 'b', undefined, 'b\n'],
    ['goes to the end of its section', '# A\n\n- a\n\n# B\n\nb\n', '- c', 'a', '# A\n\n- a\n- c\n\n# B\n\nb\n'],
    ['makes its section', 'a\r\n', 'b\nc', 'New', 'a\r\n\r\n## New\r\n\r\nb\r\nc\r\n'],
    ['goes under a heading without text', '# A\n# B\n', 'x', 'A', '# A\n\nx\n# B\n'],
    ['that is blank is none', 'a\n', ' \n', undefined, 'a\n'],
    ['never becomes frontmatter', '', '---\nname: x\n---', undefined, '\n---\nname: x\n---\n'],
  ];
  for (const [name, text, entry, heading, expected] of cases) test(name, () => assert.equal(appended(text, entry, heading), expected));

  test('added to any text keeps all of it and adds no frontmatter', () => {
    const piece = fc.constantFrom('a', '\n', '---\n', '# H\n', '- x\n', '<!-- c -->\n', '```\n', ' ', '\r\n', '\uFEFF');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 15 }),
        fc.constantFrom('e', '---\na: 1\n---', '- e'),
        fc.constantFrom(undefined, 'H', 'New'),
        (pieces, entry, heading) => {
          const text = pieces.join('');
          const edits = appendMemory(text, entry, heading);
          assert.ok(edits.every((edit) => edit.start === edit.end));
          const had = readMarkdown(text).frontmatter !== null;
          assert.equal(readMarkdown(applyEdits(text, edits)).frontmatter !== null, had);
        },
      ),
    );
  });
});
