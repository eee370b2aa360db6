import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter, type Event } from '../../util/emitter.ts';

const prefix = 'webhook.secret ';
/** 256 bits: as long as what SHA-256 makes of them. */
const secretBytes = 32;

/** `folder`: key of a folder of the workspace. */
const keyOf = (folder: string, webhook: number) => `${prefix}${webhook} ${folder}`;

/** What signs the messages of webhooks, in VS Code's secret storage and nowhere else. A webhook that came with a database has none here. */
export class WebhookSecrets implements Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #subscriptions = new DisposableStore();
  readonly #changed: Emitter<string>;

  /** The key of a folder one of whose secrets came, went or became another, also in another window. */
  readonly onDidChange: Event<string>;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#changed = this.#subscriptions.add(new Emitter<string>());
    this.onDidChange = this.#changed.event;
    this.#subscriptions.add(
      secrets.onDidChange(({ key }) => {
        if (key.startsWith(prefix)) this.#changed.fire(key.slice(key.indexOf(' ', prefix.length) + 1));
      }),
    );
  }

  async get(folder: string, webhook: number): Promise<string | undefined> {
    return await this.#secrets.get(keyOf(folder, webhook));
  }

  /** Makes a secret, in the place of the one there was. */
  async renew(folder: string, webhook: number): Promise<string> {
    const secret = randomBytes(secretBytes).toString('base64url');
    await this.#secrets.store(keyOf(folder, webhook), secret);
    return secret;
  }

  async forget(folder: string, webhook: number): Promise<void> {
    await this.#secrets.delete(keyOf(folder, webhook));
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
