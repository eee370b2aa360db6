import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixesOfKind, joinFixes, preferredFixes } from '../../src/core/fixAll.ts';
import { applyEdits } from '../../src/core/markdown/textEdit.ts';
import type { Fix, Problem } from '../../src/core/problem.ts';

const problem = (...fixes: Fix[]): Problem => ({ code: 'x', severity: 'warning', message: 'x', span: { start: 0, end: 0 }, fixes });
const edit = (start: number, end: number, text: string, more: { kind?: string; preferred?: boolean } = {}): Fix => ({
  title: 'x',
  kind: 'k',
  edits: [{ start, end, text }],
  ...more,
});

describe('fixing everything', () => {
  test('takes the preferred fix of each problem', () => {
    const fixes = preferredFixes([problem(edit(0, 1, 'A'), edit(0, 1, 'B', { preferred: true })), problem(edit(2, 3, 'C'))]);
    assert.equal(applyEdits('abc', joinFixes(fixes)), 'Bbc');
  });

  test('leaves fixes that reach into other files', () => {
    const create: Fix = { title: 'x', kind: 'k', preferred: true, create: { path: '/x', content: '' } };
    assert.deepEqual(preferredFixes([problem(create)]), []);
  });

  test('makes the earlier of two that get in each other’s way, and none by half', () => {
    const both: Fix = {
      title: 'x',
      kind: 'k',
      edits: [
        { start: 0, end: 2, text: 'X' },
        { start: 5, end: 6, text: 'Y' },
      ],
    };
    const joined = joinFixes([edit(1, 3, '1'), both, edit(5, 6, '2')].flatMap((fix) => ('edits' in fix ? [fix] : [])));
    assert.equal(applyEdits('abcdefg', joined), 'a1de2g');
  });

  test('makes one of two insertions at the same place, and both of two that only touch', () => {
    const join = (...fixes: Fix[]) => joinFixes(fixes.flatMap((fix) => ('edits' in fix ? [fix] : [])));
    assert.equal(applyEdits('ab', join(edit(1, 1, '1'), edit(1, 1, '2'))), 'a1b');
    assert.equal(applyEdits('abcd', join(edit(0, 2, '1'), edit(2, 4, '2'))), '12');
  });

  test('of one kind takes one fix of each problem', () => {
    const fixes = fixesOfKind(
      [problem(edit(0, 1, 'A'), edit(0, 1, 'B')), problem(edit(2, 3, 'C', { kind: 'other' })), problem(edit(1, 2, 'D'))],
      'k',
    );
    assert.equal(applyEdits('abc', joinFixes(fixes)), 'ADc');
  });
});
