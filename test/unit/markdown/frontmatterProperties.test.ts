import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { toBlockScalar, withLineEnds } from '../../../src/core/markdown/escapes.ts';
import type { FieldValue, MarkdownDocument } from '../../../src/core/markdown/frontmatter.ts';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { quoteForStrictYaml, removeField, renameField, setBody, setField } from '../../../src/core/markdown/frontmatterEdit.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';
import { sameValue } from '../../../src/core/markdown/yamlText.ts';

const fragments =
  'name|description|tools|a|b|: |:|\n|\n|\n|\r\n|\r|  |    |\t| |- |-|"|\'|#| # c|[|]|{|}|,|*a|&a |!t |*|?|? |---|---\n|...|x|foo bar|1|0007|true|null|~|\\n|\\|<example>|' +
  '</example>|user: hi|\uFEFF|\u00E9|\u{1F600}|\uDC80|__proto__|%|@|`|2020-01-01|name: x\n|tools: [a, b]\n|tools:\n  - a\n  - b\n|d: >\n  t\n  u\n|<<';
const blocks = ['|', '|-', '>', '>-', '|+', 'd: |\n  t\n\n  u\n'];
const text = fc.array(fc.constantFrom(...fragments.split('|'), ...blocks), { maxLength: 30 }).map((parts) => parts.join(''));
const file = fc.oneof(
  { weight: 1, arbitrary: text },
  {
    weight: 6,
    arbitrary: fc
      .tuple(text, text, fc.constantFrom('\n', '\r\n', '\r'))
      .map(([head, body, eol]) => `---${eol}${head}${eol}---${eol}${body}`),
  },
);
const key = fc.constantFrom('name', 'description', 'tools', 'a', 'b', 'd', 'new', 'my key', '__proto__', 'null', '1');
const string = fc.oneof(text, fc.string(), fc.constantFrom('', 'a\nb\n', ' lead', 'trail ', 'a\n\n\nb', '\n', 'a\n  b\nc\n\n'));
const leaf = fc.oneof(string, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const value: fc.Arbitrary<FieldValue> = fc.oneof(
  { weight: 4, arbitrary: string },
  { weight: 1, arbitrary: leaf },
  { weight: 2, arbitrary: fc.array(leaf, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.dictionary(string, fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxKeys: 3 }) },
);

function bodyOf(document: MarkdownDocument): string {
  return document.text.slice(document.body.start, document.body.end);
}

function assertSame(actual: FieldValue | undefined, expected: FieldValue | undefined): void {
  if (!sameValue(actual, expected)) assert.deepEqual(actual, expected);
}

describe('whatever the file', () => {
  test('reading it throws nothing, and spans point at what they say', () => {
    fc.assert(
      fc.property(file, (content) => {
        const { frontmatter } = readMarkdown(content);
        let at = 0;
        for (const { keySpan, valueSpan, span, raw } of frontmatter?.fields ?? []) {
          assert.equal(content.slice(valueSpan.start, valueSpan.end), raw);
          assert.ok(span.start <= keySpan.start && keySpan.end <= valueSpan.start && valueSpan.end <= span.end);
          assert.ok(keySpan.start >= at && span.end <= (frontmatter?.span.end ?? 0));
          at = keySpan.end;
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('a field that was set reads the new value, all others read the same, and the body stays', () => {
    fc.assert(
      fc.property(file, key, value, (content, name, wanted) => {
        const before = readMarkdown(content);
        const after = readMarkdown(applyEdits(content, setField(before, name, wanted)));
        assertSame(fieldOf(after, name)?.value, wanted);
        for (const field of before.frontmatter?.fields ?? []) {
          if (field.key !== name) assertSame(fieldOf(after, field.key)?.value, fieldOf(before, field.key)?.value);
        }
        assert.equal(bodyOf(after), bodyOf(before));
        if (before.frontmatter?.level === 'strict') assert.equal(after.frontmatter?.level, 'strict');
      }),
      { numRuns: 2000 },
    );
  });

  test('in frontmatter of simple fields nothing outside the lines of the field changes', () => {
    const line = fc.constantFrom(
      'a: x',
      'b: "y" # c',
      'c: [1, 2]',
      'd:\n  - x\n  - y',
      'e: |\n  t\n\n  u',
      'f: >-\n  t\n  u',
      '# comment',
      '',
      'g: one: two',
      'h:',
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(line, { minLength: 1 }),
        fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
        value,
        (lines, name, wanted) => {
          const content = ['---', ...lines, '---', 'Body'].join('\n');
          const document = readMarkdown(content);
          const field = fieldOf(document, name);
          if (field === undefined) return;
          const after = applyEdits(content, setField(document, name, wanted));
          assert.ok(after.startsWith(content.slice(0, field.span.start)) && after.endsWith(content.slice(field.span.end)));
          assert.equal(applyEdits(after, setField(readMarkdown(after), name, field.value, [], { raw: field.raw })), content);
        },
      ),
      { numRuns: 2000, examples: [[['f: >-\n  t\n  u', 'a: x'], 'f', '\t']] },
    );
  });

  test('a field that was removed is gone, one that was renamed has its value', () => {
    fc.assert(
      fc.property(file, key, key, (content, name, to) => {
        const before = readMarkdown(content);
        assert.equal(fieldOf(readMarkdown(applyEdits(content, removeField(before, name))), name), undefined);
        const renamed = readMarkdown(applyEdits(content, renameField(before, name, to)));
        const field = fieldOf(before, name);
        if (field !== undefined && fieldOf(before, to) === undefined) assertSame(fieldOf(renamed, to)?.value, field.value);
      }),
      { numRuns: 2000 },
    );
  });

  test('after quoting strict YAML accepts it with the same values', () => {
    fc.assert(
      fc.property(file, (content) => {
        const before = readMarkdown(content);
        const after = readMarkdown(applyEdits(content, quoteForStrictYaml(before)));
        if (before.frontmatter === null) return;
        assert.equal(after.frontmatter?.level, 'strict');
        for (const field of before.frontmatter.fields) assertSame(fieldOf(after, field.key)?.value, fieldOf(before, field.key)?.value);
        assert.equal(bodyOf(after), bodyOf(before));
      }),
      { numRuns: 2000 },
    );
  });

  test('a text turns into a block with line ends for backslash and n', () => {
    fc.assert(
      fc.property(file, key, (content, name) => {
        const before = fieldOf(readMarkdown(content), name)?.value;
        const after = readMarkdown(applyEdits(content, toBlockScalar(readMarkdown(content), name)));
        assertSame(fieldOf(after, name)?.value, typeof before === 'string' ? withLineEnds(before) : before);
      }),
      { numRuns: 1000 },
    );
  });

  test('a body that was set is the body', () => {
    fc.assert(
      fc.property(file, text, (content, body) => {
        const before = readMarkdown(content);
        if (before.frontmatter === null) return;
        assert.equal(bodyOf(readMarkdown(applyEdits(content, setBody(before, body)))), body);
      }),
    );
  });
});
