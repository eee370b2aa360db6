import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { AppError } from '../../src/core/appError.ts';
import { createFiles } from '../../src/files/diskFiles.ts';
import { launcherPath, launcherText, refreshLauncher } from '../../src/host/server/launcher.ts';
import { LastSeen } from '../../src/host/server/lastSeen.ts';
import { hasMcp, McpProvider, type McpDefinition } from '../../src/host/server/mcpProvider.ts';
import { planConnection } from '../../src/host/server/projectConnection.ts';
import { ApiTree } from '../../src/host/trees/api/apiTree.ts';
import { eventually } from '../rig/eventually.ts';
import { tempWorkspace } from '../rig/tempWorkspace.ts';
import { labelOf, memento, recordingLog, serverRig } from './serverRig.ts';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

const ask = (url: string, token: string, more: RequestInit = {}) =>
  fetch(url, {
    ...more,
    headers: { authorization: `Bearer ${token}`, ...(more.body === undefined ? {} : { 'content-type': 'application/json' }) },
  });

describe('the local server in a window', () => {
  test('is off until it is started, serves the folder, and is off again after that', async () => {
    await using rig = await serverRig();
    assert.equal(rig.api.origin, null);
    const { token } = await rig.letIn('Robot');
    const origin = await rig.api.start();
    assert.equal(rig.contexts.get('claudetask.serverOn'), true);
    const made = await ask(`${origin}/api/tasks`, token, { method: 'POST', body: JSON.stringify({ title: 'From outside' }) });
    assert.equal(made.status, 201);
    const store = await rig.tasks.open();
    const { tasks } = await store.call('task.list', {});
    assert.deepEqual(
      tasks.map(({ title }) => title),
      ['From outside'],
    );
    const { entries } = await store.call('task.history', { id: 1 });
    assert.deepEqual(entries[0]?.actor, { kind: 'client', name: 'Robot' });
    await rig.api.stop();
    assert.equal(rig.contexts.get('claudetask.serverOn'), false);
    await assert.rejects(ask(`${origin}/api/tasks`, token));
  });

  test('is stopped when the last folder goes, and does not start without one', async () => {
    await using rig = await serverRig();
    await rig.api.start();
    rig.removeFolders();
    await eventually('it is off', () => rig.api.origin === null);
    await assert.rejects(rig.api.start(), (error) => AppError.is(error, 'operation.forbidden'));
  });

  test('sets the rules of the board where the folder keeps them', async () => {
    await using rig = await serverRig();
    const { token } = await rig.letIn('Dashboard', ['admin']);
    const origin = await rig.api.start();
    const body = JSON.stringify({ workflow: { requireBlockersDone: true } });
    const answer = await ask(`${origin}/api/project/settings`, token, { method: 'PUT', body });
    assert.equal(answer.status, 200, await answer.clone().text());
    assert.equal(rig.settings.workflow(rig.tasks.folder.uri).requireBlockersDone, true);
    const file = path.join(rig.tasks.folder.uri.fsPath, '.vscode', 'settings.json');
    assert.match(fs.readFileSync(file, 'utf8'), /"claudetask\.workflow\.requireBlockersDone": true/);
  });

  test('starts, moves and stops as the settings of the machine say', async () => {
    await using rig = await serverRig();
    const port = await freePort();
    rig.set('enabled', true);
    await eventually('it is on', () => rig.api.origin !== null);
    rig.set('port', port);
    await eventually('it has moved', () => rig.api.origin === `http://127.0.0.1:${port}`);
    rig.set('enabled', false);
    await eventually('it is off', () => rig.api.origin === null);
  });

  test('has the launcher in a folder name the program that is installed now', async () => {
    await using rig = await serverRig();
    const file = path.join(rig.tasks.folder.uri.fsPath, launcherPath);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, launcherText('/old/dist/mcpStdio.js'));
    rig.tellFolders();
    await eventually('it is written anew', () => !fs.readFileSync(file, 'utf8').includes('/old/dist'), 10_000);
    assert.ok(fs.readFileSync(file, 'utf8').includes('mcpStdio.js'));
  });

  test('describes itself in an OpenAPI document', async () => {
    await using rig = await serverRig();
    const document = (await (await rig.api.load()).document()) as { paths: Record<string, object> };
    assert.ok('get' in (document.paths['/api/tasks'] ?? {}));
  });
});

describe('the API view', () => {
  test('is empty while there is nothing to show, then has the server, its clients and what they ask', async () => {
    await using rig = await serverRig();
    const tree = new ApiTree({ ...rig, seen: new LastSeen(memento()) });
    assert.deepEqual(await tree.getChildren(), []);
    const { token, id } = await rig.letIn('Robot');
    const words = async (node?: Parameters<typeof tree.getChildren>[0]) =>
      (await tree.getChildren(node)).map((one) => {
        const item = tree.getTreeItem(one);
        return `${labelOf(item)}: ${String(item.description)}`;
      });
    assert.deepEqual(await words(), ['Local server: off', 'Clients: 1']);
    const origin = await rig.api.start();
    assert.equal((await ask(`${origin}/api/tasks`, token)).status, 200);
    assert.equal((await ask(`${origin}/api/tasks`, 'nonsense')).status, 401);
    await eventually('both requests are logged', async () => (await rig.listener()).requests.lines().length === 2);
    assert.deepEqual(await words(), [`Local server: ${new URL(origin).host}`, 'Clients: 1', 'Requests: 2']);
    const [refused, answered] = await tree.getChildren(tree.nodes.requests);
    assert.ok(refused && answered);
    const [bad, good] = [tree.getTreeItem(refused), tree.getTreeItem(answered)];
    assert.match(labelOf(bad), /^GET \/api\/tasks 401 \d+ ms$/);
    assert.equal(bad.description, 'nobody we know');
    assert.equal((bad.iconPath as vscode.ThemeIcon).id, 'warning');
    assert.equal(good.description, 'Robot');
    assert.match((await words(tree.nodes.clients))[0] ?? '', /^Robot: reads and changes · seen today at /);
    assert.notEqual(bad.id, good.id);
    assert.deepEqual(await tree.getChildren(tree.nodes.requests), [refused, answered]);
    const vault = (await rig.api.load()).vault;
    await vault.remove(id);
    assert.deepEqual(await words(), [`Local server: ${new URL(origin).host}`, 'Clients: none', 'Requests: 2']);
    assert.equal((await ask(`${origin}/api/tasks`, token)).status, 401);
    tree.dispose();
  });

  test('draws a burst of requests together', async () => {
    await using rig = await serverRig();
    const { token } = await rig.letIn('Robot');
    const origin = await rig.api.start();
    const tree = new ApiTree({ ...rig, seen: new LastSeen(memento()) });
    await tree.getChildren();
    let fired = 0;
    tree.onDidChangeTreeData(() => fired++);
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 30 }, () => ask(`${origin}/api/health`, token)));
    await eventually('it is drawn', () => fired > 0);
    assert.ok(fired < 20, `${fired} times`);
    assert.equal((await tree.getChildren(tree.nodes.requests)).length, 200);
    tree.dispose();
  });
});

describe('the MCP servers that VS Code is offered', () => {
  class Definition implements McpDefinition {
    readonly label: string;
    uri: vscode.Uri;
    headers: Record<string, string>;
    readonly version: string | undefined;
    constructor(label: string, uri: vscode.Uri, headers: Record<string, string> = {}, version?: string) {
      this.label = label;
      this.uri = uri;
      this.headers = headers;
      this.version = version;
    }
  }
  const mcp = { lm: { registerMcpServerDefinitionProvider: () => ({ dispose: () => undefined }) }, McpHttpServerDefinition: Definition };

  test('are registered where VS Code has a place for them, and nowhere else', () => {
    assert.equal(hasMcp({}), false);
    assert.equal(hasMcp({ lm: {} }), false);
    assert.equal(hasMcp(mcp), true);
    assert.equal(hasMcp(vscode), 'McpHttpServerDefinition' in vscode);
  });

  test('start the server only when they are used, with a token that works, and again after it was revoked', async () => {
    await using rig = await serverRig();
    const provider = new McpProvider(mcp, { api: rig.api, stores: rig.stores, settings: rig.settings, version: '1.2.3' });
    let told = 0;
    provider.onDidChangeMcpServerDefinitions(() => told++);
    const [offered] = await provider.provideMcpServerDefinitions();
    assert.ok(offered instanceof Definition);
    assert.equal(offered.label, 'ClaudeTask');
    assert.equal(offered.version, '1.2.3 core');
    assert.equal(rig.api.origin, null);
    const resolved = await provider.resolveMcpServerDefinition(offered);
    assert.equal(resolved?.uri.toString(true), `${rig.api.origin}/mcp`);
    assert.equal(told, 0);
    const [, token = ''] = resolved.headers['Authorization']?.split(' ') ?? [];
    assert.equal((await ask(`${rig.api.origin}/api/health`, token)).status, 200);
    const { vault } = await rig.api.load();
    const [client] = await vault.clients();
    assert.equal(client?.name, 'VS Code');
    await provider.resolveMcpServerDefinition(offered);
    assert.equal((await vault.clients()).length, 1);
    await vault.remove(client.id);
    await eventually('VS Code is told', () => told === 1);
    provider.dispose();
  });
});

describe('the launcher in a folder', () => {
  test('is written anew when the extension was updated, and only if it is ours', async () => {
    await using workspace = await tempWorkspace({ [launcherPath]: launcherText('/old/dist/mcpStdio.js') });
    const files = createFiles(recordingLog());
    const file = workspace.file(launcherPath);
    assert.equal(await refreshLauncher(files, workspace.folder, '/new/dist/mcpStdio.js'), true);
    assert.equal(fs.readFileSync(file, 'utf8'), launcherText('/new/dist/mcpStdio.js'));
    assert.equal(await refreshLauncher(files, workspace.folder, '/new/dist/mcpStdio.js'), false);
    fs.writeFileSync(file, 'mine');
    assert.equal(await refreshLauncher(files, workspace.folder, '/newer/dist/mcpStdio.js'), false);
    assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
    await files.close();
  });

  test('and .mcp.json are not written through a link', async () => {
    await using workspace = await tempWorkspace({ 'elsewhere.json': '{}', 'old.cjs': launcherText('/old/dist/mcpStdio.js') });
    const files = createFiles(recordingLog());
    fs.mkdirSync(workspace.file('.claudetask'));
    fs.symlinkSync('../old.cjs', workspace.file(launcherPath));
    assert.equal(await refreshLauncher(files, workspace.folder, '/new/dist/mcpStdio.js'), false);
    fs.symlinkSync('elsewhere.json', workspace.file('.mcp.json'));
    await assert.rejects(planConnection(files, workspace.folder, '/new'), (error) => AppError.is(error, 'file.outside'));
    await files.close();
  });
});
