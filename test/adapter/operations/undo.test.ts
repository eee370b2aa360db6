import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperationInput, OperationName } from '../../../src/protocol/operations.ts';
import { agent, ann, bob, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

/** All of the tasks, but for what every change counts up. */
function state(bench: Bench): unknown[] {
  const { tasks } = bench.call('task.list', { scope: 'all', sort: 'created', limit: 1000 });
  return tasks.map(({ id }) => {
    const { version: _version, updatedAt: _updatedAt, ...task } = bench.call('task.get', { id });
    return task;
  });
}

/** Three tasks: #1 waits for #2, #3 is in Ready with a checklist. */
function fill(bench: Bench): void {
  bench.add('one', { description: 'text' });
  bench.add('two');
  bench.add('three', { status: 'Ready', checklist: ['a', 'b'] });
  bench.call('task.link', { id: 1, dependsOnId: 2 });
}

type Step = { [N in OperationName]: [N, OperationInput<N>, string] }[OperationName];
const steps: readonly Step[] = [
  ['task.update', { id: 1, patch: { title: 'new', description: 'other', labels: ['x'], due: '2026-12-24', parentId: 2 } }, 'Edit #1'],
  ['task.update', { id: 1, patch: { title: 'new' } }, 'Edit title of #1'],
  ['task.move', { id: 1, status: 'Done' }, 'Move #1 to Done'],
  ['task.move', { id: 1, status: 'Backlog', beforeId: 2 }, 'Move #1 within Backlog'],
  ['task.moveMany', { ids: [1, 2], status: 'Testing' }, 'Move 2 tasks to Testing'],
  ['task.updateMany', { ids: [1, 2, 3], patch: { priority: 'High' } }, 'Edit priority of 3 tasks'],
  ['task.delete', { id: 2 }, 'Delete #2'],
  ['task.deleteMany', { ids: [1, 2, 3] }, 'Delete 3 tasks'],
  ['task.archive', { id: 1 }, 'Archive #1'],
  ['task.archiveMany', { ids: [1, 2] }, 'Archive 2 tasks'],
  ['task.link', { id: 3, dependsOnId: 1 }, 'Make #3 wait for #1'],
  ['task.unlink', { id: 1, dependsOnId: 2 }, 'Stop #1 from waiting for #2'],
  ['task.addChecklistItem', { id: 3, text: 'c' }, 'Add a checklist item to #3'],
  ['task.checkChecklistItem', { id: 3, itemId: 1, done: true }, 'Check a checklist item of #3'],
  ['task.removeChecklistItem', { id: 3, itemId: 1 }, 'Remove a checklist item of #3'],
];

describe('undo and redo', () => {
  for (const [name, input, label] of steps) {
    test(`${label} is undone and redone without a trace in the tasks`, async () => {
      using bench = await openBench();
      fill(bench);
      const before = state(bench);
      bench.call(name, input);
      const after = state(bench);
      assert.notDeepEqual(after, before);
      assert.equal(bench.call('task.undo', {}).label, label);
      assert.deepEqual(state(bench), before);
      assert.equal(bench.call('task.redo', {}).label, label);
      const times = (value: unknown) => JSON.stringify(value).replace(/"(deletedAt|archivedAt|completedAt)":\d+/g, '"$1":0');
      assert.equal(times(state(bench)), times(after));
      bench.call('task.undo', {});
      assert.deepEqual(state(bench), before);
    });
  }

  test('a creation is undone by a deletion, and redone with the same number', async () => {
    using bench = await openBench();
    const { id } = bench.add('a');
    assert.equal(bench.call('task.undo', {}).label, `Create #${id}`);
    assert.deepEqual(bench.column('Backlog'), []);
    bench.call('task.redo', {});
    assert.deepEqual(bench.column('Backlog'), ['a']);
    assert.equal(bench.row(id).id, id);
  });

  test('everything is undone step by step, also after a restart, and redone again', async () => {
    using bench = await openBench();
    fill(bench);
    const states = [state(bench)];
    for (const [name, input] of [steps[1]!, steps[2]!, steps[7]!]) {
      bench.call(name, input);
      states.push(state(bench));
    }
    bench.call('task.undo', {});
    bench.reopen();
    for (const expected of [states[1], states[0]]) {
      bench.call('task.undo', {});
      assert.deepEqual(state(bench), expected);
    }
    bench.reopen();
    bench.call('task.redo', {});
    bench.call('task.redo', {});
    assert.deepEqual(state(bench), states[2]);
    bench.reopen();
    bench.call('task.undo', {});
    assert.deepEqual(state(bench), states[1]);
  });

  test('a new change ends what could be redone, also for a stack read from the log', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.move', { id: 1, status: 'Done' });
    bench.call('task.undo', {});
    bench.call('task.move', { id: 1, status: 'Testing' });
    assert.equal(refused('undo.nothing', () => bench.call('task.redo', {})).message, 'There is nothing to redo.');
    bench.reopen();
    refused('undo.nothing', () => bench.call('task.redo', {}));
  });

  test('each person undoes what is their own', async () => {
    using bench = await openBench();
    bench.add('of ann');
    bench.add('of bob', {}, { actor: bob });
    bench.add('of an agent', {}, { actor: agent });
    assert.equal(bench.call('task.undo', {}, { actor: ann }).label, 'Create #1');
    assert.equal(bench.call('task.undo', {}, { actor: bob }).label, 'Create #2');
    refused('undo.nothing', () => bench.call('task.undo', {}, { actor: ann }));
    assert.deepEqual(bench.column('Backlog'), ['of an agent']);
  });

  test('nothing is undone over what somebody else has changed since: the tasks and who it was are named', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.updateMany', { ids: [1, 2, 3], patch: { priority: 'High' } });
    bench.call('task.update', { id: 2, patch: { priority: 'Low' } }, { actor: agent });
    const before = state(bench);
    const error = refused('undo.conflict', () => bench.call('task.undo', {}));
    assert.match(error.message, /Not undone: "Edit priority of 3 tasks"\. Changed since: #2 by agent backend \(priority\)/);
    assert.deepEqual(error.details['ids'], [2]);
    assert.deepEqual(state(bench), before);
  });

  test('what others changed in other fields is no obstacle and stays', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.move', { id: 1, status: 'Testing' });
    bench.call('task.update', { id: 1, patch: { title: 'by bob' } }, { actor: bob });
    bench.call('task.undo', {});
    assert.deepEqual([bench.row(1).status, bench.row(1).title], ['Backlog', 'by bob']);
  });

  test('a task somebody worked on since is not taken back, nor one that was deleted', async () => {
    using bench = await openBench();
    const { id } = bench.add('a');
    bench.call('task.update', { id, patch: { description: 'work' } }, { actor: agent });
    assert.match(refused('undo.conflict', () => bench.call('task.undo', {})).message, /#1 by agent backend \(description\)/);
    bench.call('task.update', { id, patch: { title: 'b' } });
    bench.call('task.delete', { id }, { actor: bob });
    assert.match(refused('undo.conflict', () => bench.call('task.undo', {})).message, /#1 by bob \(deleted\)/);
  });

  test('a redo over a change of somebody else is refused too', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.update', { id: 1, patch: { title: 'x' } });
    bench.call('task.undo', {});
    bench.call('task.update', { id: 1, patch: { title: 'y' } }, { actor: bob });
    assert.match(refused('undo.conflict', () => bench.call('task.redo', {})).message, /^Not redone/);
  });

  test('a link is not undone into a cycle', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.unlink', { id: 1, dependsOnId: 2 });
    bench.call('task.link', { id: 2, dependsOnId: 1 }, { actor: bob });
    refused('task.cycle', () => bench.call('task.undo', {}));
  });

  test('two hundred changes can be undone', async () => {
    using bench = await openBench();
    const { id } = bench.add('start');
    for (let i = 0; i < 205; i++) bench.call('task.update', { id, patch: { title: `t${i}` } });
    for (let i = 0; i < 200; i++) bench.call('task.undo', {});
    assert.equal(bench.row(id).title, 't4');
    refused('undo.nothing', () => bench.call('task.undo', {}));
  });

  test('an undo is a change like any other: in the history, in the audit log, told to everyone', async () => {
    using bench = await openBench();
    const { id } = bench.add('a');
    bench.call('task.update', { id, patch: { title: 'b' } });
    const { revision, tasks } = bench.call('task.undo', {});
    assert.equal(bench.events.at(-1)?.name, 'task.undo');
    assert.equal(bench.events.at(-1)?.revision, revision);
    assert.equal(tasks[0]?.version, 3);
    const [entry] = bench.call('task.history', { id }).entries;
    assert.equal(entry?.operation, 'task.undo');
    assert.deepEqual(entry?.changes, [{ field: 'title', from: 'b', to: 'a' }]);
    assert.deepEqual((await bench.maintain('audit.verify', {})).problems, []);
  });

  test('a place that was taken meanwhile is come back to right behind who has it', async () => {
    using bench = await openBench();
    const [c, b, a] = ['c', 'b', 'a'].map((title) => bench.add(title).id);
    bench.call('task.move', { id: b!, status: 'Ready' });
    // Between the same two neighbours the same rank is the natural one.
    const taken = bench.add('taken', { afterId: a! }, { actor: bob });
    bench.call('task.undo', {});
    assert.deepEqual([bench.column('Backlog')[0], bench.column('Backlog')[3]], ['a', 'c']);
    assert.notEqual(bench.row(b!).rank, bench.row(taken.id).rank);
    assert.ok(c);
  });
});
