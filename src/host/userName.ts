import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import * as path from 'node:path';

/** `name` of the `[user]` section of a git configuration. */
export function gitUserName(text: string): string | undefined {
  let section = '';
  let found: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1]?.toLowerCase() ?? section;
    const value = section === 'user' ? /^\s*name\s*=\s*(.*?)\s*$/i.exec(line)?.[1] : undefined;
    if (value !== undefined) found = value.replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1');
  }
  return found === undefined || found === '' ? undefined : found.slice(0, 200);
}

/** The name git knows the user by, read without running git: the repository's own, else the user's, else the account's. */
export async function readUserName(folder: string): Promise<string> {
  const configHome = process.env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config');
  for (const file of [path.join(folder, '.git', 'config'), path.join(homedir(), '.gitconfig'), path.join(configHome, 'git', 'config')]) {
    const name = await readFile(file, 'utf8').then(gitUserName, () => undefined);
    if (name !== undefined) return name;
  }
  try {
    return userInfo().username || 'user';
  } catch {
    // A container may run under a user that has no account.
    return 'user';
  }
}
