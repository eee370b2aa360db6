import * as vscode from 'vscode';
import type { Sources } from '../../app/instructionModel.ts';
import { SourceSnapshot } from '../../app/sourceSnapshot.ts';
import { folderOf, withSlashes } from '../../core/filePath.ts';
import { Burst } from '../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import { createSourceDisk } from '../language/sourceDisk.ts';

const burstTimes = { quiet: 120, longest: 500 } as const;
/** Folders outside the workspace that are watched because something imports from them. */
const mostOutside = 64;

/** Files of this computer with what is unsaved in an editor, for whoever follows imports. Word of changes comes in bursts. */
export class WorkspaceSources implements Sources, Disposable {
  readonly snapshot = new SourceSnapshot(createSourceDisk());
  readonly #subscriptions = new DisposableStore();
  readonly #changed = new Emitter<readonly string[]>();
  readonly #outside = new Set<string>();
  readonly #burst: Burst<string>;

  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#burst = this.#subscriptions.add(
      new Burst<string>(burstTimes, (paths) => {
        this.snapshot.forget(paths);
        this.#changed.fire(paths);
      }),
    );
    // An import may name any file. VS Code watches the folders of the workspace anyway; this only asks to be told.
    this.#follow(vscode.workspace.createFileSystemWatcher('**/*'));
    this.#subscriptions.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#add(document.uri)));
    this.#subscriptions.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#add(uri)));
  }

  follow(paths: readonly string[]): void {
    for (const path of paths) {
      const folder = folderOf(path);
      if (this.#outside.has(folder) || this.#outside.size >= mostOutside) continue;
      if (vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) !== undefined) continue;
      this.#outside.add(folder);
      this.#follow(vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), '*')));
    }
  }

  #follow(watcher: vscode.FileSystemWatcher): void {
    this.#subscriptions.add(watcher);
    for (const happened of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
      this.#subscriptions.add(happened((uri) => this.#add(uri)));
  }

  #add(uri: vscode.Uri): void {
    if (uri.scheme === 'file') this.#burst.add([withSlashes(uri.fsPath)]);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
