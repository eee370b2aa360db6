import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { instructionFiles } from '../../../src/core/instructions/loadOrder.ts';
import { mergeInstructions, renderPreview } from '../../../src/core/instructions/mergedPreview.ts';
import { contextOf } from './snapshot.ts';

const places = {
  folder: '/work/app',
  repositoryRoot: '/work/app',
  home: '/home/ann',
  claudeHome: '/home/ann/.claude',
  managed: '/etc/claude-code',
  plugins: [],
};

function merged(contents: Record<string, string>, forFile?: string) {
  const context = contextOf(contents);
  const order = instructionFiles({ places, files: context.files, found: Object.keys(contents) });
  return mergeInstructions(order, context, forFile === undefined ? {} : { forFile });
}

describe('the merged preview', () => {
  const contents = {
    '/home/ann/.claude/CLAUDE.md': 'user\n@mine.md\n',
    '/home/ann/.claude/mine.md': 'mine\n',
    '/work/app/CLAUDE.md': 'app\n@docs/a.md\n',
    '/work/app/docs/a.md': 'a\n@b.md\n@../CLAUDE.md\n@none.md\n',
    '/work/app/docs/b.md': 'b\n',
    '/work/app/.claude/rules/ts.md': '---\npaths: "**/*.ts"\n---\nuse types\n',
    '/work/app/ui/CLAUDE.md': 'ui\n@../docs/b.md\n@own.md\n',
    '/work/app/ui/own.md': 'own\n',
  };

  test('holds what is loaded at the start, imports behind their importer', () => {
    assert.deepEqual(
      merged(contents).map(({ source, importedBy }) => [source, importedBy]),
      [
        ['/home/ann/.claude/CLAUDE.md', []],
        ['/home/ann/.claude/mine.md', ['/home/ann/.claude/CLAUDE.md']],
        ['/work/app/CLAUDE.md', []],
        ['/work/app/docs/a.md', ['/work/app/CLAUDE.md']],
        ['/work/app/docs/b.md', ['/work/app/CLAUDE.md', '/work/app/docs/a.md']],
      ],
    );
  });

  test('for a file adds what reading it brings, each file once', () => {
    assert.deepEqual(
      merged(contents, '/work/app/ui/x.ts')
        .slice(5)
        .map(({ source, role, text }) => [source, role, text]),
      [
        ['/work/app/ui/CLAUDE.md', 'nested', 'ui\n@../docs/b.md\n@own.md'],
        ['/work/app/ui/own.md', 'nested', 'own'],
        ['/work/app/.claude/rules/ts.md', 'rule', 'use types'],
      ],
    );
  });

  test('leaves out comments at the top level, frontmatter and white space at the ends, and keeps comments elsewhere', () => {
    const text = '\uFEFF---\na: 1\n---\n<!-- x -->\none <!-- kept -->\n\n<!-- y\ny --> two\n\n```\n<!-- code -->\n```\n';
    const [block] = merged({ '/work/app/CLAUDE.md': text });
    assert.equal(block?.text, 'one <!-- kept -->\n\n two\n\n```\n<!-- code -->\n```');
    assert.deepEqual(block.origins, [
      { line: 0, sourceLine: 5 },
      { line: 2, sourceLine: 8 },
    ]);
    assert.equal(block.lines, 7);
  });

  describe('has the text', () => {
    // Measured with CLI 2.1.330.
    const cases: [string, string, string][] = [
      ['without white space at the ends', '\n\u00A0\tone \n\f\n', 'one'],
      ['with the line ends it has', 'a\r\nb\rc\r\n', 'a\r\nb\rc'],
      ['with line feeds where a comment was taken out', 'a\r\n\r\n<!-- x -->\r\nb\r\n', 'a\n\nb'],
      ['without the empty lines behind a comment', 'a\n\n<!-- x -->\n\n\n\nb', 'a\n\nb'],
      ['without a comment right behind a paragraph', 'a\n<!-- x -->\nb', 'a\nb'],
      ['with what stands beside a comment', '<!-- x --> a <!-- y --> b', 'a  b'],
      ['without comments in one line', 'a\n\n<!-- x --><!-- y -->\nb', 'a\n\nb'],
      [
        'with comments in lists, quotations and tags',
        '- <!-- x -->\n\n> <!-- y -->\n\n<p>\n<!-- z -->\n</p>',
        '- <!-- x -->\n\n> <!-- y -->\n\n<p>\n<!-- z -->\n</p>',
      ],
      ['with a comment that is not closed', '<!-- x\na', '<!-- x\na'],
      ['behind the next three hyphens of frontmatter', '---\na: 1\nb ---\ntext', 'text'],
      ['behind frontmatter that is no YAML', '---\n\ta: [\n---x\ntext', 'x\ntext'],
      ['with hyphens that are not alone in the first line', '---a: 1\n---\ntext', '---a: 1\n---\ntext'],
      ['with frontmatter that knows carriage returns only', '---\ra: 1\r---\rtext', '---\ra: 1\r---\rtext'],
    ];
    for (const [name, source, expected] of cases)
      test(name, () => assert.equal(merged({ '/work/app/CLAUDE.md': source })[0]?.text, expected));
  });

  test('passes over files without text', () => {
    for (const text of ['', ' \r\n', '<!-- only -->', '---\na: 1\n---']) assert.deepEqual(merged({ '/work/app/CLAUDE.md': text }), []);
  });

  test('takes what a rule with paths imports at the start, and what a rule imports with paths when they match', () => {
    const files = {
      '/work/app/.claude/rules/a.md': '---\npaths: x/**\n---\na @../../plain.md',
      '/work/app/.claude/rules/b.md': 'b @../../own.md',
      '/work/app/plain.md': 'plain',
      '/work/app/own.md': '---\npaths: "*.ts"\n---\nown',
      '/work/app/CLAUDE.local.md': '@own.md',
    };
    const sources = (forFile?: string) => merged(files, forFile).map(({ source }) => source.replace('/work/app/', ''));
    assert.deepEqual(sources(), ['plain.md', '.claude/rules/b.md', 'CLAUDE.local.md']);
    assert.deepEqual(sources('/work/app/x/y.ts').slice(3), ['.claude/rules/a.md', 'own.md']);
  });

  test('as a document leads from each line back to its source', () => {
    const files = {
      '/work/app/CLAUDE.md': '---\na: 1\n---\none\n<!-- x -->\ntwo\r\nthree <!-- y -->\n@b.md',
      '/work/app/b.md': 'b1\n\nb2\n',
    };
    const { text, blocks } = renderPreview(merged(files), (path) => path.slice('/work/app/'.length));
    const lines = text.split('\n');
    const origin = new Map<string, string>();
    for (const { source, startLine, endLine, sourceLine } of blocks) {
      for (let line = startLine; line <= endLine; line += 1)
        origin.set(lines[line - 1] ?? '', `${source.slice(10)}:${sourceLine + line - startLine}`);
    }
    assert.deepEqual(Object.fromEntries(origin), {
      one: 'CLAUDE.md:4',
      two: 'CLAUDE.md:6',
      'three <!-- y -->': 'CLAUDE.md:7',
      '@b.md': 'CLAUDE.md:8',
      b1: 'b.md:1',
      '': 'b.md:2',
      b2: 'b.md:3',
    });
    assert.match(text, /^> 2 files, 7 lines, about \d+ tokens \(an estimate\)\n/);
    assert.match(text, /^> \*\*b\.md\*\* \(project, imported by CLAUDE\.md\): 3 lines, about 2 tokens$/m);
  });
});
