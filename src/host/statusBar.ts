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

export interface StatusBar extends Disposable {
  /** How many jobs wait for the person. */
  setWaiting(jobs: number): void;
}

/** The one item: how many tasks are in progress, and how many jobs need the person. A click opens what needs them, else the board. */
export function createStatusBar(stores: WorkspaceStores): StatusBar {
  const subscriptions = new DisposableStore();
  const item = subscriptions.add(vscode.window.createStatusBarItem('claudetask.status', vscode.StatusBarAlignment.Left, 20));
  item.name = 'ClaudeTask';
  let shown = '';
  let waiting = 0;

  const update = () => {
    const open = stores.all.filter((folder) => folder.isOpen);
    if (open.length === 0 && waiting === 0) {
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
    const needsYou = waiting === 1 ? vscode.l10n.t('1 job needs you') : vscode.l10n.t('{0} jobs need you', waiting);
    if (waiting > 0) tooltip.appendText(needsYou);
    const tasks = failed ? '$(checklist) $(error)' : readOnly ? `$(checklist) ${active} $(lock)` : `$(checklist) ${active}`;
    const text = waiting > 0 ? `${tasks} · $(bell-dot) ${waiting}` : tasks;
    // Setting the same again makes the item flicker under a screen reader.
    if (text + tooltip.value === shown) return;
    shown = text + tooltip.value;
    item.text = text;
    item.command = waiting > 0 ? 'claudetask.job.answer' : 'claudetask.board.open';
    item.tooltip = tooltip;
    item.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    const spoken = failed
      ? vscode.l10n.t('ClaudeTask: the tasks cannot be read')
      : readOnly
        ? vscode.l10n.t('ClaudeTask: {0} tasks in progress, read-only', active)
        : vscode.l10n.t('ClaudeTask: {0} tasks in progress', active);
    item.accessibilityInformation = { label: waiting > 0 ? `${spoken}, ${needsYou}` : spoken, role: 'button' };
    item.show();
  };
  subscriptions.add(stores.onDidChange(update));
  subscriptions.add(stores.onDidChangeState(update));
  subscriptions.add(stores.onDidChangeFolders(update));
  return {
    setWaiting: (jobs) => {
      if (jobs === waiting) return;
      waiting = jobs;
      update();
    },
    dispose: () => subscriptions.dispose(),
  };
}
