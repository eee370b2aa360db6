import * as vscode from 'vscode';
import { priorities, statuses } from '../../core/task.ts';
import { priorityName, statusName } from '../words.ts';
import type { FolderNode, GroupNode } from './taskNode.ts';

export function folderItem(node: FolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.folder.folder.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.id;
  item.description = String(node.folder.total);
  item.iconPath = vscode.ThemeIcon.Folder;
  item.contextValue = 'folder;addable';
  item.tooltip = node.folder.folder.uri.fsPath;
  item.accessibilityInformation = { label: vscode.l10n.t('Folder {0}, {1} tasks', node.folder.folder.name, node.folder.total) };
  return item;
}

/** The heading of a group, in the reader's words. */
export function groupName(node: GroupNode): string {
  const { by, value } = node;
  const status = statuses.find((one) => one === value);
  if (by === 'status' && status) return statusName(status);
  const priority = priorities.find((one) => one === value);
  if (by === 'priority' && priority) return priorityName(priority);
  if (value !== null) return value;
  return by === 'label' ? vscode.l10n.t('No label') : vscode.l10n.t('Unassigned');
}

export function groupItem(node: GroupNode, count: number, limit: number | undefined): vscode.TreeItem {
  const folded = node.by === 'status' && node.value === 'Done';
  const item = new vscode.TreeItem(
    groupName(node),
    folded ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = node.id;
  item.description = limit === undefined ? String(count) : `${count}/${limit}`;
  item.contextValue = node.by === 'label' && node.value === null ? 'group' : 'group;addable';
  const spoken = [vscode.l10n.t('{0}, {1} tasks', groupName(node), count)];
  if (limit !== undefined) spoken.push(vscode.l10n.t('limit {0}', limit));
  if (limit !== undefined && count > limit) {
    item.description = vscode.l10n.t('{0}/{1} · over the limit', count, limit);
    item.tooltip = vscode.l10n.t('{0} holds {1} tasks; its limit is {2}.', groupName(node), count, limit);
    spoken.push(vscode.l10n.t('over the limit'));
  }
  item.accessibilityInformation = { label: spoken.join(', ') };
  return item;
}
