import * as vscode from 'vscode';
import { classify, toDocumentPath } from '../../core/claudePlaces.ts';
import type { DocumentRow } from '../../core/document.ts';
import { folderOf, nameOf } from '../../core/filePath.ts';
import { catalogPath, type ClaudeFolder, type ClaudeFolders } from '../claude/claudeFolders.ts';
import { restoreVersion } from '../documents/restoreVersion.ts';
import type { Conflicts } from '../documents/showConflict.ts';
import { pickVersionToRestore, showHistory } from '../documents/showHistory.ts';
import type { Recorded } from '../documents/versions.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { say } from '../say.ts';
import { timeName } from '../words.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import type { HandlersOf } from './handler.ts';

/** A view with rows that stand for files. */
export interface FileRows {
  fileOf(row: unknown): vscode.Uri | undefined;
}

export interface DocumentCommandDeps {
  stores: WorkspaceStores;
  claude: ClaudeFolders;
  conflicts: Conflicts;
  /** Each knows its own rows only. */
  fileRows: readonly FileRows[];
}

/** The file that an argument of a command stands for: a row of a view, or a resource of an editor. */
export function fileOf(views: readonly FileRows[], arg: unknown): vscode.Uri | undefined {
  if (arg instanceof vscode.Uri) return arg.scheme === 'file' ? arg : undefined;
  for (const view of views) {
    const file = view.fileOf(arg);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** The file of the tab in front, also when it is shown in another way than as text. */
export function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
  return uri?.scheme === 'file' ? uri : undefined;
}

async function recordedAt({ claude }: DocumentCommandDeps, uri: vscode.Uri): Promise<Recorded | undefined> {
  const folder = await claude.of(uri);
  if (folder === undefined) return undefined;
  await folder.catalog.ready();
  const { places } = folder.catalog;
  const what = classify(catalogPath(uri), places);
  const path = toDocumentPath(catalogPath(uri), places);
  const isOwn = what?.scope.kind === 'project' || what?.scope.kind === 'user';
  return path === undefined || !isOwn || what.kind === 'settings' ? undefined : { folder, path };
}

/** Makes sure that there are versions to look at; false when the person wants none. */
async function hasVersions(folder: ClaudeFolder): Promise<boolean> {
  if (!folder.tasks.isOpen) {
    const start = vscode.l10n.t('Start Keeping Versions');
    const message = vscode.l10n.t('No versions are kept in {0} yet: that needs a database in the folder.', folder.tasks.folder.name);
    if ((await vscode.window.showInformationMessage(message, start)) !== start) return false;
    await startHistory(folder);
  }
  await folder.catalog.settled();
  return true;
}

async function startHistory(folder: ClaudeFolder): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Recording the files of Claude Code') },
    async () => {
      await folder.catalog.startHistory();
      await folder.catalog.settled();
    },
  );
}

async function allRows(folder: ClaudeFolder): Promise<DocumentRow[]> {
  const store = await folder.tasks.open();
  const rows: DocumentRow[] = [];
  for (let after = ''; ;) {
    const { documents } = await store.call('document.list', { after, limit: 1000 });
    rows.push(...documents);
    const last = documents.at(-1);
    if (last === undefined) return rows;
    after = last.path;
  }
}

/** Any file that has versions, deleted ones too; what changed last comes first. */
async function pickRecorded({ claude, stores }: DocumentCommandDeps, title: string): Promise<Recorded | undefined> {
  const tasks = await pickFolder(stores, title);
  const folder = tasks && (await claude.open(tasks));
  if (folder === undefined || !(await hasVersions(folder))) return undefined;
  const rows = (await allRows(folder)).sort((a, b) => b.savedAt - a.savedAt);
  const items = rows.map(({ path, deleted, savedAt }) => ({
    label: nameOf(path),
    description: folderOf(`/${path}`).slice(1),
    detail: deleted ? vscode.l10n.t('deleted · {0}', timeName(savedAt)) : timeName(savedAt),
    iconPath: deleted ? new vscode.ThemeIcon('trash') : vscode.ThemeIcon.File,
    path,
  }));
  const placeHolder = vscode.l10n.t('File whose versions are meant, also one that was deleted');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  return picked && { folder, path: picked.path };
}

/** The file that is named, else the one in front, else one that is picked. */
async function askRecorded(deps: DocumentCommandDeps, args: readonly unknown[], title: string): Promise<Recorded | undefined> {
  const named = fileOf(deps.fileRows, args[0]);
  const file = named ?? activeFile();
  const recorded = file && (await recordedAt(deps, file));
  if (recorded !== undefined) return (await hasVersions(recorded.folder)) ? recorded : undefined;
  if (named === undefined) return await pickRecorded(deps, title);
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'No versions of {0} are kept: they are kept of agents, skills, rules, memory and CLAUDE.md files of the folder and of your own.',
      nameOf(named.path),
    ),
  );
  return undefined;
}

export function documentHandlers(deps: DocumentCommandDeps): HandlersOf<'document'> {
  return {
    'claudetask.document.history': async (...args) => {
      const recorded = await askRecorded(deps, args, vscode.l10n.t('Show Versions'));
      if (recorded) await showHistory(recorded, deps.conflicts);
    },
    'claudetask.document.restore': async (...args) => {
      const recorded = await askRecorded(deps, args, vscode.l10n.t('Restore Version'));
      if (recorded === undefined) return;
      const version = typeof args[1] === 'number' ? args[1] : await pickVersionToRestore(recorded);
      if (version !== undefined) await restoreVersion(recorded, version, deps.conflicts);
    },
    'claudetask.document.startHistory': async () => {
      const tasks = await pickFolder(deps.stores, vscode.l10n.t('Start Keeping Versions'));
      if (tasks === undefined) return;
      const folder = await deps.claude.open(tasks);
      if (tasks.isOpen) {
        say(vscode.l10n.t('Versions are kept in {0} already.', tasks.folder.name));
        return;
      }
      await startHistory(folder);
      say(vscode.l10n.t('Versions of the files of Claude Code are kept in {0} from now on.', tasks.folder.name));
    },
  };
}
