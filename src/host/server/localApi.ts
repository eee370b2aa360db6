import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { ContextKey } from '../contextKeys.ts';
import { exists } from '../exists.ts';
import type { Settings } from '../settings.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import type { ApiParts } from './apiParts.ts';

/** Milliseconds after the start: nobody waits for anything else by then. */
const idle = 2500;

export interface LocalApiDeps {
  stores: WorkspaceStores;
  settings: Settings;
  setContext(key: ContextKey, value: boolean): void;
  /** Absolute path of the MCP server for stdio. */
  program: string;
  load(): Promise<ApiParts>;
  /** Runs work that nobody waits for, and shows its failure. */
  run(what: string, work: () => Promise<unknown>): Promise<void>;
}

/** The local server of this window: off until something needs it, never on in an untrusted workspace, gone with the last folder. */
export class LocalApi implements Disposable {
  readonly #deps: LocalApiDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #changed = new Emitter<void>();
  #loading: Promise<ApiParts> | undefined;
  #parts: ApiParts | undefined;
  readonly #refreshed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The server began to listen or ended, or clients came or went. */
  readonly onDidChange = this.#changed.event;

  constructor(deps: LocalApiDeps) {
    this.#deps = deps;
    const { stores, settings } = deps;
    this.#subscriptions.add(
      stores.onDidChangeFolders(() => {
        if (stores.isReady && stores.all.length === 0) this.#inBackground('Stop the local server', () => this.stop());
        else if (stores.isReady) {
          this.#wake();
          this.#refreshLaunchersLater();
        }
      }),
    );
    this.#subscriptions.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#wake()));
    this.#subscriptions.add(
      settings.onDidChange((affects) => {
        if (affects('claudetask.server.enabled') && !settings.serverEnabled())
          this.#inBackground('Stop the local server', () => this.stop());
        else if (affects('claudetask.server.enabled')) this.#wake();
        else if (affects('claudetask.server.port') && this.origin !== null)
          this.#inBackground('Move the local server to another port', () => this.#restart());
      }),
    );
  }

  /** `http://127.0.0.1:PORT`; null while it is off. */
  get origin(): string | null {
    return this.#parts?.listener.origin ?? null;
  }

  /** What was loaded already. */
  get parts(): ApiParts | undefined {
    return this.#parts;
  }

  load(): Promise<ApiParts> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Answers where it listens. Throws `operation.forbidden` where it may not, and `api.portTaken`. */
  async start(): Promise<string> {
    if (!vscode.workspace.isTrusted) {
      const message = vscode.l10n.t('The local server was not started, for this workspace is not trusted. Trust it first.');
      throw new AppError('operation.forbidden', message);
    }
    await this.#deps.stores.started;
    if (this.#deps.stores.all.length === 0) {
      const message = vscode.l10n.t('The local server was not started, for no folder is open. Open the folder whose tasks are meant.');
      throw new AppError('operation.forbidden', message);
    }
    const { listener } = await this.load();
    return await listener.start();
  }

  async stop(): Promise<void> {
    await this.#parts?.listener.stop();
  }

  async close(): Promise<void> {
    this.dispose();
    await (await this.#loading?.catch(() => undefined))?.close();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }

  async #load(): Promise<ApiParts> {
    const parts = await this.#deps.load();
    if (this.#subscriptions.isDisposed) {
      await parts.close();
      throw new AppError('cancelled', 'The window is closing.');
    }
    this.#parts = parts;
    const tell = () => {
      this.#deps.setContext('claudetask.serverOn', parts.listener.origin !== null);
      this.#changed.fire();
    };
    this.#subscriptions.add(parts.listener.onDidChange(tell));
    this.#subscriptions.add(parts.vault.onDidChange(tell));
    return parts;
  }

  /** Starts it where the settings say so. */
  #wake(): void {
    const { stores, settings } = this.#deps;
    if (this.origin !== null || !settings.serverEnabled() || !vscode.workspace.isTrusted || stores.all.length === 0) return;
    this.#inBackground('Start the local server', () => this.start());
  }

  /** The launchers in folders that know one name the program of an extension that may have been updated since. */
  #refreshLaunchersLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#inBackground('Refresh the launcher of the MCP server', () => this.#refreshLaunchers()), idle);
  }

  async #refreshLaunchers(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    for (const { folder } of this.#deps.stores.all) {
      if (this.#refreshed.has(folder.uri.toString())) continue;
      this.#refreshed.add(folder.uri.toString());
      if (!(await exists(vscode.Uri.joinPath(folder.uri, '.claudetask', 'mcp.cjs')))) continue;
      const [{ refreshLauncher }, { files }] = await Promise.all([import('./launcher.ts'), this.load()]);
      await refreshLauncher(files, folder.uri.fsPath, this.#deps.program);
    }
  }

  async #restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #inBackground(what: string, work: () => Promise<unknown>): void {
    void this.#deps.run(what, work);
  }
}
