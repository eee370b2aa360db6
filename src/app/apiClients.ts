import type { ApiScope } from '../protocol/api.ts';
import type { Event } from '../util/emitter.ts';

/** A program that was let in, as its owner knows it. */
export interface ClientRecord {
  /** A UUID. */
  id: string;
  /** As it is shown, and written into history and audit. */
  name: string;
  scopes: readonly ApiScope[];
  /** Key of the folder that it may work on. */
  folder: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Null: until it is revoked. */
  expiresAt: number | null;
}

/** What must outlive the server, and stay secret: VS Code's secret storage. Tokens themselves are made anew when asked for. */
export interface TokenVault {
  /** 32 bytes from the generator of the system, made when first asked for. */
  signingKey(): Promise<Uint8Array>;
  clients(): Promise<readonly ClientRecord[]>;
  put(client: ClientRecord): Promise<void>;
  /** Revokes it: from then on its token is worth nothing. */
  remove(id: string): Promise<void>;
  /** Clients were let in or revoked, in this window or another: what was known of them may be wrong. */
  readonly onDidChange: Event<void>;
}

/** One line of the request log: no query, no body, no token. */
export interface LoggedRequest {
  /** Milliseconds since 1970. */
  at: number;
  /** Name of the client; null for who was not let in. */
  client: string | null;
  method: string;
  path: string;
  status: number;
  /** Milliseconds until the answer was sent. */
  ms: number;
}

/** The local server, as a window sees it. */
export interface ApiListener {
  /** `http://127.0.0.1:PORT`; null while it does not listen. */
  readonly origin: string | null;
  /** It began to listen, or ended. */
  readonly onDidChange: Event<void>;
  readonly requests: {
    /** Oldest first. */
    lines(): readonly LoggedRequest[];
    readonly onDidAdd: Event<LoggedRequest>;
  };
  /** Answers the origin. Throws `api.portTaken`. */
  start(): Promise<string>;
  /** Within two seconds, whoever is connected. */
  stop(): Promise<void>;
  /** A token for a client of the vault; works also while it is off. */
  issue(client: ClientRecord): Promise<string>;
}
