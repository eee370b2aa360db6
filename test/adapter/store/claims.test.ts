import * as assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Store } from '../../../src/app/ports.ts';
import type { OperationInput, OperationOutput } from '../../../src/protocol/operations.ts';
import { open, openWindow, workspace } from './rig.ts';

const taskCount = 1000;
const clientCount = 50;

type Claim = (input: OperationInput<'task.claim'>) => Promise<OperationOutput<'task.claim'>>;

async function fill(store: Store): Promise<void> {
  await Promise.all(Array.from({ length: taskCount }, (_, i) => store.call('task.create', { title: `task ${i}`, status: 'Ready' })));
}

/** Every client claims until there is nothing left. Answers who was given what, in the order in which it was answered. */
async function claimAll(claims: readonly { name: string; claim: Claim }[]): Promise<{ name: string; id: number; revision: number }[]> {
  const taken: { name: string; id: number; revision: number }[] = [];
  await Promise.all(
    claims.map(async ({ name, claim }) => {
      for (;;) {
        const { tasks, revision } = await claim({});
        const [row] = tasks;
        if (row === undefined) return;
        assert.deepEqual([tasks.length, row.assignee, row.status], [1, name, 'In Progress']);
        taken.push({ name, id: row.id, revision });
      }
    }),
  );
  return taken;
}

async function assertOnceEach(store: Store, taken: readonly { name: string; id: number; revision: number }[]): Promise<void> {
  assert.equal(taken.length, taskCount);
  assert.equal(new Set(taken.map(({ id }) => id)).size, taskCount);
  assert.equal(new Set(taken.map(({ revision }) => revision)).size, taskCount);
  const { tasks, total } = await store.call('task.list', { status: ['In Progress'], limit: taskCount });
  assert.equal(total, taskCount);
  const holder = new Map(taken.map(({ id, name }) => [id, name]));
  for (const row of tasks) assert.deepEqual([row.assignee, row.version], [holder.get(row.id), 2]);
  assert.equal((await store.call('task.ready', {})).total, 0);
}

describe('claiming tasks', () => {
  test('fifty clients that claim a thousand tasks at once get each of them exactly once', async () => {
    using ws = workspace();
    await using rigged = await open(ws.directory);
    const { store } = rigged;
    await fill(store);
    const told = new Map<number, string>();
    store.onDidChange(({ name, body }) => {
      if (name === 'task.claim') for (const { id } of body.tasks) told.set(id, body.actor.name);
    });
    const clients = Array.from({ length: clientCount }, (_, i) => `client ${i}`);
    const taken = await claimAll(
      clients.map((name) => ({ name, claim: (input) => store.call('task.claim', input, { actor: { kind: 'client', name } }) })),
    );
    await assertOnceEach(store, taken);
    assert.deepEqual(told, new Map(taken.map(({ id, name }) => [id, name])));
    // Nobody went away empty-handed while others took many.
    assert.equal(new Set(taken.map(({ name }) => name)).size, clientCount);
    const first = taken[0]!;
    const [entry] = (await store.call('task.history', { id: first.id })).entries;
    assert.deepEqual([entry?.actor, entry?.operation], [{ kind: 'client', name: first.name }, 'task.claim']);
  });

  test('so it is when half of them work through another process', async () => {
    using ws = workspace();
    await using rigged = await open(ws.directory);
    const { store } = rigged;
    await fill(store);
    await using window = await openWindow(ws.directory);
    // It has found the owner: otherwise nothing would be left once it has.
    assert.equal((await window.call('task.ready', {})).total, taskCount);
    const taken = await claimAll(
      Array.from({ length: clientCount }, (_, i) => {
        const name = `client ${i}`;
        const claim: Claim =
          i % 2 === 0
            ? (input) => store.call('task.claim', input, { actor: { kind: 'client', name } })
            : (input) => window.call('task.claim', { ...input, assignee: name });
        return { name, claim };
      }),
    );
    assert.deepEqual([store.state.role, window.state.role], ['owner', 'client']);
    await assertOnceEach(store, taken);
    for (const half of [0, 1]) assert.ok(taken.some(({ name }) => Number(name.split(' ')[1]) % 2 === half));
  });

  test('fifty clients that want the same task: one has it, the others are told who', async () => {
    using ws = workspace();
    await using rigged = await open(ws.directory);
    const { store } = rigged;
    const id = (await store.call('task.create', { title: 'wanted' })).tasks[0]!.id;
    const answers = await Promise.allSettled(
      Array.from({ length: clientCount }, (_, i) => store.call('task.claim', { id }, { actor: { kind: 'client', name: `client ${i}` } })),
    );
    const [winner] = answers.filter((answer) => answer.status === 'fulfilled');
    const refusals = answers.filter((answer) => answer.status === 'rejected');
    assert.equal(refusals.length, clientCount - 1);
    const { assignee } = winner!.value.tasks[0]!;
    for (const { reason } of refusals) assert.deepEqual([reason.code, reason.details], ['task.claimed', { assignee }]);
    assert.equal((await store.call('task.get', { id })).version, 2);
  });
});
