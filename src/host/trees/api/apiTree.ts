import * as vscode from 'vscode';
import type { ClientRecord, LoggedRequest } from '../../../app/apiClients.ts';
import { Burst } from '../../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ApiParts } from '../../server/apiParts.ts';
import type { LastSeen } from '../../server/lastSeen.ts';
import type { LocalApi } from '../../server/localApi.ts';
import { listWebhooks, type ListedWebhook } from '../../server/webhookList.ts';
import type { WebhookSecrets } from '../../server/webhookSecrets.ts';
import { followOpenStores } from '../../followOpenStores.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import { ApiNodes, type ApiNode } from './apiNode.ts';
import { clientRow, clientsRow, clientTooltip, requestRow, requestsRow, serverRow } from './apiRows.ts';
import { deliveryRow, webhookRow, webhooksRow, webhookTooltip } from './webhookRows.ts';

/** A busy client sends thousands of requests a second: they are drawn together; milliseconds. */
const burstTimes = { quiet: 100, longest: 500 } as const;
const shownRequests = 200;
const shownDeliveries = 50;
/** A delivery makes no event, and follows the change that it tells of: they are read again when it has had its time; milliseconds. */
const deliveryTimes = { quiet: 1500, longest: 3000 } as const;

export interface ApiTreeDeps {
  api: LocalApi;
  stores: WorkspaceStores;
  secrets: WebhookSecrets;
  seen: LastSeen;
}

/** The API view's rows: the server, the programs that are let in, what they ask, and the addresses that are told what happens. */
export class ApiTree implements vscode.TreeDataProvider<ApiNode>, Disposable {
  readonly #api: LocalApi;
  readonly #stores: WorkspaceStores;
  readonly #secrets: WebhookSecrets;
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
  readonly #deliveries = this.#subscriptions.add(new Burst<ApiNode>(deliveryTimes, () => this.refreshWebhooks()));
  #followed: ApiParts | undefined;
  #webhooks: readonly ListedWebhook[] = [];
  #clients: readonly ClientRecord[] = [];
  #hadRequests = false;

  readonly nodes = new ApiNodes();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor({ api, stores, secrets, seen }: ApiTreeDeps) {
    this.#api = api;
    this.#stores = stores;
    this.#secrets = secrets;
    this.#seen = seen;
    this.#subscriptions.add(this.#changed);
    this.#subscriptions.add(api.onDidChange(() => this.#burst.add([undefined])));
    this.#subscriptions.add(stores.onDidChangeFolders(() => this.#burst.add([undefined])));
    this.#subscriptions.add(secrets.onDidChange(() => this.refreshWebhooks()));
    this.#subscriptions.add(
      followOpenStores(stores, (_, store) =>
        store.onDidChange(({ name }) => {
          // The first and the last one bring the group and take it away.
          if (name.startsWith('webhook.')) this.#burst.add([undefined]);
          if (this.#webhooks.length > 0 || name.startsWith('webhook.')) this.#deliveries.add([this.nodes.webhooks]);
        }),
      ),
    );
  }

  /** Reads again what became of deliveries. */
  refreshWebhooks(): void {
    if (this.#webhooks.length > 0) this.#burst.add([this.nodes.webhooks]);
  }

  async getChildren(node?: ApiNode): Promise<ApiNode[]> {
    switch (node?.kind) {
      case undefined:
        return await this.#roots();
      case 'clients':
        return this.#clients.map((client) => this.nodes.client(client));
      case 'requests':
        return this.requests().map((request) => this.nodes.request(request));
      case 'webhooks':
        return await this.#webhookNodes();
      case 'webhook':
        return await this.#deliveriesOf(node.listed);
      case 'server':
      case 'client':
      case 'request':
      case 'delivery':
        return [];
    }
  }

  async #webhookNodes(): Promise<ApiNode[]> {
    this.#webhooks = await listWebhooks(this.#stores, this.#secrets);
    const nodes = this.#webhooks.map((listed) => this.nodes.webhook(listed));
    this.nodes.keepWebhooks(nodes);
    return nodes;
  }

  async #deliveriesOf(listed: ListedWebhook): Promise<ApiNode[]> {
    const store = await listed.tasks.open();
    const { deliveries } = await store.call('webhook.deliveries', { id: listed.webhook.id, limit: shownDeliveries });
    return deliveries.map((delivery) => this.nodes.delivery(listed, delivery));
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
    this.#webhooks = await listWebhooks(this.#stores, this.#secrets);
    // With nothing to show the welcome text speaks, and it needs an empty tree.
    if (this.#api.origin === null && this.#clients.length === 0 && this.#webhooks.length === 0) return [];
    const { server, clients: group, requests, webhooks } = this.nodes;
    const shown: ApiNode[] = [server, group];
    if (this.#api.origin !== null || this.#hadRequests) shown.push(requests);
    if (this.#webhooks.length > 0) shown.push(webhooks);
    return shown;
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
        return clientRow(node, this.#seen.of(node.client), this.#folderName(node.client.folder));
      case 'requests':
        return requestsRow(node, this.requests().length);
      case 'request':
        return requestRow(node);
      case 'webhooks':
        return webhooksRow(node, this.#webhooks.length);
      case 'webhook':
        return webhookRow(node, this.#folderName(node.listed.tasks.key));
      case 'delivery':
        return deliveryRow(node);
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: ApiNode): vscode.TreeItem {
    if (node.kind === 'client') item.tooltip = clientTooltip(node.client, this.#seen.of(node.client));
    if (node.kind === 'webhook') item.tooltip = webhookTooltip(node.listed);
    return item;
  }

  #folderName(folder: string): string | undefined {
    return this.#stores.all.length > 1 ? this.#stores.get(folder)?.folder.name : undefined;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
