import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type * as vscode from 'vscode';
import { LastSeen } from '../../../src/host/server/lastSeen.ts';
import { McpProvider, type McpDefinition } from '../../../src/host/server/mcpProvider.ts';
import { ApiTree } from '../../../src/host/trees/api/apiTree.ts';
import { labelOf, memento, serverRig } from '../serverRig.ts';

describe('the local server of a window with several folders', () => {
  test('serves each client the folder it was let into, on one port', async () => {
    await using rig = await serverRig();
    const [one, two] = rig.stores.all;
    assert.ok(one && two);
    const [first, second] = [await rig.letIn('First', ['write'], one), await rig.letIn('Second', ['write'], two)];
    const origin = await rig.api.start();
    const tasks = (token: string, body?: object) =>
      fetch(`${origin}/api/tasks`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    assert.equal((await tasks(first.token, { title: 'Of the first' })).status, 201);
    assert.match(await (await tasks(first.token)).text(), /Of the first/);
    assert.doesNotMatch(await (await tasks(second.token)).text(), /Of the first/);

    const tree = new ApiTree({ ...rig, seen: new LastSeen(memento()) });
    await tree.getChildren();
    const rows = (await tree.getChildren(tree.nodes.clients)).map((node) => tree.getTreeItem(node));
    assert.deepEqual(
      rows.map((row) => `${labelOf(row)}: ${String(row.description).split(' · ')[0]}`),
      ['First: one', 'Second: two'],
    );
    tree.dispose();
  });

  test('is offered to the agents of VS Code once per folder', async () => {
    await using rig = await serverRig();
    class Definition implements McpDefinition {
      readonly label: string;
      uri: vscode.Uri;
      headers: Record<string, string> = {};
      constructor(label: string, uri: vscode.Uri) {
        this.label = label;
        this.uri = uri;
      }
    }
    const mcp = { lm: { registerMcpServerDefinitionProvider: () => ({ dispose: () => undefined }) }, McpHttpServerDefinition: Definition };
    const provider = new McpProvider(mcp, { api: rig.api, stores: rig.stores, settings: rig.settings, version: '1' });
    const offered = await provider.provideMcpServerDefinitions();
    assert.deepEqual(
      offered.map(({ label }) => label),
      ['ClaudeTask (one)', 'ClaudeTask (two)'],
    );
    provider.dispose();
  });
});
