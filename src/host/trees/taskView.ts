import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { ContextKey } from '../contextKeys.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { moveTasks, statusBeforeDone } from '../moveTasks.ts';
import { groupings, type GroupBy, type Settings } from '../settings.ts';
import { stateText } from '../statusBar.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import { createTaskDrag, type DragDeps } from './taskDrag.ts';
import type { TaskNode, TreeNode } from './taskNode.ts';
import { TaskTree, type TreeArrangement } from './taskTree.ts';

export interface TaskViewDeps {
  stores: WorkspaceStores;
  settings: Settings;
  /** Grouping and filter of this workspace, kept across reloads. */
  memory: vscode.Memento;
  setContext(key: ContextKey, value: boolean): void;
  run: DragDeps['run'];
}

export interface TaskView extends Disposable {
  readonly tree: TaskTree;
  /** The rows a key acts on: the selected ones, or the one with the keyboard focus. */
  focused(): Promise<readonly TaskNode[]>;
  /** How the view is arranged; `filter` is empty when nothing is filtered. */
  arrange(change: Partial<TreeArrangement>): void;
  /** Keeps the arrangement for the next time. */
  remember(): void;
}

const groupKey = 'tree.groupBy';
const filterKey = 'tree.filter';

export function createTaskView({ stores, settings, memory, setContext, run }: TaskViewDeps): TaskView {
  const subscriptions = new DisposableStore();
  const remembered: unknown = memory.get(groupKey);
  const by: GroupBy = groupings.find((one) => one === remembered) ?? settings.groupBy();
  const kept: unknown = memory.get(filterKey);
  const tree = subscriptions.add(new TaskTree(stores, settings, { by, filter: typeof kept === 'string' ? kept : '' }));
  const view = subscriptions.add(
    vscode.window.createTreeView('claudetask.tasks', {
      treeDataProvider: tree,
      dragAndDropController: createTaskDrag({ tree, run }),
      canSelectMany: true,
      showCollapseAll: true,
      manageCheckboxStateManually: true,
    }),
  );

  const describe = () => {
    const { filter } = tree.arranged;
    setContext('claudetask.filtered', filter !== '');
    const lines: string[] = [];
    for (const folder of stores.all) {
      const { role } = folder.state;
      if (role === 'readOnly' || role === 'failed' || role === 'takingOver') lines.push(stateText(folder) ?? '');
    }
    if (filter !== '') {
      const { shown, total } = tree.filtered();
      // With a message VS Code keeps the welcome text back, which says that nothing matches.
      if (shown > 0) lines.push(vscode.l10n.t('Filter: {0} ({1} of {2})', filter, shown, total));
    }
    const message = lines.join('\n');
    if (view.message !== message) view.message = message;
    const failed = stores.all.filter((folder) => folder.state.role === 'failed').length;
    view.badge = failed > 0 ? { value: failed, tooltip: vscode.l10n.t('The tasks cannot be read') } : undefined;
  };
  subscriptions.add(tree.onDidChangeTreeData(describe));
  subscriptions.add(stores.onDidChangeState(describe));
  describe();

  subscriptions.add(
    view.onDidChangeCheckboxState(({ items }) => {
      void run('Check tasks', () => checked(tree, items));
    }),
  );
  subscriptions.add(
    settings.onDidChange((affects) => {
      if (!affects('claudetask.tree.groupBy')) return;
      // The setting was changed after the command: the later wish counts.
      void memory.update(groupKey, undefined);
      tree.arrange({ by: settings.groupBy() });
    }),
  );

  return {
    tree,
    focused: async () => {
      // The arrow keys move the focus, not the selection, and only the selection is told to us.
      if (view.selection.length < 2) await vscode.commands.executeCommand('list.selectAndPreserveFocus');
      return view.selection.filter((node) => node.kind === 'task');
    },
    arrange: (change) => tree.arrange(change),
    remember: () => {
      const { by: now, filter } = tree.arranged;
      void memory.update(groupKey, now === settings.groupBy() ? undefined : now);
      void memory.update(filterKey, filter === '' ? undefined : filter);
    },
    dispose: () => subscriptions.dispose(),
  };
}

/** A checked row is done; a cleared one goes back to the column it was in. */
async function checked(tree: TaskTree, items: readonly (readonly [TreeNode, vscode.TreeItemCheckboxState])[]): Promise<void> {
  // Whatever became of it, the box must say what is stored.
  const refused = () => tree.refresh(items.map(([node]) => node));
  try {
    const finished = new Map<FolderTasks, number[]>();
    for (const [node, state] of items) {
      if (node.kind !== 'task') continue;
      if (state === vscode.TreeItemCheckboxState.Checked) finished.set(node.folder, [...(finished.get(node.folder) ?? []), node.taskId]);
      else await moveTasks({ folder: node.folder, ids: [node.taskId], status: await statusBeforeDone(node.folder, node.taskId), refused });
    }
    for (const [folder, ids] of finished) await moveTasks({ folder, ids, status: 'Done', refused });
  } finally {
    refused();
  }
}
