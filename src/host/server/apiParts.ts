import type { ApiListener, TokenVault } from '../../app/apiClients.ts';
import type { Files } from '../../app/filePorts.ts';

/** What serves programs, once it is loaded. */
export interface ApiParts {
  readonly listener: ApiListener;
  readonly vault: TokenVault;
  readonly files: Files;
  /** The OpenAPI document. */
  document(): Promise<unknown>;
  /** Ends all connections. */
  close(): Promise<void>;
}
