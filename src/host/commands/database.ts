import * as vscode from 'vscode';
import type { FolderTasks } from '../folderTasks.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { HandlersOf } from './handler.ts';
import { askFolder } from './target.ts';

/** Copies of a large database take longer than other calls. */
const patience = 10 * 60_000;
const extensions = { SQLite: ['db', 'sqlite', 'sqlite3'] };

function withProgress<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: { viewId: 'claudetask.tasks' }, title }, work);
}

/** Says where a file lies, and shows it when asked: on the desktop in the file manager, elsewhere by copying its path. */
async function sayFile(message: string, file: string): Promise<void> {
  const copy = vscode.l10n.t('Copy Path');
  if ((await vscode.window.showInformationMessage(message, copy)) === copy) await vscode.env.clipboard.writeText(file);
}

async function exportDatabase(folder: FolderTasks): Promise<void> {
  const title = vscode.l10n.t('Export Database');
  const day = new Date().toISOString().slice(0, 10);
  const target = await vscode.window.showSaveDialog({
    title,
    saveLabel: vscode.l10n.t('Export'),
    defaultUri: vscode.Uri.joinPath(folder.folder.uri, `claudetask-${day}.db`),
    filters: extensions,
  });
  if (!target) return;
  const store = await folder.open();
  const { file } = await withProgress(title, () => store.call('database.export', { path: target.fsPath }, { timeout: patience }));
  await sayFile(vscode.l10n.t('The database was exported to {0}.', file), file);
}

async function restoreDatabase(folder: FolderTasks): Promise<void> {
  const title = vscode.l10n.t('Restore Database');
  const backups = vscode.Uri.joinPath(folder.folder.uri, '.claudetask', 'backups');
  const [source] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Restore'),
      defaultUri: backups,
      canSelectMany: false,
      filters: extensions,
    })) ?? [];
  if (!source) return;
  const restore = vscode.l10n.t('Restore Database');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Replace all tasks of {0} by those in {1}?', folder.folder.name, source.path.split('/').pop() ?? source.path),
    { modal: true, detail: vscode.l10n.t('The present database is kept beside the new one. This cannot be undone with Undo.') },
    restore,
  );
  if (answer !== restore) return;
  const store = await folder.open();
  const { keptAside } = await withProgress(title, () => store.call('database.restore', { path: source.fsPath }, { timeout: patience }));
  await sayFile(
    vscode.l10n.t('The tasks of {0} were restored. The database before is kept as {1}.', folder.folder.name, keptAside),
    keptAside,
  );
}

export function databaseHandlers(deps: CommandDeps): HandlersOf<'database'> {
  return {
    'claudetask.database.backup': async (...args) => {
      const folder = await askFolder(deps, args, vscode.l10n.t('Back Up Database Now'));
      if (!folder) return;
      const store = await folder.open();
      const { file } = await withProgress(vscode.l10n.t('Backing up'), () => store.call('database.backup', {}, { timeout: patience }));
      await sayFile(vscode.l10n.t('A backup was written to {0}.', vscode.workspace.asRelativePath(file)), file);
    },
    'claudetask.database.export': async (...args) => {
      const folder = await askFolder(deps, args, vscode.l10n.t('Export Database'));
      if (folder) await exportDatabase(folder);
    },
    'claudetask.database.restore': async (...args) => {
      const folder = await askFolder(deps, args, vscode.l10n.t('Restore Database'));
      if (folder) await restoreDatabase(folder);
    },
  };
}
