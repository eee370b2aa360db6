import * as fs from 'node:fs';
import type { Files } from '../../../src/app/filePorts.ts';
import type { Log } from '../../../src/app/ports.ts';
import type { ClaudePlaces } from '../../../src/core/claudePlaces.ts';
import { createFiles } from '../../../src/files/diskFiles.ts';
import { hashOf } from '../../../src/files/readFile.ts';
import { tempWorkspace } from '../../rig/tempWorkspace.ts';
import type { TempWorkspace } from '../../rig/tempWorkspace.ts';

export interface Disk extends AsyncDisposable {
  readonly files: Files;
  readonly workspace: TempWorkspace;
  readonly places: ClaudePlaces;
  /** What was logged, warnings and errors. */
  readonly complaints: string[];
  /** A path in the workspace folder `repo/app`, of the repository `repo`. */
  at(path: string): string;
  /** A path in the home folder. */
  home(path: string): string;
  read(path: string): string;
  put(path: string, content: string | Uint8Array): void;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const hash = (text: string): string => hashOf(bytes(text));
export const text = (content: Uint8Array): string => Buffer.from(content).toString('utf8');

export function logInto(complaints: string[]): Log {
  return {
    debug: () => {},
    info: () => {},
    warn: (message) => complaints.push(message),
    error: (message, cause) => complaints.push(`${message} ${String(cause)}`),
  };
}

/** A home folder and a workspace folder in a repository, with files in them. */
export async function disk(content: Readonly<Record<string, string>> = {}): Promise<Disk> {
  const workspace = await tempWorkspace(content);
  for (const folder of ['home', 'repo/app', 'managed']) fs.mkdirSync(workspace.file(folder), { recursive: true });
  const complaints: string[] = [];
  const files = createFiles(logInto(complaints));
  const put = (path: string, what: string | Uint8Array) => {
    fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    fs.writeFileSync(path, what);
  };
  return {
    files,
    workspace,
    complaints,
    places: {
      folder: workspace.file('repo/app'),
      repositoryRoot: workspace.file('repo'),
      home: workspace.file('home'),
      claudeHome: workspace.file('home/.claude'),
      managed: workspace.file('managed'),
      plugins: [],
    },
    at: (path) => workspace.file('repo/app', path),
    home: (path) => workspace.file('home', path),
    read: (path) => fs.readFileSync(path, 'utf8'),
    put,
    async [Symbol.asyncDispose]() {
      await files.close();
      await workspace[Symbol.asyncDispose]();
    },
  };
}
