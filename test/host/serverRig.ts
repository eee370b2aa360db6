import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ApiListener } from '../../src/app/apiClients.ts';
import { openApi } from '../../src/composeServer.ts';
import { settingIds, type SettingId } from '../../src/host/contributions.generated.ts';
import { FolderTasks } from '../../src/host/folderTasks.ts';
import { LocalApi } from '../../src/host/server/localApi.ts';
import { WebhookSecrets } from '../../src/host/server/webhookSecrets.ts';
import { createSettings, type Settings } from '../../src/host/settings.ts';
import type { WorkspaceStores } from '../../src/host/workspaceStores.ts';
import type { ApiScope } from '../../src/protocol/api.ts';
import { openStore } from '../../src/storage/storeClient.ts';
import { Emitter } from '../../src/util/emitter.ts';

/** The secret storage of one user, kept in memory: VS Code hands the real one to extensions only. */
export interface Secrets extends vscode.SecretStorage {
  readonly kept: Map<string, string>;
}

export function memorySecrets(): Secrets {
  const kept = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.SecretStorageChangeEvent>();
  return {
    kept,
    onDidChange: changed.event,
    get: (key) => Promise.resolve(kept.get(key)),
    store: async (key, value) => {
      await Promise.resolve();
      kept.set(key, value);
      changed.fire({ key });
    },
    delete: async (key) => {
      await Promise.resolve();
      kept.delete(key);
      changed.fire({ key });
    },
  };
}

/** The text of a row's label. */
export const labelOf = ({ label }: vscode.TreeItem): string => (typeof label === 'string' ? label : (label?.label ?? ''));

export function memento(): vscode.Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string, fallback?: unknown) => (kept.has(key) ? kept.get(key) : fallback),
    update: (key, value: unknown) => Promise.resolve(void kept.set(key, value)),
  } as vscode.Memento;
}

export function recordingLog() {
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  return { lines, debug: () => undefined, info: note, warn: note, error: note };
}

export interface ServerRig extends AsyncDisposable {
  /** Of the first folder of the window. */
  readonly tasks: FolderTasks;
  readonly stores: WorkspaceStores;
  readonly settings: Settings;
  readonly secrets: WebhookSecrets;
  readonly api: LocalApi;
  readonly contexts: ReadonlyMap<string, boolean>;
  listener(): Promise<ApiListener>;
  /** Lets a program work on a folder, the first unless told, and answers its token. */
  letIn(name: string, scopes?: readonly ApiScope[], folder?: FolderTasks): Promise<{ id: string; token: string }>;
  /** Changes a setting of the machine. */
  set(name: 'enabled' | 'port', value: boolean | number): void;
  /** Tells that folders came or went. */
  tellFolders(): void;
  /** Closes the folders, as far as the server knows. */
  removeFolders(): void;
}

/** The server over real databases in the folders of the window, with secrets in memory. */
export async function serverRig(): Promise<ServerRig> {
  const extension = vscode.extensions.getExtension('claudetask.claudetask');
  if (!extension) throw new Error('The extension is not there.');
  const dist = path.join(extension.extensionPath, 'dist');
  const log = recordingLog();
  const workerFile = path.join(dist, 'storage.js');
  const actor = { kind: 'user', name: 'ana' } as const;
  const opened = (vscode.workspace.workspaceFolders ?? []).map(
    (folder) =>
      new FolderTasks(folder, () => Promise.resolve(openStore({ directory: folder.uri.fsPath, workerFile, assets: dist, actor, log }))),
  );
  const [tasks] = opened;
  if (!tasks) throw new Error('There is no folder.');
  let all = opened;
  const foldersChanged = new Emitter<void>();
  const stores = {
    get all() {
      return all;
    },
    isReady: true,
    started: Promise.resolve(),
    get: (key: string) => all.find((one) => one.key === key),
    onDidChangeFolders: foldersChanged.event,
  } as unknown as WorkspaceStores;
  const machine = { enabled: false, port: 0 };
  const settingsChanged = new Emitter<(id: SettingId) => boolean>();
  const real = createSettings(settingIds);
  // Not those of the window: the extension itself follows them as well.
  const settings: Settings = {
    ...real,
    serverEnabled: () => machine.enabled,
    serverPort: () => machine.port,
    onDidChange: (listener) => settingsChanged.event((affects) => listener(affects)),
  };
  const storage = memorySecrets();
  const secrets = new WebhookSecrets(storage);
  const contexts = new Map<string, boolean>();
  const api = new LocalApi({
    stores,
    settings,
    setContext: (key, value) => contexts.set(key, value),
    program: path.join(dist, 'mcpStdio.js'),
    run: async (_, work) => void (await work()),
    load: () =>
      Promise.resolve(
        openApi({
          stores,
          settings,
          secrets: storage,
          version: '1.2.3',
          log,
          filesOf: () => Promise.reject(new Error('no files are asked for')),
          jobsOf: () => Promise.reject(new Error('no jobs are asked for')),
        }),
      ),
  });
  return {
    tasks,
    stores,
    settings,
    secrets,
    api,
    contexts,
    listener: async () => (await api.load()).listener,
    letIn: async (name, scopes = ['read', 'write'], folder = tasks) => {
      const { vault, listener } = await api.load();
      const client = { id: crypto.randomUUID(), name, scopes, folder: folder.key, createdAt: Date.now(), expiresAt: null };
      await vault.put(client);
      return { id: client.id, token: await listener.issue(client) };
    },
    set: (name, value) => {
      Object.assign(machine, { [name]: value });
      settingsChanged.fire((id) => id === `claudetask.server.${name}`);
    },
    tellFolders: () => foldersChanged.fire(),
    removeFolders: () => {
      all = [];
      foldersChanged.fire();
    },
    async [Symbol.asyncDispose]() {
      await api.close();
      secrets.dispose();
      for (const one of opened) {
        await one.close();
        for (const name of ['.claudetask', '.vscode'])
          await fs.promises.rm(path.join(one.folder.uri.fsPath, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      }
    },
  };
}
