import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { findImports } from '../../src/core/instructions/imports.ts';
import { putManagedBlock } from '../../src/core/managedBlock.ts';
import { applyEdits } from '../../src/core/markdown/textEdit.ts';
import type { Task } from '../../src/core/task.ts';
import { taskContext } from '../../src/core/taskContext.ts';
import { taskRow } from '../rig/taskRow.ts';

const task = (fields: Partial<Task>): Task => ({
  ...taskRow({ id: 12, title: 'Sign in', status: 'In Progress', priority: 'High' }),
  description: '',
  analysis: null,
  gitBranch: null,
  worktreePath: null,
  checklist: [],
  contract: null,
  stageResults: [],
  testingUrls: [],
  origin: null,
  source: null,
  dependsOn: [],
  blocks: [],
  ...fields,
});

test('a task without more is its title and state', () => {
  assert.equal(taskContext(task({})), '### Task #12: Sign in\n\n**Status:** In Progress · Feature · High priority');
});

test('a whole task reads as a document', () => {
  const contract = {
    surface: 'API',
    success: 'Users sign in',
    constraints: ['No new package', 'Node 20'],
    invariants: [],
    nonGoals: [],
    acceptance: ['Tests pass'],
    followUps: [],
    risks: [],
  };
  const checklist = [
    { id: 1, text: 'Write\ntests', done: true },
    { id: 2, text: 'Write code', done: false },
  ];
  assert.equal(
    taskContext(
      task({ description: 'One\n\nTwo\n', due: '2026-03-01', gitBranch: 'feature/x', blockedReason: 'waits', checklist, contract }),
    ),
    `### Task #12: Sign in

**Status:** In Progress · Feature · High priority · due 2026-03-01

**Branch:** feature/x

**Blocked:** waits

**Description**

> One
>
> Two

**Checklist**

- [x] Write tests
- [ ] Write code

**Contract**

- Surface: API
- Success: Users sign in
- Constraints:
  - No new package
  - Node 20
- Acceptance: Tests pass`,
  );
});

test('no text of a task imports a file, wherever it is put', () => {
  const piece = fc.constantFrom(
    '@~/.ssh/id_rsa',
    '@/etc/passwd',
    '@a.md',
    '`',
    '``',
    '```\n',
    '\\',
    ' ',
    '\n',
    '<!--',
    '-->',
    '*',
    '- ',
    '    ',
    '<b>',
    '[',
    '](',
    ')',
    '~~~\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      const content = taskContext(task({ title: text.slice(0, 40), description: text, checklist: [{ id: 1, text, done: false }] }));
      const added = putManagedBlock('a\n', 12, content);
      assert.ok('edits' in added);
      const file = `${applyEdits('a\n', added.edits)}\nLater @own.md\n`;
      assert.deepEqual(
        findImports(file).map(({ path }) => path),
        ['own.md'],
      );
    }),
    { numRuns: 1500 },
  );
});
