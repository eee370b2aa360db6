import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statuses } from '../../../src/core/task.ts';
import type { OperationInput } from '../../../src/protocol/operations.ts';
import { agent, openBench } from './rig.ts';
import type { Bench } from './rig.ts';

function fill(bench: Bench): void {
  bench.add('login page', { type: 'Bug', priority: 'High', labels: ['ui'], assignee: '@backend', due: '2026-11-01', status: 'Ready' });
  bench.add('database index', { priority: 'Low', labels: ['UI', 'db'], due: '2026-12-01', description: 'the login is slow' });
  bench.add('blocked thing', { dependsOn: [1], blockedReason: null, status: 'Testing' });
  bench.add('waiting for a vendor', { blockedReason: 'vendor', assignee: 'carol', parentId: 1 });
  bench.add('finished', { status: 'Done', due: '2026-01-01' });
}
const inOrder = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const ids = (bench: Bench, query: OperationInput<'task.list'>) => bench.call('task.list', query).tasks.map((task) => task.id);

describe('task.list', () => {
  test('filters by every field, and what differs must match together', async () => {
    using bench = await openBench();
    fill(bench);
    const cases: readonly [OperationInput<'task.list'>, number[]][] = [
      [{ status: ['Ready', 'Testing'] }, [1, 3]],
      [{ type: ['Bug'] }, [1]],
      [{ priority: ['High', 'Low'] }, [1, 2]],
      [{ label: ['ui'] }, [1, 2]],
      [{ label: ['db', 'nothing'] }, [2]],
      [{ assignee: ['@backend', 'carol'] }, [1, 4]],
      [{ assignee: [''] }, [2, 3, 5]],
      [{ parentId: 1 }, [4]],
      [{ blocked: true }, [3, 4]],
      [{ blocked: false }, [1, 2, 5]],
      [{ overdue: true }, [1]],
      [{ overdue: false }, [2, 3, 4, 5]],
      [{ text: 'login' }, [1, 2]],
      [{ text: 'login slow' }, [2]],
      [{ text: 'login', priority: ['High'] }, [1]],
      [{ text: '()"*' }, []],
      [{ label: ['ui'], status: ['Ready'] }, [1]],
    ];
    for (const [query, expected] of cases) {
      assert.deepEqual(inOrder(ids(bench, query)), expected, JSON.stringify(query));
      assert.equal(bench.call('task.list', query).total, expected.length);
    }
  });

  test('is in the board order unless asked, and pages without losing or repeating one', async () => {
    using bench = await openBench();
    for (let i = 0; i < 60; i++)
      bench.add(`t${i}`, { status: statuses[(i * 5) % 7]!, due: i % 3 === 0 ? null : `2026-12-${String(1 + (i % 28)).padStart(2, '0')}` });
    const board = bench.call('task.snapshot', {}).columns.flatMap((column) => column.tasks.map((task) => task.id));
    for (const sort of ['board', 'created', 'updated', 'priority', 'due'] as const) {
      for (const descending of [false, true]) {
        const whole = ids(bench, { sort, descending, limit: 1000 });
        assert.equal(new Set(whole).size, 60);
        const paged = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((page) => ids(bench, { sort, descending, offset: page * 7, limit: 7 }));
        assert.deepEqual(paged, whole, `${sort} ${descending}`);
      }
    }
    assert.deepEqual(ids(bench, { limit: 1000 }), board);
    assert.deepEqual(ids(bench, { limit: 1000, descending: true }), board.toReversed());
  });

  test('tasks without a due day come last, whichever way round', async () => {
    using bench = await openBench();
    fill(bench);
    for (const descending of [false, true]) assert.deepEqual(inOrder(ids(bench, { sort: 'due', descending }).slice(3)), [3, 4]);
  });

  test('deleted and archived tasks are listed only when asked for', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.delete', { id: 1 });
    bench.call('task.archive', { id: 5 });
    assert.deepEqual(inOrder(ids(bench, {})), [2, 3, 4]);
    assert.deepEqual(ids(bench, { scope: 'deleted' }), [1]);
    assert.deepEqual(ids(bench, { scope: 'archived' }), [5]);
    assert.equal(bench.call('task.list', { scope: 'all' }).total, 5);
    assert.deepEqual(ids(bench, { text: 'login' }), [2]);
    assert.deepEqual(ids(bench, { text: 'login', scope: 'deleted', sort: 'board' }), [1]);
  });
});

describe('task.snapshot', () => {
  test('has seven columns with all live rows, or the first of each with its total', async () => {
    using bench = await openBench();
    for (let i = 0; i < 10; i++) bench.add(`t${i}`, { status: 'Ready' });
    bench.add('blocked', { status: 'Testing', dependsOn: [3] });
    bench.call('task.archive', { id: 10 });
    const whole = bench.call('task.snapshot', {});
    assert.deepEqual(
      whole.columns.map((column) => column.status),
      [...statuses],
    );
    assert.equal(whole.columns[2]?.tasks.length, 9);
    assert.deepEqual(whole.columns[4]?.tasks[0]?.openBlockers, [3]);
    const first = bench.call('task.snapshot', { limitPerColumn: 4 });
    assert.equal(first.revision, 12);
    assert.deepEqual(first.columns[2]?.tasks, whole.columns[2]?.tasks.slice(0, 4));
    assert.equal(first.columns[2]?.total, 9);
    assert.deepEqual(first.columns[4]?.tasks[0]?.openBlockers, [3]);
  });
});

describe('task.search', () => {
  const found = (bench: Bench, text: string) => bench.call('task.search', { text }).ids;

  test('finds words of title, description, analysis and labels, the title counting most', async () => {
    using bench = await openBench();
    bench.add('something else', { description: 'about parsers and parsers' });
    bench.add('parsers');
    bench.add('third', { analysis: 'Parsers!' });
    bench.add('fourth', { labels: ['parsers'] });
    assert.equal(found(bench, 'parsers')[0], 2);
    assert.deepEqual(inOrder(found(bench, 'parsers')), [1, 2, 3, 4]);
    assert.deepEqual(found(bench, 'PARSERS else'), [1]);
    assert.deepEqual(inOrder(found(bench, 'pars')), [1, 2, 3, 4]);
    assert.deepEqual(found(bench, 'pars '), [], 'a word that is finished is searched whole');
  });

  test('follows every change in the same transaction, also undo', async () => {
    using bench = await openBench();
    const { id } = bench.add('alpha');
    bench.call('task.update', { id, patch: { title: 'beta', description: 'gamma' } });
    assert.deepEqual([found(bench, 'alpha'), found(bench, 'beta'), found(bench, 'gamma')], [[], [id], [id]]);
    bench.call('task.undo', {});
    assert.deepEqual([found(bench, 'alpha'), found(bench, 'beta'), found(bench, 'gamma')], [[id], [], []]);
    bench.call('task.move', { id, status: 'Done' });
    assert.deepEqual(found(bench, 'alpha'), [id]);
    bench.sql.exec("INSERT INTO task_search (task_search) VALUES ('integrity-check')");
  });

  test('finds a task by its number', async () => {
    using bench = await openBench();
    bench.add('a');
    bench.add('see 1');
    assert.deepEqual(found(bench, '#1'), [1, 2]);
    assert.deepEqual(found(bench, '1'), [1, 2]);
    assert.deepEqual(found(bench, '#77'), []);
  });

  test('what no word is in finds nothing, and operators are words', async () => {
    using bench = await openBench();
    bench.add('this or that and not NEAR you');
    for (const text of ['', '  ', '"', '*', '()', '-', 'a'.repeat(500)]) assert.deepEqual(found(bench, text), [], text);
    assert.deepEqual(found(bench, 'OR'), [1]);
    assert.deepEqual(found(bench, 'NEAR NOT "that"'), [1]);
    assert.deepEqual(found(bench, 'title:this'), []);
  });

  test('umlauts are found with and without their dots', async () => {
    using bench = await openBench();
    bench.add('Größe der Übersicht');
    assert.deepEqual(found(bench, 'ubersicht'), [1]);
    assert.deepEqual(found(bench, 'Übersicht'), [1]);
  });

  test('merging what small changes left behind is done in slices, ends, and changes no answer', async () => {
    using bench = await openBench();
    for (let i = 0; i < 300; i++) bench.add(`word${i} common`);
    const before = found(bench, 'common');
    let slices = 0;
    while (bench.dispatcher.idle()) assert.ok(++slices < 1000);
    assert.deepEqual(found(bench, 'common'), before);
    assert.equal(bench.dispatcher.idle(), false, 'nothing is done when nothing has changed');
  });
});

describe('task.history', () => {
  test('tells who, what and when, newest first and page by page', async () => {
    using bench = await openBench();
    const { id } = bench.add('a');
    for (let i = 0; i < 5; i++) bench.call('task.update', { id, patch: { title: `t${i}` } }, { actor: agent });
    const { entries } = bench.call('task.history', { id });
    assert.deepEqual(
      entries.map((entry) => entry.revision),
      [6, 5, 4, 3, 2, 1],
    );
    assert.deepEqual(entries[0]?.actor, agent);
    assert.deepEqual(entries.at(-1)?.changes, [{ field: 'created', from: null, to: 'a' }]);
    const page = bench.call('task.history', { id, limit: 2, beforeRevision: 5 }).entries;
    assert.deepEqual(
      page.map((entry) => entry.revision),
      [4, 3],
    );
  });
});

describe('database.status', () => {
  test('counts tasks and tells the revision', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('task.delete', { id: 1 });
    const status = await bench.maintain('database.status', {});
    assert.deepEqual([status.tasks, status.revision], [4, 6]);
  });
});
