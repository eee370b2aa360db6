import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { describe, test } from 'node:test';
import type * as vscode from 'vscode';
import { openWebhookSender } from '../../src/composeWebhooks.ts';
import type { ServerCommandDeps } from '../../src/host/commands/serverDeps.ts';
import { webhookHandlers } from '../../src/host/commands/webhook.ts';
import { operations } from '../../src/app/operations.ts';
import { LastSeen } from '../../src/host/server/lastSeen.ts';
import { eventChoices, widest } from '../../src/host/server/webhookEvents.ts';
import { WebhookSenders } from '../../src/host/server/webhookSenders.ts';
import { ApiTree } from '../../src/host/trees/api/apiTree.ts';
import { eventually } from '../rig/eventually.ts';
import { labelOf, memento, recordingLog, serverRig, type ServerRig } from './serverRig.ts';

interface Received {
  path: string;
  event: string;
  signature: string;
  body: string;
}

async function receiver() {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      const { 'x-claudetask-event': event, 'x-claudetask-signature': signature } = request.headers;
      received.push({ path: request.url ?? '', event: String(event), signature: String(signature), body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    received,
    at: (path: string) => received.filter((one) => one.path === path),
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sending(rig: ServerRig) {
  const window = { trusted: true, opened: 0 };
  const senders = new WebhookSenders({
    stores: rig.stores,
    secrets: rig.secrets,
    log: recordingLog(),
    trusted: () => window.trusted,
    openSender: ({ key }, store) => {
      window.opened++;
      const secretOf = (webhook: number) => rig.secrets.get(key, webhook);
      return Promise.resolve(openWebhookSender({ store, secretOf, version: '1.2.3', log: recordingLog() }));
    },
  });
  return Object.assign(window, { senders, [Symbol.asyncDispose]: () => senders.close() });
}

async function add(rig: ServerRig, url: string, events = ['task.*']): Promise<number> {
  const { webhook } = await (await rig.tasks.open()).call('webhook.add', { url, events });
  assert.ok(webhook);
  return webhook.id;
}

const create = async (rig: ServerRig, title: string) => await (await rig.tasks.open()).call('task.create', { title });

/** The database is that of the window: other tests have left theirs in it. */
async function rigWithoutWebhooks(): Promise<ServerRig> {
  const rig = await serverRig();
  const store = await rig.tasks.open();
  for (const { id } of (await store.call('webhook.list', {})).webhooks) await store.call('webhook.remove', { id });
  return rig;
}

describe('the webhooks of a window', () => {
  test('are told of a task, signed with their secret, until they are removed', async () => {
    await using rig = await rigWithoutWebhooks();
    await using there = await receiver();
    await using window = sending(rig);
    const first = await add(rig, `http://${there.host}/first`);
    const secret = await rig.secrets.renew(rig.tasks.key, first);
    await create(rig, 'Told');
    const message = await eventually('it is told', () => there.at('/first')[0]);
    assert.equal(message.event, 'task.create');
    assert.match(message.body, /"title":"Told"/);
    const [, time = '', sum] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(message.signature) ?? [];
    assert.equal(sum, createHmac('sha256', secret).update(`${time}.${message.body}`).digest('hex'));
    assert.equal(window.opened, 1);

    const second = await add(rig, `http://${there.host}/second`);
    await rig.secrets.renew(rig.tasks.key, second);
    await (await rig.tasks.open()).call('webhook.remove', { id: first });
    await create(rig, 'Not for the first');
    await eventually('the other one is told', () => there.at('/second').length === 1);
    assert.equal(there.at('/first').length, 1);
  });

  test('are told nothing while the workspace is not trusted, and what they missed once it is', async () => {
    await using rig = await rigWithoutWebhooks();
    await using there = await receiver();
    await using window = sending(rig);
    window.trusted = false;
    await rig.secrets.renew(rig.tasks.key, await add(rig, `http://${there.host}/`));
    await create(rig, 'Waits');
    assert.equal(window.opened, 0);
    window.trusted = true;
    window.senders.look();
    await eventually('it is told', () => there.received.length === 1);
  });

  test('can ask for every change there is, and for nothing that nobody is told of', () => {
    const offered = eventChoices().flatMap(({ pattern }) => (pattern.endsWith('*') ? [] : [pattern]));
    const told = Object.entries(operations).flatMap(([name, { contract, kind }]) => (contract.mutates && kind !== 'lease' ? [name] : []));
    assert.deepEqual(offered, told);
    assert.deepEqual(widest(['task.move', 'task.*', 'job.prune']), ['task.*', 'job.prune']);
    assert.deepEqual(widest(['*', 'task.*']), ['*']);
  });

  test('have rows that say how it stands with each, and what was sent, which can be sent again', async () => {
    await using rig = await rigWithoutWebhooks();
    await using there = await receiver();
    await using window = sending(rig);
    const tree = new ApiTree({ ...rig, seen: new LastSeen(memento()) });
    const rows = async (node?: Parameters<typeof tree.getChildren>[0]) => {
      const items = (await tree.getChildren(node)).map((one) => tree.getTreeItem(one));
      return items.map((item) => `${labelOf(item)}: ${String(item.description)}`);
    };
    assert.deepEqual(await rows(), []);
    const id = await add(rig, `http://${there.host}/hook?key=hidden`, ['task.create', 'job.*']);
    assert.deepEqual(await rows(), ['Local server: off', 'Clients: none', 'Webhooks: 1']);
    const row = async () => (await rows(tree.nodes.webhooks))[0];
    const words = `${there.host}/hook: task.create, job.*`;
    assert.equal(await row(), `${words} · no secret on this machine`);
    await create(rig, 'One');
    await rig.secrets.renew(rig.tasks.key, id);
    await eventually('a secret that comes later is enough', () => there.received.length === 1);
    await eventually('it is shown as delivered', async () => (await row()) === `${words} · delivered`);

    const [webhook] = await tree.getChildren(tree.nodes.webhooks);
    assert.ok(webhook);
    assert.equal((await tree.getChildren(tree.nodes.webhooks))[0], webhook);
    const [delivery] = await tree.getChildren(webhook);
    assert.ok(delivery);
    const item = tree.getTreeItem(delivery);
    assert.match(`${labelOf(item)}: ${String(item.description)}`, /^task\.create: delivered · /);
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'pass-filled');

    const view = { find: (value: unknown) => tree.nodes.find(value), dispose: () => undefined };
    const handlers = webhookHandlers({ ...rig, view } as unknown as ServerCommandDeps);
    await handlers['claudetask.webhook.replay'](delivery);
    await eventually('it is sent again', () => there.received.length === 2);
    assert.equal(there.received[0]?.body, there.received[1]?.body);
    await handlers['claudetask.webhook.switch'](webhook);
    assert.equal(await row(), `${words} · off`);
    assert.equal(window.opened, 1);
    tree.dispose();
  });
});
