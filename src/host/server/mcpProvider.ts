import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { ClientRecord } from '../../app/apiClients.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { FolderTasks } from '../folderTasks.ts';
import type { Settings } from '../settings.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import type { LocalApi } from './localApi.ts';

const providerId = 'claudetask.mcp';
/** Name of the client by which agents of VS Code itself work. */
const clientName = 'VS Code';

export interface McpDefinition {
  readonly label: string;
  uri: vscode.Uri;
  headers: Record<string, string>;
}

export interface McpDefinitionProvider {
  readonly onDidChangeMcpServerDefinitions: vscode.Event<void>;
  provideMcpServerDefinitions(): Promise<McpDefinition[]>;
  resolveMcpServerDefinition(definition: McpDefinition): Promise<McpDefinition | undefined>;
}

/** The part of VS Code's API that came with 1.101: newer than what we are compiled for, and missing in some forks. */
export interface McpApi {
  lm: { registerMcpServerDefinitionProvider(id: string, provider: McpDefinitionProvider): Disposable };
  McpHttpServerDefinition: new (label: string, uri: vscode.Uri, headers?: Record<string, string>, version?: string) => McpDefinition;
}

export function hasMcp(api: object): api is McpApi {
  if (!('lm' in api) || typeof api.lm !== 'object' || api.lm === null || !('McpHttpServerDefinition' in api)) return false;
  const { lm } = api;
  return 'registerMcpServerDefinitionProvider' in lm && typeof lm.registerMcpServerDefinitionProvider === 'function';
}

export interface McpProviderDeps {
  api: LocalApi;
  stores: WorkspaceStores;
  settings: Settings;
  /** Of the extension. */
  version: string;
}

/** Offers the tasks of each folder to the agents of VS Code. The server starts, and a token is made, when one of them wants to use it. */
export class McpProvider implements McpDefinitionProvider, Disposable {
  readonly #vscode: McpApi;
  readonly #deps: McpProviderDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #changed = this.#subscriptions.add(new vscode.EventEmitter<void>());
  readonly #folders = new Map<string, FolderTasks>();
  /** Ids of the clients whose tokens were handed out. */
  readonly #given = new Set<string>();
  #origin: string | null = null;

  readonly onDidChangeMcpServerDefinitions = this.#changed.event;

  constructor(mcp: McpApi, deps: McpProviderDeps) {
    this.#vscode = mcp;
    this.#deps = deps;
    const tell = () => this.#changed.fire();
    this.#subscriptions.add(deps.stores.onDidChangeFolders(tell));
    this.#subscriptions.add(vscode.workspace.onDidGrantWorkspaceTrust(tell));
    this.#subscriptions.add(deps.settings.onDidChange((affects) => affects('claudetask.server.tools') && tell()));
    this.#subscriptions.add(deps.api.onDidChange(() => void this.#follow()));
  }

  /** Asked for early and often: nothing is started for it. */
  async provideMcpServerDefinitions(): Promise<McpDefinition[]> {
    const { stores, settings, version, api } = this.#deps;
    this.#folders.clear();
    if (!vscode.workspace.isTrusted) return [];
    await stores.started;
    const uri = vscode.Uri.parse(`${api.origin ?? 'http://127.0.0.1'}/mcp`);
    return stores.all.map((tasks) => {
      const label = this.#labelOf(tasks);
      this.#folders.set(label, tasks);
      // VS Code asks for the tools anew when the version is another one.
      return new this.#vscode.McpHttpServerDefinition(label, uri, {}, `${version} ${settings.serverTools()}`);
    });
  }

  async resolveMcpServerDefinition(definition: McpDefinition): Promise<McpDefinition | undefined> {
    const tasks = this.#folders.get(definition.label);
    if (tasks === undefined) return undefined;
    const { api } = this.#deps;
    const { listener } = await api.load();
    this.#origin = await api.start();
    const client = await this.#clientFor(tasks);
    this.#given.add(client.id);
    definition.uri = vscode.Uri.parse(`${this.#origin}/mcp`);
    definition.headers = { Authorization: `Bearer ${await listener.issue(client)}` };
    return definition;
  }

  /** Labels tell the definitions apart. */
  #labelOf({ folder }: FolderTasks): string {
    const { all } = this.#deps.stores;
    if (all.length === 1) return 'ClaudeTask';
    const isOnly = all.filter((other) => other.folder.name === folder.name).length === 1;
    return isOnly ? `ClaudeTask (${folder.name})` : `ClaudeTask (${folder.name} ${folder.index + 1})`;
  }

  async #clientFor({ key }: FolderTasks): Promise<ClientRecord> {
    const { vault } = await this.#deps.api.load();
    const known = (await vault.clients()).find(
      ({ name, folder, expiresAt }) => name === clientName && folder === key && expiresAt === null,
    );
    if (known !== undefined) return known;
    const made: ClientRecord = {
      id: randomUUID(),
      name: clientName,
      scopes: ['read', 'write'],
      folder: key,
      createdAt: Date.now(),
      expiresAt: null,
    };
    await vault.put(made);
    return made;
  }

  /** What was handed out may be worth nothing by now: the server went elsewhere, or the client was revoked. */
  async #follow(): Promise<void> {
    const { api } = this.#deps;
    if (this.#given.size === 0 || api.parts === undefined) return;
    const known = new Set((await api.parts.vault.clients()).map(({ id }) => id));
    const isRevoked = [...this.#given].some((id) => !known.has(id));
    const hasMoved = api.origin !== null && api.origin !== this.#origin;
    if (!isRevoked && !hasMoved) return;
    this.#given.clear();
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}

/** Registers the provider where VS Code has a place for it. */
export function registerMcpProvider(deps: McpProviderDeps): Disposable {
  if (!hasMcp(vscode)) return { dispose: () => undefined };
  const subscriptions = new DisposableStore();
  const provider = subscriptions.add(new McpProvider(vscode, deps));
  subscriptions.add(vscode.lm.registerMcpServerDefinitionProvider(providerId, provider));
  return subscriptions;
}
