import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Status } from '../../src/core/task.ts';
import { freeWorkflow, refusalText, refuseMove } from '../../src/core/workflow.ts';
import type { MovingTask, Workflow } from '../../src/core/workflow.ts';

const task = (from: Status | null, more: Partial<MovingTask> = {}): MovingTask => ({
  id: 12,
  from,
  openBlockers: [],
  checklistDone: 0,
  checklistTotal: 0,
  ...more,
});
const rules = (more: Partial<Workflow>): Workflow => ({ ...freeWorkflow, ...more });
const said = (workflow: Workflow, tasks: readonly MovingTask[], to: Status, count = 0, overridable = true) => {
  const refusal = refuseMove(workflow, tasks, to, () => count);
  return refusal === undefined ? undefined : refusalText(refusal, overridable);
};

describe('the workflow', () => {
  test('without rules every move is allowed, and nothing is counted', () => {
    const count = () => assert.fail('counted');
    assert.equal(refuseMove(freeWorkflow, [task('Done')], 'Backlog', count), undefined);
  });

  test('a move into a full column is refused and names the limit', () => {
    const workflow = rules({ wipLimits: { 'In Progress': 3 } });
    assert.equal(
      said(workflow, [task('Ready')], 'In Progress', 3),
      'Not moved: In Progress is full (3 of 3). Finish one, raise the limit, or move anyway.',
    );
    assert.equal(
      said(workflow, [task('Ready')], 'In Progress', 3, false),
      'Not moved: In Progress is full (3 of 3). Finish one or raise the limit.',
    );
    assert.equal(said(workflow, [task('Ready')], 'In Progress', 2), undefined);
  });

  test('a full column can be sorted', () => {
    assert.equal(said(rules({ wipLimits: { Ready: 1 } }), [task('Ready')], 'Ready', 4), undefined);
  });

  test('several tasks must fit together, without those that are there already', () => {
    const workflow = rules({ wipLimits: { Ready: 3 } });
    assert.match(said(workflow, [task('Backlog'), task('Backlog')], 'Ready', 2) ?? '', /has room for 1 of the 2 tasks \(2 of 3\)/);
    assert.equal(said(workflow, [task('Backlog'), task('Ready')], 'Ready', 2), undefined);
  });

  test('a move that is not allowed says where the task may go', () => {
    const workflow = rules({ allowedMoves: { Backlog: ['Analysis', 'Ready'], Done: [] } });
    assert.equal(
      said(workflow, [task('Backlog')], 'Done'),
      'Not moved: from Backlog tasks go to Analysis or Ready, not to Done. Move it to Analysis or Ready, or move anyway.',
    );
    assert.match(said(workflow, [task('Done')], 'Ready', 0, false) ?? '', /go nowhere/);
    assert.equal(said(workflow, [task('Ready')], 'Done'), undefined);
  });

  test('open blockers hold a task up on the way forward only', () => {
    const workflow = rules({ requireBlockersDone: true });
    const blocked = { openBlockers: [9, 4] };
    assert.equal(
      said(workflow, [task('Ready', blocked)], 'In Progress', 0, false),
      'Not moved: #12 waits for #9, #4. Finish them first or unlink.',
    );
    assert.notEqual(said(workflow, [task('Testing', blocked)], 'Done'), undefined);
    assert.equal(said(workflow, [task('Backlog', blocked)], 'Ready'), undefined);
    assert.equal(said(workflow, [task('Done', blocked)], 'Testing'), undefined);
  });

  test('an incomplete checklist keeps a task out of Done', () => {
    const workflow = rules({ requireChecklistComplete: true });
    const half = { checklistDone: 2, checklistTotal: 5 };
    assert.equal(
      said(workflow, [task('Testing', half)], 'Done', 0, false),
      'Not moved: the checklist of #12 is not complete (2 of 5). Check the rest.',
    );
    assert.equal(said(workflow, [task('Testing', half)], 'Code Review'), undefined);
    assert.equal(said(workflow, [task('Testing', { checklistDone: 5, checklistTotal: 5 })], 'Done'), undefined);
  });
});
