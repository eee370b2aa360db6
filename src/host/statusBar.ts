import * as vscode from 'vscode';
import { statuses } from '../core/task.ts';
import { DisposableStore, type Disposable } from '../util/disposable.ts';
import type { FolderTasks } from './folderTasks.ts';
import { statusName } from './words.ts';
import type { WorkspaceStores } from './workspaceStores.ts';

/** What a folder's store is to this window, when there is something to say. */
export function stateText(folder: FolderTasks): string | undefined {
  const { state } = folder;
  switch (state.role) {
    case 'none':
    case 'owner':
    case 'closed':
      return undefined;
    case 'starting':
      return vscode.l10n.t('The database is being opened.');
    case 'client':
      return vscode.l10n.t('Another window holds the database (process {0}); this one works through it.', state.ownerPid);
    case 'takingOver':
      return vscode.l10n.t('The window that held the database has ended; this one is taking over.');
    case 'readOnly':
    case 'failed':
      return state.error.message;
  }
}

/** The one item: how many tasks are in progress. A click opens the board. */
export function createStatusBar(stores: WorkspaceStores): Disposable {
  const subscriptions = new DisposableStore();
  const item = subscriptions.add(vscode.window.createStatusBarItem('claudetask.status', vscode.StatusBarAlignment.Left, 20));
  item.name = 'ClaudeTask';
  item.command = 'claudetask.board.open';
  let shown = '';

  const update = () => {
    const open = stores.all.filter((folder) => folder.isOpen);
    if (open.length === 0) {
      item.hide();
      shown = '';
      return;
    }
    const active = open.reduce((sum, folder) => sum + folder.counts['In Progress'], 0);
    const failed = open.some(({ state }) => state.role === 'failed');
    const readOnly = open.some(({ state }) => state.role === 'readOnly');
    const tooltip = new vscode.MarkdownString();
    for (const folder of open) {
      if (open.length > 1) tooltip.appendMarkdown('**').appendText(folder.folder.name).appendMarkdown('**\n\n');
      tooltip.appendText(
        statuses
          .filter((status) => folder.counts[status] > 0)
          .map((status) => `${statusName(status)} ${folder.counts[status]}`)
          .join(' · ') || vscode.l10n.t('No tasks yet'),
      );
      tooltip.appendMarkdown('\n\n');
      const state = stateText(folder);
      if (state !== undefined) tooltip.appendText(state).appendMarkdown('\n\n');
    }
    const text = failed ? '$(checklist) $(error)' : readOnly ? `$(checklist) ${active} $(lock)` : `$(checklist) ${active}`;
    // Setting the same again makes the item flicker under a screen reader.
    if (text + tooltip.value === shown) return;
    shown = text + tooltip.value;
    item.text = text;
    item.tooltip = tooltip;
    item.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    const spoken = failed
      ? vscode.l10n.t('ClaudeTask: the tasks cannot be read')
      : readOnly
        ? vscode.l10n.t('ClaudeTask: {0} tasks in progress, read-only', active)
        : vscode.l10n.t('ClaudeTask: {0} tasks in progress', active);
    item.accessibilityInformation = { label: spoken, role: 'button' };
    item.show();
  };
  subscriptions.add(stores.onDidChange(update));
  subscriptions.add(stores.onDidChangeState(update));
  subscriptions.add(stores.onDidChangeFolders(update));
  return subscriptions;
}
