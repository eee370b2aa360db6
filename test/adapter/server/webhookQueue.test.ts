import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually, open, openWindow, workspace } from '../store/rig.ts';
import {
  addWebhook,
  count,
  create,
  deliveriesOf,
  keys,
  letPass,
  missed,
  openReceiver,
  rig,
  settled,
  startSending,
  status,
  titles,
} from './webhookRig.ts';

describe('nothing is lost and nothing out of order', () => {
  test('when a thousand changes come while the receiver is down: it hears of each once after it is back', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await receiver.stop();
    await using sending = startSending(store);
    const names = Array.from({ length: 1000 }, (_, i) => `t${i}`);
    await create(store, 't0');
    const waiting = await missed(store, 1);
    await eventually('the window sleeps', () => sending.time.armed === 1);
    const calls = [...sending.calls];
    await Promise.all(names.slice(1).map((name) => create(store, name)));
    assert.deepEqual(sending.calls, calls, 'what comes behind one that waits costs nothing');
    await receiver.start();
    await letPass(sending, waiting);
    await eventually('all are told', () => receiver.received.length >= 1000, 60_000);
    assert.deepEqual(
      receiver.received.map(({ message }) => message.revision),
      names.map((_, i) => i + 2),
    );
    assert.equal(new Set(titles(receiver)).size, 1000);
  });

  test('when the window closes while a message is on its way: the next one sends it again under the same name', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    receiver.answer = () => {};
    const sending = startSending(store);
    for (const title of ['a', 'b']) await create(store, title);
    await count(receiver, 1);
    const began = performance.now();
    await sending.sender[Symbol.asyncDispose]();
    assert.ok(performance.now() - began < 2000);
    assert.equal(sending.time.armed, 0);
    receiver.answer = status(204);
    await using _later = startSending(store);
    await settled(store, 2);
    assert.deepEqual(titles(receiver), ['a', 'a', 'b']);
    assert.equal(keys(receiver)[0], keys(receiver)[1]);
    assert.equal((await deliveriesOf(store))[0]?.attempts, 1);
  });

  test('when two windows have the folder open: one of them sends, and the other takes over', async () => {
    await using all = await rig();
    const { directory, store, receiver } = all;
    await using second = await open(directory);
    await eventually('the second window is a client', () => second.store.state.role === 'client');
    await addWebhook(store, receiver.url);
    const first = startSending(store);
    await using other = startSending(second.store);
    await Promise.all(Array.from({ length: 60 }, (_, i) => create(i % 2 === 0 ? store : second.store, `t${i}`)));
    await settled(store, 60);
    assert.equal(receiver.received.length, 60);
    assert.deepEqual(
      receiver.received.map(({ message }) => message.revision),
      Array.from({ length: 60 }, (_, i) => i + 2),
    );
    const [closing, staying] = first.calls.includes('webhook.settle') ? [first, other] : [other, first];
    assert.ok(!staying.calls.includes('webhook.settle'));
    await closing.sender[Symbol.asyncDispose]();
    await create(store, 'after');
    await staying.time.pass(30_000);
    await settled(store, 61);
    assert.equal(titles(receiver).at(-1), 'after');
    await first.sender[Symbol.asyncDispose]();
  });

  test('when a window has read what another sends meanwhile: it looks again before it sends', async () => {
    await using all = await rig();
    const { directory, store, receiver } = all;
    await using second = await open(directory);
    await addWebhook(store, receiver.url);
    await create(store, 'a');
    let go = (_secret: string) => {};
    let asked = false;
    const secretOf = () => {
      asked = true;
      return new Promise<string>((resolve) => (go = resolve));
    };
    await using late = startSending(second.store, { secretOf });
    await eventually('the late window has read', () => asked);
    const quick = startSending(store);
    await settled(store, 1);
    await quick.sender[Symbol.asyncDispose]();
    go('any');
    await eventually('the late window has the lease', () => late.calls.includes('webhook.claim'));
    await eventually('and has looked again', () => late.calls.lastIndexOf('webhook.next') > late.calls.indexOf('webhook.claim'));
    assert.equal(receiver.received.length, 1);
    assert.ok(!late.calls.includes('webhook.settle'));
  });

  test('when the process that owns the database is killed: a message that may have arrived keeps its name', async () => {
    using folder = workspace();
    await using owner = await openWindow(folder.directory);
    await owner.call('task.create', { title: 'first' });
    await using opened = await open(folder.directory);
    const { store } = opened;
    await eventually('this window is a client', () => store.state.role === 'client');
    await using receiver = await openReceiver();
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    const made = Promise.all(Array.from({ length: 100 }, (_, i) => create(store, `t${i}`)));
    await count(receiver, 10);
    owner.process.kill('SIGKILL');
    await made;
    await eventually('all are told', () => new Set(keys(receiver)).size === 100);
    await sending.time.pass(30_000);
    await settled(store, 100);
    const firsts = receiver.received.filter(({ message }, i, list) => list.findIndex((one) => one.message.id === message.id) === i);
    assert.deepEqual(
      firsts.map(({ message }) => message.revision),
      Array.from({ length: 100 }, (_, i) => i + 3),
    );
    assert.ok(receiver.received.length <= 102, `${receiver.received.length} messages`);
  });

  test('when a backup is restored: what happens then is told, though its number was told before', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using _sending = startSending(store);
    await create(store, 'a');
    await settled(store, 1);
    const { file } = await store.call('database.backup', {});
    const lost = await create(store, 'lost');
    await settled(store, 2);
    await store.call('database.restore', { path: file });
    assert.equal(await create(store, 'b'), lost);
    await settled(store, 2);
    assert.deepEqual(titles(receiver), ['a', 'lost', 'b']);
    assert.equal(new Set(keys(receiver)).size, 3);
  });

  test('when nothing of very much is for a webhook: that is noted now and then, and not looked at again', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url, ['task.move']);
    await Promise.all(Array.from({ length: 600 }, (_, i) => create(store, `t${i}`)));
    await using sending = startSending(store);
    await eventually('it is noted', async () => (await store.call('webhook.list', {})).webhooks[0]?.cursor === 601);
    assert.deepEqual(await deliveriesOf(store), []);
    await create(store, 'one more');
    await store.call('task.move', { id: 3, status: 'Ready' });
    await settled(store, 1);
    assert.equal(sending.calls.filter((name) => name === 'webhook.settle').length, 2);
  });

  test('when two receivers are told: one that is down does not hold up the other', async () => {
    await using all = await rig();
    await using down = await openReceiver();
    const { store, receiver } = all;
    await addWebhook(store, down.url);
    await addWebhook(store, receiver.url);
    await down.stop();
    await using _sending = startSending(store);
    for (const title of ['a', 'b', 'c']) await create(store, title);
    await settled(store, 3, 2);
    assert.deepEqual(titles(receiver).filter(Boolean), ['a', 'b', 'c']);
  });
});

describe('what a person does while events are sent', () => {
  test('to send one again: it is sent again, and the queue goes on meanwhile', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using _sending = startSending(store);
    const revision = await create(store, 'a');
    await create(store, 'b');
    await settled(store, 2);
    receiver.answer = (response, { message }) => void response.writeHead(message.revision === revision ? 500 : 204).end();
    await store.call('webhook.replay', { id: 1, revision });
    await count(receiver, 3);
    await create(store, 'c');
    await settled(store, 2);
    await count(receiver, 4);
    assert.deepEqual(titles(receiver), ['a', 'b', 'a', 'c']);
    assert.equal(keys(receiver)[0], keys(receiver)[2]);
  });

  test('to remove the webhook: the message on its way is broken off, and nothing follows', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    let closed = false;
    receiver.answer = (response) => void response.on('close', () => (closed = true));
    await create(store, 'a');
    await count(receiver, 1);
    await store.call('webhook.remove', { id: 1 });
    await eventually('the message is broken off', () => closed);
    await create(store, 'b');
    await sending.time.pass(3_600_000);
    assert.equal(receiver.received.length, 1);
    assert.deepEqual((await store.call('webhook.list', {})).webhooks, []);
  });

  test('to change the address: what waits goes to the new one', async () => {
    await using all = await rig();
    await using moved = await openReceiver();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    receiver.answer = status(503);
    await create(store, 'a');
    const waiting = await missed(store, 1);
    await store.call('webhook.update', { id: 1, url: moved.url });
    await letPass(sending, waiting);
    await settled(store, 1);
    assert.deepEqual([titles(receiver), titles(moved)], [['a'], ['a']]);
  });
});
