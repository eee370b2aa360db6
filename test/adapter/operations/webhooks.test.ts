import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { OperationInput } from '../../../src/protocol/operations.ts';
import type { Webhook } from '../../../src/protocol/webhook.ts';
import { agent, ann, bob, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

const url = 'https://example.com/hook';

function add(bench: Bench, events: string[] = ['task.*'], address = url): Webhook {
  const { webhook } = bench.call('webhook.add', { url: address, events });
  assert.ok(webhook);
  return webhook;
}

const only = (bench: Bench) => bench.call('webhook.list', {}).webhooks[0]!;
const next = (bench: Bench, id = 1, after?: number) => bench.call('webhook.next', { id, ...(after === undefined ? {} : { after }) });
const deliveries = (bench: Bench, id = 1) => bench.call('webhook.deliveries', { id }).deliveries;

/** A window that sends. */
function sender(bench: Bench, leaseMs = 60_000) {
  const worker = randomUUID();
  return {
    claim: (ms = leaseMs) => bench.call('webhook.claim', { worker, leaseMs: ms }),
    settle: (settlement: Omit<OperationInput<'webhook.settle'>, 'worker' | 'leaseMs' | 'id'>, id = 1) =>
      bench.call('webhook.settle', { worker, leaseMs, id, attempts: 1, ...settlement }),
  };
}

describe('the webhooks of a database', () => {
  test('are none at first', async () => {
    using bench = await openBench();
    assert.deepEqual(bench.call('webhook.list', {}), { revision: 0, webhooks: [] });
  });

  test('are added, changed and removed by audited changes that everybody is told of', async () => {
    using bench = await openBench();
    const added = bench.call('webhook.add', { url: 'https://EXAMPLE.com', events: ['task.*', '*', '*'], note: 'The team' }).webhook;
    const known = { id: 1, url: 'https://example.com/', events: ['task.*', '*'], note: 'The team', reason: null, cursor: 1 };
    assert.deepEqual(added, { ...known, active: true, createdAt: added?.createdAt });
    assert.equal(bench.call('webhook.update', { id: 1, events: ['job.*'], note: '' }).webhook?.events[0], 'job.*');
    assert.equal(bench.call('webhook.update', { id: 1, active: false, reason: 'Too loud.' }).webhook?.reason, 'Too loud.');
    assert.deepEqual(bench.call('webhook.remove', { id: 1 }), { revision: 4, webhook: null });
    assert.deepEqual(
      bench.events.map(({ name, revision, body }) => [name, revision, body]),
      ['webhook.add', 'webhook.update', 'webhook.update', 'webhook.remove'].map((name, i) => [name, i + 1, { actor: ann, tasks: [] }]),
    );
    assert.deepEqual(
      bench.call('job.auditTrail', {}).rows.map(({ summary }) => summary),
      [
        'Add webhook 1 to example.com for task.*, *',
        'Edit webhook 1 to example.com for job.*',
        'Switch off webhook 1 to example.com: Too loud.',
        'Remove webhook 1 to example.com',
      ],
    );
    assert.deepEqual((await bench.maintain('audit.verify', {})).problems, []);
    assert.equal(add(bench).id, 2, 'no number is given twice');
  });

  test('stay as they are, without a trace, when a change changes nothing', async () => {
    using bench = await openBench();
    add(bench);
    assert.equal(bench.call('webhook.update', { id: 1, active: true, url }).revision, 1);
    assert.equal(bench.events.length, 1);
  });

  test('answer a repeated request with what was done the first time', async () => {
    using bench = await openBench();
    const requestId = randomUUID();
    const ask = () => bench.call('webhook.add', { url, events: ['*'] }, { requestId });
    assert.deepEqual(ask(), ask());
    assert.equal(bench.call('webhook.list', {}).webhooks.length, 1);
  });

  test('are not for agents and jobs, and no undo takes them back', async () => {
    using bench = await openBench();
    for (const actor of [agent, { kind: 'job', name: 'rfis' } as const]) {
      refused('operation.forbidden', () => bench.call('webhook.add', { url, events: ['*'] }, { actor }));
      refused('operation.forbidden', () => bench.call('webhook.list', {}, { actor }));
    }
    bench.add('a');
    add(bench);
    assert.match(bench.call('task.undo', {}).label, /a$|#1/);
    assert.equal(bench.call('webhook.list', {}).webhooks.length, 1);
  });

  test('are refused with an address, an event or a number that makes no sense', async () => {
    using bench = await openBench();
    const field = (act: () => unknown) => refused('input.invalid', act).details['field'];
    assert.equal(
      field(() => add(bench, ['*'], 'http://example.com/')),
      'url',
    );
    assert.equal(
      field(() => add(bench, [])),
      'events',
    );
    assert.equal(
      field(() => add(bench, ['tasks.*'])),
      'events',
    );
    assert.equal(
      field(() => add(bench, ['task.get'])),
      'events',
      'nobody is told of a query',
    );
    assert.equal(refused('webhook.notFound', () => bench.call('webhook.update', { id: 7, note: 'a' })).details['webhook'], 7);
    for (let i = 0; i < 20; i++) add(bench);
    assert.match(refused('input.invalid', () => add(bench)).message, /20 webhooks already/);
  });
});

describe('what a webhook is to be told', () => {
  test('is what happens after it was added, in order, and nothing it does not ask for', async () => {
    using bench = await openBench();
    bench.add('before');
    add(bench, ['task.move']);
    bench.add('not asked for');
    bench.call('task.move', { id: 1, status: 'Ready' }, { actor: bob });
    bench.call('task.move', { id: 2, status: 'Ready' });
    const { head, read, revision, cursor } = next(bench);
    assert.deepEqual([cursor, read, revision], [2, 3, 5]);
    assert.deepEqual([head?.event.revision, head?.event.name, head?.event.body.actor], [4, 'task.move', bob]);
    assert.equal(head?.event.body.tasks[0]?.status, 'Ready');
    assert.equal(head?.at, bench.call('job.auditTrail', {}).rows[3]?.at);
    assert.match(head?.key ?? '', /^1-4-[0-9a-f]{8}$/);
    assert.equal(next(bench, 1, 4).head?.event.revision, 5);
    assert.equal(next(bench, 1, 5).head, null);
  });

  test('is found behind thousands of other changes, some at a time', async () => {
    using bench = await openBench();
    add(bench, ['webhook.update']);
    for (let i = 0; i < 1500; i++) bench.add(`t${i}`);
    bench.call('webhook.update', { id: 1, note: 'here' });
    const first = next(bench);
    assert.deepEqual([first.head, first.read], [null, 1001]);
    assert.equal(next(bench, 1, first.read).head?.event.revision, 1502);
  });

  test('goes on behind what was settled', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    for (const title of ['a', 'b', 'c', 'd']) bench.add(title);
    a.settle({ revision: 2, state: 'delivered', status: 204 });
    assert.equal(next(bench).head?.event.revision, 3);
    a.settle({ revision: 3, state: 'pending', status: 500, error: 'Oops', nextAttempt: 1_900_000_000_000 });
    assert.deepEqual([next(bench).head?.attempts, next(bench).head?.notBefore], [1, 1_900_000_000_000]);
    a.settle({ revision: 3, state: 'failed', attempts: 12 });
    assert.equal(next(bench).head?.event.revision, 4);
    a.settle({ revision: 4, state: 'passed' });
    assert.equal(next(bench).head?.event.revision, 5);
    bench.reopen();
    assert.equal(next(bench).head?.event.revision, 5);
    assert.deepEqual(
      deliveries(bench).map(({ revision, state, attempts, status }) => [revision, state, attempts, status]),
      [
        [3, 'failed', 12, null],
        [2, 'delivered', 1, 204],
      ],
    );
    assert.equal(only(bench).last?.revision, 3);
    assert.equal(bench.events.length, 5, 'nobody is told that something was sent');
  });

  test('is nothing while it is switched off, and what happens from then on when it is on again', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    bench.add('a');
    a.settle({ revision: 2, state: 'pending', nextAttempt: 1_900_000_000_000 });
    bench.call('webhook.update', { id: 1, active: false });
    bench.add('b');
    assert.equal(next(bench).head, null);
    assert.deepEqual([deliveries(bench)[0]?.state, deliveries(bench)[0]?.error], ['failed', 'The webhook was switched off.']);
    bench.call('webhook.update', { id: 1, active: true });
    assert.equal(next(bench).head, null);
    bench.add('c');
    assert.equal(next(bench).head?.event.revision, 6);
  });

  test('is not tried again when it is no longer asked for', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    bench.add('a');
    a.settle({ revision: 2, state: 'pending', nextAttempt: 1_900_000_000_000 });
    bench.call('webhook.update', { id: 1, events: ['task.move'] });
    assert.deepEqual([next(bench).head, next(bench).replay], [null, null]);
    assert.equal(deliveries(bench)[0]?.error, 'The webhook does not ask for it any more.');
  });

  test('is not known when the log has a gap, and goes on behind it', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    for (const title of ['a', 'b', 'c']) bench.add(title);
    bench.sql.exec('DELETE FROM audit WHERE revision = 2');
    const { revision } = refused('event.gone', () => next(bench)).details;
    assert.equal(revision, 4);
    a.settle({ revision: 4, state: 'gone' });
    assert.match(deliveries(bench)[0]?.error ?? '', /after revision 1 is not known any more\. Sending goes on after revision 4/);
    bench.add('d');
    assert.equal(next(bench).head?.event.revision, 5);
    assert.match(refused('webhook.notFound', () => bench.call('webhook.replay', { id: 1, revision: 4 })).message, /is not known any more/);
  });

  test('has another key when a revision is given again', async () => {
    using bench = await openBench();
    using other = await openBench();
    for (const [one, title] of [
      [bench, 'a'],
      [other, 'b'],
    ] as const) {
      add(one);
      one.add(title);
    }
    assert.equal(next(bench).head?.event.revision, next(other).head?.event.revision);
    assert.notEqual(next(bench).head?.key, next(other).head?.key);
  });
});

describe('a delivery', () => {
  test('is sent again when a person wants that, whether or not the queue goes on', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    for (const title of ['a', 'b', 'c']) bench.add(title);
    for (const revision of [2, 3]) a.settle({ revision, state: 'failed', attempts: 12, status: 500 });
    bench.call('webhook.replay', { id: 1, revision: 2 }, { actor: bob });
    const { replay, head } = next(bench);
    assert.deepEqual([replay?.event.revision, replay?.attempts, head?.event.revision], [2, 0, 4]);
    a.settle({ revision: 2, state: 'delivered', status: 200 });
    assert.deepEqual([next(bench).replay, next(bench).head?.event.revision, next(bench).cursor], [null, 4, 3]);
    assert.equal(bench.events.at(-1)?.name, 'webhook.replay');
  });

  test('that waits for its next attempt is tried at once', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    bench.add('a');
    a.settle({ revision: 2, state: 'pending', attempts: 11, nextAttempt: 1_900_000_000_000 });
    bench.call('webhook.replay', { id: 1, revision: 2 });
    const { head } = next(bench);
    assert.deepEqual([head?.notBefore, head?.attempts], [0, 0]);
  });

  test('is not sent again when it is unknown, or its webhook is off', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    bench.add('a');
    refused('webhook.notFound', () => bench.call('webhook.replay', { id: 1, revision: 2 }));
    a.settle({ revision: 2, state: 'failed' });
    bench.call('webhook.update', { id: 1, active: false });
    refused('input.invalid', () => bench.call('webhook.replay', { id: 1, revision: 2 }));
  });

  test('is forgotten when there are a thousand newer ones, unless it waits', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    for (let i = 0; i < 1010; i++) bench.add(`t${i}`);
    for (let revision = 2; revision <= 5; revision++) a.settle({ revision, state: 'failed' });
    bench.call('webhook.replay', { id: 1, revision: 3 });
    for (let revision = 6; revision <= 1011; revision++) a.settle({ revision, state: 'delivered' });
    const kept: number[] = [];
    for (let before: number | undefined; ;) {
      const page = bench.call('webhook.deliveries', { id: 1, limit: 200, ...(before === undefined ? {} : { before }) }).deliveries;
      if (page.length === 0) break;
      kept.push(...page.map(({ revision }) => revision));
      before = kept.at(-1)!;
    }
    assert.deepEqual(kept, [...Array.from({ length: 1000 }, (_, i) => 1011 - i), 3]);
  });

  test('of a webhook that was removed, or of a change that never was, is settled without a trace', async () => {
    using bench = await openBench();
    const a = sender(bench);
    add(bench);
    bench.add('a');
    assert.ok(a.settle({ revision: 9, state: 'delivered' }).held);
    assert.equal(only(bench).cursor, 1);
    bench.call('webhook.remove', { id: 1 });
    assert.ok(a.settle({ revision: 2, state: 'delivered' }).held);
    assert.equal(bench.sql.prepare<{ n: number }>('SELECT count(*) AS n FROM webhook_delivery').get()?.n, 0);
  });
});

describe('the lease of sending', () => {
  test('is one window’s until it ends or is given back', async () => {
    using bench = await openBench();
    const [a, b] = [sender(bench), sender(bench)];
    assert.deepEqual(a.claim(), { held: true, left: 60_000 });
    // Each call takes a second.
    assert.deepEqual(b.claim(), { held: false, left: 59_000 });
    assert.deepEqual(a.claim(0), { held: true, left: 0 });
    assert.ok(b.claim().held);
    bench.now += 120_000;
    assert.ok(a.claim().held);
  });

  test('is needed to settle, and kept by that', async () => {
    using bench = await openBench();
    const [a, b] = [sender(bench), sender(bench)];
    add(bench);
    bench.add('a');
    a.claim();
    bench.now += 50_000;
    assert.ok(a.settle({ revision: 2, state: 'pending', nextAttempt: 0 }).held);
    bench.now += 50_000;
    assert.equal(b.settle({ revision: 2, state: 'delivered' }).held, false);
    assert.equal(deliveries(bench)[0]?.state, 'pending');
  });

  test('leaves no trace', async () => {
    using bench = await openBench();
    sender(bench).claim();
    assert.equal(bench.events.length, 0);
    assert.equal(bench.call('webhook.list', {}).revision, 0);
  });
});
