import type { ClientRecord, LoggedRequest } from '../../../app/apiClients.ts';
import type { WebhookDelivery } from '../../../protocol/webhook.ts';
import type { ListedWebhook } from '../../server/webhookList.ts';

export interface ServerNode {
  kind: 'server' | 'clients' | 'requests' | 'webhooks';
  id: string;
}
export interface ClientNode {
  kind: 'client';
  id: string;
  client: ClientRecord;
}
export interface RequestNode {
  kind: 'request';
  id: string;
  request: LoggedRequest;
}
export interface WebhookNode {
  kind: 'webhook';
  id: string;
  listed: ListedWebhook;
}
export interface DeliveryNode {
  kind: 'delivery';
  id: string;
  listed: ListedWebhook;
  delivery: WebhookDelivery;
}
export type ApiNode = ServerNode | ClientNode | RequestNode | WebhookNode | DeliveryNode;

/** Hands out one object per id: VS Code knows an element by its identity, and only a known one can be refreshed alone. */
export class ApiNodes {
  readonly server: ServerNode = { kind: 'server', id: 'server' };
  readonly clients: ServerNode = { kind: 'clients', id: 'clients' };
  readonly requests: ServerNode = { kind: 'requests', id: 'requests' };
  readonly webhooks: ServerNode = { kind: 'webhooks', id: 'webhooks' };
  readonly #webhooks = new Map<string, WebhookNode>();
  readonly #clients = new Map<string, ClientNode>();
  readonly #requests = new WeakMap<LoggedRequest, RequestNode>();
  readonly #handedOut = new WeakSet<object>([this.server, this.clients, this.requests, this.webhooks]);
  #count = 0;

  /** The node that VS Code handed back, when it is one of ours. */
  find(value: unknown): ApiNode | undefined {
    return this.#isOurs(value) ? value : undefined;
  }

  client(client: ClientRecord): ClientNode {
    const id = `client ${client.id}`;
    const node = this.#clients.get(id) ?? { kind: 'client', id, client };
    node.client = client;
    this.#clients.set(id, node);
    this.#handedOut.add(node);
    return node;
  }

  request(request: LoggedRequest): RequestNode {
    const node = this.#requests.get(request) ?? { kind: 'request', id: `request ${++this.#count}`, request };
    this.#requests.set(request, node);
    this.#handedOut.add(node);
    return node;
  }

  webhook(listed: ListedWebhook): WebhookNode {
    const id = `webhook ${listed.webhook.id} ${listed.tasks.key}`;
    const node = this.#webhooks.get(id) ?? { kind: 'webhook', id, listed };
    node.listed = listed;
    this.#webhooks.set(id, node);
    this.#handedOut.add(node);
    return node;
  }

  /** One that is shown is never drawn alone, so it may be another object each time. */
  delivery(listed: ListedWebhook, delivery: WebhookDelivery): DeliveryNode {
    const id = `delivery ${delivery.revision} ${listed.webhook.id} ${listed.tasks.key}`;
    const node: DeliveryNode = { kind: 'delivery', id, listed, delivery };
    this.#handedOut.add(node);
    return node;
  }

  /** Forgets clients that are gone. */
  keep(clients: readonly ClientRecord[]): void {
    const ids = new Set(clients.map(({ id }) => `client ${id}`));
    for (const id of this.#clients.keys()) if (!ids.has(id)) this.#clients.delete(id);
  }

  /** Forgets webhooks that are gone. */
  keepWebhooks(kept: readonly WebhookNode[]): void {
    const ids = new Set(kept.map(({ id }) => id));
    for (const id of this.#webhooks.keys()) if (!ids.has(id)) this.#webhooks.delete(id);
  }

  #isOurs(value: unknown): value is ApiNode {
    return typeof value === 'object' && value !== null && this.#handedOut.has(value);
  }
}
