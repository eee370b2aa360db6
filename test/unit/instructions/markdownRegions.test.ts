import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { scanCode } from '../../../src/core/instructions/codeLines.ts';
import { readRegions } from '../../../src/core/instructions/markdownRegions.ts';

const at = (text: string, span: { start: number; end: number }) => text.slice(span.start, span.end);

describe('the regions of a text', () => {
  test('are its code, with language and kind', () => {
    const text = '\uFEFF---\na: 1\n---\n`x`\n\n```Bash title\nls\n```\n\n    indented\n\n- ~~~\n  y\n  ~~~\n';
    assert.deepEqual(
      readRegions(text).code.map((one) => [one.kind, one.language, at(text, one)]),
      [
        ['span', null, '`x`'],
        ['fenced', 'bash', '```Bash title\nls\n```'],
        ['indented', null, '    indented'],
        ['fenced', null, '~~~\n  y\n  ~~~'],
      ],
    );
  });

  test('are its comments: blocks, those within a paragraph, and one left open', () => {
    const text =
      '<!-- a -->\n<!-- b\n\nb --> rest <!-- c -->\n\ntext <!-- d -->\n\n```\n<!-- e -->\n```\n- <!-- f -->\n\n<div>\n<!-- g -->\n</div>\n\n<!-- h\n';
    assert.deepEqual(
      readRegions(text).comments.map((one) => [at(text, one), one.block, one.closed]),
      [
        ['<!-- a -->', true, true],
        ['<!-- b\n\nb -->', true, true],
        ['<!-- c -->', true, true],
        ['<!-- d -->', false, true],
        ['<!-- f -->', true, true],
        ['<!-- h\n', true, false],
      ],
    );
  });

  test('are its links with what is not their label, and its headings as they read', () => {
    const text = '# A `b` [c](d)\n\n![e](f.png) <https://g.h> [i]\n\n[i]: j "k"\n\nL\n===\n';
    const regions = readRegions(text);
    assert.deepEqual(
      regions.links.map((one) => [one.kind, one.url, at(text, one.target)]),
      [
        ['link', 'd', '](d)'],
        ['image', 'f.png', '![e](f.png)'],
        ['link', 'https://g.h', '<https://g.h>'],
        ['definition', 'j', '[i]: j "k"'],
      ],
    );
    assert.deepEqual(
      regions.headings.map((one) => [one.level, one.text]),
      [
        [1, 'A b c'],
        [1, 'L'],
      ],
    );
  });
});

describe('the quick search for code', () => {
  test('finds fences and spans', () => {
    const text = 'a `b` ``c ` d`` \\`e `f\n\n> ```js\n> `\n> ```\n~~~\n```\n~~~\n- ```\n  x\n  ```\n`g\nh`\n\n```\nopen';
    assert.deepEqual(
      scanCode(text).map((span) => at(text, span)),
      ['`b`', '``c ` d``', '```js\n> `\n> ```'.replace(/^/, '> '), '~~~\n```\n~~~', '- ```\n  x\n  ```', '`g\nh`', '```\nopen'],
    );
  });

  // Quadratic time would not end within the time that a test may take.
  test('takes no quadratic time for backticks that never pair up', () => {
    scanCode(Array.from({ length: 1500 }, (_, index) => '`'.repeat(1 + (index % 400))).join(' '));
    scanCode('` `` '.repeat(500_000));
    scanCode('```x`\n'.repeat(500_000));
  });
});

test('the parts that are wanted read as they do in the whole text', () => {
  const filler = `${'word '.repeat(500)}\n`;
  const pieces = [
    '# H\n',
    '## `x` @a.md\n',
    '```sh\n',
    '```\n',
    '  ```\n',
    '- ```\n',
    '> ~~~\n',
    '~~~\n',
    '<!-- c\n',
    '-->\n',
    '<!-- d -->\n',
    '<div>\n',
    '</div>\n',
    '<pre>\n',
    '</pre>\n',
  ];
  const more = [
    '\n',
    '- item\n',
    '  text\n',
    '    four\n',
    '> quote\n',
    '`span`\n',
    '` open\n',
    '[l](u)\n',
    'a ``` b\n',
    '\u2028# x\n',
    '1. one\n',
    '\r\n',
    '[d]: u\n',
    '===\n',
    '---\n',
    '\t# t\n',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...more), fc.constant(filler)), { maxLength: 30 }),
      (chosen) => {
        const text = `x\n${chosen.join('')}`;
        // Whether a block that nothing closes holds the last line end depends on what follows, and matters to nobody.
        const read = (wanted?: (part: string) => boolean) => {
          const { code, comments, links, headings } = readRegions(text, wanted);
          return { code: code.map((one) => ({ ...one, end: one.start + at(text, one).trimEnd().length })), comments, links, headings };
        };
        const whole = read();
        assert.deepEqual(
          read(() => true),
          whole,
        );
        const some = read((part) => part.includes('`') || part.includes('<!--'));
        const spans = (code: typeof whole.code) => code.filter(({ kind }) => kind === 'span');
        assert.deepEqual([spans(some.code), some.comments], [spans(whole.code), whole.comments]);
      },
    ),
    { numRuns: 500 },
  );
});
