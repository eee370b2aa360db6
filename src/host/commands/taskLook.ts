import * as vscode from 'vscode';
import type { HistoryEntry } from '../../core/history.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { historyLines } from '../historyWords.ts';
import { pickTask } from '../pick/pickTask.ts';
import { timeName } from '../words.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { Handler } from './handler.ts';
import { askFolder, askTask } from './target.ts';

/** Opens the file and line a task was made from. */
export async function openOrigin(folder: FolderTasks, id: number): Promise<void> {
  const store = await folder.open();
  const { origin } = await store.call('task.get', { id });
  if (!origin) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Task #{0} was not made from a file. Add Task from Selection keeps the place.', id),
    );
    return;
  }
  const uri = vscode.Uri.joinPath(folder.folder.uri, origin.file);
  const position = new vscode.Position(origin.line - 1, 0);
  try {
    await vscode.window.showTextDocument(uri, { selection: new vscode.Range(position, position) });
  } catch {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} could not be opened: it was moved or deleted since task #{1} was made from it.', origin.file, id),
    );
  }
}

async function showHistory(folder: FolderTasks, id: number): Promise<void> {
  const store = await folder.open();
  const { entries } = await store.call('task.history', { id, limit: 500 });
  const items = entries.map((entry: HistoryEntry) => {
    const [label = '', ...more] = historyLines(entry);
    const detail = [...more, entry.comment].filter(Boolean).join(' · ');
    return { label, description: `${entry.actor.name} · ${timeName(entry.at)}`, ...(detail === '' ? {} : { detail }) };
  });
  await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('History of #{0}', id),
    matchOnDescription: true,
    matchOnDetail: true,
    placeHolder: vscode.l10n.t('Newest first'),
  });
}

/** Commands that only look. */
export function taskLookHandlers(deps: CommandDeps): Record<`claudetask.task.${'reveal' | 'search' | 'openOrigin' | 'history'}`, Handler> {
  return {
    'claudetask.task.reveal': async (...args) => {
      const target = await askTask(deps, args, vscode.l10n.t('Show on Board'));
      if (target) deps.boards.open(target.folder, true).do('reveal', target.id);
    },
    'claudetask.task.search': async (...args) => {
      const title = vscode.l10n.t('Search Tasks');
      const folder = await askFolder(deps, args, title);
      const row = folder && (await pickTask({ folder, title, placeHolder: vscode.l10n.t('Words of a title or description, or a number') }));
      if (folder && row) deps.boards.open(folder).do('reveal', row.id);
    },
    'claudetask.task.openOrigin': async (...args) => {
      const target = await askTask(deps, args, vscode.l10n.t('Go to Origin'));
      if (target) await openOrigin(target.folder, target.id);
    },
    'claudetask.task.history': async (...args) => {
      const target = await askTask(deps, args, vscode.l10n.t('Show History'));
      if (target) await showHistory(target.folder, target.id);
    },
  };
}
