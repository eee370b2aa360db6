import * as vscode from 'vscode';

/** Tokens of browser servers, in VS Code's secret storage and nowhere else. */
export class JobTokens {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  async get(name: string): Promise<string | null> {
    return (await this.#secrets.get(keyOf(name))) ?? null;
  }

  /** Asks for the token and keeps it; an empty one forgets it. False when the person gave up. */
  async ask(name: string): Promise<boolean> {
    const token = await vscode.window.showInputBox({
      title: vscode.l10n.t('Set Token of Browser Server'),
      prompt: vscode.l10n.t('The token {0}, kept in the secret storage of VS Code. Empty: forget it.', name),
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return false;
    await (token === '' ? this.#secrets.delete(keyOf(name)) : this.#secrets.store(keyOf(name), token));
    return token !== '';
  }
}

const keyOf = (name: string): string => `jobs.token.${name}`;
