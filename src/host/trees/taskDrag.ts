import * as vscode from 'vscode';
import { priorities, statuses, type TaskRow } from '../../core/task.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { moveTasks } from '../moveTasks.ts';
import type { GroupNode, TaskNode, TreeNode } from './taskNode.ts';
import type { TaskTree } from './taskTree.ts';

const mime = 'application/vnd.code.tree.claudetask.tasks';

export interface DragDeps {
  tree: TaskTree;
  /** Runs a drop as commands are run: logged, failures shown. */
  run(label: string, work: () => Promise<unknown>): Promise<void>;
}

/** Dragging rows of the Tasks view: to another place of a group, to another group, below another task. */
export function createTaskDrag({ tree, run }: DragDeps): vscode.TreeDragAndDropController<TreeNode> {
  return {
    dragMimeTypes: [mime],
    dropMimeTypes: [mime],
    handleDrag: (nodes, data) => {
      const tasks = nodes.filter((node) => node.kind === 'task');
      if (tasks.length > 0) data.set(mime, new vscode.DataTransferItem(tasks.map((node) => node.id)));
    },
    handleDrop: (target, data) =>
      run('Drop tasks', async () => {
        const dragged = draggedTasks(tree, data.get(mime)?.value);
        const [first] = dragged;
        if (!first) return;
        if (dragged.some((node) => node.folder !== first.folder) || (target && target.folder !== first.folder)) {
          void vscode.window.showInformationMessage(
            vscode.l10n.t('Tasks stay in their folder: each folder has a database of its own. Drop them on a group of the same folder.'),
          );
          return;
        }
        await drop(tree, first.folder, [...new Set(dragged.map((node) => node.taskId))], dragged, target);
      }),
  };
}

function draggedTasks(tree: TaskTree, value: unknown): TaskNode[] {
  const ids: unknown[] = Array.isArray(value) ? value : [];
  return ids.flatMap((id) => {
    const node = typeof id === 'string' ? tree.nodes.get(id) : undefined;
    return node?.kind === 'task' ? [node] : [];
  });
}

async function drop(
  tree: TaskTree,
  folder: FolderTasks,
  ids: number[],
  dragged: readonly TaskNode[],
  target: TreeNode | undefined,
): Promise<void> {
  if (target?.kind === 'task') {
    if (ids.includes(target.taskId)) return;
    const over = tree.row(target);
    if (!over) return;
    if (tree.arranged.by === 'parent') {
      await update(folder, ids, { parentId: over.id });
      return;
    }
    const group = tree.nodes.get(target.parent);
    if (group?.kind === 'group' && group.by !== 'status') await regroup(tree, folder, ids, dragged, group);
    // Only within a column is there an order to take a place in.
    if (tree.arranged.by === 'status') await moveTasks({ folder, ids, status: over.status, ...place(tree, dragged, over) });
    return;
  }
  if (target?.kind === 'group') await regroup(tree, folder, ids, dragged, target);
  else if (tree.arranged.by === 'parent') await update(folder, ids, { parentId: null });
}

/** Dragged down within its column a task goes below the row it is dropped on, else above: it lands where the pointer is. */
function place(tree: TaskTree, dragged: readonly TaskNode[], over: TaskRow): { beforeId: number } | { afterId: number } {
  const [first] = dragged;
  const row = first && tree.row(first);
  const down = row?.status === over.status && (row.rank < over.rank || (row.rank === over.rank && row.id < over.id));
  return down ? { afterId: over.id } : { beforeId: over.id };
}

async function regroup(tree: TaskTree, folder: FolderTasks, ids: number[], dragged: readonly TaskNode[], group: GroupNode): Promise<void> {
  switch (group.by) {
    case 'status': {
      const status = statuses.find((one) => one === group.value);
      if (status) await moveTasks({ folder, ids, status });
      return;
    }
    case 'priority': {
      const priority = priorities.find((one) => one === group.value);
      if (priority) await update(folder, ids, { priority });
      return;
    }
    case 'assignee':
      await update(folder, ids, { assignee: group.value });
      return;
    case 'label':
      await relabel(tree, folder, dragged, group);
      return;
    case 'parent':
      return;
  }
}

/** The label of the group a row was dragged from gives way to that of the group it was dropped on. */
async function relabel(tree: TaskTree, folder: FolderTasks, dragged: readonly TaskNode[], group: GroupNode): Promise<void> {
  for (const node of dragged) {
    const row = tree.row(node);
    const from = tree.nodes.get(node.parent);
    if (!row || from === group) continue;
    const old = from?.kind === 'group' ? from.value : null;
    const kept = row.labels.filter((label) => label !== old && label !== group.value);
    await update(folder, [row.id], { labels: group.value === null ? kept : [...kept, group.value] });
  }
}

type Patch = { parentId?: number | null; priority?: TaskRow['priority']; assignee?: string | null; labels?: string[] };

async function update(folder: FolderTasks, ids: number[], patch: Patch): Promise<void> {
  const store = await folder.open();
  await store.call('task.updateMany', { ids, patch });
}
