import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../store/rig.ts';
import {
  addWebhook,
  count,
  create,
  deliveriesOf,
  isSigned,
  keys,
  letPass,
  logged,
  missed,
  openReceiver,
  rig,
  settled,
  startSending,
  status,
  titles,
} from './webhookRig.ts';

describe('a webhook', () => {
  test('is told what happens, in order, by messages whose signature a receiver can check', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await create(store, 'before');
    await addWebhook(store, receiver.url, ['task.create', 'task.move']);
    await using sending = startSending(store);
    const revision = await create(store, 'Größe 漢字 😀');
    await store.call('task.update', { id: 2, patch: { labels: ['not asked for'] } });
    await store.call('task.move', { id: 2, status: 'Ready' });
    await settled(store, 2);
    assert.deepEqual(
      receiver.received.map(({ message }) => [message.event, message.revision]),
      [
        ['task.create', revision],
        ['task.move', revision + 2],
      ],
    );
    const [first, second] = receiver.received;
    assert.ok(first !== undefined && second !== undefined);
    assert.equal(first.message.data.tasks[0]?.title, 'Größe 漢字 😀');
    assert.equal(second.message.data.tasks[0]?.status, 'Ready');
    assert.ok(Math.abs(first.message.at - Date.now()) < 60_000);
    for (const received of [first, second]) {
      assert.ok(isSigned(received, sending.time.clock.now()));
      assert.ok(!isSigned({ ...received, body: received.body.replace('task', 'tusk') }, sending.time.clock.now()));
      assert.ok(!isSigned(received, sending.time.clock.now() + 400_000));
      assert.equal(received.headers['content-type'], 'application/json');
      assert.equal(received.headers['user-agent'], 'ClaudeTask/1.2.3');
      assert.equal(received.headers['x-claudetask-event'], received.message.event);
      assert.equal(received.headers['x-claudetask-delivery'], received.message.id);
    }
    assert.deepEqual(
      (await deliveriesOf(store)).map(({ state, status: code, attempts }) => [state, code, attempts]),
      [
        ['delivered', 204, 1],
        ['delivered', 204, 1],
      ],
    );
  });

  test('that is added while the window is open is told from then on', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await using sending = startSending(store);
    await create(store, 'a');
    await eventually('the window looked', () => sending.calls.length > 0);
    await addWebhook(store, receiver.url);
    await create(store, 'b');
    await settled(store, 1);
    assert.deepEqual(titles(receiver), ['b']);
  });

  test('that nobody has added costs one look', async () => {
    await using all = await rig();
    await using sending = startSending(all.store);
    await eventually('the window looked', () => sending.calls.length > 0);
    for (let i = 0; i < 5; i++) await create(all.store, `t${i}`);
    await sending.time.pass(86_400_000);
    assert.deepEqual(sending.calls, ['webhook.list']);
  });

  test('whose secret is not on this machine is told nothing, until it is', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    const secrets = new Map<number, string>();
    await using sending = startSending(store, { secretOf: (id) => Promise.resolve(secrets.get(id)) });
    await create(store, 'a');
    await logged(sending, /its secret is not on this machine/);
    assert.ok(!sending.calls.includes('webhook.claim'), 'another window may send');
    secrets.set(1, 'another secret');
    await create(store, 'b');
    await settled(store, 2);
    assert.deepEqual(titles(receiver), ['a', 'b']);
    assert.ok(!receiver.received.some((one) => isSigned(one, sending.time.clock.now())));
  });
});

describe('a receiver that does not take an event', () => {
  test('is asked again later and later with the same message, and hears all others after it', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    receiver.answer = status(500, {}, 'Out of\u0007\r\n\u001b[31m \u202eorder');
    await create(store, 'a');
    await create(store, 'b');
    const waits: number[] = [];
    for (const [attempt, answer] of [status(500, {}, 'Again'), status(503, { 'Retry-After': '90' }), status(200, {}, 'fine')].entries()) {
      const waiting = await missed(store, attempt + 1);
      waits.push((waiting.nextAttempt ?? 0) - sending.time.clock.now());
      if (attempt === 0) assert.deepEqual([waiting.status, waiting.error], [500, 'Out of [31m  order']);
      receiver.answer = answer;
      await letPass(sending, waiting);
    }
    const over = await settled(store, 2);
    assert.deepEqual(waits, [500, 1000, 90_000]);
    assert.deepEqual(titles(receiver), ['a', 'a', 'a', 'a', 'b']);
    assert.equal(new Set(keys(receiver)).size, 2);
    assert.deepEqual(
      over.map(({ state, attempts }) => [state, attempts]),
      [
        ['delivered', 4],
        ['delivered', 1],
      ],
    );
  });

  test('is given up after twelve attempts, and the queue goes on', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    receiver.answer = (response, { message }) => void response.writeHead(message.data.tasks[0]?.title === 'bad' ? 400 : 204).end();
    await create(store, 'bad');
    await create(store, 'good');
    for (let attempt = 1; attempt <= 11; attempt++) await letPass(sending, await missed(store, attempt));
    const over = await settled(store, 2);
    assert.deepEqual(
      over.map(({ state, attempts, status: code }) => [state, attempts, code]),
      [
        ['failed', 12, 400],
        ['delivered', 1, 204],
      ],
    );
    await logged(sending, /^warn Webhook 1 to 127\.0\.0\.1:\d+: task\.create \(change \d+\) was not taken in 12 attempts \(HTTP 400\)/);
  });

  test('because it is gone for good is not told anything any more', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    receiver.answer = status(410);
    await create(store, 'a');
    const webhook = await eventually('it is switched off', async () => {
      const [one] = (await store.call('webhook.list', {})).webhooks;
      return one?.active === false && one;
    });
    assert.match(webhook.reason ?? '', /410 Gone/);
    await create(store, 'b');
    await sending.time.pass(3_600_000);
    assert.deepEqual(titles(receiver), ['a']);
    const { rows } = await store.call('job.auditTrail', { from: 3 });
    assert.deepEqual(rows[0]?.actor, { kind: 'client', name: 'webhooks' });
  });

  test('because it redirects is not followed to where that leads', async () => {
    await using all = await rig();
    await using elsewhere = await openReceiver();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    const codes = [301, 302, 307, 308];
    receiver.answer = (response) => void response.writeHead(codes[receiver.received.length - 1] ?? 204, { Location: elsewhere.url }).end();
    await create(store, 'a');
    for (const [i, code] of codes.entries()) {
      const waiting = await missed(store, i + 1);
      assert.deepEqual([waiting.status, waiting.error], [code, 'It redirects, which is not followed.']);
      await letPass(sending, waiting);
    }
    await settled(store, 1);
    assert.equal(elsewhere.received.length, 0);
  });

  test('because it is not there, hangs up or breaks off is asked again', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    await receiver.stop();
    await create(store, 'a');
    const absent = await missed(store, 1);
    assert.equal(absent.status, null);
    assert.match(absent.error ?? '', /^It cannot be reached: .*ECONNREFUSED/);
    await receiver.start();
    receiver.answer = (response) => void response.socket?.destroy();
    await letPass(sending, absent);
    const hungUp = await missed(store, 2);
    assert.equal(hungUp.status, null);
    assert.match(hungUp.error ?? '', /^It cannot be reached: /);
    receiver.answer = (response) => {
      response.writeHead(500, { 'Content-Length': '100' }).write('half an ans', () => response.socket?.destroySoon());
    };
    await letPass(sending, hungUp);
    const broken = await missed(store, 3);
    assert.deepEqual([broken.status, broken.error], [500, 'half an ans']);
    receiver.answer = status(204);
    await letPass(sending, broken);
    assert.equal((await settled(store, 1))[0]?.state, 'delivered');
  });

  test('because it answers for ever is read no further than its first words', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using _sending = startSending(store);
    let sent = 0;
    let ended = false;
    receiver.answer = (response) => {
      response.writeHead(500);
      const more = () => {
        while (!ended && response.write('x'.repeat(10_000))) sent += 10_000;
      };
      response.on('drain', more).on('close', () => (ended = true));
      more();
    };
    await create(store, 'a');
    const waiting = await missed(store, 1);
    assert.equal(waiting.error, 'x'.repeat(200));
    await eventually('the connection is closed', () => ended);
    assert.ok(sent < 20_000_000, `${sent} bytes were sent`);
  });

  test('because it thinks too long is left after ten seconds', async () => {
    await using all = await rig();
    const { store, receiver } = all;
    await addWebhook(store, receiver.url);
    await using sending = startSending(store);
    receiver.answer = () => {};
    await create(store, 'a');
    await count(receiver, 1);
    await sending.time.pass(9_999);
    assert.deepEqual(await deliveriesOf(store), []);
    await sending.time.pass(1);
    const waiting = await missed(store, 1);
    assert.deepEqual([waiting.status, waiting.error], [null, 'It did not answer within 10 seconds.']);
  });
});
