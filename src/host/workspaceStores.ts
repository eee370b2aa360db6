import * as vscode from 'vscode';
import type { Log, Store } from '../app/ports.ts';
import { DisposableStore, type Disposable } from '../util/disposable.ts';
import { Emitter } from '../util/emitter.ts';
import { exists } from './exists.ts';
import { FolderTasks, type FolderState, type TasksChange } from './folderTasks.ts';
import type { Settings } from './settings.ts';

/** Where the database lies in a folder. */
export const databasePath = '.claudetask/claudetask.db';

export interface StoresDeps {
  log: Log;
  settings: Settings;
  openStore(folder: vscode.WorkspaceFolder): Promise<Store>;
}

/** One `FolderTasks` per workspace folder on a disk, following folders as they come and go. */
export class WorkspaceStores implements Disposable {
  readonly #deps: StoresDeps;
  readonly #folders = new Map<string, { tasks: FolderTasks; subscriptions: DisposableStore }>();
  readonly #subscriptions = new DisposableStore();
  readonly #foldersChanged = new Emitter<void>();
  readonly #changed = new Emitter<{ folder: FolderTasks; change: TasksChange }>();
  readonly #stateChanged = new Emitter<{ folder: FolderTasks; state: FolderState }>();
  #ready = false;
  #tellStarted = (): void => {};

  /** From then on the folders of the workspace are known here; their databases need not be open. */
  readonly started = new Promise<void>((resolve) => (this.#tellStarted = resolve));

  readonly onDidChangeFolders = this.#foldersChanged.event;
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeState = this.#stateChanged.event;

  constructor(deps: StoresDeps) {
    this.#deps = deps;
  }

  get all(): readonly FolderTasks[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => this.get(folder.uri.toString()) ?? []);
  }

  get(key: string): FolderTasks | undefined {
    return this.#folders.get(key)?.tasks;
  }

  /** The folders that were there at the start have been looked at, and counted where they have a database. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Opens the databases that exist. Called after activation has returned. */
  async start(): Promise<void> {
    this.#subscriptions.add(
      vscode.workspace.onDidChangeWorkspaceFolders((event) => {
        for (const folder of event.removed) void this.#remove(folder);
        void Promise.all(event.added.map((folder) => this.#add(folder))).then(() => this.#foldersChanged.fire());
        this.#foldersChanged.fire();
      }),
    );
    this.#subscriptions.add(
      this.#deps.settings.onDidChange((affects) => {
        for (const { tasks } of this.#folders.values()) {
          if (affects('claudetask.workflow.wipLimits', tasks.folder.uri) || this.#otherRule(affects, tasks.folder.uri)) {
            tasks.store?.setWorkflow(this.#deps.settings.workflow(tasks.folder.uri));
          }
        }
      }),
    );
    const adding = (vscode.workspace.workspaceFolders ?? []).map((folder) => this.#add(folder));
    this.#tellStarted();
    await Promise.all(adding);
    this.#ready = true;
    this.#foldersChanged.fire();
  }

  #otherRule(affects: Parameters<Parameters<Settings['onDidChange']>[0]>[0], folder: vscode.Uri): boolean {
    return (
      affects('claudetask.workflow.allowedMoves', folder) ||
      affects('claudetask.workflow.requireBlockersDone', folder) ||
      affects('claudetask.workflow.requireChecklistComplete', folder)
    );
  }

  async #add(folder: vscode.WorkspaceFolder): Promise<void> {
    // A folder on a virtual file system has no disk for a database.
    if (folder.uri.scheme !== 'file' || this.#folders.has(folder.uri.toString())) return;
    const subscriptions = new DisposableStore();
    const tasks = new FolderTasks(folder, async () => {
      const store = await this.#deps.openStore(folder);
      store.setWorkflow(this.#deps.settings.workflow(folder.uri));
      return store;
    });
    this.#folders.set(tasks.key, { tasks, subscriptions });
    subscriptions.add(tasks.onDidChange((change) => this.#changed.fire({ folder: tasks, change })));
    subscriptions.add(tasks.onDidChangeState((state) => this.#stateChanged.fire({ folder: tasks, state })));
    if (await exists(vscode.Uri.joinPath(folder.uri, databasePath))) await this.#open(tasks);
    else this.#openWhenCreated(tasks, subscriptions);
  }

  /** Another window, a checkout or an agent may make the database. */
  #openWhenCreated(tasks: FolderTasks, subscriptions: DisposableStore): void {
    const watcher = subscriptions.add(
      vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(tasks.folder, databasePath), false, true, true),
    );
    const created = watcher.onDidCreate(() => {
      created.dispose();
      watcher.dispose();
      void this.#open(tasks);
    });
  }

  async #open(tasks: FolderTasks): Promise<void> {
    try {
      await tasks.refreshCounts();
    } catch (error) {
      // The state of the store says it in the tree and the status bar; the log has the rest.
      this.#deps.log.error(`The tasks of ${tasks.folder.name} could not be read.`, error);
    }
  }

  async #remove(folder: vscode.WorkspaceFolder): Promise<void> {
    const entry = this.#folders.get(folder.uri.toString());
    if (!entry) return;
    this.#folders.delete(folder.uri.toString());
    entry.subscriptions.dispose();
    await entry.tasks
      .close()
      .catch((error: unknown) => this.#deps.log.error(`The database of ${folder.name} did not close cleanly.`, error));
  }

  /** Closes every store; what was acknowledged is on the disk already. */
  async close(): Promise<void> {
    const folders = [...this.#folders.values()];
    this.dispose();
    await Promise.allSettled(folders.map(({ tasks }) => tasks.close()));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const { subscriptions } of this.#folders.values()) subscriptions.dispose();
    this.#folders.clear();
  }
}
