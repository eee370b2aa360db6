import type { ClientRecord, LoggedRequest } from '../../../app/apiClients.ts';

export interface ServerNode {
  kind: 'server' | 'clients' | 'requests';
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
export type ApiNode = ServerNode | ClientNode | RequestNode;

/** Hands out one object per id: VS Code knows an element by its identity, and only a known one can be refreshed alone. */
export class ApiNodes {
  readonly server: ServerNode = { kind: 'server', id: 'server' };
  readonly clients: ServerNode = { kind: 'clients', id: 'clients' };
  readonly requests: ServerNode = { kind: 'requests', id: 'requests' };
  readonly #clients = new Map<string, ClientNode>();
  readonly #requests = new WeakMap<LoggedRequest, RequestNode>();
  readonly #handedOut = new WeakSet<object>([this.server, this.clients, this.requests]);
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

  /** Forgets clients that are gone. */
  keep(clients: readonly ClientRecord[]): void {
    const ids = new Set(clients.map(({ id }) => `client ${id}`));
    for (const id of this.#clients.keys()) if (!ids.has(id)) this.#clients.delete(id);
  }

  #isOurs(value: unknown): value is ApiNode {
    return typeof value === 'object' && value !== null && this.#handedOut.has(value);
  }
}
