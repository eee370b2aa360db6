import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { follow } from '../../rig/follower.ts';
import type { Follower } from '../../rig/follower.ts';
import { localServer } from '../../rig/localServer.ts';
import type { LocalServerRig } from '../../rig/localServer.ts';
import { requestText, sendRaw } from '../../rig/rawHttp.ts';

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

const upTo = (follower: Follower, revision: number) =>
  follower.until(`revision ${revision}`, (heard) => {
    const last = heard.at(-1);
    return last !== undefined && last.kind !== 'pong' && last.kind !== 'hello' && last.revision >= revision;
  });

describe('following events', () => {
  let rig: LocalServerRig;
  let token: string;
  const create = async (count: number) => {
    let revision = 0;
    for (let i = 0; i < count; i++) ({ revision } = await rig.store.call('task.create', { title: `task ${i}` }));
    return revision;
  };
  const revisionNow = async () => (await rig.store.call('task.list', { limit: 1 })).revision;

  before(async () => {
    rig = await localServer();
    token = await rig.token(['read']);
  });
  after(() => rig[Symbol.asyncDispose]());

  test('begins with the newest revision and goes on with every event in order', async () => {
    await create(3);
    const newest = await revisionNow();
    await using follower = await follow(rig, token);
    await follower.until('hello', (heard) => heard.length > 0);
    assert.deepEqual(follower.heard[0], { kind: 'hello', revision: newest });
    const [id] = (await rig.store.call('task.create', { title: 'new' })).tasks.map((task) => task.id);
    await rig.store.call('task.update', { id: id!, patch: { priority: 'High' } });
    const last = await rig.store.call('task.move', { id: id!, status: 'Ready' });
    await upTo(follower, last.revision);
    assert.deepEqual(follower.revisions(), range(newest + 1, last.revision));
    const names = follower.heard.map((message) => (message.kind === 'event' ? message.name : message.kind));
    assert.deepEqual(names, ['hello', 'task.create', 'task.update', 'task.move']);
    const event = follower.heard.at(-1);
    assert.ok(event?.kind === 'event');
    assert.deepEqual(event.body.tasks, JSON.parse(JSON.stringify(last.tasks)));
    assert.deepEqual(event.body.actor, { kind: 'user', name: 'tester' });
  });

  test('names the client that made a change', async () => {
    await using follower = await follow(rig, token);
    await follower.until('hello', (heard) => heard.length > 0);
    const caller = { actor: { kind: 'client' as const, name: 'ci' }, scopes: ['write' as const] };
    const { revision } = await rig.api.call('task.create', { title: 'by a program' }, caller);
    await upTo(follower, revision);
    const event = follower.heard.at(-1);
    assert.ok(event?.kind === 'event');
    assert.deepEqual(event.body.actor, caller.actor);
  });

  test('since resumes with what came after it', async () => {
    const first = await create(1);
    const last = await create(250);
    await using follower = await follow(rig, token, { since: first });
    await upTo(follower, last);
    assert.deepEqual(follower.heard[0], { kind: 'hello', revision: last });
    assert.deepEqual(follower.revisions(), range(first + 1, last));
  });

  test('neither gap nor double, while others write and clients come, go and resume', async () => {
    const start = await revisionNow();
    const writers = Promise.all(range(1, 4).map(() => create(150)));
    let writing = true;
    const end = writers.then((revisions) => {
      writing = false;
      return Math.max(...revisions);
    });
    async function client(every: number): Promise<number[]> {
      const heard: number[] = [];
      while (writing) {
        await using follower = await follow(rig, token, { since: heard.at(-1) ?? start });
        // The connection is torn in the middle of things; what was on its way is lost.
        await Promise.race([follower.until('some', () => follower.revisions().length >= every), end]);
        heard.push(...follower.revisions());
      }
      await using follower = await follow(rig, token, { since: heard.at(-1) ?? start });
      const newest = await end;
      if ((heard.at(-1) ?? start) < newest) await upTo(follower, newest);
      heard.push(...follower.revisions());
      return heard;
    }
    const heard = await Promise.all([1, 3, 10, 40, 100].map(client));
    const all = range(start + 1, await end);
    for (const revisions of heard) assert.deepEqual(revisions, all);
  });

  test('since that is ahead of the database is answered with all there is', async () => {
    const revision = await create(1);
    await using follower = await follow(rig, token, { since: revision + 1_000 });
    await follower.until('a snapshot', (heard) => heard.length > 1);
    const snapshot = follower.heard[1];
    assert.ok(snapshot?.kind === 'snapshot');
    assert.deepEqual(snapshot, { kind: 'snapshot', ...(await rig.store.call('task.snapshot', {})) });
    const next = await create(1);
    await upTo(follower, next);
    assert.deepEqual(follower.revisions(), [next]);
  });

  test('a database that is restored is told by a snapshot, and events go on from there', async () => {
    const { file } = await rig.store.call('database.backup', {});
    const kept = await revisionNow();
    await create(5);
    await using follower = await follow(rig, token);
    await follower.until('hello', (heard) => heard.length > 0);
    await rig.store.call('database.restore', { path: file });
    await follower.until('a snapshot', (heard) => heard.some((message) => message.kind === 'snapshot'));
    const snapshot = follower.heard.find((message) => message.kind === 'snapshot');
    const now = await revisionNow();
    assert.ok(snapshot?.kind === 'snapshot' && snapshot.revision >= kept && snapshot.revision <= now);
    const next = await create(1);
    await upTo(follower, next);
    const told = follower.heard.slice(follower.heard.indexOf(snapshot) + 1);
    assert.deepEqual(
      told.map((message) => (message.kind === 'event' ? message.revision : message.kind)),
      range(snapshot.revision + 1, next),
    );
  });

  test('a query that is anything but one since is refused before the upgrade', async () => {
    for (const query of [
      'since=-1',
      'since=x',
      'since=1.5',
      'since=',
      'since=1e3',
      'since=99999999999999999',
      'since=1&since=2',
      'from=1',
      `token=${token}`,
    ]) {
      const answer = await fetchUpgrade(rig, token, query);
      assert.deepEqual([answer.status, answer.code], [400, 'input.invalid'], query);
    }
  });

  test('a ping is answered, and anything else ends the connection with a reason', async () => {
    await using follower = await follow(rig, token);
    follower.ws.send('{"kind":"ping"}');
    await follower.until('a pong', (heard) => heard.some(({ kind }) => kind === 'pong'));
    for (const message of ['{"kind":"call"}', '{"kind":"ping","x":1}', 'null', '[]', 'ping', '', Buffer.from('{"kind":"ping"}')]) {
      await using other = await follow(rig, token);
      other.ws.send(message);
      const { code, reason } = await other.closed;
      assert.equal(code, 1008, String(message));
      assert.match(reason, /ping/);
    }
    await using large = await follow(rig, token);
    large.ws.send('x'.repeat(65_537));
    assert.equal((await large.closed).code, 1009);
    await using frequent = await follow(rig, token);
    for (let i = 0; i < 200; i++) frequent.ws.send('{"kind":"ping"}');
    assert.equal((await frequent.closed).code, 1008);
  });

  test('a token that is revoked ends the connection, and another stays', async () => {
    const client = await rig.client(['read']);
    await using revoked = await follow(rig, await rig.server.issue(client));
    await using stays = await follow(rig, token);
    await rig.vault.remove(client.id);
    const { code, reason } = await revoked.closed;
    assert.equal(code, 4401);
    assert.match(reason, /revoked/);
    stays.ws.send('{"kind":"ping"}');
    await stays.until('a pong', (heard) => heard.some(({ kind }) => kind === 'pong'));
  });

  test('a scope that is taken away ends the connection', async () => {
    const client = await rig.client(['read']);
    await using follower = await follow(rig, await rig.server.issue(client));
    await rig.vault.put({ ...client, scopes: ['jobs'] });
    assert.equal((await follower.closed).code, 4401);
  });
});

/** Asks for a WebSocket and reads why there is none. */
async function fetchUpgrade(rig: LocalServerRig, token: string, query: string): Promise<{ status: number; code: string }> {
  const headers = [
    `Host: 127.0.0.1:${rig.port}`,
    `Authorization: Bearer ${token}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const { status, body } = await sendRaw(rig.port, requestText(`GET /api/events?${query}`, headers));
  return { status, code: (JSON.parse(body) as { code: string }).code };
}

describe('followers', () => {
  test('that answer pings stay, and one that does not is dropped', async () => {
    await using rig = await localServer({ traffic: { heartbeat: 60 } });
    const token = await rig.token(['read']);
    await using dead = await follow(rig, token, { autoPong: false });
    await using alive = await follow(rig, token);
    let pings = 0;
    const three = new Promise<void>((resolve) => void alive.ws.on('ping', () => ++pings === 4 && resolve()));
    assert.equal((await dead.closed).code, 1006);
    await three;
    assert.equal(alive.ws.readyState, alive.ws.OPEN);
  });

  test('whose token expires are dropped at the next heartbeat', async () => {
    await using rig = await localServer({ traffic: { heartbeat: 60 } });
    await using follower = await follow(rig, await rig.token(['read'], { expiresAt: Date.now() + 60_000 }));
    rig.pass(61_000);
    assert.equal((await follower.closed).code, 4401);
  });

  test('that do not read are dropped with a reason, and others hear everything meanwhile', async () => {
    await using rig = await localServer({ traffic: { backlog: 100_000 } });
    const token = await rig.token(['read']);
    // Rows of 4 kB: what the sockets of both sides hold is soon full.
    const labels = Array.from({ length: 50 }, (_, i) => `${i} ${'x'.repeat(50)}`);
    const ids: number[] = [];
    for (let i = 0; i < 80; i++)
      ids.push(...(await rig.store.call('task.create', { title: 'x'.repeat(500), labels })).tasks.map(({ id }) => id));
    await using slow = await follow(rig, token);
    await using quick = await follow(rig, token);
    await quick.until('hello', (heard) => heard.length > 0);
    slow.ws.pause();
    let revision = 0;
    for (let i = 0; i < 60; i++) {
      ({ revision } = await rig.store.call('task.updateMany', { ids, patch: { priority: i % 2 === 0 ? 'High' : 'Low' } }));
      await upTo(quick, revision);
    }
    assert.equal(quick.revisions().length, 60);
    slow.ws.resume();
    const { code, reason } = await slow.closed;
    assert.equal(code, 1013);
    assert.match(reason, /slowly/);
    const heard = slow.revisions();
    assert.ok(heard.length < 60);
    assert.deepEqual(heard, range(quick.revisions()[0]!, quick.revisions()[0]! + heard.length - 1), 'what it heard has no gap');
    await using again = await follow(rig, token, { since: heard.at(-1)! });
    await upTo(again, revision);
    assert.deepEqual([...heard, ...again.revisions()], quick.revisions());
  });

  test('are at most as many as may be, and there is room again when one goes', async () => {
    await using rig = await localServer({ traffic: { followers: 3 } });
    const token = await rig.token(['read']);
    await using first = await follow(rig, token);
    await using _second = await follow(rig, token);
    await using _third = await follow(rig, token);
    await assert.rejects(() => follow(rig, token), /refused with 429/);
    first.ws.close();
    await first.closed;
    await using fourth = await follow(rig, token);
    await fourth.until('hello', (heard) => heard.length > 0);
  });

  test('are told when the server stops, and one that does not answer does not hold it up', async () => {
    await using rig = await localServer();
    const token = await rig.token(['read']);
    await using follower = await follow(rig, token);
    await using silent = await follow(rig, token);
    silent.ws.pause();
    const began = performance.now();
    await rig.server.stop();
    assert.ok(performance.now() - began < 2_000, `${performance.now() - began} ms`);
    assert.deepEqual(await follower.closed, { code: 1001, reason: 'The server stops.' });
  });

  test('are told when their folder is closed', async () => {
    await using rig = await localServer();
    await using follower = await follow(rig, await rig.token(['read']));
    await follower.until('hello', (heard) => heard.length > 0);
    await rig.store.close();
    assert.deepEqual(await follower.closed, { code: 1001, reason: 'The folder was closed.' });
  });
});
