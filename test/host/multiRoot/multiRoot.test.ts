import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import { settingIds } from '../../../src/host/contributions.generated.ts';
import { createSettings } from '../../../src/host/settings.ts';
import { TaskTree } from '../../../src/host/trees/taskTree.ts';
import { WorkspaceStores } from '../../../src/host/workspaceStores.ts';
import { memoryStore, row } from '../memoryStore.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('with several folders', () => {
  test('each has a store of its own, opened when first needed, and a row of its own', async () => {
    const opened: string[] = [];
    const settings = createSettings(settingIds);
    const stores = new WorkspaceStores({
      log: silent,
      settings,
      openStore: (folder) => {
        opened.push(folder.name);
        return Promise.resolve(memoryStore(folder.name === 'one' ? [row(1), row(2)] : [row(3)]));
      },
    });
    await stores.start();
    assert.deepEqual(opened, []);
    const tree = new TaskTree(stores, settings, { by: 'status', filter: '' });
    assert.deepEqual(await tree.getChildren(), []);
    await stores.all[0]?.refreshCounts();
    assert.deepEqual(opened, ['one']);
    const nodes = await tree.getChildren();
    const items = nodes.map((node) => tree.getTreeItem(node));
    assert.deepEqual(
      items.map(({ label, description }) => [label, description]),
      [
        ['one', '2'],
        ['two', '0'],
      ],
    );
    assert.equal((await tree.getChildren(nodes[0])).length, 7);
    assert.equal(vscode.workspace.workspaceFolders?.length, 2);
    await stores.close();
  });
});
