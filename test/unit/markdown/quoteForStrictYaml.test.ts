import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldOf, readMarkdown } from '../../../src/core/markdown/frontmatter.ts';
import { quoteForStrictYaml } from '../../../src/core/markdown/frontmatterEdit.ts';
import { applyEdits } from '../../../src/core/markdown/textEdit.ts';

function fenced(...lines: string[]): string {
  return ['---', ...lines, '---', 'Body', ''].join('\n');
}

function check(before: string[], after: string[], eol = '\n'): void {
  const document = readMarkdown(fenced(...before).replaceAll('\n', eol));
  assert.notEqual(document.frontmatter?.level, 'strict');
  const text = applyEdits(document.text, quoteForStrictYaml(document));
  assert.equal(text, fenced(...after).replaceAll('\n', eol));
  const repaired = readMarkdown(text);
  assert.equal(repaired.frontmatter?.level, 'strict');
  for (const { key, value } of repaired.frontmatter.fields) assert.deepEqual(value, fieldOf(document, key)?.value, key);
}

describe('making strict YAML accept frontmatter', () => {
  test('nothing is done where it is accepted or not there', () => {
    assert.deepEqual(quoteForStrictYaml(readMarkdown(fenced('a: "x"'))), []);
    assert.deepEqual(quoteForStrictYaml(readMarkdown('Body')), []);
  });

  test('plain text with a colon is quoted, and nothing else is touched', () => {
    check(['name:   a # c', 'description: Use: it\\nnow', "b: 'c'"], ['name:   a # c', "description: 'Use: it\\nnow'", "b: 'c'"]);
    check(['name: a', 'description: Use: it'], ['name: a', 'description: "Use: it"'], '\r\n');
  });

  test('signs of YAML that are meant as text are quoted', () => {
    check(['tools: *', 'hint: [A], B'], ['tools: "*"', 'hint: "[A], B"']);
    check(['description: "Quoted" and more'], [`description: '"Quoted" and more'`]);
  });

  test('lines that are not indented become a literal block', () => {
    check(
      ['description: Use it.', '<example>', 'user: "Hi"', '', '  deeper', '</example>', 'model: x'],
      ['description: |-', '  Use it.', '  <example>', '  user: "Hi"', '', '    deeper', '  </example>', 'model: x'],
    );
  });

  test('of a list only the items that need it are quoted', () => {
    check(['tests:', '  - One: 1 (two: 2)', "  - 'three'"], ['tests:', '  - "One: 1 (two: 2)"', '  - three']);
    check(['tools: - Read', '- Write'], ['tools:', '  - Read', '  - Write']);
  });

  test('tabs as indentation become blanks', () => {
    check(['tools:', '\t- Read', '\t- Write'], ['tools:', '  - Read', '  - Write']);
  });

  test('hidden duplicates and lines of no field become comments', () => {
    check(['stray', 'name: a', 'name: b'], ['# stray', '# name: a', 'name: b']);
  });
});
