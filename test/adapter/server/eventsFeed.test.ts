import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Api } from '../../../src/app/api.ts';
import type { Store } from '../../../src/app/ports.ts';
import { AppError } from '../../../src/core/appError.ts';
import type { StoreEvent, StoreState } from '../../../src/protocol/wire.ts';
import { followEvents } from '../../../src/server/eventFeed.ts';
import type { EventMessage } from '../../../src/server/eventFeed.ts';
import { Emitter } from '../../../src/util/emitter.ts';

const eventOf = (revision: number): StoreEvent => ({
  revision,
  name: 'task.update',
  body: { actor: { kind: 'user', name: 'ann' }, tasks: [] },
});

/** A database that is only revisions, and tells of them when it is let. */
function scripted({ revision = 0, oldest = 1 }: { revision?: number; oldest?: number } = {}) {
  const changes = new Emitter<StoreEvent>();
  const resets = new Emitter<void>();
  const states = new Emitter<StoreState>();
  const calls: string[] = [];
  const world = { revision, oldest, broken: false };
  const never = new Emitter<never>();
  const store: Store = {
    state: { role: 'owner' },
    onDidChange: changes.event,
    onDidReset: resets.event,
    onDidChangeState: states.event,
    onDidNotice: never.event,
    call: () => Promise.reject(new Error('goes through the API')),
    setWorkflow: () => {},
    close: () => Promise.resolve(),
    dispose: () => {},
  };
  const answer = (name: string, input: unknown): unknown => {
    if (world.broken) throw new AppError('store.io', 'The disk is gone.');
    if (name === 'task.list') return { revision: world.revision, total: 0, tasks: [] };
    if (name === 'task.snapshot') return { revision: world.revision, columns: [] };
    const { since, limit } = input as { since: number; limit: number };
    if (since > world.revision || since + 1 < world.oldest) throw new AppError('event.gone', 'Gone.', { revision: world.revision });
    const count = Math.min(limit, world.revision - since);
    return { revision: world.revision, events: Array.from({ length: count }, (_, i) => eventOf(since + 1 + i)) };
  };
  const call = async (name: string, input: unknown) => {
    calls.push(name);
    const value = answer(name, input);
    await new Promise((resolve) => setImmediate(resolve));
    return value;
  };
  const api: Api = { name: 'a', store: () => Promise.resolve(store), call: call as Api['call'] };

  const heard: EventMessage[] = [];
  const closes: [number, string][] = [];
  let drains = 0;
  const outlet = {
    waiting: 0,
    send: (message: string) => void heard.push(JSON.parse(message) as EventMessage),
    drained: () => {
      drains++;
      return Promise.resolve();
    },
    close: (code: number, reason: string) => void closes.push([code, reason]),
  };
  return {
    world,
    calls,
    heard,
    closes,
    outlet,
    drains: () => drains,
    resets,
    states,
    /** Commits, and tells of it unless it is told later. */
    commit(tell = true) {
      const event = eventOf(++world.revision);
      if (tell) changes.fire(event);
      return event;
    },
    tell: (event: StoreEvent) => changes.fire(event),
    follow: (since?: number) => followEvents({ api, caller: { actor: { kind: 'client', name: 'ci' }, scopes: ['read'] }, since, outlet }),
  };
}

const settled = async () => {
  for (let i = 0; i < 500; i++) await new Promise((resolve) => setImmediate(resolve));
};
const words = (heard: readonly EventMessage[]) => heard.map(({ kind, revision }) => `${kind} ${revision}`);

describe('a feed of events', () => {
  test('reads 10,000 events of the past page by page, and one more by a snapshot', async () => {
    const near = scripted({ revision: 10_000 });
    near.follow(0);
    await settled();
    assert.equal(near.heard.length, 10_001);
    assert.equal(near.calls.filter((name) => name === 'event.since').length, 100);
    const far = scripted({ revision: 10_001 });
    far.follow(0);
    await settled();
    assert.deepEqual(words(far.heard), ['hello 10001', 'snapshot 10001']);
    far.commit();
    await settled();
    assert.equal(words(far.heard).at(-1), 'event 10002');
  });

  test('whose past is no longer known begins with a snapshot', async () => {
    const { follow, heard } = scripted({ revision: 50, oldest: 30 });
    follow(3);
    await settled();
    assert.deepEqual(words(heard), ['hello 50', 'snapshot 50']);
  });

  test('hears what is committed while it begins, once', async () => {
    const { follow, heard, commit } = scripted({ revision: 5 });
    follow(3);
    for (let i = 0; i < 20; i++) {
      commit();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settled();
    assert.deepEqual(
      words(heard).slice(1),
      Array.from({ length: 22 }, (_, i) => `event ${i + 4}`),
    );
  });

  test('tells each revision once and in order, however late or seldom it hears of them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(20),
        fc.option(fc.nat(25), { nil: undefined }),
        fc.array(fc.constantFrom('commit', 'silent', 'late', 'again', 'reset', 'pause'), { maxLength: 40 }),
        async (revision, since, script) => {
          const rig = scripted({ revision });
          rig.follow(since);
          let kept: StoreEvent | undefined;
          for (const act of script) {
            if (act === 'commit') kept = rig.commit();
            else if (act === 'silent') rig.commit(false);
            else if (act === 'late') {
              const [first, second] = [rig.commit(false), rig.commit(false)];
              rig.tell(first);
              rig.tell(second);
            } else if (act === 'again' && kept !== undefined) rig.tell(kept);
            else if (act === 'reset') rig.resets.fire();
            else await new Promise((resolve) => setImmediate(resolve));
          }
          rig.commit();
          for (let i = 0; i < 60; i++) await new Promise((resolve) => setImmediate(resolve));
          const [hello, ...rest] = rig.heard;
          assert.equal(hello?.kind, 'hello');
          let at = since ?? hello.revision;
          for (const message of rest) {
            if (message.kind === 'event') assert.equal(message.revision, at + 1);
            at = message.revision;
          }
          assert.equal(at, rig.world.revision);
          assert.deepEqual(rig.closes, []);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('goes on from the snapshot of a database that was put back', async () => {
    const rig = scripted({ revision: 100 });
    rig.follow();
    await settled();
    rig.world.revision = 40;
    rig.resets.fire();
    rig.commit();
    await settled();
    const told = words(rig.heard);
    assert.deepEqual(told, ['hello 100', told[1], ...(told[1] === 'snapshot 40' ? ['event 41'] : [])]);
    assert.match(told[1] ?? '', /^snapshot 4[01]$/);
  });

  test('waits for a slow reader of the past', async () => {
    const rig = scripted({ revision: 300 });
    rig.outlet.waiting = 2_000_000;
    rig.follow(0);
    await settled();
    assert.ok(rig.drains() >= 300);
    assert.equal(rig.heard.length, 301);
  });

  test('sends what piled up while it read the past no faster than it is taken, and what comes then at once', async () => {
    const rig = scripted({ revision: 300 });
    rig.outlet.waiting = 1;
    rig.follow(0);
    for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < 50; i++) rig.commit();
    await settled();
    assert.equal(rig.heard.length, 351);
    assert.equal(rig.drains(), 351);
    const waits = rig.drains();
    rig.commit();
    assert.deepEqual([rig.heard.length, rig.drains()], [352, waits]);
  });

  test('that cannot be read is closed with a reason that fits', async () => {
    const rig = scripted({ revision: 5 });
    rig.world.broken = true;
    rig.follow(1);
    await settled();
    assert.equal(rig.closes[0]?.[0], 1011);
    assert.match(rig.closes[0]?.[1] ?? '', /store\.io/);
    assert.ok(Buffer.byteLength(rig.closes[0]?.[1] ?? '') <= 123);
  });

  test('of a database that fails, or is closed, ends', async () => {
    const rig = scripted();
    rig.follow();
    await settled();
    rig.states.fire({ role: 'failed', error: { code: 'store.damaged', message: 'It is damaged.' } });
    rig.states.fire({ role: 'closed' });
    assert.deepEqual(rig.closes, [
      [1011, 'The events could not be read (store.damaged). Connect again.'],
      [1001, 'The folder was closed.'],
    ]);
  });

  test('that was disposed says nothing more', async () => {
    const rig = scripted({ revision: 5 });
    const early = rig.follow(0);
    early.dispose();
    await settled();
    assert.deepEqual(rig.heard, []);
    const feed = rig.follow();
    await settled();
    feed.dispose();
    rig.commit();
    rig.resets.fire();
    rig.states.fire({ role: 'closed' });
    await settled();
    assert.deepEqual([words(rig.heard), rig.closes], [['hello 5'], []]);
  });
});
