import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { operations } from '../../../src/app/operations.ts';
import { operationContracts } from '../../../src/protocol/operations.ts';
import { agent, ann, openBench, refused } from './rig.ts';

describe('the operation table', () => {
  test('each name has the handler of its own contract', () => {
    assert.deepEqual(Object.keys(operations).sort(), Object.keys(operationContracts).sort());
    for (const [name, contract] of Object.entries(operationContracts)) assert.equal(Reflect.get(operations, name).contract, contract, name);
  });

  test('an unknown operation and one that is not granted are refused by name', async () => {
    using bench = await openBench();
    const call = (operation: string, actor = ann) =>
      bench.dispatcher.dispatch({
        requestId: 'r',
        operation,
        input: {},
        actor,
        workflow: { wipLimits: {}, allowedMoves: {}, requireBlockersDone: false, requireChecklistComplete: false },
      });
    assert.match(refused('operation.unknown', () => call('task.explode')).message, /task\.explode/);
    refused('operation.unknown', () => call('constructor'));
    refused('operation.forbidden', () => call('task.undo', agent));
    await assert.rejects(bench.maintain('database.backup', {}, { actor: agent }), { code: 'operation.forbidden' });
    await assert.rejects(bench.maintain('audit.verify', {}, { actor: agent }), { code: 'operation.forbidden' });
    assert.equal(bench.dispatcher.isMaintenance('database.export'), true);
    assert.equal(bench.dispatcher.isMaintenance('audit.verify'), true);
    assert.equal(bench.dispatcher.isMaintenance('task.move'), false);
    assert.equal(bench.dispatcher.isMaintenance('toString'), false);
  });
});

describe('tasks', () => {
  test('a new task has all it was given, and goes to the top of its column', async () => {
    using bench = await openBench();
    bench.add('first', { status: 'Ready' });
    const blocker = bench.add('blocker');
    const row = bench.add('second', {
      status: 'Ready',
      description: '# Why\n\tbecause',
      type: 'Bug',
      priority: 'High',
      labels: ['ui', 'ui', 'auth'],
      assignee: '@backend',
      due: '2026-12-01',
      estimate: 2.5,
      parentId: blocker.id,
      checklist: ['one', 'two'],
      dependsOn: [blocker.id],
      origin: { file: 'src/a.ts', line: 7 },
      source: { system: 'beads', id: 'x-1', original: '{"raw":"\u0007"}' },
      testingUrls: ['https://example.com/a?b=c'],
      analysis: 'deep',
    });
    assert.deepEqual(bench.column('Ready'), ['second', 'first']);
    const task = bench.call('task.get', { id: row.id });
    assert.deepEqual(task.labels, ['ui', 'auth']);
    assert.deepEqual(task.dependsOn, [blocker.id]);
    assert.deepEqual(task.openBlockers, [blocker.id]);
    assert.deepEqual(task.checklist, [
      { id: 1, text: 'one', done: false },
      { id: 2, text: 'two', done: false },
    ]);
    assert.equal(task.checklistTotal, 2);
    assert.equal(task.description, '# Why\n\tbecause');
    assert.equal(task.source?.original, '{"raw":"\u0007"}');
    assert.deepEqual(task.origin, { file: 'src/a.ts', line: 7 });
    assert.equal(task.estimate, 2.5);
    assert.equal(task.version, 1);
    assert.deepEqual(bench.call('task.get', { id: blocker.id }).blocks, [row.id]);
  });

  test('an update changes what is named, counts the version up, and is told to everyone', async () => {
    using bench = await openBench();
    const { id } = bench.add('old', { labels: ['a'], description: 'text' });
    const { revision, tasks } = bench.call('task.update', { id, version: 1, patch: { title: 'new', labels: ['b'] }, comment: 'because' });
    assert.equal(tasks[0]?.title, 'new');
    assert.equal(tasks[0]?.version, 2);
    assert.deepEqual(bench.events.at(-1), { revision, name: 'task.update', body: { actor: ann, tasks } });
    assert.equal(bench.call('task.get', { id }).description, 'text');
    const [entry] = bench.call('task.history', { id }).entries;
    assert.equal(entry?.comment, 'because');
    assert.deepEqual(entry?.changes, [
      { field: 'title', from: 'old', to: 'new' },
      { field: 'labels', from: ['a'], to: ['b'] },
    ]);
  });

  test('an update that changes nothing makes no revision and no event', async () => {
    using bench = await openBench();
    const { id } = bench.add('same');
    const told = bench.events.length;
    const answer = bench.call('task.update', { id, patch: { title: 'same', labels: [] } });
    assert.equal(answer.revision, 1);
    assert.equal(answer.tasks[0]?.version, 1);
    assert.equal(bench.events.length, told);
    assert.equal(bench.call('task.history', { id }).entries.length, 1);
  });

  test('a stale write is refused with the newer row in the answer', async () => {
    using bench = await openBench();
    const { id } = bench.add('title');
    bench.call('task.update', { id, patch: { title: 'newer' } });
    const error = refused('task.stale', () => bench.call('task.update', { id, version: 1, patch: { title: 'mine' } }));
    assert.equal((error.details['current'] as { title: string }).title, 'newer');
    refused('task.stale', () => bench.call('task.move', { id, version: 1, status: 'Done' }));
    refused('task.stale', () => bench.call('task.delete', { id, version: 1 }));
    assert.equal(bench.row(id).version, 2);
  });

  test('a deleted task vanishes from lists, keeps its number, and comes back to its place', async () => {
    using bench = await openBench();
    const [c, b, a] = ['c', 'b', 'a'].map((title) => bench.add(title));
    bench.call('task.delete', { id: b!.id });
    assert.deepEqual(bench.column('Backlog'), ['a', 'c']);
    assert.equal(bench.call('task.snapshot', {}).columns[0]?.total, 2);
    assert.deepEqual(bench.call('task.search', { text: 'b' }).ids, []);
    assert.notEqual(bench.row(b!.id).deletedAt, null);
    assert.match(
      refused('task.notFound', () => bench.call('task.update', { id: b!.id, patch: { title: 'x' } })).message,
      /was deleted\. Restore it first/,
    );
    // Something is put exactly where it was.
    bench.call('task.move', { id: c!.id, status: 'Backlog', afterId: a!.id });
    const between = bench.add('d', { afterId: a!.id });
    bench.call('task.restore', { id: b!.id });
    assert.deepEqual(new Set(bench.column('Backlog')), new Set(['a', 'b', 'c', 'd']));
    assert.equal(bench.column('Backlog')[0], 'a');
    assert.ok(between.id > c!.id && between.id > b!.id);
  });

  test('the same number is never given twice, not even after an undo', async () => {
    using bench = await openBench();
    const first = bench.add('one');
    bench.call('task.undo', {});
    assert.equal(bench.add('two').id, first.id + 1);
  });

  test('an archived task leaves the board and comes back', async () => {
    using bench = await openBench();
    const { id } = bench.add('a');
    bench.call('task.archive', { id });
    assert.deepEqual(bench.column('Backlog'), []);
    assert.equal(bench.call('task.list', { scope: 'archived' }).total, 1);
    bench.call('task.unarchive', { id });
    assert.deepEqual(bench.column('Backlog'), ['a']);
  });

  test('Done sets the time of completion, and leaving it clears it', async () => {
    using bench = await openBench();
    const { id } = bench.add('a');
    assert.equal(bench.call('task.move', { id, status: 'Done' }).tasks[0]?.completedAt, bench.now);
    assert.equal(bench.call('task.move', { id, status: 'Ready' }).tasks[0]?.completedAt, null);
    assert.notEqual(bench.add('born done', { status: 'Done' }).completedAt, null);
  });

  test('the checklist is added to, checked and shortened, and its numbers are not used again', async () => {
    using bench = await openBench();
    const { id } = bench.add('a', { checklist: ['one'] });
    bench.call('task.addChecklistItem', { id, text: 'two' });
    const checked = bench.call('task.checkChecklistItem', { id, itemId: 2, done: true });
    assert.deepEqual([checked.tasks[0]?.checklistDone, checked.tasks[0]?.checklistTotal], [1, 2]);
    bench.call('task.removeChecklistItem', { id, itemId: 2 });
    bench.call('task.addChecklistItem', { id, text: 'three' });
    assert.deepEqual(
      bench.call('task.get', { id }).checklist.map((item) => item.id),
      [1, 3],
    );
    assert.equal(
      refused('input.invalid', () => bench.call('task.checkChecklistItem', { id, itemId: 2, done: true })).details['field'],
      'itemId',
    );
  });

  test('a parent must exist, and no task is above itself', async () => {
    using bench = await openBench();
    const [a, b, c] = ['a', 'b', 'c'].map((title) => bench.add(title).id);
    bench.call('task.update', { id: b!, patch: { parentId: a! } });
    bench.call('task.update', { id: c!, patch: { parentId: b! } });
    assert.deepEqual(refused('task.cycle', () => bench.call('task.update', { id: a!, patch: { parentId: c! } })).details['cycle'], [
      a,
      c,
      b,
      a,
    ]);
    refused('task.cycle', () => bench.call('task.update', { id: a!, patch: { parentId: a! } }));
    assert.deepEqual(refused('task.notFound', () => bench.call('task.update', { id: a!, patch: { parentId: 99 } })).details['ids'], [99]);
    refused('task.notFound', () => bench.add('x', { parentId: 99 }));
  });
});

describe('dependencies', () => {
  test('finishing a task frees those that wait for it, and says so in the same event', async () => {
    using bench = await openBench();
    const [a, b, c] = ['a', 'b', 'c'].map((title) => bench.add(title).id);
    assert.deepEqual(bench.call('task.link', { id: b!, dependsOnId: a! }).tasks[0]?.openBlockers, [a]);
    bench.call('task.link', { id: b!, dependsOnId: c! });
    const done = bench.call('task.move', { id: a!, status: 'Done' }).tasks;
    assert.deepEqual(
      done.map((row) => [row.id, row.openBlockers]),
      [
        [a, []],
        [b, [c]],
      ],
    );
    const version = bench.row(b!).version;
    assert.deepEqual(bench.call('task.delete', { id: c! }).tasks.find((row) => row.id === b)?.openBlockers, []);
    assert.deepEqual(bench.call('task.restore', { id: c! }).tasks.find((row) => row.id === b)?.openBlockers, [c]);
    assert.equal(bench.row(b!).version, version, 'a task is not changed by what it waits for');
    assert.deepEqual(bench.call('task.unlink', { id: b!, dependsOnId: c! }).tasks[0]?.openBlockers, []);
    assert.deepEqual(bench.call('task.get', { id: b! }).dependsOn, [a]);
  });

  test('a cycle is refused and named', async () => {
    using bench = await openBench();
    const [a, b, c] = ['a', 'b', 'c'].map((title) => bench.add(title).id);
    bench.call('task.link', { id: a!, dependsOnId: b! });
    bench.call('task.link', { id: b!, dependsOnId: c! });
    const error = refused('task.cycle', () => bench.call('task.link', { id: c!, dependsOnId: a! }));
    assert.deepEqual(error.details['cycle'], [c, a, b, c]);
    assert.match(error.message, /#3 cannot wait for #1: #3 waits for #1, #1 waits for #2, #2 waits for #3\. Unlink/);
    refused('task.cycle', () => bench.call('task.link', { id: a!, dependsOnId: a! }));
    refused('task.notFound', () => bench.add('x', { dependsOn: [99] }));
  });

  test('linking twice is no change', async () => {
    using bench = await openBench();
    const [a, b] = ['a', 'b'].map((title) => bench.add(title).id);
    const { revision } = bench.call('task.link', { id: a!, dependsOnId: b! });
    assert.equal(bench.call('task.link', { id: a!, dependsOnId: b! }).revision, revision);
    assert.equal(bench.call('task.unlink', { id: b!, dependsOnId: a! }).revision, revision);
  });
});
