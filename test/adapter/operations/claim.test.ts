import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { statuses } from '../../../src/core/task.ts';
import { agent, ann, bob, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

const program = { kind: 'client', name: 'Claude Code' } as const;

/** #1 to #6 in Ready, from the top; #1 waits for #7, #2 is blocked, #3 is carol's, #4 is free, #5 a bug, #6 done and archived. */
function fill(bench: Bench): void {
  for (const title of ['six', 'five', 'four', 'three', 'two', 'one']) bench.add(title, { status: 'Ready' });
  const [one = 0, two = 0, three = 0, , five = 0, six = 0] = ready(bench, 'all');
  bench.add('blocker');
  bench.call('task.link', { id: one, dependsOnId: 7 });
  bench.call('task.update', { id: two, patch: { blockedReason: 'vendor' } });
  bench.call('task.update', { id: three, patch: { assignee: 'carol' } });
  bench.call('task.update', { id: five, patch: { type: 'Bug', priority: 'High', labels: ['ui'] } });
  bench.call('task.archive', { id: six });
}
const ready = (bench: Bench, which: 'all' | 'ready') =>
  (which === 'ready' ? bench.call('task.ready', {}) : bench.call('task.list', { status: ['Ready'] })).tasks.map(({ id }) => id);
const titles = (tasks: readonly { title: string }[]) => tasks.map(({ title }) => title);
const byTitle = (bench: Bench, title: string) =>
  bench.call('task.list', { scope: 'all', limit: 1000 }).tasks.find((row) => row.title === title)!;

describe('task.ready', () => {
  test('names what anybody may begin, in the order of the board', async () => {
    using bench = await openBench();
    fill(bench);
    const { total, tasks, revision } = bench.call('task.ready', {});
    assert.deepEqual([total, titles(tasks)], [2, ['four', 'five']]);
    assert.equal(revision, bench.events.at(-1)?.revision);
    bench.call('task.move', { id: tasks[1]!.id, status: 'Ready' });
    bench.call('task.move', { id: 7, status: 'Done' });
    assert.deepEqual(titles(bench.call('task.ready', {}).tasks), ['five', 'one', 'four']);
    assert.deepEqual(titles(bench.call('task.ready', { limit: 1 }).tasks), ['five']);
    assert.equal(bench.call('task.ready', { limit: 1 }).total, 3);
  });

  test('filters by type, priority and label', async () => {
    using bench = await openBench();
    fill(bench);
    for (const filter of [{ type: ['Bug'] }, { priority: ['High'] }, { label: ['UI'] }] as const) {
      assert.deepEqual(titles(bench.call('task.ready', structuredClone(filter) as object).tasks), ['five'], JSON.stringify(filter));
    }
    assert.deepEqual(bench.call('task.ready', { label: ['nothing'] }).tasks, []);
  });
});

describe('task.claim', () => {
  test('takes the first that is ready, for the caller, in one change that history tells', async () => {
    using bench = await openBench();
    fill(bench);
    const { revision, tasks } = bench.call('task.claim', { comment: 'mine now' }, { actor: program });
    assert.deepEqual(titles(tasks), ['four']);
    assert.deepEqual([tasks[0]?.assignee, tasks[0]?.status], ['Claude Code', 'In Progress']);
    const [entry] = bench.call('task.history', { id: tasks[0]!.id }).entries;
    assert.deepEqual([entry?.revision, entry?.actor, entry?.operation, entry?.comment], [revision, program, 'task.claim', 'mine now']);
    assert.deepEqual(entry?.changes.map(({ field }) => field).sort(), ['assignee', 'rank', 'status']);
    assert.deepEqual(bench.events.at(-1)?.body.tasks, tasks);
  });

  test('gives everyone another task, and nothing when none is left', async () => {
    using bench = await openBench();
    fill(bench);
    assert.deepEqual(titles(bench.call('task.claim', { type: ['Bug'] }, { actor: program }).tasks), ['five']);
    assert.deepEqual(bench.call('task.claim', { type: ['Bug'] }, { actor: bob }).tasks, []);
    assert.deepEqual(titles(bench.call('task.claim', {}, { actor: bob }).tasks), ['four']);
    const before = bench.events.length;
    const none = bench.call('task.claim', {}, { actor: bob });
    assert.deepEqual([none.tasks, none.revision, bench.events.length], [[], bench.events.at(-1)?.revision, before]);
  });

  test('an agent is named as agents are, unless another name is told', async () => {
    using bench = await openBench();
    bench.add('one', { status: 'Ready' });
    bench.add('two', { status: 'Ready' });
    assert.equal(bench.call('task.claim', {}, { actor: agent }).tasks[0]?.assignee, '@backend');
    assert.equal(bench.call('task.claim', { assignee: 'dora' }, { actor: agent }).tasks[0]?.assignee, 'dora');
  });

  test('a task in Ready that was given to the caller counts as ready for them, and for nobody else', async () => {
    using bench = await openBench();
    fill(bench);
    const three = byTitle(bench, 'three');
    bench.call('task.move', { id: three.id, status: 'Ready' });
    assert.deepEqual(titles(bench.call('task.claim', {}, { actor: bob }).tasks), ['four']);
    assert.deepEqual(titles(bench.call('task.claim', { assignee: 'carol' }, { actor: bob }).tasks), ['three']);
  });

  test('by its id a task may be in any column but Done; from In Progress on it stays where it is', async () => {
    using bench = await openBench();
    const done = bench.add('over', { status: 'Done' });
    assert.match(refused('input.invalid', () => bench.call('task.claim', { id: done.id }, { actor: program })).message, /done/);
    for (const status of statuses.filter((one) => one !== 'Done')) {
      const { id } = bench.add(status, { status });
      const [row] = bench.call('task.claim', { id }, { actor: program }).tasks;
      const stays = statuses.indexOf(status) >= statuses.indexOf('In Progress');
      assert.deepEqual([row?.assignee, row?.status], ['Claude Code', stays ? status : 'In Progress']);
    }
  });

  test("what is somebody else's is refused with their name", async () => {
    using bench = await openBench();
    fill(bench);
    const { id } = byTitle(bench, 'three');
    const error = refused('task.claimed', () => bench.call('task.claim', { id }, { actor: program }));
    assert.deepEqual(error.details, { assignee: 'carol' });
    assert.equal(error.message, `Not claimed: #${id} is carol's. Claim another task.`);
    refused('task.claimed', () => bench.call('task.claim', { id }, { actor: ann }));
    assert.equal(bench.row(id).version, 2);
  });

  test('claiming again answers the task as it is, without a change', async () => {
    using bench = await openBench();
    fill(bench);
    const [mine] = bench.call('task.claim', {}, { actor: program }).tasks;
    const before = bench.events.length;
    const again = bench.call('task.claim', { id: mine!.id, comment: 'again' }, { actor: program });
    assert.deepEqual(again.tasks, [mine]);
    bench.call('task.move', { id: mine!.id, status: 'Testing' });
    bench.call('task.update', { id: mine!.id, patch: { blockedReason: 'vendor' } });
    assert.equal(bench.call('task.claim', { id: mine!.id }, { actor: program }).tasks[0]?.status, 'Testing');
    assert.equal(bench.events.length, before + 2);
  });

  test("one that is the caller's but not begun is begun", async () => {
    using bench = await openBench();
    const { id } = bench.add('mine', { assignee: 'Claude Code' });
    const { tasks } = bench.call('task.claim', { id }, { actor: program });
    assert.equal(tasks[0]?.status, 'In Progress');
    assert.deepEqual(bench.call('task.history', { id }).entries[0]?.changes, [{ field: 'status', from: 'Backlog', to: 'In Progress' }]);
  });

  test('what waits, is blocked, archived or deleted is refused, with the reason, also to a user', async () => {
    using bench = await openBench();
    fill(bench);
    for (const actor of [program, ann]) {
      const waiting = refused('workflow.refused', () => bench.call('task.claim', { id: byTitle(bench, 'one').id }, { actor }));
      assert.deepEqual(
        [waiting.details['reason'], waiting.details['openBlockers'], waiting.details['overridable']],
        ['blockers', [7], false],
      );
      const blocked = refused('workflow.refused', () => bench.call('task.claim', { id: byTitle(bench, 'two').id }, { actor }));
      assert.deepEqual([blocked.details['reason'], blocked.details['blockedReason']], ['blocked', 'vendor']);
      const archived = refused('input.invalid', () => bench.call('task.claim', { id: byTitle(bench, 'six').id }, { actor }));
      assert.equal(archived.details['field'], 'id');
    }
    bench.call('task.delete', { id: 7 });
    refused('task.notFound', () => bench.call('task.claim', { id: 7 }));
    refused('task.notFound', () => bench.call('task.claim', { id: 99 }));
  });

  test('a full column or a forbidden way refuses it and claims nothing; a user goes past them, and the audit log says so', async () => {
    using bench = await openBench();
    fill(bench);
    bench.add('under way', { status: 'In Progress' });
    const full = { wipLimits: { 'In Progress': 1 } };
    const before = bench.events.length;
    for (const actor of [program, agent]) {
      const error = refused('workflow.refused', () => bench.call('task.claim', {}, { actor, workflow: full }));
      assert.deepEqual([error.details['reason'], error.details['limit'], error.details['overridable']], ['wip', 1, false]);
      assert.match(error.message, /^Not claimed: In Progress is full/);
      const ways = { allowedMoves: { Ready: ['Testing'] } } as const;
      assert.equal(refused('workflow.refused', () => bench.call('task.claim', {}, { actor, workflow: ways })).details['reason'], 'move');
    }
    assert.equal(bench.events.length, before);
    assert.equal(byTitle(bench, 'four').assignee, null);
    // What stays where it is needs no room.
    bench.call('task.claim', { id: byTitle(bench, 'under way').id }, { actor: program, workflow: full });
    bench.call('task.claim', {}, { actor: ann, workflow: full });
    const audit = bench.sql
      .prepare<{ body: string; summary: string }>('SELECT body, summary FROM audit ORDER BY revision DESC LIMIT 1')
      .get();
    assert.match(audit?.body ?? '', /"overrode":"wip"/);
    assert.equal(audit?.summary, `Claim #${byTitle(bench, 'four').id} for ann`);
    assert.equal(bench.call('task.claim', { label: ['nothing'] }, { actor: program, workflow: full }).tasks.length, 0);
  });

  test('asked again under the same request id it is the same task', async () => {
    using bench = await openBench();
    fill(bench);
    const requestId = randomUUID();
    const first = bench.call('task.claim', {}, { actor: program, requestId });
    bench.reopen();
    assert.deepEqual(bench.call('task.claim', {}, { actor: program, requestId }), first);
  });

  test('a user takes a claim back by undo', async () => {
    using bench = await openBench();
    fill(bench);
    const { id } = bench.call('task.claim', {}, { actor: ann }).tasks[0]!;
    assert.match(bench.call('task.undo', {}, { actor: ann }).label, /^Claim #\d+ for ann$/);
    assert.deepEqual([bench.row(id).assignee, bench.row(id).status], [null, 'Ready']);
  });
});

describe('task.appendStageResult', () => {
  test('adds what a stage came to, with the time, and history names who said so', async () => {
    using bench = await openBench();
    const { id } = bench.add('one', { stageResults: [{ stage: 'Analysis', at: 5, outcome: 'passed', summary: 'clear' }] });
    const result = { stage: 'Testing', outcome: 'failed', summary: 'two tests fail' } as const;
    bench.call('task.appendStageResult', { id, version: 1, ...result, comment: 'see log' }, { actor: agent });
    const { stageResults } = bench.call('task.get', { id });
    assert.deepEqual(stageResults, [
      { stage: 'Analysis', at: 5, outcome: 'passed', summary: 'clear' },
      { ...result, at: bench.row(id).updatedAt },
    ]);
    const [entry] = bench.call('task.history', { id }).entries;
    assert.deepEqual([entry?.actor, entry?.operation, entry?.comment], [agent, 'task.appendStageResult', 'see log']);
    refused('task.stale', () => bench.call('task.appendStageResult', { id, version: 1, ...result }));
    bench.call('task.delete', { id });
    refused('task.notFound', () => bench.call('task.appendStageResult', { id, ...result }));
  });

  test('keeps the last hundred', async () => {
    using bench = await openBench();
    const { id } = bench.add('one');
    for (let i = 1; i <= 103; i++) bench.call('task.appendStageResult', { id, stage: 'Testing', outcome: 'passed', summary: `run ${i}` });
    const { stageResults } = bench.call('task.get', { id });
    assert.deepEqual([stageResults.length, stageResults[0]?.summary, stageResults.at(-1)?.summary], [100, 'run 4', 'run 103']);
  });

  test('two agents at once lose nothing of each other', async () => {
    using bench = await openBench();
    const { id } = bench.add('one');
    for (const name of ['a', 'b', 'c']) {
      bench.call('task.appendStageResult', { id, stage: 'Testing', outcome: 'passed', summary: name }, { actor: { kind: 'agent', name } });
    }
    assert.deepEqual(
      bench.call('task.get', { id }).stageResults.map(({ summary }) => summary),
      ['a', 'b', 'c'],
    );
  });
});
