import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';
import * as z from 'zod';
import type { ClientRecord, TokenVault } from '../../app/apiClients.ts';
import type { Log } from '../../app/ports.ts';
import { apiScopes } from '../../protocol/api.ts';
import type { Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';

const keySecret = 'api.signingKey';
const clientsSecret = 'api.clients';
const keyLength = 32;

const clientRecord = z.object({
  id: z.uuid(),
  name: z.string().min(1),
  scopes: z.array(z.enum(apiScopes)),
  folder: z.string(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
});

/** Clients and the key of their tokens, in VS Code's secret storage, which all windows of this user share. */
export class ClientVault implements TokenVault, Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #log: Log;
  readonly #changed = new Emitter<void>();
  readonly #following: Disposable;
  /** What is known to be stored; undefined before the first look. */
  #stored: string | undefined;
  #clients: Promise<readonly ClientRecord[]> | undefined;
  #key: Promise<Uint8Array> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  readonly onDidChange = this.#changed.event;

  constructor(secrets: vscode.SecretStorage, log: Log) {
    this.#secrets = secrets;
    this.#log = log;
    this.#following = secrets.onDidChange(({ key }) => {
      if (key === keySecret) this.#forget(() => (this.#key = undefined));
      else if (key === clientsSecret) void this.#hearOfOthers();
    });
  }

  signingKey(): Promise<Uint8Array> {
    this.#key ??= this.#readKey().catch((error: unknown) => {
      this.#key = undefined;
      throw error;
    });
    return this.#key;
  }

  clients(): Promise<readonly ClientRecord[]> {
    this.#clients ??= this.#readClients().catch((error: unknown) => {
      this.#clients = undefined;
      throw error;
    });
    return this.#clients;
  }

  put(client: ClientRecord): Promise<void> {
    return this.#edit((clients) => [...clients.filter(({ id }) => id !== client.id), client]);
  }

  remove(id: string): Promise<void> {
    return this.#edit((clients) => clients.filter((client) => client.id !== id));
  }

  async #readKey(): Promise<Uint8Array> {
    const known = await this.#secrets.get(keySecret);
    const key = known === undefined ? undefined : Buffer.from(known, 'base64');
    if (key?.length === keyLength) return key;
    if (known !== undefined) this.#log.warn('The key of API tokens was damaged. There is a new one; tokens made before are worth nothing.');
    await this.#secrets.store(keySecret, randomBytes(keyLength).toString('base64'));
    // Another window may have made one at the same time: the one that is stored is the one that counts.
    return Buffer.from((await this.#secrets.get(keySecret)) ?? '', 'base64');
  }

  async #readClients(): Promise<readonly ClientRecord[]> {
    const text = (await this.#secrets.get(clientsSecret)) ?? '[]';
    this.#stored = text;
    return parseClients(text, this.#log);
  }

  /** One change after another, each on what is stored by then: other windows write there too. */
  #edit(change: (clients: readonly ClientRecord[]) => readonly ClientRecord[]): Promise<void> {
    const edited = this.#last.then(async () => {
      const clients = change(await this.#readClients());
      const text = JSON.stringify(clients);
      // Before it is stored: VS Code may tell of it earlier than it answers.
      this.#stored = text;
      await this.#secrets.store(clientsSecret, text);
      this.#clients = Promise.resolve(clients);
      this.#changed.fire();
    });
    this.#last = edited.catch(() => {});
    return edited;
  }

  /** VS Code tells of our own changes as well. */
  async #hearOfOthers(): Promise<void> {
    const text = (await this.#secrets.get(clientsSecret)) ?? '[]';
    if (text !== this.#stored) this.#forget(() => (this.#clients = undefined));
  }

  #forget(what: () => void): void {
    what();
    this.#changed.fire();
  }

  dispose(): void {
    this.#following.dispose();
    this.#changed.dispose();
  }
}

/** What cannot be read is left out, and said in the log: a client that is lost can be added again. */
function parseClients(text: string, log: Log): readonly ClientRecord[] {
  const list = z.array(z.unknown()).safeParse(parseJson(text));
  if (!list.success) {
    log.warn('The list of API clients was damaged. It is empty now: add the clients again.');
    return [];
  }
  const clients = list.data.map((one) => clientRecord.safeParse(one));
  const damaged = clients.filter(({ success }) => !success).length;
  if (damaged > 0) log.warn(`${damaged} of the API clients were damaged and are left out: add them again.`);
  return clients.flatMap(({ data }) => data ?? []);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
