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
        ['/work/app/.claude/rules/ts.md', 'rule', 'use types\n'],
        ['/work/app/ui/CLAUDE.md', 'nested', 'ui\n@../docs/b.md\n@own.md\n'],
        ['/work/app/ui/own.md', 'nested', 'own\n'],
      ],
    );
  });

  test('leaves out block comments and frontmatter, and keeps comments in code and in sentences', () => {
    const text = '\uFEFF---\na: 1\n---\n<!-- x -->\none <!-- kept -->\n\n<!-- y\ny --> two\n\n```\n<!-- code -->\n```\n';
    const [block] = merged({ '/work/app/CLAUDE.md': text });
    assert.equal(block?.text, 'one <!-- kept -->\n\n two\n\n```\n<!-- code -->\n```\n');
    assert.deepEqual(block.origins, [
      { line: 0, sourceLine: 5 },
      { line: 2, sourceLine: 8 },
    ]);
    assert.equal(block.lines, 7);
  });

  test('of a file that is all comment is empty', () => {
    assert.deepEqual(
      merged({ '/work/app/CLAUDE.md': '<!-- only -->' }).map(({ text, lines, tokens }) => [text, lines, tokens]),
      [['', 0, 0]],
    );
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
