import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { eventually } from '../rig/eventually.ts';
import type { Workbench } from '../rig/workbench.ts';
import { addFromPalette, journey } from './journey.ts';

const webhookRow = async (window: Workbench, host: string) => (await window.treeRows('API')).find((row) => row.label === `${host}/hook`);

async function receiver() {
  const received: { signature: string; body: string }[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      received.push({ signature: String(request.headers['x-claudetask-signature']), body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    received,
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

journey('a webhook is added with its secret, is told of a task, is seen to be, and is removed', {}, async (user) => {
  await using there = await receiver();
  const { received, host } = there;
  const window = await user.open();
  await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await addFromPalette(window, 'Before');
  await window.openContainer('ClaudeTask');
  for (const view of ['Agents', 'Instructions', 'Jobs']) await window.pane(view).locator('.pane-header').click();
  await window.pane('API').locator('.pane-header').click();

  await window.run('ClaudeTask: Add Webhook...');
  await window.answer('Add Webhook (1/3)', `http://${host}/hook`);
  await window.answer('Add Webhook (2/3)');
  await window.answer('Add Webhook (3/3)', 'The team');
  await window.message(/is told what happens from now on\. Give it the secret/);
  const toast = window.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: 'is told what happens' });
  await toast.getByRole('button', { name: 'Copy Secret' }).click();
  const secret = await eventually('the secret', async () => {
    const text = await window.page.evaluate(() => navigator.clipboard.readText());
    return /^[\w-]{43}$/.test(text) ? text : undefined;
  });
  await eventually('its row', async () => (await webhookRow(window, host))?.description === 'task.* · nothing sent yet');

  await addFromPalette(window, 'After');
  const message = await eventually('the message', () => received[0]);
  assert.match(message.body, /"title":"After"/);
  const [, time = '', sum] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(message.signature) ?? [];
  assert.equal(sum, createHmac('sha256', secret).update(`${time}.${message.body}`).digest('hex'));
  await eventually('what became of it', async () => (await webhookRow(window, host))?.description === 'task.* · delivered');
  await window.toggleRow('API', `${host}/hook`);
  await eventually('the delivery', async () =>
    (await window.treeRows('API')).some((row) => row.label === 'task.create' && row.description.startsWith('delivered · ')),
  );

  await window.runAndPick('ClaudeTask: Remove Webhook...', `${host}/hook`);
  await eventually('the question', async () =>
    (await window.dialogs()).some((text) => text.includes(`Remove the webhook to ${host}/hook?`)),
  );
  await window.clickDialog('Remove');
  await eventually('it is gone', async () => (await webhookRow(window, host)) === undefined);
});
