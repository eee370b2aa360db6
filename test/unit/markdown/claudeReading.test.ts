import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { readAsClaudeCode } from '../../../src/core/markdown/claudeReading.ts';
import { readMarkdown } from '../../../src/core/markdown/frontmatter.ts';

const read = (text: string) => readAsClaudeCode(readMarkdown(text));

const parts =
  'name: x\n|description: a\n|tools: [a, b]\n|tools:\n  - a\n|d: |\n  t\n|a|: |:|\n|\n|\r\n|\r|  |\t|- |"|\'| # c|[|]|{|}|, |*|&a |?|>|@|`|---|---\n|...\n|\\|\uFEFF|\u2028|\uDC80|__proto__: 1\n|5|true';
const file = fc
  .tuple(fc.constantFrom('', '\uFEFF', '\n'), fc.array(fc.constantFrom(...parts.split('|'), '|'), { maxLength: 20 }))
  .map(([before, inner]) => `${before}---\n${inner.join('')}\n---\nbody\n`);

// What it reads of which file is in test/unit/agents/loadingCases.ts.
describe('the reading of Claude Code', () => {
  test('is there for any text, and within it', () => {
    fc.assert(
      fc.property(file, (text) => {
        const reading = read(text);
        if (reading === null) return;
        assert.equal(text.slice(reading.span.end, reading.span.end + 3), '---');
        assert.ok(reading.span.start <= reading.span.end && text.endsWith(reading.body));
        if (reading.read === 'never') assert.deepEqual(reading.values, {});
      }),
      { numRuns: 2000 },
    );
  });

  test('is that of strict YAML where there is nothing to be tolerant of', () => {
    const text = '---\nname: a\ntools:\n  - Read\nmaxTurns: 5\nhooks: {}\n---\n\nYou test.\n';
    assert.deepEqual(read(text), {
      values: { name: 'a', tools: ['Read'], maxTurns: 5, hooks: {} },
      read: 'first',
      span: { start: 4, end: text.indexOf('---', 4) },
      body: 'You test.\n',
    });
  });

  test('does not take long for what is made to take long', () => {
    const size = 100_000;
    const inner = {
      blanks: `a:${' '.repeat(size)}\r\nb: c: d`,
      'blanks and a separator': `a:${' '.repeat(size)}\u2028\nb: c: d`,
      brackets: `b: c: d\na: ${'['.repeat(size)}${']'.repeat(size)}`,
      // Of more of them the YAML library itself makes much work.
      quotes: `b: c: d\na: ${'"'.repeat(size / 10)}`,
      hyphens: `a: ${'- '.repeat(size)}`,
      keys: 'a: b: c\n'.repeat(size / 50),
      tabs: `b:\n${'\t- a\n'.repeat(size / 50)}`,
    };
    for (const [what, source] of Object.entries(inner)) {
      const document = readMarkdown(`---${' '.repeat(size)}\n${source}\n---\n`);
      assert.doesNotThrow(() => readAsClaudeCode(document), what);
    }
  });
});
