import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldValue, Frontmatter } from '../../../src/core/markdown/frontmatter.ts';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';

function frontmatterOf(text: string): Frontmatter {
  const { frontmatter } = readMarkdown(text);
  assert.ok(frontmatter !== null);
  return frontmatter;
}

function fenced(...lines: string[]): string {
  return ['---', ...lines, '---', 'Body', ''].join('\n');
}

function valuesOf(text: string): [string, FieldValue][] {
  return frontmatterOf(text).fields.map(({ key, value }) => [key, value]);
}

describe('the fences of frontmatter', () => {
  test('the body is what follows the second fence', () => {
    const text = '---\nname: a\n---\n# Title\n';
    const document = readMarkdown(text);
    assert.equal(text.slice(document.body.start, document.body.end), '# Title\n');
    assert.deepEqual(document.frontmatter?.span, { start: 4, end: 12 });
    assert.deepEqual(document.frontmatter?.outer, { start: 0, end: 16 });
  });

  for (const [name, eol] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const) {
    test(`${name} ends lines`, () => {
      const document = readMarkdown(['---', 'name: a', 'tools:', '  - Read', 'text: |', '  one', '  two', '---', 'Body'].join(eol));
      assert.equal(document.eol, eol);
      assert.equal(document.frontmatter?.level, 'strict');
      assert.deepEqual(
        document.frontmatter.fields.map(({ value }) => value),
        ['a', ['Read'], 'one\ntwo\n'],
      );
      assert.equal(document.text.slice(document.body.start), 'Body');
    });
  }

  test('a BOM before the first fence is no obstacle and no part of the body', () => {
    assert.equal(frontmatterOf('\uFEFF---\nname: a\n---\n').outer.start, 1);
    assert.deepEqual(readMarkdown('\uFEFFtext').body, { start: 1, end: 5 });
  });

  test('blanks behind a fence are tolerated, other characters are not', () => {
    assert.deepEqual(valuesOf('--- \t\nname: a\n---  \n'), [['name', 'a']]);
    assert.equal(readMarkdown('----\nname: a\n----\n').frontmatter, null);
    assert.equal(readMarkdown(' ---\nname: a\n---\n').frontmatter, null);
  });

  test('frontmatter that is never closed is told, and all of the file is body', () => {
    const document = readMarkdown('---\nname: a\n');
    assert.equal(document.frontmatter, null);
    assert.deepEqual(document.unclosed, { start: 0, end: 3 });
    assert.deepEqual(document.body, { start: 0, end: 12 });
  });

  test('a fence at the very end of the file closes', () => {
    assert.deepEqual(readMarkdown('---\nname: a\n---').body, { start: 15, end: 15 });
  });

  test('empty frontmatter has no fields and no errors', () => {
    assert.deepEqual(frontmatterOf('---\n---\n'), {
      span: { start: 4, end: 4 },
      outer: { start: 0, end: 8 },
      level: 'strict',
      fields: [],
      errors: [],
    });
    assert.equal(frontmatterOf('---\n# only a comment\n---\n').level, 'strict');
  });
});

describe('strict YAML', () => {
  test('values are those of the YAML 1.2 core schema', () => {
    const text = fenced(
      'id: 0007',
      'hex: 0x1F',
      'date: 2025-11-09',
      'yes: yes',
      'on: true',
      'none:',
      'tilde: ~',
      'ratio: 1.5',
      'quoted: "7"',
    );
    assert.deepEqual(valuesOf(text), [
      ['id', 7],
      ['hex', 31],
      ['date', '2025-11-09'],
      ['yes', 'yes'],
      ['on', true],
      ['none', null],
      ['tilde', null],
      ['ratio', 1.5],
      ['quoted', '7'],
    ]);
  });

  test('each style is named', () => {
    const text = fenced(
      'a: x',
      "b: 'x'",
      'c: "x"',
      'd: |',
      '  x',
      'e: >-',
      '  x',
      'f: [x]',
      'g: {x: y}',
      'h:',
      '  - x',
      'i:',
      '  x: y',
      'j:',
    );
    const styles = frontmatterOf(text)
      .fields.map(({ style }) => style)
      .join(' ');
    assert.equal(styles, 'plain single double literal folded flow flow block block empty');
  });

  test('spans point at the key, the value without its comment, and whole lines', () => {
    const text = fenced(
      'name: a # why',
      'tools: # these',
      '  # the first',
      '  - Read # r',
      '  - Write',
      '# about the text',
      'text: |- # head',
      '  one',
      '',
      '  two',
      '',
      'end: x',
    );
    const parts = frontmatterOf(text).fields.map((field) => [
      text.slice(field.keySpan.start, field.keySpan.end),
      field.raw,
      text.slice(field.span.start, field.span.end),
    ]);
    assert.deepEqual(parts, [
      ['name', 'a', 'name: a # why\n'],
      ['tools', '- Read # r\n  - Write', 'tools: # these\n  # the first\n  - Read # r\n  - Write\n'],
      ['text', '|- # head\n  one\n\n  two', 'text: |- # head\n  one\n\n  two\n'],
      ['end', 'x', 'end: x\n'],
    ]);
  });

  test('a block that keeps its last line ends has them in its span', () => {
    const text = fenced('a: |+', '  x', '', '', 'b: y');
    assert.equal(fieldOf(readMarkdown(text), 'a')?.value, 'x\n\n\n');
    assert.equal(fieldOf(readMarkdown(text), 'a')?.raw, '|+\n  x\n\n');
  });

  test('backslash and n stay two characters except in double quotes', () => {
    assert.deepEqual(valuesOf(fenced('a: x\\ny', 'b: |-', '  x\\ny', 'c: "x\\ny"', 'd: "x\\\\ny"')), [
      ['a', 'x\\ny'],
      ['b', 'x\\ny'],
      ['c', 'x\ny'],
      ['d', 'x\\ny'],
    ]);
  });

  test('the key __proto__ is a key like any other', () => {
    const value = fieldOf(readMarkdown(fenced('a:', '  __proto__:', '    polluted: true')), 'a')?.value;
    assert.deepEqual(Object.keys(value ?? {}), ['__proto__']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(valuesOf(fenced('__proto__: x'))[0]?.[1], 'x');
  });

  test('an alias has the value of its anchor; one without an anchor is an error', () => {
    assert.deepEqual(valuesOf(fenced('a: &x [1, 2]', 'b: *x')), [
      ['a', [1, 2]],
      ['b', [1, 2]],
    ]);
    assert.equal(frontmatterOf(fenced('tools: *foo')).level, 'scanned');
    assert.deepEqual(valuesOf(fenced('tools: *foo')), [['tools', '*foo']]);
  });

  test('aliases that multiply do not explode', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    assert.equal(frontmatterOf(fenced(...lines)).level, 'scanned');
  });

  test('values nested thousands of times neither throw nor end the process', () => {
    for (const deep of [
      'a: ' + '['.repeat(50_000),
      'a: ' + '{a: '.repeat(5000),
      '- '.repeat(5000),
      '? '.repeat(5000),
      'a: ' + 'b: '.repeat(50_000),
    ]) {
      assert.notEqual(frontmatterOf(fenced(deep)).level, 'strict');
    }
    const quoted = `a: "${'[b: '.repeat(1000)}"`;
    assert.equal(frontmatterOf(fenced(quoted)).level, 'strict', 'in quotes nothing is nested');
  });

  test('of duplicates all are kept, the last counts, and strict YAML objects', () => {
    const document = readMarkdown(fenced('name: a', 'model: opus', 'name: b'));
    assert.equal(document.frontmatter?.level, 'scanned');
    assert.equal(document.frontmatter.fields.length, 3);
    assert.equal(fieldOf(document, 'name')?.value, 'b');
    assert.deepEqual(document.frontmatter.errors, [{ message: 'The key "name" is there twice.', span: { start: 24, end: 28 } }]);
  });

  test('what is no map of fields is an error', () => {
    for (const line of ['just text', '- a list', '"quoted"']) {
      const { level, fields, errors } = frontmatterOf(fenced(line));
      assert.deepEqual([level, fields, errors.length], ['scanned', [], 1], line);
    }
  });
});

describe('the level after quoting lines', () => {
  test('a plain value with a colon and a blank is read to the end of its line', () => {
    const text = fenced('name: a', 'description: Use when: always. # no comment', 'model: opus # a comment');
    assert.equal(frontmatterOf(text).level, 'quoted');
    assert.deepEqual(valuesOf(text), [
      ['name', 'a'],
      ['description', 'Use when: always. # no comment'],
      ['model', 'opus'],
    ]);
    const description = frontmatterOf(text).fields[1];
    assert.equal(description?.raw, 'Use when: always. # no comment');
    assert.equal(description.style, 'plain');
  });

  test('the places of strict YAML errors are places in the file', () => {
    const [error] = frontmatterOf('\uFEFF---\r\nname: a\r\nd: b: c\r\n---\r\n').errors;
    assert.deepEqual(error?.span, { start: 18, end: 19 });
  });

  test('a value that begins with a reserved character is quoted', () => {
    assert.equal(frontmatterOf(fenced('a: @foo', 'b: `code`', 'c: %x')).level, 'quoted');
  });

  test('a colon in a quoted text over lines is not mistaken for a field', () => {
    const text = fenced('a: "one', 'b: two: three"', 'c: x: y');
    assert.equal(frontmatterOf(text).level, 'scanned');
    assert.equal(fieldOf(readMarkdown(text), 'c')?.value, 'x: y');
  });
});

describe('the level of scanned lines', () => {
  test('lines without a key belong to the field above', () => {
    const text = fenced('name: a', 'description: Use it.', '<example>', 'Text, then more: text', '</example>', '', 'model: opus');
    assert.deepEqual(valuesOf(text), [
      ['name', 'a'],
      ['description', 'Use it.\n<example>\nText, then more: text\n</example>'],
      ['model', 'opus'],
    ]);
  });

  test('what somebody says in an example is no field, the fields behind it are', () => {
    const text = fenced('description: Examples: <example>', 'A greeting', 'user: "Hi"', 'assistant: "Hello"', 'model: opus', 'emoji: x');
    assert.deepEqual(
      valuesOf(text).map(([key]) => key),
      ['description', 'model', 'emoji'],
    );
  });

  test('the indentation that lines share is no part of the text', () => {
    const text = fenced('description: Use: it.', '', '  one', '    two: three', 'tools: *');
    assert.deepEqual(valuesOf(text)[0], ['description', 'Use: it.\n\none\n  two: three']);
  });

  test('fields that YAML can read alone keep their value and style', () => {
    const text = fenced('tools: *', 'labels: ["a", b]', 'links:', '  spec: x', 'text: |', '  one: two');
    assert.deepEqual(valuesOf(text), [
      ['tools', '*'],
      ['labels', ['a', 'b']],
      ['links', { spec: 'x' }],
      ['text', 'one: two\n'],
    ]);
  });

  test('a list is read item by item', () => {
    const text = fenced('tests:', '  - One: two (three: four)', '  - plain', 'tools: - Read', '- Write');
    assert.deepEqual(valuesOf(text), [
      ['tests', ['One: two (three: four)', 'plain']],
      ['tools', ['Read', 'Write']],
    ]);
  });

  test('a tab as indentation is read', () => {
    assert.deepEqual(valuesOf(fenced('name: a', 'tools:', '\t- Read')), [
      ['name', 'a'],
      ['tools', ['Read']],
    ]);
  });
});
