import * as vscode from 'vscode';
import type { FolderTasks } from '../folderTasks.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';

/** The folder a command is about: the only one, or the one that is picked. Undefined when there is none or none was picked. */
export async function pickFolder(stores: WorkspaceStores, title: string): Promise<FolderTasks | undefined> {
  const folders = stores.all;
  const [only] = folders;
  if (!only) {
    await sayNoFolder();
    return undefined;
  }
  if (folders.length === 1) return only;
  const active = vscode.window.activeTextEditor?.document.uri;
  const activeKey = active && vscode.workspace.getWorkspaceFolder(active)?.uri.toString();
  const items = folders.map((folder) => ({
    label: folder.folder.name,
    description: folder.isOpen ? vscode.l10n.t('{0} tasks', folder.total) : vscode.l10n.t('no tasks yet'),
    iconPath: vscode.ThemeIcon.Folder,
    folder,
  }));
  // The folder one works in comes first.
  items.sort((a, b) => Number(b.folder.key === activeKey) - Number(a.folder.key === activeKey));
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Folder whose tasks are meant') });
  return picked?.folder;
}

async function sayNoFolder(): Promise<void> {
  const virtual = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const message = virtual
    ? vscode.l10n.t('ClaudeTask keeps tasks in a file on a disk, and this folder is not on one. Open a folder on a disk to use it.')
    : vscode.l10n.t('ClaudeTask keeps tasks in the folder you work in, and no folder is open. Open one to start.');
  const open = vscode.l10n.t('Open Folder');
  const picked = await vscode.window.showInformationMessage(message, open);
  if (picked === open) await vscode.commands.executeCommand('vscode.openFolder');
}
