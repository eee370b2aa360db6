import type { Api, Caller } from '../app/api.ts';
import type { ClientRecord, TokenVault } from '../app/apiClients.ts';
import type { Clock, Log } from '../app/ports.ts';

// They stand in app, because the window keeps and shows them.
export type { ClientRecord, LoggedRequest, TokenVault } from '../app/apiClients.ts';

/** A workspace folder that is served. */
export interface ServedFolder {
  /** As `ClientRecord.folder` names it. */
  key: string;
  api: Api;
}

export interface LocalServerDeps {
  folders(): readonly ServedFolder[];
  vault: TokenVault;
  /** 0: one that is free. */
  port(): number;
  /** Exact origins, such as `http://127.0.0.1:8080`, that a web page may call from. */
  allowedOrigins(): readonly string[];
  clock: Clock;
  log: Log;
}

/** A request that came through all gates, and whom it is for. */
export interface Visit {
  client: ClientRecord;
  caller: Caller;
  api: Api;
}
