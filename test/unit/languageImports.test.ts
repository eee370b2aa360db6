import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importCursor, importFolder, importOf, importRank, stepsBetween } from '../../src/core/suggestions/importPaths.ts';

function cursor(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const found = importCursor(text, offset);
  return found && { folder: found.folder, name: text.slice(found.span.start, found.span.end) };
}

describe('an import that is being typed', () => {
  test('begins with the sign', () => assert.deepEqual(cursor('See @|'), { folder: '', name: '' }));
  test('has a folder and a name', () => assert.deepEqual(cursor('See @docs/ar|ch.md now'), { folder: 'docs/', name: 'arch.md' }));
  test('may climb and begin at home', () => {
    assert.deepEqual(cursor('@../|'), { folder: '../', name: '' });
    assert.deepEqual(cursor('@~/.claude/no|'), { folder: '~/.claude/', name: 'no' });
  });
  test('may have blanks behind a backslash', () => assert.deepEqual(cursor('@my\\ docs/a\\ b|'), { folder: 'my docs/', name: 'a\\ b' }));
  test('may follow the mark of a quotation at once', () => assert.deepEqual(cursor('a\n>@docs/a|'), { folder: 'docs/', name: 'a' }));
  test('leaves the emphasis around it', () => assert.deepEqual(cursor('see *@docs/a|* '), { folder: 'docs/', name: 'a' }));
  test('is none in an address, in code, in frontmatter, or behind a blank', () => {
    assert.equal(cursor('ann@exa|'), undefined);
    for (const before of ['(', '"', '[', ':', '>x', 'x>']) assert.equal(cursor(`see ${before}@docs|`), undefined, before);
    assert.equal(cursor('`@docs|`'), undefined);
    assert.equal(cursor('```\n@docs|\n```\n'), undefined);
    assert.equal(cursor('---\na: @docs|\n---\n'), undefined);
    assert.equal(cursor('@docs a|'), undefined);
  });
});

describe('paths of imports', () => {
  const typed = (folder: string) => ({ folder, span: { start: 0, end: 0 } });
  test('are relative to the file', () => {
    assert.equal(importFolder(typed('../docs/'), '/w/app/CLAUDE.md', '/home/ann'), '/w/docs');
    assert.equal(importFolder(typed('~/notes/'), '/w/app/CLAUDE.md', '/home/ann'), '/home/ann/notes');
    assert.equal(importFolder(typed('/etc/'), '/w/app/CLAUDE.md', '/home/ann'), '/etc');
  });
  test('are written so that Claude Code finds the file', () => {
    assert.equal(importOf('/w/docs/a b.md', '/w/app/CLAUDE.md'), '@../docs/a\\ b.md');
    assert.equal(importOf('/w/app/x.md', '/w/app/CLAUDE.md'), '@x.md');
  });
  test('are nearer with fewer folders between', () =>
    assert.ok(stepsBetween('/w/app/docs/x.md', '/w/app/CLAUDE.md') < stepsBetween('/w/other/docs/x.md', '/w/app/CLAUDE.md')));
  test('put Markdown first and names without an ending last', () => {
    assert.deepEqual(
      ['x', 'src', 'a.ts', 'a.md'].sort((a, b) => importRank(a, a === 'src') - importRank(b, b === 'src')),
      ['a.md', 'a.ts', 'src', 'x'],
    );
  });
});
