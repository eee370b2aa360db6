import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder that goes away with its test. */
export interface TempWorkspace extends AsyncDisposable {
  readonly folder: string;
  /** A path inside. */
  file(...parts: string[]): string;
}

/** Makes a folder with the given files (path to content). The name is short: sockets live in folders like this one. */
export async function tempWorkspace(files: Readonly<Record<string, string>> = {}): Promise<TempWorkspace> {
  const folder = await fs.promises.realpath(await fs.promises.mkdtemp(path.join(os.tmpdir(), 'ct-')));
  for (const [name, content] of Object.entries(files)) {
    await fs.promises.mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await fs.promises.writeFile(path.join(folder, name), content);
  }
  return {
    folder,
    file: (...parts) => path.join(folder, ...parts),
    // Retries: a process that was just killed may still be writing.
    [Symbol.asyncDispose]: () => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}
