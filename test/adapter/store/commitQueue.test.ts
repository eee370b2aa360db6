import * as assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dispatcher } from '../../../src/app/ports.ts';
import { AppError } from '../../../src/core/appError.ts';
import { freeWorkflow } from '../../../src/core/workflow.ts';
import type { Reply } from '../../../src/protocol/wire.ts';
import type { PendingCall } from '../../../src/storage/caller.ts';
import { createCommitQueue } from '../../../src/storage/commitQueue.ts';
import type { Handled, QueueTarget } from '../../../src/storage/commitQueue.ts';

const actor = { kind: 'user', name: 'tester' } as const;

function rig() {
  const done: string[] = [];
  const troubles: { error: AppError; batch: readonly Handled[] }[] = [];
  let revision = 0;
  let failing: AppError | undefined;
  let diskIsDone = (): void => {};
  const dispatcher: Dispatcher = {
    isMaintenance: (operation) => operation.startsWith('database.'),
    dispatch({ operation, input }) {
      if (operation === 'refuse') throw new AppError('input.invalid', 'no');
      if (operation === 'bug') throw new TypeError('oops');
      if (operation === 'damage') throw new AppError('store.damaged', 'torn');
      if (operation === 'read') return { value: revision, event: null };
      revision++;
      done.push(`run ${String(input)}`);
      return { value: revision, event: { revision, name: operation, body: { actor, tasks: [] } } };
    },
    maintain: () => Promise.resolve(null),
    replay: () => undefined,
    auditAnchor: () => null,
    idle: () => false,
  };
  let target: QueueTarget | undefined = {
    dispatcher,
    guard: () => {},
    together: (body) => body(),
    flush() {
      if (failing !== undefined) throw failing;
      done.push('flush');
    },
    async flushBeside() {
      done.push('flush begins');
      await new Promise<void>((resolve) => (diskIsDone = resolve));
      if (failing !== undefined) throw failing;
      done.push('flush ends');
    },
  };
  const queue = createCommitQueue({
    target: () => target,
    broadcast: (event) => done.push(`event ${event.revision}`),
    maintain: (call) => {
      done.push(`maintain ${call.request.operation}`);
      call.answer({ ok: true, value: null });
    },
    trouble(error, batch) {
      troubles.push({ error, batch });
      target = undefined;
    },
    committed: (mutations) => done.push(`committed ${mutations}`),
  });
  function ask(operation: string, input?: unknown): Promise<Reply> & { drop(): void } {
    let dropped = false;
    const promise = new Promise<Reply>((resolve) => {
      const call: PendingCall = {
        request: { requestId: crypto.randomUUID(), operation, input, actor, workflow: freeWorkflow },
        get dropped() {
          return dropped;
        },
        answer(reply) {
          done.push(`answer ${typeof input === 'string' ? input : operation}`);
          resolve(reply);
        },
      };
      queue.push(call);
    });
    return Object.assign(promise, { drop: () => (dropped = true) });
  }
  const fail = (error: AppError | undefined) => (failing = error);
  const aim = (next: QueueTarget | undefined) => (target = next);
  /** Lets the flush on its way end, and what follows from it happen. */
  async function finishFlush(): Promise<void> {
    diskIsDone();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }
  return { queue, ask, done, troubles, fail, aim, finishFlush, current: () => target };
}

describe('group commit', () => {
  test('everything that waits runs, then one flush, then the events, then the answers', async () => {
    const { ask, done } = rig();
    await Promise.all([ask('write', 'a'), ask('write', 'b'), ask('read', 'c')]);
    assert.deepEqual(done, ['run a', 'run b', 'flush', 'event 1', 'event 2', 'answer a', 'answer b', 'answer c', 'committed 2']);
  });

  test('a query behind a change is answered after the change is durable', async () => {
    const { ask, done } = rig();
    const write = ask('write', 'w');
    assert.deepEqual(await ask('read', 'r'), { ok: true, value: 1 });
    await write;
    assert.ok(done.indexOf('flush') < done.indexOf('answer r'));
  });

  test('a refusal and a bug are answered with their codes, and the others of the batch go on', async () => {
    const { ask } = rig();
    const [refused, bug, fine] = await Promise.all([ask('refuse'), ask('bug'), ask('write', 'x')]);
    assert.ok(!refused.ok && refused.error.code === 'input.invalid');
    assert.ok(!bug.ok && bug.error.code === 'internal' && bug.error.message.includes('oops'));
    assert.ok(fine.ok);
  });

  test('a failed flush answers nobody and hands the batch over', async () => {
    const { ask, done, troubles, fail, queue, aim, current } = rig();
    const before = current();
    fail(new AppError('store.diskFull', 'full'));
    const write = ask('write', 'w');
    const read = ask('read', 'r');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.equal(troubles.length, 1);
    assert.equal(troubles[0]?.error.code, 'store.diskFull');
    assert.deepEqual(done, ['run w']);
    const late = ask('write', 'late');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.equal(queue.length, 1);

    fail(undefined);
    aim(before);
    queue.resume((troubles[0]?.batch ?? []).filter(({ outcome }) => outcome?.event === null).map(({ call }) => call));
    assert.ok((await read).ok);
    assert.ok((await late).ok);
    assert.ok(!done.includes('answer w'));
    void write;
  });

  test('damage found by one call stops the batch before anything is flushed', async () => {
    const { ask, troubles, done } = rig();
    void ask('write', 'a');
    void ask('damage');
    void ask('write', 'b');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    assert.equal(troubles[0]?.error.code, 'store.damaged');
    assert.equal(troubles[0].batch.length, 2);
    assert.deepEqual(done, ['run a']);
  });

  test('a call whose caller has gone is not run', async () => {
    const { ask, done } = rig();
    const dropped = ask('write', 'dropped');
    dropped.drop();
    const reply = await dropped;
    assert.ok(!reply.ok && reply.error.code === 'cancelled');
    assert.ok(!done.includes('run dropped'));
  });

  test('calls that came together share one transaction, and one alone needs none around its own', async () => {
    const { ask, done, aim, current } = rig();
    const plain = current();
    assert.ok(plain !== undefined);
    aim({
      ...plain,
      together(body) {
        done.push('begin');
        body();
        done.push('commit');
      },
    });
    await Promise.all([ask('write', 'a'), ask('write', 'b')]);
    assert.deepEqual(done.slice(0, 5), ['begin', 'run a', 'run b', 'commit', 'flush']);
    await ask('write', 'c');
    assert.equal(done.filter((step) => step === 'begin').length, 1);
  });

  test('maintenance begins after the batch it came with is durable', async () => {
    const { ask, done } = rig();
    await Promise.all([ask('database.backup'), ask('write', 'a')]);
    assert.ok(done.indexOf('flush') < done.indexOf('maintain database.backup'));
  });

  test('maintenance whose caller has gone is not begun', async () => {
    const { ask, done } = rig();
    const dropped = ask('database.backup');
    dropped.drop();
    const reply = await dropped;
    assert.ok(!reply.ok && reply.error.code === 'cancelled');
    assert.ok(!done.includes('maintain database.backup'));
  });

  test('maintenance goes beside the queue', async () => {
    const { ask, done } = rig();
    await ask('database.backup');
    assert.ok(done.includes('maintain database.backup'));
  });
});

describe('a crowd', () => {
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `c${from + i}`);
  const answers = (done: readonly string[]) => done.filter((step) => step.startsWith('answer'));

  test('is served while the disk works, and nobody is answered before the flush for the own call has ended', async () => {
    const { ask, done, finishFlush, queue } = rig();
    for (const name of names(0, 40)) void ask('write', name);
    await turn();
    assert.ok(done.includes('run c39'));
    assert.deepEqual(answers(done), []);
    assert.equal(queue.length, 40);
    await finishFlush();
    assert.deepEqual(
      answers(done),
      names(0, 24).map((name) => `answer ${name}`),
    );
    assert.equal(done.filter((step) => step === 'flush begins').length, 2);
    await finishFlush();
    assert.equal(answers(done).length, 40);
    assert.equal(queue.length, 0);
    assert.ok(!done.includes('flush'));
  });

  test('whose flush fails is handed over whole, those too that ran meanwhile', async () => {
    const { ask, done, troubles, finishFlush, fail } = rig();
    for (const name of names(0, 40)) void ask('write', name);
    await turn();
    fail(new AppError('store.diskFull', 'full'));
    await finishFlush();
    assert.equal(troubles.length, 1);
    assert.deepEqual(
      troubles[0]?.batch.map(({ call }) => call.request.input),
      names(0, 40),
    );
    assert.deepEqual(answers(done), []);
  });

  test('is made durable in this thread when everything must be settled now, and the late end of the other flush changes nothing', async () => {
    const { ask, done, queue, finishFlush } = rig();
    for (const name of names(0, 30)) void ask('write', name);
    await turn();
    queue.drainAll();
    assert.equal(answers(done).length, 30);
    const settled = done.length;
    await finishFlush();
    assert.deepEqual(done.slice(settled), ['flush ends']);
  });

  test('keeps what ran before a damage was found', async () => {
    const { ask, done, troubles } = rig();
    for (const name of names(0, 24)) void ask('write', name);
    void ask('damage');
    await turn();
    assert.equal(answers(done).length, 24);
    assert.equal(troubles[0]?.error.code, 'store.damaged');
    assert.equal(troubles[0].batch.length, 1);
  });
});
