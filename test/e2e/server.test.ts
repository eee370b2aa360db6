import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { eventually } from '../rig/eventually.ts';
import type { Workbench } from '../rig/workbench.ts';
import { addFromPalette, journey } from './journey.ts';

const apiRow = async (window: Workbench, label: RegExp) => (await window.treeRows('API')).find((row) => label.test(row.label));

/** The API view is closed at first; the others make room for it. */
async function openApiView(window: Workbench): Promise<void> {
  await window.openContainer('ClaudeTask');
  for (const view of ['Agents', 'Instructions', 'Jobs']) await window.pane(view).locator('.pane-header').click();
  await window.pane('API').locator('.pane-header').click();
}

async function addClient(window: Workbench, name: string): Promise<void> {
  await window.run('ClaudeTask: Add API Client...');
  await window.answer('Add API Client (1/3)', name);
  await window.answer('Add API Client (2/3)');
  await eventually('how long the token is valid', async () => (await window.quickLabels()).includes('90 Days'));
  await window.pick('Until It Is Revoked');
  await window.message(new RegExp(`${name} is let in`));
}

/** Presses a button of the notification with this text. */
async function press(window: Workbench, text: RegExp, button: string): Promise<void> {
  const toast = window.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
  await toast.getByRole('button', { name: button }).click();
}

journey('a program is let in, asks for the tasks, is seen to do so, and is shut out again', {}, async (user) => {
  const window = await user.open();
  await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const clipboard = () => window.page.evaluate(() => navigator.clipboard.readText());
  await addFromPalette(window, 'Fix the door');
  await openApiView(window);
  await eventually('the welcome text', async () => /local server is off/.test(await window.welcome('API')));
  await addClient(window, 'Robot');
  await press(window, /Robot is let in/, 'Copy Token');
  const token = await eventually('the token', async () => {
    const text = await clipboard();
    return text.split('.').length === 3 ? text : undefined;
  });
  await eventually('the client', async () => /reads and changes · not seen yet/.test((await apiRow(window, /^Robot$/))?.description ?? ''));

  await window.run('ClaudeTask: Start Local Server');
  const host = await eventually('the address', async () => {
    const { description = 'off' } = (await apiRow(window, /^Local server$/)) ?? {};
    return description.startsWith('127.0.0.1:') ? description : undefined;
  });
  const ask = (method: string, path: string, headers: Record<string, string>) => fetch(`http://${host}${path}`, { method, headers });
  const authorization = `Bearer ${token}`;
  const answer = await ask('GET', '/api/tasks', { authorization });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /"title":"Fix the door"/);
  const row = await eventually('the request', () => apiRow(window, /^GET \/api\/tasks 200 \d+ ms$/));
  assert.equal(row.description, 'Robot');
  assert.match(row.aria, /^GET \/api\/tasks from Robot was answered with 200 in \d+ milliseconds\./);
  await eventually('when it was seen', async () => /seen today at/.test((await apiRow(window, /^Robot$/))?.description ?? ''));

  await window.runAndPick('ClaudeTask: Copy Request as cURL', 'GET /api/tasks');
  const curl = await eventually('the line', async () => {
    const text = await clipboard();
    return text.startsWith('curl') ? text : undefined;
  });
  assert.equal(curl, `curl -H "Authorization: Bearer $CLAUDETASK_TOKEN" 'http://${host}/api/tasks'`);

  await window.runAndPick('ClaudeTask: Revoke Client...', 'Robot');
  await eventually('the question', async () => (await window.dialogs()).some((text) => text.includes('Revoke Robot?')));
  await window.clickDialog('Revoke');
  await eventually('the client is gone', async () => (await apiRow(window, /^Robot$/)) === undefined);
  assert.equal((await ask('GET', '/api/tasks', { authorization })).status, 401);

  await window.run('ClaudeTask: Stop Local Server');
  await eventually('nobody answers', () =>
    ask('GET', '/api/tasks', {}).then(
      () => false,
      () => true,
    ),
  );
  // The token was on the clipboard, and is nowhere else: not in the folder, not in a log.
  assert.ok(!user.server.outputChannel('ClaudeTask').includes(token));
  assert.ok(!user.server.log.includes(token));
});

const mcpJson = '{\n  // Ours.\n  "mcpServers": {\n    "other": { "command": "other" }\n  }\n}\n';

journey('Claude Code is connected by a change to .mcp.json that is shown first', { files: { '.mcp.json': mcpJson } }, async (user) => {
  const file = user.workspace.file('.mcp.json');
  const window = await user.open();
  const propose = async () => {
    await window.runAndPick('ClaudeTask: Connect Claude Code...', 'For This Project');
    await eventually('the question', async () => (await window.dialogs()).some((text) => text.includes('Let Claude Code work')));
  };
  await propose();
  await window.clickDialog('Cancel');
  await eventually('the dialog is gone', async () => (await window.dialogs()).length === 0);
  assert.equal(fs.readFileSync(file, 'utf8'), mcpJson);
  assert.ok(!fs.existsSync(user.workspace.file('.claudetask')));

  await propose();
  await window.clickDialog('Write');
  await window.message(/Claude Code knows ClaudeTask now/);
  const text = fs.readFileSync(file, 'utf8');
  assert.ok(text.startsWith('{\n  // Ours.\n  "mcpServers": {\n    "other": { "command": "other" },\n'), text);
  assert.match(text, /"claudetask": \{/);
  assert.ok(!text.includes(user.workspace.folder) && !/bearer|token/i.test(text));
  await eventually('the file is shown', async () => (await window.tabs()).includes('.mcp.json'));
  const launcher = user.workspace.file('.claudetask', 'mcp.cjs');
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
  const answered = execFileSync(process.execPath, [launcher], { input: `${JSON.stringify(initialize)}\n`, encoding: 'utf8' });
  assert.match(answered, /"serverInfo":\{[^}]*"name":"claudetask"/);
  const ignored = fs.readFileSync(user.workspace.file('.claudetask', '.gitignore'), 'utf8');
  assert.match(ignored, /^\*$/m);

  await window.run('ClaudeTask: Add to .mcp.json...');
  await window.message(/knows ClaudeTask .* already/);
});

const committed = {
  '.vscode/settings.json': JSON.stringify({ 'claudetask.server.enabled': true, 'claudetask.server.allowedOrigins': ['https://x.example'] }),
};

journey('a repository cannot switch the server on', { files: committed }, async (user) => {
  const window = await user.open();
  await addFromPalette(window, 'Any');
  await addClient(window, 'Robot');
  await openApiView(window);
  const row = await eventually('the server', () => apiRow(window, /^Local server$/));
  assert.equal(row.description, 'off');
});

const switchedOn = { machineSettings: { 'claudetask.server.enabled': true } };

journey('a server that the machine switches on is there with the window', switchedOn, async (user) => {
  const window = await user.open();
  await openApiView(window);
  await eventually('the server is on', async () => /^127\.0\.0\.1:\d+$/.test((await apiRow(window, /^Local server$/))?.description ?? ''));
});

const withAgents = { settings: { 'chat.disableAIFeatures': false } };

journey('the agents of VS Code are offered the tasks, and the server starts when they take it', withAgents, async (user) => {
  const window = await user.open();
  await addFromPalette(window, 'Any');
  await window.runAndPick('MCP: List Servers', 'ClaudeTask');
  await eventually('what can be done', async () => (await window.quickLabels()).includes('Start Server'));
  await window.pick('Start Server');
  await openApiView(window);
  await eventually('its client', async () => /reads and changes/.test((await apiRow(window, /^VS Code$/))?.description ?? ''));
  await eventually('its requests', async () => (await apiRow(window, /^POST \/mcp 200 \d+ ms$/)) !== undefined);
});

const restricted = { workspaceTrust: true, settings: { 'security.workspace.trust.startupPrompt': 'never' } };

journey('in Restricted Mode no program is let in', restricted, async (user) => {
  const window = await user.open();
  await openApiView(window);
  await eventually('the welcome text', async () => /Restricted Mode/.test(await window.welcome('API')));
  await window.run('ClaudeTask: Start Local Server');
  await window.message(/not trusted/);
});
