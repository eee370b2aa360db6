import * as vscode from 'vscode';
import type { FileEntry } from '../../app/filePorts.ts';
import { classify, instructionNames } from '../../core/claudePlaces.ts';
import { foldersDownTo, isInside } from '../../core/filePath.ts';
import { Burst } from '../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { FolderTasks } from '../folderTasks.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import { catalogPath, type ClaudeFolder, type ClaudeFolders } from './claudeFolders.ts';

/** Milliseconds after the start, or after a database appeared, at which the files are first looked through. */
const idle = 2000;
const burstTimes = { quiet: 100, longest: 1000 } as const;
/** Milliseconds after which the watchers of VS Code surely work: it starts them beside much else, and what happens before is not told. */
const watching = 8000;

export interface FollowDeps {
  stores: WorkspaceStores;
  folders: ClaudeFolders;
}

/**
 * Tells the catalogs what changes in the workspace, and which contents come from an editor. A folder with a database is followed from the
 * start on, for its versions; another one from when something first asks for it.
 */
export function followWorkspace({ stores, folders }: FollowDeps): Disposable {
  const subscriptions = new DisposableStore();
  const followed = new Map<ClaudeFolder, Disposable>();
  const timers = new Set<ReturnType<typeof setTimeout>>();

  const update = () => {
    const { all } = folders;
    for (const folder of all) if (!followed.has(folder)) followed.set(folder, followFolder(folder));
    for (const [folder, following] of followed) {
      if (all.includes(folder)) continue;
      followed.delete(folder);
      following.dispose();
    }
  };
  /** Opened when nobody waits for anything else; its catalog then records by itself. */
  const openLater = (tasks: FolderTasks) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      // What fails here is told when somebody asks for it.
      if (stores.get(tasks.key) === tasks) void folders.open(tasks).catch(() => undefined);
    }, idle);
    timers.add(timer);
  };
  const noticed = new WeakSet<FolderTasks>();
  const openThoseWithDatabase = () => {
    for (const tasks of stores.all) {
      if (!tasks.isOpen || noticed.has(tasks)) continue;
      noticed.add(tasks);
      openLater(tasks);
    }
  };

  const announce = (document: vscode.TextDocument) => {
    for (const folder of followed.keys()) announceSave(folder, document);
  };
  subscriptions.add(folders.onDidChangeFolders(update));
  subscriptions.add(stores.onDidChangeFolders(openThoseWithDatabase));
  subscriptions.add(stores.onDidChangeState(openThoseWithDatabase));
  // Before the save, for what sees the file first; and after it, for what was tidied up on the way.
  subscriptions.add(vscode.workspace.onWillSaveTextDocument(({ document }) => announce(document)));
  subscriptions.add(vscode.workspace.onDidSaveTextDocument(announce));
  // An editor has just read the file: what it shows is what others are to know of.
  subscriptions.add(
    vscode.workspace.onDidOpenTextDocument((document) => {
      for (const { catalog } of followed.keys()) {
        const path = catalogPath(document.uri);
        if (document.uri.scheme === 'file' && classify(path, catalog.places) !== undefined) catalog.notifyChanged([path]);
      }
    }),
  );
  subscriptions.add({
    dispose: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const following of followed.values()) following.dispose();
    },
  });
  update();
  openThoseWithDatabase();
  return subscriptions;
}

function announceSave({ catalog, user, hashOf }: ClaudeFolder, document: vscode.TextDocument): void {
  // In any other encoding the bytes are not those of the text.
  if (document.uri.scheme !== 'file' || document.encoding !== 'utf8') return;
  const path = catalogPath(document.uri);
  if (classify(path, catalog.places) === undefined) return;
  catalog.expectSave(path, hashOf(document.getText()), { cause: 'editor', actor: user });
}

function followFolder({ catalog, tasks }: ClaudeFolder): Disposable {
  const subscriptions = new DisposableStore();
  const late = setTimeout(() => catalog.notifyChanged([catalog.places.folder]), watching);
  subscriptions.add({ dispose: () => clearTimeout(late) });
  const notify = (uri: vscode.Uri) => catalog.notifyChanged([catalogPath(uri)]);
  const names = `{${[...instructionNames].join(',')}}`;
  const { folder, repositoryRoot } = catalog.places;
  const above = foldersDownTo(folder).filter((level) => level !== folder && isInside(repositoryRoot, level));
  const patterns = [
    new vscode.RelativePattern(tasks.folder, `**/${names}`),
    new vscode.RelativePattern(tasks.folder, '**/.claude/**'),
    ...above.map((level) => new vscode.RelativePattern(vscode.Uri.file(level), names)),
  ];
  for (const pattern of patterns) {
    const watcher = subscriptions.add(vscode.workspace.createFileSystemWatcher(pattern));
    for (const happened of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) subscriptions.add(happened(notify));
  }

  // A folder that was moved away, or has come with all that is in it, may be told by its own name only.
  const gone = subscriptions.add(new Burst<string>(burstTimes, (paths) => catalog.notifyChanged(holding(catalog.files(), paths))));
  const folders = subscriptions.add(
    vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(tasks.folder, '**/*'), false, true, false),
  );
  subscriptions.add(folders.onDidDelete((uri) => gone.add([catalogPath(uri)])));
  subscriptions.add(
    folders.onDidCreate((uri) => {
      // What looks like a file is not worth a look on the disk: builds make thousands.
      if (uri.path.endsWith('/.claude') || !/\.\w+$/.test(uri.path)) notify(uri);
    }),
  );
  return subscriptions;
}

/** Those of the paths at or below which one of the files lies. */
function holding(files: readonly FileEntry[], paths: readonly string[]): string[] {
  const asked = new Set(paths);
  return [...new Set(files.flatMap(({ path }) => foldersDownTo(path).filter((part) => asked.has(part))))];
}
