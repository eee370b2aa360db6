import * as path from 'node:path';
import * as vscode from 'vscode';
import type { FolderTasks } from './folderTasks.ts';
import type { Settings } from './settings.ts';
import type { WorkspaceStores } from './workspaceStores.ts';

async function folderLines(folder: FolderTasks, index: number, settings: Settings): Promise<string[]> {
  const { state } = folder;
  const error = state.role === 'readOnly' || state.role === 'failed' ? ` (${state.error.code}: ${state.error.message})` : '';
  const lines = [`Folder ${index + 1}`, `- Store: ${state.role}${error}`];
  const status =
    folder.store && (await folder.store.call('database.status', {}, { timeout: 3000 }).catch((problem: unknown) => String(problem)));
  if (typeof status === 'string') lines.push(`- Database: ${status}`);
  else if (status) {
    lines.push(`- Database: ${status.bytes} bytes, ${status.walBytes} in the log, schema ${status.schemaVersion}, SQLite ${status.sqlite}`);
    lines.push(
      `- Tasks: ${status.tasks}, revision ${status.revision}, last backup ${status.lastBackup === null ? 'none' : path.basename(status.lastBackup)}`,
    );
  }
  lines.push(`- Settings: ${JSON.stringify(settings.changed(folder.folder.uri))}`);
  return lines;
}

/** Facts for a bug report, in English for those who read it. No titles, no paths, no names. */
export async function diagnostics(version: string, stores: WorkspaceStores, settings: Settings): Promise<string> {
  const lines = [
    `ClaudeTask ${version}`,
    `- VS Code ${vscode.version} (${vscode.env.appHost}${vscode.env.remoteName === undefined ? '' : `, remote ${vscode.env.remoteName}`}), language ${vscode.env.language}`,
    `- Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `- Workspace: ${vscode.workspace.workspaceFolders?.length ?? 0} folders, ${vscode.workspace.isTrusted ? 'trusted' : 'restricted'}`,
  ];
  for (const [index, folder] of stores.all.entries()) lines.push(...(await folderLines(folder, index, settings)));
  if (stores.all.length === 0) lines.push(`- Settings: ${JSON.stringify(settings.changed())}`);
  return `${lines.join('\n')}\n`;
}
