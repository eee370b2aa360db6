import * as vscode from 'vscode';
import type { AgentModel } from '../../app/agentModel.ts';
import type { ClaudeCatalog, CatalogChange } from '../../app/claudeCatalog.ts';
import type { FileOperations } from '../../app/fileOperations.ts';
import type { Actor } from '../../core/actor.ts';
import { withSlashes } from '../../core/filePath.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { FolderTasks } from '../folderTasks.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';

/** What steers Claude Code in one workspace folder. */
export interface ClaudeFolder {
  readonly tasks: FolderTasks;
  readonly catalog: ClaudeCatalog;
  readonly agents: AgentModel;
  readonly operations: FileOperations;
  /** Whose changes those made in this window are. */
  readonly user: Actor;
  /** SHA-256 of a text as it will be on the disk, in hexadecimal. */
  hashOf(text: string): string;
  close(): Promise<void>;
}

export interface ClaudeFoldersDeps {
  stores: WorkspaceStores;
  openFolder(tasks: FolderTasks): Promise<ClaudeFolder>;
}

/** One `ClaudeFolder` per workspace folder on a disk, made when someone first asks. */
export class ClaudeFolders implements Disposable {
  readonly #deps: ClaudeFoldersDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #opening = new Map<string, Promise<ClaudeFolder>>();
  readonly #opened = new Map<string, { folder: ClaudeFolder; subscriptions: DisposableStore }>();
  readonly #changed = new Emitter<{ folder: ClaudeFolder; change: CatalogChange }>();
  readonly #foldersChanged = new Emitter<void>();

  /** Files of an opened folder changed on the disk. */
  readonly onDidChange = this.#changed.event;
  /** A folder was opened here, or left the workspace. */
  readonly onDidChangeFolders = this.#foldersChanged.event;

  constructor(deps: ClaudeFoldersDeps) {
    this.#deps = deps;
    this.#subscriptions.add(deps.stores.onDidChangeFolders(() => this.#follow()));
  }

  /** Those opened so far, in the order of the workspace. */
  get all(): readonly ClaudeFolder[] {
    return this.#deps.stores.all.flatMap((tasks) => this.#opened.get(tasks.key)?.folder ?? []);
  }

  /** Opens all folders of the workspace; their catalogs read nothing until they are asked to. */
  async load(): Promise<readonly ClaudeFolder[]> {
    await this.#deps.stores.started;
    return await Promise.all(this.#deps.stores.all.map((tasks) => this.open(tasks)));
  }

  open(tasks: FolderTasks): Promise<ClaudeFolder> {
    const opening = this.#opening.get(tasks.key) ?? this.#open(tasks);
    this.#opening.set(tasks.key, opening);
    return opening;
  }

  async #open(tasks: FolderTasks): Promise<ClaudeFolder> {
    try {
      const folder = await this.#deps.openFolder(tasks);
      if (this.#subscriptions.isDisposed || this.#deps.stores.get(tasks.key) !== tasks) {
        await folder.close();
        return folder;
      }
      const subscriptions = new DisposableStore();
      subscriptions.add(folder.catalog.onDidChange((change) => this.#changed.fire({ folder, change })));
      this.#opened.set(tasks.key, { folder, subscriptions });
      this.#foldersChanged.fire();
      return folder;
    } catch (error) {
      this.#opening.delete(tasks.key);
      throw error;
    }
  }

  /** The folder that a file belongs to: the workspace folder it lies in, else (a file of the home folder) the first one. */
  async of(uri: vscode.Uri): Promise<ClaudeFolder | undefined> {
    // An editor may ask before the window has got that far.
    await this.#deps.stores.started;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const tasks = (folder && this.#deps.stores.get(folder.uri.toString())) ?? this.#deps.stores.all[0];
    return tasks && (await this.open(tasks));
  }

  #follow(): void {
    for (const [key, { folder, subscriptions }] of this.#opened) {
      if (this.#deps.stores.get(key) === folder.tasks) continue;
      this.#opened.delete(key);
      this.#opening.delete(key);
      subscriptions.dispose();
      void folder.close();
      this.#foldersChanged.fire();
    }
  }

  async close(): Promise<void> {
    const folders = [...this.#opened.values()];
    this.dispose();
    await Promise.allSettled(folders.map(({ folder }) => folder.close()));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const { subscriptions } of this.#opened.values()) subscriptions.dispose();
    this.#opened.clear();
    this.#opening.clear();
  }
}

/** The path of a file as the catalog knows it. */
export const catalogPath = (uri: vscode.Uri): string => withSlashes(uri.fsPath);
