import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { FolderTasks } from '../folderTasks.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import { BoardPanel, boardViewType, type BoardDeps } from './boardPanel.ts';

export type BoardsDeps = BoardDeps & { stores: WorkspaceStores };

/** The open boards, at most one per folder, and their return after a reload of the window. */
export class Boards implements Disposable {
  readonly #deps: BoardsDeps;
  readonly #boards = new Map<string, BoardPanel>();
  readonly #subscriptions = new DisposableStore();

  constructor(deps: BoardsDeps) {
    this.#deps = deps;
    this.#subscriptions.add(
      vscode.window.registerWebviewPanelSerializer(boardViewType, {
        deserializeWebviewPanel: async (panel, state: unknown) => {
          if (!deps.stores.isReady)
            await new Promise<void>((resolve) => this.#subscriptions.add(deps.stores.onDidChangeFolders(() => resolve())));
          const folder = this.#folderOf(state);
          if (folder) this.#adopt(folder, panel);
          else panel.dispose();
        },
      }),
    );
    this.#subscriptions.add(
      deps.stores.onDidChangeFolders(() => {
        // The tasks of a folder that left the workspace are not reachable any more.
        for (const board of this.#boards.values()) if (deps.stores.get(board.folder.key) !== board.folder) board.panel.dispose();
      }),
    );
  }

  /** The folder a page was of, by the name it kept; a page that kept nothing is of the first folder without a board. */
  #folderOf(state: unknown): FolderTasks | undefined {
    const name = typeof state === 'object' && state !== null && 'folder' in state ? state.folder : undefined;
    const free = this.#deps.stores.all.filter((folder) => !this.#boards.has(folder.key));
    return free.find((folder) => folder.folder.name === name) ?? (name === undefined ? free[0] : undefined);
  }

  #adopt(folder: FolderTasks, panel: vscode.WebviewPanel): BoardPanel {
    const board = new BoardPanel(this.#deps, folder, panel);
    this.#boards.set(folder.key, board);
    panel.onDidDispose(() => this.#boards.delete(folder.key));
    return board;
  }

  /** The board that has the focus. */
  get active(): BoardPanel | undefined {
    return [...this.#boards.values()].find((board) => board.panel.active);
  }

  /** Shows the board of a folder, making it when there is none. */
  open(folder: FolderTasks, preserveFocus = false): BoardPanel {
    const open = this.#boards.get(folder.key);
    if (open) {
      open.panel.reveal(undefined, preserveFocus);
      return open;
    }
    const title =
      vscode.workspace.workspaceFolders?.length === 1 ? vscode.l10n.t('Board') : vscode.l10n.t('Board: {0}', folder.folder.name);
    const panel = vscode.window.createWebviewPanel(
      boardViewType,
      title,
      { viewColumn: vscode.ViewColumn.Active, preserveFocus },
      { enableScripts: true, localResourceRoots: [this.#deps.dist] },
    );
    return this.#adopt(folder, panel);
  }

  dispose(): void {
    // The panels stay: VS Code closes them, or restores them after a reload.
    this.#subscriptions.dispose();
    for (const board of this.#boards.values()) board.dispose();
  }
}
