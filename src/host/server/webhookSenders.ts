import * as vscode from 'vscode';
import type { Log, Store } from '../../app/ports.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { followOpenStores } from '../followOpenStores.ts';
import type { FolderTasks } from '../folderTasks.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import type { WebhookSecrets } from './webhookSecrets.ts';

/** Milliseconds after a database was opened at which its webhooks are looked for: nobody waits for anything else by then. */
const idle = 2500;

/** Tells the webhooks of one folder what happens. */
export interface FolderSender extends AsyncDisposable {
  start(): void;
  /** Looks for all that is to be sent, as after a secret came that was missing. */
  refresh(): void;
}

export interface WebhookSendersDeps {
  stores: WorkspaceStores;
  secrets: WebhookSecrets;
  log: Log;
  trusted(): boolean;
  /** Loads what sends. */
  openSender(tasks: FolderTasks, store: Store): Promise<FolderSender>;
}

/** A sender for each folder that has active webhooks, once there are some; none in an untrusted workspace. */
export class WebhookSenders implements Disposable {
  readonly #deps: WebhookSendersDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #folders = new Map<string, FolderSending>();
  readonly #closing = new Set<Promise<void>>();

  constructor(deps: WebhookSendersDeps) {
    this.#deps = deps;
    this.#subscriptions.add(followOpenStores(deps.stores, (tasks, store) => this.#follow(tasks, store)));
    this.#subscriptions.add(deps.secrets.onDidChange((folder) => this.#folders.get(folder)?.refresh()));
    this.#subscriptions.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.look()));
  }

  /** Starts what has something to send and does not. */
  look(): void {
    for (const folder of this.#folders.values()) folder.look();
  }

  #follow(tasks: FolderTasks, store: Store): Disposable {
    const folder = new FolderSending(this.#deps, tasks, store);
    this.#folders.set(tasks.key, folder);
    return {
      dispose: () => {
        this.#folders.delete(tasks.key);
        const closing = folder.close().finally(() => this.#closing.delete(closing));
        this.#closing.add(closing);
      },
    };
  }

  /** Before the stores are closed: another window may send at once then. */
  async close(): Promise<void> {
    this.dispose();
    await Promise.allSettled(this.#closing);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

class FolderSending {
  readonly #deps: WebhookSendersDeps;
  readonly #tasks: FolderTasks;
  readonly #store: Store;
  readonly #subscriptions = new DisposableStore();
  #sender: Promise<FolderSender> | undefined;
  #failed = false;

  constructor(deps: WebhookSendersDeps, tasks: FolderTasks, store: Store) {
    this.#deps = deps;
    this.#tasks = tasks;
    this.#store = store;
    const timer = setTimeout(() => this.look(), idle);
    this.#subscriptions.add({ dispose: () => clearTimeout(timer) });
    this.#subscriptions.add(
      store.onDidChange(({ name }) => {
        if (name.startsWith('webhook.')) this.look();
      }),
    );
    this.#subscriptions.add(store.onDidReset(() => this.look()));
    this.#subscriptions.add(
      store.onDidChangeState(() => {
        if (this.#failed) this.look();
      }),
    );
  }

  look(): void {
    if (this.#sender !== undefined || !this.#deps.trusted()) return;
    this.#failed = false;
    this.#look().catch((error: unknown) => {
      this.#failed = true;
      if (!this.#subscriptions.isDisposed)
        this.#deps.log.error(`The webhooks of ${this.#tasks.folder.name} could not be looked for.`, error);
    });
  }

  async #look(): Promise<void> {
    const { webhooks } = await this.#store.call('webhook.list', {});
    if (this.#sender !== undefined || this.#subscriptions.isDisposed || !webhooks.some(({ active }) => active)) return;
    this.#sender = this.#deps.openSender(this.#tasks, this.#store);
    try {
      const sender = await this.#sender;
      if (!this.#subscriptions.isDisposed) sender.start();
    } catch (error) {
      this.#sender = undefined;
      throw error;
    }
  }

  refresh(): void {
    void this.#sender?.then((sender) => sender.refresh()).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#subscriptions.dispose();
    await (await this.#sender?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}
