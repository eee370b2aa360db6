import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { maxRankLength } from '../../../src/core/rank.ts';
import { agent, openBench, refused } from './rig.ts';

describe('moves', () => {
  test('a task goes before or behind a neighbour, else to the top', async () => {
    using bench = await openBench();
    const [c, b, a] = ['c', 'b', 'a'].map((title) => bench.add(title, { status: 'Ready' }).id);
    const x = bench.add('x').id;
    bench.call('task.move', { id: x, status: 'Ready', afterId: b! });
    assert.deepEqual(bench.column('Ready'), ['a', 'b', 'x', 'c']);
    bench.call('task.move', { id: x, status: 'Ready', beforeId: b! });
    assert.deepEqual(bench.column('Ready'), ['a', 'x', 'b', 'c']);
    bench.call('task.move', { id: x, status: 'Ready' });
    assert.deepEqual(bench.column('Ready'), ['x', 'a', 'b', 'c']);
    bench.call('task.move', { id: a!, status: 'Ready', afterId: c! });
    assert.deepEqual(bench.column('Ready'), ['x', 'b', 'c', 'a']);
  });

  test('a move to where the task is changes nothing', async () => {
    using bench = await openBench();
    const [b, a] = ['b', 'a'].map((title) => bench.add(title).id);
    const told = bench.events.length;
    bench.call('task.move', { id: b!, status: 'Backlog', afterId: a! });
    bench.call('task.move', { id: a!, status: 'Backlog', beforeId: b! });
    bench.call('task.move', { id: a!, status: 'Backlog', beforeId: a! });
    bench.call('task.move', { id: a!, status: 'Backlog' });
    assert.equal(bench.events.length, told);
  });

  test('a neighbour that was moved away meanwhile is no reason to fail, one that never was is', async () => {
    using bench = await openBench();
    const [b, a] = ['b', 'a'].map((title) => bench.add(title).id);
    bench.add('top', { status: 'Ready' });
    bench.call('task.move', { id: a!, status: 'Ready', afterId: b! });
    assert.deepEqual(bench.column('Ready'), ['a', 'top']);
    assert.deepEqual(
      refused('task.notFound', () => bench.call('task.move', { id: a!, status: 'Ready', afterId: 99 })).details['ids'],
      [99],
    );
  });

  test('the column is as a list of names would be, whatever is moved where', async () => {
    using bench = await openBench();
    const size = 8;
    const ids = Array.from({ length: size }, (_, i) => bench.add(String(i + 1)).id);
    let model = [...ids].reverse();
    const step = fc.record({
      id: fc.nat(size - 1),
      anchor: fc.nat(size - 1),
      side: fc.constantFrom('beforeId' as const, 'afterId' as const),
    });
    fc.assert(
      fc.property(step, ({ id: i, anchor: j, side }) => {
        const [id, anchor] = [ids[i]!, ids[j]!];
        bench.call('task.move', { id, status: 'Backlog', [side]: anchor });
        if (id !== anchor) {
          model = model.filter((other) => other !== id);
          model.splice(model.indexOf(anchor) + (side === 'afterId' ? 1 : 0), 0, id);
        }
        assert.deepEqual(bench.column('Backlog'), model.map(String));
      }),
      { numRuns: 300 },
    );
  });

  test('a spot that is used again and again is spread anew: ranks stay short, the order stays, and neighbours are not edited', async () => {
    using bench = await openBench();
    const ids = Array.from({ length: 12 }, (_, i) => bench.add(String(i)).id);
    let spread = 0;
    const [low, high] = [ids[5]!, ids[4]!];
    for (let i = 0; i < 700; i++) {
      const mover = ids[6 + (i % 6)]!;
      const before = bench.column('Backlog');
      const { tasks } = bench.call(
        'task.move',
        i % 2 === 0 ? { id: mover, status: 'Backlog', afterId: low } : { id: mover, status: 'Backlog', beforeId: high },
      );
      if (tasks.length > 1) spread++;
      const after = bench.column('Backlog');
      const rest = (titles: readonly string[]) => titles.filter((title) => title !== String(mover - 1));
      assert.deepEqual(rest(after), rest(before));
    }
    const { tasks } = bench.call('task.list', { limit: 100 });
    assert.ok(tasks.every((task) => task.rank.length <= maxRankLength));
    assert.ok(spread > 0, 'nothing was spread');
    assert.equal(bench.row(low).version, 1);
    assert.equal(bench.row(high).version, 1);
  });

  test('several tasks move together in the order they were named, in one revision', async () => {
    using bench = await openBench();
    const ids = ['a', 'b', 'c', 'd', 'e'].map((title) => bench.add(title).id);
    const rest = bench.add('rest', { status: 'Ready' }).id;
    const { revision, tasks } = bench.call('task.moveMany', { ids: [ids[3]!, ids[0]!, ids[2]!], status: 'Ready', afterId: rest });
    assert.equal(revision, 7);
    assert.deepEqual(bench.column('Ready'), ['rest', 'd', 'a', 'c']);
    assert.deepEqual(
      tasks.map((task) => task.id),
      [ids[3], ids[0], ids[2]],
    );
    bench.call('task.moveMany', { ids: [ids[2]!, ids[3]!], status: 'Ready', beforeId: ids[2]! });
    assert.deepEqual(bench.column('Ready'), ['rest', 'a', 'c', 'd']);
  });

  test('5,000 tasks move, are edited, deleted and restored in one call each', async () => {
    using bench = await openBench();
    const ids = Array.from({ length: 5000 }, (_, i) => bench.add(`t${i}`).id);
    const told = bench.events.length;
    bench.call('task.moveMany', { ids, status: 'Done' });
    bench.call('task.updateMany', { ids, patch: { priority: 'Low' } });
    bench.call('task.archiveMany', { ids });
    bench.call('task.unarchiveMany', { ids });
    bench.call('task.deleteMany', { ids });
    assert.equal(bench.call('task.list', {}).total, 0);
    bench.call('task.restoreMany', { ids });
    assert.equal(bench.call('task.list', { status: ['Done'], priority: ['Low'] }).total, 5000);
    assert.equal(bench.events.length, told + 6);
    assert.equal(bench.call('task.history', { id: ids[7]! }).entries.length, 7);
    assert.equal(bench.column('Done')[0], 't0');
    assert.deepEqual((await bench.maintain('audit.verify', {})).problems, []);
  });

  test('a bulk call that names an unknown task changes nothing', async () => {
    using bench = await openBench();
    const a = bench.add('a').id;
    assert.deepEqual(
      refused('task.notFound', () => bench.call('task.updateMany', { ids: [a, 77, 78], patch: { priority: 'High' } })).details['ids'],
      [77, 78],
    );
    assert.equal(bench.row(a).version, 1);
  });
});

describe('the workflow at work', () => {
  const workflow = {
    wipLimits: { 'In Progress': 1 },
    allowedMoves: { Backlog: ['Ready', 'In Progress'] },
    requireBlockersDone: true,
    requireChecklistComplete: true,
  } as const;

  test('a user may confirm and go past a limit, and the audit log keeps that', async () => {
    using bench = await openBench();
    bench.add('busy', { status: 'In Progress' });
    const { id } = bench.add('next', { status: 'Ready' });
    const error = refused('workflow.refused', () => bench.call('task.move', { id, status: 'In Progress' }, { workflow }));
    assert.equal(error.message, 'Not moved: In Progress is full (1 of 1). Finish one, raise the limit, or move anyway.');
    assert.deepEqual([error.details['reason'], error.details['overridable'], error.details['limit']], ['wip', true, 1]);
    assert.equal(bench.row(id).status, 'Ready');
    bench.call('task.move', { id, status: 'In Progress', override: true }, { workflow });
    assert.equal(bench.row(id).status, 'In Progress');
    const body = bench.sql.prepare<{ body: string }>('SELECT body FROM audit ORDER BY revision DESC LIMIT 1').get()?.body ?? '';
    assert.equal(JSON.parse(body).overrode, 'wip');
  });

  test('others are held to the rules, and the flag does not help them', async () => {
    using bench = await openBench();
    bench.add('busy', { status: 'In Progress' });
    const { id } = bench.add('next', { status: 'Ready' });
    const error = refused('workflow.refused', () =>
      bench.call('task.move', { id, status: 'In Progress', override: true }, { workflow, actor: agent }),
    );
    assert.equal(error.details['overridable'], false);
    assert.doesNotMatch(error.message, /anyway/);
    refused('workflow.refused', () => bench.add('new', { status: 'In Progress' }, { workflow, actor: agent }));
    bench.add('by a user', { status: 'In Progress' }, { workflow });
  });

  test('moves that are not allowed, open blockers and open checks are refused with their reason', async () => {
    using bench = await openBench();
    const a = bench.add('a', { checklist: ['check'] }).id;
    const b = bench.add('b', { status: 'Ready', dependsOn: [a] }).id;
    const reason = (act: () => unknown) => refused('workflow.refused', act).details['reason'];
    assert.equal(
      reason(() => bench.call('task.move', { id: a, status: 'Done' }, { workflow })),
      'move',
    );
    assert.equal(
      reason(() => bench.call('task.move', { id: b, status: 'Testing' }, { workflow })),
      'blockers',
    );
    bench.call('task.move', { id: a, status: 'Ready' }, { workflow });
    assert.equal(
      reason(() => bench.call('task.move', { id: a, status: 'Done' }, { workflow })),
      'checklist',
    );
    bench.call('task.checkChecklistItem', { id: a, itemId: 1, done: true });
    bench.call('task.move', { id: a, status: 'Done' }, { workflow });
    bench.call('task.move', { id: b, status: 'Testing' }, { workflow });
  });

  test('a full column can be sorted, and several tasks count together', async () => {
    using bench = await openBench();
    const ids = ['a', 'b'].map((title) => bench.add(title, { status: 'In Progress' }).id);
    bench.call('task.move', { id: ids[0]!, status: 'In Progress', beforeId: ids[1]! }, { workflow });
    const two = ['c', 'd'].map((title) => bench.add(title, { status: 'Ready' }).id);
    refused('workflow.refused', () =>
      bench.call('task.moveMany', { ids: two, status: 'In Progress' }, { workflow: { wipLimits: { 'In Progress': 3 } } }),
    );
    bench.call('task.moveMany', { ids: two, status: 'In Progress' }, { workflow: { wipLimits: { 'In Progress': 4 } } });
  });
});
