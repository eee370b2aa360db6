import * as vscode from 'vscode';
import type { TaskRow } from '../../core/task.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { pickTask } from '../pick/pickTask.ts';
import { boardViewType } from '../board/boardPanel.ts';
import type { TaskNode } from '../trees/taskNode.ts';
import type { CommandDeps } from './commandDeps.ts';

/** The tasks a command is about, all of one folder. */
export interface Target {
  folder: FolderTasks;
  ids: readonly number[];
}

/** What VS Code gives a command of a menu on a page. */
export interface PageContext {
  taskId?: number;
  status?: string;
}

/** What a link to a task carries. */
export interface TaskAddress {
  /** Key of the workspace folder's tasks. */
  folder: string;
  taskId: number;
}

function addressed({ stores }: CommandDeps, arg: unknown): Target | undefined {
  if (typeof arg !== 'object' || arg === null || !('folder' in arg) || !('taskId' in arg)) return undefined;
  const folder = typeof arg.folder === 'string' ? stores.get(arg.folder) : undefined;
  return folder !== undefined && typeof arg.taskId === 'number' ? { folder, ids: [arg.taskId] } : undefined;
}

export function pageContext(arg: unknown): PageContext | undefined {
  if (typeof arg !== 'object' || arg === null || !('webview' in arg) || arg.webview !== boardViewType) return undefined;
  return {
    ...('taskId' in arg && typeof arg.taskId === 'number' ? { taskId: arg.taskId } : {}),
    ...('status' in arg && typeof arg.status === 'string' ? { status: arg.status } : {}),
  };
}

function ofNodes(nodes: readonly TaskNode[]): Target | undefined {
  const [first] = nodes;
  if (!first) return undefined;
  // A selection over several folders cannot be changed in one step: the folder of the row that was acted on counts.
  const same = nodes.filter((node) => node.folder === first.folder);
  return { folder: first.folder, ids: [...new Set(same.map((node) => node.taskId))] };
}

/** What the arguments name, without asking: a link, a row, the selection of the view or the board, or a card. */
export async function namedTarget(deps: CommandDeps, args: readonly unknown[]): Promise<Target | undefined> {
  const { view, boards } = deps;
  const [first, second] = args;
  const linked = addressed(deps, first);
  if (linked) return linked;
  const node = view.tree.nodes.find(first);
  if (node?.kind === 'task') {
    const others: unknown[] = Array.isArray(second) ? second : [];
    const selected = others.map((other) => view.tree.nodes.find(other)).filter((other) => other?.kind === 'task');
    return ofNodes(selected.includes(node) ? [node, ...selected] : [node]);
  }
  if (first === 'tree') return ofNodes(await view.focused());
  const board = boards.active;
  if (!board) return undefined;
  if (first === 'board') return board.selection.length > 0 ? { folder: board.folder, ids: board.selection } : undefined;
  const card = pageContext(first)?.taskId;
  if (card === undefined) return undefined;
  return { folder: board.folder, ids: board.selection.includes(card) ? board.selection : [card] };
}

/** The tasks a command is about; a command called bare asks. Undefined when the person did not pick. */
export async function askTarget(deps: CommandDeps, args: readonly unknown[], title: string): Promise<Target | undefined> {
  const named = await namedTarget(deps, args);
  if (named) return named;
  const folder = await askFolder(deps, args, title);
  if (!folder) return undefined;
  const row = await pickTask({ folder, title, placeHolder: vscode.l10n.t('Task: words of its title or description, or its number') });
  return row && { folder, ids: [row.id] };
}

/** As `askTarget`, for a command on one task: the first of a selection. */
export async function askTask(
  deps: CommandDeps,
  args: readonly unknown[],
  title: string,
): Promise<{ folder: FolderTasks; id: number } | undefined> {
  const target = await askTarget(deps, args, title);
  const id = target?.ids[0];
  return target && id !== undefined ? { folder: target.folder, id } : undefined;
}

/** The folder a command is about: that of the row, board or card it was called on, else the only or the picked one. */
export async function askFolder(
  { stores, view, boards }: CommandDeps,
  args: readonly unknown[],
  title: string,
): Promise<FolderTasks | undefined> {
  const [first] = args;
  const node = view.tree.nodes.find(first);
  if (node) return node.folder;
  if (boards.active) return boards.active.folder;
  const [focused] = first === 'tree' ? await view.focused() : [];
  return focused?.folder ?? pickFolder(stores, title);
}

/** The row as it is now, from the rows at hand or the store. */
export async function currentRow(folder: FolderTasks, id: number): Promise<TaskRow> {
  return folder.rows?.get(id) ?? (await folder.open()).call('task.get', { id });
}
