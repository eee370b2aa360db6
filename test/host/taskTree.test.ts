import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as vscode from 'vscode';
import type { Status, TaskRow } from '../../src/core/task.ts';
import { FolderTasks } from '../../src/host/folderTasks.ts';
import { settingIds } from '../../src/host/contributions.generated.ts';
import { createSettings } from '../../src/host/settings.ts';
import { TaskTree, type TreeArrangement } from '../../src/host/trees/taskTree.ts';
import type { TreeNode } from '../../src/host/trees/taskNode.ts';
import { WorkspaceStores } from '../../src/host/workspaceStores.ts';
import { eventually } from '../rig/eventually.ts';
import { memoryStore, row, type MemoryStore } from './memoryStore.ts';

interface Fixture {
  tree: TaskTree;
  store: MemoryStore;
  folder: FolderTasks;
  fired: (readonly TreeNode[] | undefined)[];
  labels(node?: TreeNode): Promise<string[]>;
  group(name: string): Promise<TreeNode>;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function open(rows: readonly TaskRow[], arranged: Partial<TreeArrangement> = {}): Promise<Fixture> {
  const store = memoryStore(rows);
  const settings = createSettings(settingIds);
  const stores = new WorkspaceStores({ log: silent, settings, openStore: () => Promise.resolve(store) });
  await stores.start();
  const folder = stores.all[0];
  assert.ok(folder);
  const tree = new TaskTree(stores, settings, { by: 'status', filter: '', ...arranged });
  const fired: Fixture['fired'] = [];
  await folder.refreshCounts();
  await folder.loadRows();
  await eventually('the first drawing', () => new Promise((resolve) => tree.onDidChangeTreeData(() => resolve(true))));
  tree.onDidChangeTreeData((nodes) => fired.push(nodes));
  const label = async (node: TreeNode) => {
    const item = tree.getTreeItem(node);
    const name = typeof item.label === 'string' ? item.label : '';
    return typeof item.description === 'string' ? `${name} [${item.description}]` : name;
  };
  return {
    tree,
    store,
    folder,
    fired,
    labels: async (node) => Promise.all((await tree.getChildren(node)).map(label)),
    group: async (name) => {
      const found = (await tree.getChildren()).find((node) => tree.getTreeItem(node).label === name);
      assert.ok(found, name);
      return found;
    },
  };
}

describe('the Tasks tree', () => {
  test('shows every column with its count, and the tasks in the order of the board', async () => {
    const { labels, group } = await open([row(1, { rank: 'b' }), row(2, { rank: 'a', assignee: 'ana' }), row(3, { status: 'Done' })]);
    assert.deepEqual(await labels(), [
      'Backlog [2]',
      'Analysis [0]',
      'Ready [0]',
      'In Progress [0]',
      'Testing [0]',
      'Code Review [0]',
      'Done [1]',
    ]);
    assert.deepEqual(await labels(await group('Backlog')), ['Task 2 [#2 · ana]', 'Task 1 [#1]']);
  });

  test('is empty without tasks, so that the welcome text shows', async () => {
    const { labels } = await open([]);
    assert.deepEqual(await labels(), []);
  });

  test('redraws one row when a task changes in place', async () => {
    const { tree, store, fired, group } = await open([row(1), row(2)]);
    const [first] = await tree.getChildren(await group('Backlog'));
    store.commit(row(1, { title: 'Renamed', version: 2 }));
    await eventually('a redraw', () => fired.length > 0);
    assert.deepEqual(fired, [[first]]);
    assert.ok(first);
    assert.equal(tree.getTreeItem(first).label, 'Renamed');
  });

  test('redraws the two columns of a move, and no others', async () => {
    const { store, fired, group, labels } = await open([row(1), row(2)]);
    const columns = [await group('Backlog'), await group('Testing')];
    store.commit(row(1, { status: 'Testing', version: 2 }));
    await eventually('a redraw', () => fired.length > 0);
    assert.deepEqual(fired, [columns]);
    assert.deepEqual(await labels(columns[1]), ['Task 1 [#1]']);
  });

  test('draws a burst of changes once', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => row(index + 1));
    const { store, fired } = await open(rows);
    for (const task of rows) store.commit({ ...task, title: 'Changed', version: 2 });
    await eventually('a redraw', () => fired.length > 0);
    assert.equal(fired.length, 1);
  });

  test('reads everything again when a revision was missed', async () => {
    const { store, folder, group, labels } = await open([row(1)]);
    store.skip(3);
    store.commit(row(2));
    await eventually('the new row', () => folder.rows?.has(2));
    assert.equal((await labels(await group('Backlog'))).length, 2);
  });

  test('lets deleted and archived tasks go', async () => {
    const { store, folder } = await open([row(1), row(2), row(3)]);
    store.commit(row(1, { deletedAt: 5, version: 2 }), row(2, { archivedAt: 5, version: 2 }));
    assert.deepEqual([...(folder.rows?.keys() ?? [])], [3]);
    assert.equal(folder.total, 1);
  });

  test('groups by label, a task with two labels in both', async () => {
    const { labels, group } = await open([row(1, { labels: ['ui', 'api'] }), row(2)], { by: 'label' });
    assert.deepEqual(await labels(), ['api [1]', 'ui [1]', 'No label [1]']);
    assert.deepEqual(await labels(await group('ui')), ['Task 1 [#1 · Backlog]']);
  });

  test('shows a new group when the first task of an assignee comes', async () => {
    const { store, fired, labels } = await open([row(1, { assignee: 'ana' })], { by: 'assignee' });
    assert.deepEqual(await labels(), ['ana [1]']);
    store.commit(row(2, { assignee: 'bo' }));
    await eventually('a redraw', () => fired.length > 0);
    assert.deepEqual(fired, [undefined]);
    assert.deepEqual(await labels(), ['ana [1]', 'bo [1]']);
  });

  test('nests subtasks when grouped by parent', async () => {
    const { tree, labels } = await open([row(1), row(2, { parentId: 1 }), row(3, { parentId: 99 })], { by: 'parent' });
    assert.deepEqual(await labels(), ['Task 1 [#1 · Backlog]', 'Task 3 [#3 · Backlog]']);
    const [parent] = await tree.getChildren();
    assert.deepEqual(await labels(parent), ['Task 2 [#2 · Backlog]']);
  });

  test('a filter leaves only what matches, and no empty columns', async () => {
    const { tree, labels, group } = await open([row(1, { type: 'Bug' }), row(2), row(3, { status: 'Ready' })], { filter: 'type:bug' });
    assert.deepEqual(await labels(), ['Backlog [1]']);
    assert.deepEqual(await labels(await group('Backlog')), ['Task 1 [#1]']);
    assert.deepEqual(tree.filtered(), { shown: 1, total: 3 });
  });

  test('shows a long column in parts', async () => {
    const { tree, group } = await open(Array.from({ length: 700 }, (_, index) => row(index + 1)));
    const column = await group('Backlog');
    const nodes = await tree.getChildren(column);
    const more = nodes.at(-1);
    assert.equal(nodes.length, 301);
    assert.ok(more?.kind === 'more');
    tree.showMore(more);
    assert.equal((await tree.getChildren(column)).length, 601);
  });

  test('a row says all of itself to a screen reader', async () => {
    const task = row(7, {
      title: 'Login fails',
      type: 'Bug',
      priority: 'High',
      status: 'In Progress',
      assignee: 'ana',
      checklistDone: 2,
      checklistTotal: 5,
      openBlockers: [3],
    });
    const { tree, group } = await open([task]);
    const [node] = await tree.getChildren(await group('In Progress'));
    assert.ok(node);
    const item = tree.getTreeItem(node);
    assert.equal(
      item.accessibilityInformation?.label,
      'Task 7: Login fails. Bug, High priority, In Progress. Assigned to ana. Waits for #3. 2 of 5 checklist items done.',
    );
    assert.match(String(item.contextValue), /(^|;)task(;|$)/);
    assert.equal(typeof item.checkboxState === 'object' && item.checkboxState.state, vscode.TreeItemCheckboxState.Unchecked);
  });

  test('counts without loading rows', async () => {
    const store = memoryStore([row(1), row(2, { status: 'In Progress' })]);
    const workspaceFolder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(workspaceFolder);
    const folder = new FolderTasks(workspaceFolder, () => Promise.resolve(store));
    await folder.refreshCounts();
    assert.equal(folder.rows, undefined);
    const status: Status = 'In Progress';
    assert.equal(folder.counts[status], 1);
    store.commit(row(3, { status }));
    await eventually('the new count', () => folder.counts[status] === 2);
  });
});
