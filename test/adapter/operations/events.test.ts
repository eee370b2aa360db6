import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../../../src/core/appError.ts';
import { statuses } from '../../../src/core/task.ts';
import type { TaskRow } from '../../../src/core/task.ts';
import { operationContracts } from '../../../src/protocol/operations.ts';
import type { OperationInput, OperationName } from '../../../src/protocol/operations.ts';
import type { StoreEvent } from '../../../src/protocol/wire.ts';
import { random } from '../../bench/workload.ts';
import { batch, definition, handOn, record, robot } from './jobRig.ts';
import { agent, ann, bob, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

const since = (bench: Bench, from: number, limit?: number) =>
  bench.call('event.since', { since: from, ...(limit === undefined ? {} : { limit }) });
const revisions = (events: readonly StoreEvent[]) => events.map(({ revision }) => revision);
/** All there is after a revision, asked for as a client does that comes back. */
function all(bench: Bench, from: number, limit?: number): StoreEvent[] {
  const events: StoreEvent[] = [];
  for (let at = from; ; at = events.at(-1)!.revision) {
    const page = since(bench, at, limit);
    events.push(...page.events);
    if (page.events.length === 0 || page.revision === page.events.at(-1)?.revision) return events;
  }
}
const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What a client shows that has been told these events. */
function replay(events: readonly StoreEvent[], model = new Map<number, TaskRow>()): Map<number, TaskRow> {
  for (const { body } of events) for (const row of body.tasks) model.set(row.id, row);
  return model;
}
function rowsOf(bench: Bench): Map<number, TaskRow> {
  const rows = new Map<number, TaskRow>();
  for (let offset = 0; ; offset += 1000) {
    const { tasks } = bench.call('task.list', { scope: 'all', sort: 'created', limit: 1000, offset });
    for (const row of tasks) rows.set(row.id, row);
    if (tasks.length < 1000) return rows;
  }
}
const sorted = (rows: ReadonlyMap<number, TaskRow>) => [...rows.values()].toSorted((a, b) => a.id - b.id);

function fill(bench: Bench): void {
  bench.add('one');
  bench.add('two', { dependsOn: [1] }, { actor: agent });
  bench.call('task.move', { id: 1, status: 'Done' });
  bench.call('task.delete', { id: 1 }, { actor: bob });
}

describe('event.since', () => {
  test('tells every change after a revision, in order, with its author and rows as they are now', async () => {
    using bench = await openBench();
    fill(bench);
    const { revision, events } = since(bench, 0);
    assert.equal(revision, 4);
    assert.deepEqual(revisions(events), [1, 2, 3, 4]);
    assert.deepEqual(
      events.map(({ name, body }) => [name, body.actor.name, body.tasks.map(({ id }) => id)]),
      [
        ['task.create', 'ann', [1, 2]],
        ['task.create', 'backend', [2]],
        ['task.move', 'ann', [1, 2]],
        ['task.delete', 'bob', [1, 2]],
      ],
    );
    assert.ok(events.every(({ body }) => body.tasks.every((row) => row.id !== 1 || row.deletedAt !== null)));
    assert.deepEqual(revisions(since(bench, 2).events), [3, 4]);
    assert.deepEqual(since(bench, 4), { revision: 4, events: [] });
    assert.deepEqual(since(bench, 1, 2).events, events.slice(1, 3));
  });

  test('an empty database has nothing to tell, and knows nothing of later revisions', async () => {
    using bench = await openBench();
    assert.deepEqual(since(bench, 0), { revision: 0, events: [] });
    assert.deepEqual(refused('event.gone', () => since(bench, 1)).details, { revision: 0 });
  });

  test('answers the same after a restart', async () => {
    using bench = await openBench();
    fill(bench);
    const before = since(bench, 0);
    bench.reopen();
    assert.deepEqual(since(bench, 0), before);
    bench.add('three');
    assert.deepEqual(revisions(since(bench, 4).events), [5]);
  });

  test('another database that is behind is known by its number', async () => {
    using bench = await openBench();
    fill(bench);
    const error = refused('event.gone', () => since(bench, 5));
    assert.deepEqual(error.details, { revision: 4 });
    assert.equal(error.message, 'What happened after revision 5 is not known here. Take a snapshot.');
  });

  test('a row that is missing is never passed over: up to it all is told, then the snapshot is asked for', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec('DELETE FROM audit WHERE revision = 3');
    assert.deepEqual(revisions(since(bench, 0).events), [1, 2]);
    assert.deepEqual(refused('event.gone', () => since(bench, 2)).details, { revision: 4 });
    assert.deepEqual(revisions(since(bench, 3).events), [4]);
  });

  test('a row that cannot be read is like one that is missing', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec("UPDATE audit SET body = '{' WHERE revision = 3");
    assert.deepEqual(revisions(since(bench, 0).events), [1, 2]);
    refused('event.gone', () => since(bench, 2));
  });

  test('a log whose end was cut off asks for the snapshot, too', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec('DELETE FROM audit WHERE revision = 4');
    bench.reopen();
    assert.deepEqual(refused('event.gone', () => since(bench, 3)).details, { revision: 4 });
  });

  test('a change whose tasks or run are no longer there is told all the same', async () => {
    using bench = await openBench();
    fill(bench);
    bench.call('job.enqueue', { job: 'rfis', file: null, definition, inputs: {}, trigger: 'user' });
    bench.call('job.cancel', { run: 1 });
    bench.call('job.prune', { before: bench.now + 60_000, keepPerJob: 0 });
    bench.sql.exec('DELETE FROM task');
    const { events } = since(bench, 0);
    assert.deepEqual(revisions(events), [1, 2, 3, 4, 5, 6, 7]);
    assert.ok(events.every(({ body }) => body.tasks.length === 0 && body.runs === undefined));
    assert.deepEqual(events.at(-1)?.body.prunedRuns, [1]);
  });

  test('changes of files, runs and records are told as they were when they happened', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    bench.call('document.record', { path: 'CLAUDE.md', kind: 'instructions', content: 'YQ==', cause: 'editor' });
    bench.call('job.enqueue', { job: 'rfis', file: null, definition, inputs: {}, trigger: 'user' });
    hand.claim(1);
    hand.advance(1, { records: [batch([record('a'), record('b')])] });
    bench.call('job.createTasks', { job: 'rfis', collection: 'rfis', title: '${item.id}' }, { actor: ann });
    const { events } = since(bench, 0);
    assert.equal(events.length, bench.events.length);
    for (const [i, event] of events.entries()) {
      const { runs, ...told } = bench.events[i]!.body;
      const { runs: runsNow, ...body } = event.body;
      assert.deepEqual(body, JSON.parse(JSON.stringify(told)), event.name);
      assert.deepEqual(
        runsNow?.map(({ id }) => id),
        runs?.map(({ id }) => id),
        event.name,
      );
    }
  });

  test('few changes of many tasks are told in more than one answer', async () => {
    using bench = await openBench();
    bench.sql.transaction(() => {
      for (let i = 0; i < 3000; i++) bench.add(`t${i}`);
    });
    const ids = count(1, 3000);
    for (const priority of ['High', 'Low', 'High', 'Low'] as const) bench.call('task.updateMany', { ids, patch: { priority } });
    assert.deepEqual(revisions(since(bench, 3000).events), [3001, 3002]);
    assert.deepEqual(revisions(all(bench, 3000)), [3001, 3002, 3003, 3004]);
  });

  test('neighbours that had to make room are told to whoever comes back', async () => {
    using bench = await openBench();
    for (let i = 0; i < 40; i++) bench.add(`t${i}`);
    let spread = 0;
    for (let i = 0; i < 600; i++) {
      const seen = rowsOf(bench);
      const at = bench.events.at(-1)!.revision;
      bench.call('task.move', { id: 1 + (i % 2), status: 'Backlog', afterId: 5 });
      const { events } = since(bench, at);
      if ((events[0]?.body.tasks.length ?? 0) > 1) spread++;
      assert.deepEqual(sorted(replay(events, seen)), sorted(rowsOf(bench)));
    }
    assert.ok(spread > 0, 'nothing had to make room');
  });

  for (const seed of [1, 2, 3]) {
    test(`whatever was done, who is told everything from the start or from somewhere has the board as it is (seed ${seed})`, async () => {
      using bench = await openBench();
      const next = random(seed);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
      const hand = handOn(bench);
      let run = 0;
      // Few, so that they get in each other's way.
      const id = () => 1 + Math.floor(next() * 10);
      let files = 0;
      const some = () => [...new Set([id(), id(), id()])];
      const actions: (() => void)[] = [
        () => {
          bench.add('new', { status: pick(statuses), ...(next() < 0.3 ? { afterId: id() } : {}) });
        },
        () =>
          attempt('task.update', {
            id: id(),
            patch: { title: `n${next()}`, assignee: pick([null, 'x']), blockedReason: pick([null, 'b']) },
          }),
        () => attempt('task.updateMany', { ids: some(), patch: { labels: [pick(['a', 'b'])] } }),
        () => attempt('task.move', { id: id(), status: pick(statuses), afterId: id() }),
        () => attempt('task.moveMany', { ids: some(), status: pick(statuses) }),
        () => attempt('task.claim', next() < 0.5 ? {} : { id: id() }),
        () => attempt('task.appendStageResult', { id: id(), stage: 'Testing', outcome: 'passed', summary: 's' }),
        () => attempt(pick(['task.delete', 'task.restore', 'task.archive', 'task.unarchive'] as const), { id: id() }),
        () => attempt(pick(['task.deleteMany', 'task.restoreMany', 'task.archiveMany', 'task.unarchiveMany'] as const), { ids: some() }),
        () => attempt('task.link', { id: id(), dependsOnId: id() }),
        () => {
          const { id: task, dependsOn } = bench.call('task.get', { id: id() });
          attempt('task.unlink', { id: task, dependsOnId: dependsOn[0] ?? id() });
        },
        () => {
          const [row] = bench.call('task.list', { scope: 'archived', limit: 1 }).tasks;
          if (row === undefined) attempt('task.archiveMany', { ids: some() });
          else if (next() < 0.5) attempt('task.unarchive', { id: row.id });
          else attempt('task.unarchiveMany', { ids: [row.id] });
        },
        () => attempt('task.addChecklistItem', { id: 1, text: 'c' }),
        () => attempt('task.checkChecklistItem', { id: 1, itemId: 1, done: next() < 0.5 }),
        () => attempt('task.removeChecklistItem', { id: 1, itemId: pick([2, 3, 4]) }),
        () => attempt(pick(['task.undo', 'task.redo'] as const), {}),
        () => attempt('document.record', { path: `a${files++ % 3}.md`, kind: 'agent', content: 'YQ==', cause: 'editor' }),
        () =>
          attempt('document.recordMany', {
            documents: [{ path: 'b.md', kind: 'agent', content: pick(['YQ==', 'Yg==']), cause: 'editor' }],
          }),
        () => {
          attempt('job.enqueue', { job: `job${run}`, file: null, definition, inputs: {}, trigger: 'user' });
          run++;
          hand.claim(run);
          hand.advance(run, { records: [batch([record(`a${run}`), record(`b${run}`)])] });
          hand.advance(run, { state: { to: 'done' } });
          attempt('job.createTasks', { job: `job${run - 1}`, collection: 'rfis', title: '${item.id}' });
          attempt('job.deleteRecords', { job: `job${run - 1}`, collection: 'rfis' });
        },
        () => {
          attempt('job.enqueue', { job: `job${run}`, file: null, definition, inputs: {}, trigger: 'user' });
          run++;
          for (const name of ['job.cancel', 'job.resume', 'job.cancel'] as const) attempt(name, { run });
        },
        () => attempt('job.prune', { before: bench.now + 60_000, keepPerJob: 0 }),
        () => {
          attempt('webhook.add', { url: `https://example.com/${next()}`, events: ['*'] });
          const { webhooks } = bench.call('webhook.list', {});
          const [hook] = webhooks;
          const due = hook === undefined ? null : bench.call('webhook.next', { id: hook.id }).head;
          if (hook === undefined || due === null) return;
          const revision = due.event.revision;
          bench.call('webhook.settle', { worker: hand.worker, leaseMs: 1000, id: hook.id, revision, state: 'delivered', attempts: 1 });
          attempt('webhook.replay', { id: hook.id, revision });
          attempt('webhook.update', { id: hook.id, note: `n${revision}` });
          if (webhooks.length > 3) attempt('webhook.remove', { id: hook.id });
        },
        () => attempt(pick(['task.undo', 'task.redo'] as const), {}),
        () => bench.reopen(),
      ];
      function attempt<N extends OperationName>(name: N, input: OperationInput<N>): void {
        try {
          bench.call(name, input, { actor: name.startsWith('job') ? pick([ann, robot]) : ann });
        } catch (error) {
          // What is refused changes nothing.
          if (!AppError.is(error)) throw error;
        }
      }
      const resumed: { at: number; model: Map<number, TaskRow> }[] = [];
      for (let i = 0; i < 10; i++) bench.add(`t${i}`);
      for (let i = 0; i < 800; i++) {
        pick(actions)();
        if (i % 60 === 0) resumed.push({ at: since(bench, 0, 1).revision, model: rowsOf(bench) });
      }
      const now = sorted(rowsOf(bench));
      const events = all(bench, 0, 17);
      assert.deepEqual(revisions(events), count(1, bench.events.at(-1)!.revision));
      assert.deepEqual(
        events.map(({ name, body }) => [name, body.actor]),
        bench.events.map(({ name, body }) => [name, body.actor]),
      );
      assert.deepEqual(sorted(replay(events)), now);
      for (const { at, model } of resumed) assert.deepEqual(sorted(replay(all(bench, at), model)), now, `from ${at}`);
      const seen = new Set(events.map(({ name }) => name));
      const missing = Object.entries(operationContracts).filter(([name, { mutates }]) => mutates && !seen.has(name));
      assert.deepEqual(
        missing.map(([name]) => name),
        ['job.renew', 'webhook.claim', 'webhook.settle'],
      );
    });
  }
});
