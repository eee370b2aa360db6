import fs from 'node:fs';
import path from 'node:path';
import { canary } from './sites/switches.ts';

/** What the fixture sites hand to every browser that comes, and what is typed into them: it must be kept nowhere. */
const secrets = [canary.cookie, canary.password, canary.token, canary.query].map((text) => Buffer.from(text));

/** Files below a folder that hold a secret, without those below a folder of browser profiles: a browser keeps its own cookies. */
function filesWithSecrets(folder: string, profiles: string): string[] {
  const found: string[] = [];
  const look = (directory: string): void => {
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory() && entry.name !== profiles) look(file);
      else if (entry.isFile()) {
        const bytes = fs.readFileSync(file);
        if (secrets.some((secret) => bytes.includes(secret))) found.push(file);
      }
    }
  };
  look(folder);
  return found;
}

/** Fails when something that was said, or a file below the folder, holds a secret. */
export function assertNoSecrets(folder: string, profiles: string, said: readonly string[] = []): void {
  const spoken = said.filter((one) => secrets.some((secret) => one.includes(secret.toString())));
  const written = filesWithSecrets(folder, profiles);
  if (spoken.length > 0) throw new Error(`secrets were said: ${spoken.join('\n')}`);
  if (written.length > 0) throw new Error(`secrets were written: ${written.join(', ')}`);
}
