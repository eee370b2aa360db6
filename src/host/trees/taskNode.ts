import type { FolderTasks } from '../folderTasks.ts';
import type { GroupBy } from '../settings.ts';

export interface FolderNode {
  kind: 'folder';
  id: string;
  folder: FolderTasks;
}
export interface GroupNode {
  kind: 'group';
  id: string;
  folder: FolderTasks;
  by: GroupBy;
  value: string | null;
}
export interface TaskNode {
  kind: 'task';
  /** Names the group too: a task with two labels stands in two places. */
  id: string;
  folder: FolderTasks;
  taskId: number;
  /** What it stands under: a group, a folder, or a task. */
  parent: string;
}
/** Stands for the rows of a long group that are not shown yet. */
export interface MoreNode {
  kind: 'more';
  id: string;
  folder: FolderTasks;
  parent: string;
  hidden: number;
}
export type TreeNode = FolderNode | GroupNode | TaskNode | MoreNode;

/**
 * Hands out one object per id: VS Code knows an element by its identity, and only a known one can be refreshed alone.
 */
export class NodeTable {
  readonly #nodes = new Map<string, TreeNode>();

  /** The node that VS Code handed back, when it is one of ours. */
  find(value: unknown): TreeNode | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return undefined;
    const node = this.#nodes.get(value.id);
    return node === value ? node : undefined;
  }

  get(id: string): TreeNode | undefined {
    return this.#nodes.get(id);
  }

  folder(folder: FolderTasks): FolderNode {
    const id = folder.key;
    const node = this.#nodes.get(id);
    return node?.kind === 'folder' ? node : this.#keep({ kind: 'folder', id, folder });
  }

  group(folder: FolderTasks, by: GroupBy, value: string | null): GroupNode {
    const id = groupId(folder, by, value);
    const node = this.#nodes.get(id);
    return node?.kind === 'group' ? node : this.#keep({ kind: 'group', id, folder, by, value });
  }

  task(folder: FolderTasks, taskId: number, parent: string): TaskNode {
    const id = taskNodeId(taskId, parent);
    const node = this.#nodes.get(id);
    return node?.kind === 'task' ? node : this.#keep({ kind: 'task', id, folder, taskId, parent });
  }

  more(folder: FolderTasks, parent: string, hidden: number): MoreNode {
    const id = `${parent}/more`;
    const node = this.#nodes.get(id);
    if (node?.kind !== 'more') return this.#keep({ kind: 'more', id, folder, parent, hidden });
    node.hidden = hidden;
    return node;
  }

  clear(): void {
    this.#nodes.clear();
  }

  #keep<T extends TreeNode>(node: T): T {
    this.#nodes.set(node.id, node);
    return node;
  }
}

export function groupId(folder: FolderTasks, by: GroupBy, value: string | null): string {
  return value === null ? `${folder.key}?${by}` : `${folder.key}?${by}=${value}`;
}

export function taskNodeId(taskId: number, parent: string): string {
  return `${parent}#${taskId}`;
}
