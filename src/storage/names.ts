import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Every path and name that belongs to the database of one workspace folder. */
export interface StoreNames {
  /** `.claudetask` in the workspace folder. */
  folder: string;
  database: string;
  wal: string;
  /** A folder where SQLite would keep its shared memory: see `shield.ts`. */
  shield: string;
  backups: string;
  /** What to take to be the owner: a socket name, a pipe name, or on macOS a file. */
  mutex: string;
  /** Where the owner listens. */
  endpoint: string;
}

export const databaseFile = 'claudetask.db';

/** A name may be a symbolic link, or spelled in another case; all of them mean one database. */
function realPath(folder: string): string {
  try {
    return fs.realpathSync.native(folder);
  } catch {
    return path.resolve(folder);
  }
}

/**
 * Node 20 pads abstract socket names with zeros to the full 107 bytes, Node 24 does not. A name of exactly that length
 * is the same for both, so that windows of different VS Code versions exclude each other.
 */
const abstractSocket = (name: string) => `\0${name.padEnd(107, '-')}`;

export function storeNames(workspaceFolder: string): StoreNames {
  const folder = path.join(realPath(workspaceFolder), '.claudetask');
  const database = path.join(folder, databaseFile);
  const hash = createHash('sha256').update(folder).digest('hex');
  const user = process.getuid?.() ?? 0;
  const names = { folder, database, wal: `${database}-wal`, shield: `${database}-shm`, backups: path.join(folder, 'backups') };
  switch (process.platform) {
    case 'linux':
      return { ...names, mutex: abstractSocket(`claudetask-lock-${hash}`), endpoint: abstractSocket(`claudetask-owner-${hash}`) };
    case 'win32':
      return { ...names, mutex: `\\\\.\\pipe\\claudetask-lock-${hash}`, endpoint: `\\\\.\\pipe\\claudetask-owner-${hash}` };
    default: {
      // A socket path may have 103 bytes on macOS, of which its temporary folder takes half.
      const short = path.join(os.tmpdir(), `claudetask-${user}-${hash.slice(0, 20)}`);
      return { ...names, mutex: `${short}.lock`, endpoint: `${short}.sock` };
    }
  }
}

/** The two files of sql.js in the folder the extension brings them in. */
export const engineAssets = (folder: string) => ({ js: path.join(folder, 'sql-wasm.js'), wasm: path.join(folder, 'sql-wasm.wasm') });

/** What the engine writes beside a database to know which log is its own. */
export const bindFileOf = (names: StoreNames) => `${names.database}-bind.json`;
