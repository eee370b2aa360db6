import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import http from 'node:http';
import { eventually } from '../rig/eventually.ts';
import type { Workbench } from '../rig/workbench.ts';
import { addFromPalette, journey } from './journey.ts';

const webhookRow = async (window: Workbench, host: string) =>
  (await window.treeRows('API')).find((row) => row.label.startsWith(`${host}/`));

interface Message {
  path: string;
  signature: string;
  body: string;
}

function assertSigned({ signature, body }: Message, secret: string): void {
  const [, time = '', sum] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  assert.equal(sum, createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'));
}

async function receiver() {
  const received: Message[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      received.push({ path: request.url ?? '', signature: String(request.headers['x-claudetask-signature']), body });
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

journey('a webhook is added, is told of a task, is seen to be, gets another address and secret, and is removed', {}, async (user) => {
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
  const copiedSecret = (other = '') =>
    eventually('the secret', async () => {
      const text = await window.page.evaluate(() => navigator.clipboard.readText());
      return /^[\w-]{43}$/.test(text) && text !== other ? text : undefined;
    });
  const secret = await copiedSecret();
  await eventually('its row', async () => (await webhookRow(window, host))?.description === 'task.* · nothing sent yet');

  await addFromPalette(window, 'After');
  const message = await eventually('the message', () => received[0]);
  assert.match(message.body, /"title":"After"/);
  assertSigned(message, secret);
  await eventually('what became of it', async () => (await webhookRow(window, host))?.description === 'task.* · delivered');
  await window.toggleRow('API', `${host}/hook`);
  await eventually('the delivery', async () =>
    (await window.treeRows('API')).some((row) => row.label === 'task.create' && row.description.startsWith('delivered · ')),
  );

  await window.runAndPick('ClaudeTask: Edit Webhook...', `${host}/hook`);
  await window.answer('Edit Webhook (1/3)', `http://${host}/other`);
  await window.answer('Edit Webhook (2/3)');
  await window.answer('Edit Webhook (3/3)');
  await window.runAndPick('ClaudeTask: Copy New Webhook Secret...', `${host}/other`);
  await eventually('the question', async () => (await window.dialogs()).some((text) => text.includes('Make a new secret')));
  await window.clickDialog('New Secret');
  const newer = await copiedSecret(secret);
  await addFromPalette(window, 'Later');
  const later = await eventually('the next message', () => received[1]);
  assert.equal(later.path, '/other');
  assert.match(later.body, /"title":"Later"/);
  assertSigned(later, newer);

  await window.runAndPick('ClaudeTask: Remove Webhook...', `${host}/other`);
  await eventually('the question', async () =>
    (await window.dialogs()).some((text) => text.includes(`Remove the webhook to ${host}/other?`)),
  );
  await window.clickDialog('Remove');
  await eventually('it is gone', async () => (await webhookRow(window, host)) === undefined);
});
