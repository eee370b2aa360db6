import * as vscode from 'vscode';
import type { ClientRecord, LoggedRequest } from '../../../app/apiClients.ts';
import { Burst } from '../../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ApiParts } from '../../server/apiParts.ts';
import type { LastSeen } from '../../server/lastSeen.ts';
import type { LocalApi } from '../../server/localApi.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import { ApiNodes, type ApiNode } from './apiNode.ts';
import { clientRow, clientsRow, clientTooltip, requestRow, requestsRow, serverRow } from './apiRows.ts';

/** A busy client sends thousands of requests a second: they are drawn together; milliseconds. */
const burstTimes = { quiet: 100, longest: 500 } as const;
const shownRequests = 200;

/** The API view's rows: the server, the programs that are let in, and what they ask. */
export class ApiTree implements vscode.TreeDataProvider<ApiNode>, Disposable {
  readonly #api: LocalApi;
  readonly #stores: WorkspaceStores;
  readonly #seen: LastSeen;
  readonly #changed = new vscode.EventEmitter<ApiNode[] | undefined>();
  readonly #subscriptions = new DisposableStore();
  /** `undefined` stands for the whole tree. */
  readonly #burst = this.#subscriptions.add(
    new Burst<ApiNode | undefined>(burstTimes, (nodes) => {
      const known = nodes.filter((node) => node !== undefined);
      this.#changed.fire(known.length < nodes.length ? undefined : known);
    }),
  );
  #followed: ApiParts | undefined;
  #clients: readonly ClientRecord[] = [];
  #hadRequests = false;

  readonly nodes = new ApiNodes();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(api: LocalApi, stores: WorkspaceStores, seen: LastSeen) {
    this.#api = api;
    this.#stores = stores;
    this.#seen = seen;
    this.#subscriptions.add(this.#changed);
    this.#subscriptions.add(api.onDidChange(() => this.#burst.add([undefined])));
    this.#subscriptions.add(stores.onDidChangeFolders(() => this.#burst.add([undefined])));
  }

  async getChildren(node?: ApiNode): Promise<ApiNode[]> {
    switch (node?.kind) {
      case undefined:
        return await this.#roots();
      case 'clients':
        return this.#clients.map((client) => this.nodes.client(client));
      case 'requests':
        return this.requests().map((request) => this.nodes.request(request));
      case 'server':
      case 'client':
      case 'request':
        return [];
    }
  }

  /** The newest first. */
  requests(): LoggedRequest[] {
    return (this.#followed?.listener.requests.lines() ?? []).slice(-shownRequests).reverse();
  }

  async #roots(): Promise<ApiNode[]> {
    await this.#stores.started;
    if (this.#stores.all.length === 0) return [];
    const parts = await this.#api.load();
    this.#follow(parts);
    const clients = await parts.vault.clients();
    this.#clients = clients
      .filter(({ folder }) => this.#stores.get(folder) !== undefined)
      .toSorted((a, b) => a.name.localeCompare(b.name) || a.createdAt - b.createdAt);
    this.nodes.keep(this.#clients);
    this.#hadRequests = this.requests().length > 0;
    // With nothing to show the welcome text speaks, and it needs an empty tree.
    if (this.#api.origin === null && this.#clients.length === 0) return [];
    const { server, clients: group, requests } = this.nodes;
    return this.#api.origin === null && !this.#hadRequests ? [server, group] : [server, group, requests];
  }

  #follow(parts: ApiParts): void {
    if (this.#followed === parts) return;
    this.#followed = parts;
    const { requests } = parts.listener;
    for (const { client, at } of requests.lines()) if (client !== null) this.#seen.note(client, at);
    this.#subscriptions.add(
      requests.onDidAdd(({ client, at }) => {
        // A group that was empty cannot be opened: it is drawn anew with the tree.
        this.#burst.add([this.#hadRequests ? this.nodes.requests : undefined]);
        if (client !== null && this.#seen.note(client, at)) this.#burst.add([this.nodes.clients]);
      }),
    );
  }

  getTreeItem(node: ApiNode): vscode.TreeItem {
    switch (node.kind) {
      case 'server':
        return serverRow(node, this.#api.origin);
      case 'clients':
        return clientsRow(node, this.#clients.length);
      case 'client':
        return clientRow(node, this.#seen.of(node.client), this.#folderName(node.client));
      case 'requests':
        return requestsRow(node, this.requests().length);
      case 'request':
        return requestRow(node);
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: ApiNode): vscode.TreeItem {
    if (node.kind === 'client') item.tooltip = clientTooltip(node.client, this.#seen.of(node.client));
    return item;
  }

  #folderName({ folder }: ClientRecord): string | undefined {
    return this.#stores.all.length > 1 ? this.#stores.get(folder)?.folder.name : undefined;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
