import * as vscode from 'vscode';
import { dayOf } from '../../core/day.ts';
import { matches as rowMatches, parseFilter } from '../../core/taskFilter.ts';
import type { TaskRow } from '../../core/task.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { FolderTasks, TasksChange } from '../folderTasks.ts';
import type { GroupBy, Settings } from '../settings.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import { Arrangement } from './arrangement.ts';
import { folderItem, groupItem } from './groupItem.ts';
import { moreItem } from './moreItem.ts';
import { NodeTable, type FolderNode, type GroupNode, type MoreNode, type TaskNode, type TreeNode } from './taskNode.ts';
import { taskItem, taskTooltip } from './taskTreeItem.ts';

/** Changes that come within this time are drawn together. */
const burst = 30;
/** With more nodes than this to redraw, the whole tree is quicker. */
const manyNodes = 100;
/** Rows a group shows at first, and how many more each time. VS Code builds every child of an open group. */
const pageSize = 300;

export interface TreeArrangement {
  by: GroupBy;
  filter: string;
}

/** The Tasks view's rows: folders when there are several, groups, tasks. */
export class TaskTree implements vscode.TreeDataProvider<TreeNode>, Disposable {
  readonly #stores: WorkspaceStores;
  readonly #settings: Settings;
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly #subscriptions = new DisposableStore();
  readonly #arrangements = new Map<string, Arrangement>();
  readonly #shownRows = new Map<string, number>();
  readonly #pending = new Set<TreeNode>();
  #pendingAll = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #arranged: TreeArrangement;
  #filled = false;

  readonly nodes = new NodeTable();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(stores: WorkspaceStores, settings: Settings, arranged: TreeArrangement) {
    this.#stores = stores;
    this.#settings = settings;
    this.#arranged = arranged;
    this.#subscriptions.add(stores.onDidChangeFolders(() => this.#reset()));
    this.#subscriptions.add(stores.onDidChangeState(() => this.#fireAll()));
    this.#subscriptions.add(stores.onDidChange(({ folder, change }) => this.#onChange(folder, change)));
    this.#subscriptions.add(
      settings.onDidChange((affects) => {
        if (affects('claudetask.workflow.wipLimits')) this.#fireAll();
      }),
    );
  }

  get arranged(): TreeArrangement {
    return this.#arranged;
  }

  arrange(change: Partial<TreeArrangement>): void {
    this.#arranged = { ...this.#arranged, ...change };
    this.#reset();
  }

  /** How many of all tasks the filter lets through; folders whose rows are not loaded count nothing. */
  filtered(): { shown: number; total: number } {
    let shown = 0;
    let total = 0;
    for (const folder of this.#stores.all) {
      if (!folder.rows) continue;
      shown += this.#arrangement(folder).rows.size;
      total += folder.rows.size;
    }
    return { shown, total };
  }

  row(node: TaskNode): TaskRow | undefined {
    return node.folder.rows?.get(node.taskId);
  }

  showMore(node: MoreNode): void {
    this.#shownRows.set(node.parent, (this.#shownRows.get(node.parent) ?? pageSize) + pageSize);
    const parent = this.nodes.get(node.parent);
    this.#changed.fire(parent ? [parent] : undefined);
  }

  /** Draws rows anew, such as a checkbox whose move was refused. */
  refresh(nodes: readonly TreeNode[]): void {
    for (const node of nodes) this.#pending.add(node);
    this.#schedule();
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#roots();
      case 'folder':
        return this.#inFolder(node.folder);
      case 'group':
        return this.#inGroup(node);
      case 'task':
        return this.#tasks(node.folder, this.#arrangement(node.folder).children(node.taskId), node.id);
      case 'more':
        return [];
    }
  }

  async #roots(): Promise<TreeNode[]> {
    const folders = this.#stores.all;
    // With nothing to show the welcome text speaks, and it needs an empty tree.
    if (!this.#stores.isReady || folders.every((folder) => folder.total === 0)) {
      this.#filled = false;
      return [];
    }
    this.#filled = true;
    const [only] = folders;
    if (folders.length === 1 && only) return this.#inFolder(only);
    if (this.#arranged.filter === '') return folders.map((folder) => this.nodes.folder(folder));
    await Promise.all(folders.map((folder) => this.#load(folder)));
    return folders.filter((folder) => this.#arrangement(folder).rows.size > 0).map((folder) => this.nodes.folder(folder));
  }

  async #load(folder: FolderTasks): Promise<boolean> {
    if (!folder.isOpen) return false;
    try {
      await folder.loadRows();
      return true;
    } catch {
      // The view's message says what is wrong with the store.
      return folder.rows !== undefined;
    }
  }

  async #inFolder(folder: FolderTasks): Promise<TreeNode[]> {
    if (!(await this.#load(folder))) return [];
    const { by } = this.#arranged;
    const arrangement = this.#arrangement(folder);
    if (by === 'parent') return this.#tasks(folder, arrangement.children(0), folder.key);
    return arrangement.values(by).map((value) => this.nodes.group(folder, by, value));
  }

  #inGroup(node: GroupNode): TreeNode[] {
    if (node.by === 'parent') return [];
    return this.#tasks(node.folder, this.#arrangement(node.folder).members(node.by, node.value), node.id);
  }

  #tasks(folder: FolderTasks, ids: readonly number[], parent: string): TreeNode[] {
    const limit = this.#shownRows.get(parent) ?? pageSize;
    const nodes: TreeNode[] = ids.slice(0, limit).map((id) => this.nodes.task(folder, id, parent));
    if (ids.length > limit) nodes.push(this.nodes.more(folder, parent, ids.length - limit));
    return nodes;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node);
      case 'group':
        return groupItem(
          node,
          node.by === 'parent' ? 0 : this.#arrangement(node.folder).members(node.by, node.value).length,
          this.#limit(node),
        );
      case 'more':
        return moreItem(node, Math.min(node.hidden, pageSize));
      case 'task': {
        const row = this.row(node);
        // Deleted between the question and the answer: the group is redrawn in a moment.
        if (!row) return new vscode.TreeItem(`#${node.taskId}`);
        const { by } = this.#arranged;
        return taskItem(node, row, by, by === 'parent' && this.#arrangement(node.folder).children(row.id).length > 0);
      }
    }
  }

  #limit(node: GroupNode): number | undefined {
    if (node.by !== 'status') return undefined;
    const limits: Readonly<Record<string, number | undefined>> = this.#settings.workflow(node.folder.folder.uri).wipLimits;
    return node.value === null ? undefined : limits[node.value];
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode, token: vscode.CancellationToken): Promise<vscode.TreeItem> {
    if (node.kind !== 'task' || !node.folder.store) return item;
    const task = await node.folder.store.call('task.get', { id: node.taskId }).catch(() => undefined);
    if (task && !token.isCancellationRequested) item.tooltip = taskTooltip(task);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    switch (node.kind) {
      case 'folder':
        return undefined;
      case 'group':
        return this.#folderNode(node.folder);
      case 'task':
      case 'more': {
        const parent = this.nodes.get(node.parent);
        return parent && parent.kind !== 'folder' ? parent : this.#folderNode(node.folder);
      }
    }
  }

  #folderNode(folder: FolderTasks): FolderNode | undefined {
    return this.#stores.all.length > 1 ? this.nodes.folder(folder) : undefined;
  }

  #arrangement(folder: FolderTasks): Arrangement {
    let arrangement = this.#arrangements.get(folder.key);
    if (!arrangement) {
      const text = this.#arranged.filter;
      const filter = parseFilter(text);
      const day = dayOf(Date.now());
      arrangement = new Arrangement(folder, this.#arranged.by, text.trim() === '' ? undefined : (row) => rowMatches(filter, row, day));
      this.#arrangements.set(folder.key, arrangement);
    }
    return arrangement;
  }

  #onChange(folder: FolderTasks, change: TasksChange): void {
    const filled = this.#stores.all.some((one) => one.total > 0);
    if (change.kind === 'reset' || filled !== this.#filled) {
      this.#arrangements.delete(folder.key);
      this.#fireAll();
      return;
    }
    const { by } = this.#arranged;
    const arrangement = this.#arrangement(folder);
    const touched = arrangement.apply(change.changes);
    if (touched.root) {
      const node = this.#folderNode(folder);
      if (node) this.#pending.add(node);
      else this.#pendingAll = true;
    }
    for (const value of touched.groups) this.#pending.add(this.nodes.group(folder, by, value));
    for (const id of touched.tasks) this.#touchTask(folder, arrangement, id);
    this.#schedule();
  }

  #touchTask(folder: FolderTasks, arrangement: Arrangement, id: number): void {
    const { by } = this.#arranged;
    const row = arrangement.rows.get(id);
    if (!row) return;
    if (by === 'parent') {
      this.#pending.add(this.nodes.task(folder, id, this.#parentPath(folder, arrangement, row)));
      return;
    }
    for (const value of arrangement.values(by)) {
      const node = this.nodes.get(`${this.nodes.group(folder, by, value).id}#${id}`);
      if (node) this.#pending.add(node);
    }
  }

  #parentPath(folder: FolderTasks, arrangement: Arrangement, row: TaskRow): string {
    const parent = row.parentId === null ? undefined : arrangement.rows.get(row.parentId);
    return parent ? this.nodes.task(folder, parent.id, this.#parentPath(folder, arrangement, parent)).id : folder.key;
  }

  #reset(): void {
    this.#arrangements.clear();
    this.#shownRows.clear();
    this.#fireAll();
  }

  #fireAll(): void {
    this.#pendingAll = true;
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const all = this.#pendingAll || this.#pending.size > manyNodes;
      const nodes = [...this.#pending];
      this.#pendingAll = false;
      this.#pending.clear();
      this.#changed.fire(all ? undefined : nodes);
    }, burst);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
