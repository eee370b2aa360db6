import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Log } from '../app/ports.ts';
import { list, look } from './listing.ts';
import { toSlashes } from './slashes.ts';

/** Milliseconds after which a folder that is not there is looked for again. */
const patience = 1500;
/** Folders of one tree that are watched; the system has a limit for all programs together. */
const mostFolders = 1000;
const mostDepth = 24;

const identityOf = ({ dev, ino }: fs.Stats) => `${dev}:${ino}`;

export interface FolderWatchDeps {
  log: Log;
  onChanged(path: string): void;
}

/**
 * Watches a folder, or a tree folder by folder: Node's own recursive watching is another thing on each platform, and on Linux it looks at
 * every file. A folder that does not exist, or vanishes, is looked for now and then, for watching the folder above it could mean the whole home folder.
 */
export class FolderWatch {
  readonly #root: string;
  readonly #recursive: boolean;
  readonly #deps: FolderWatchDeps;
  readonly #watchers = new Map<string, fs.FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  /** Which folder the root was when its watching began. */
  #identity = '';
  #isFull = false;
  #disposed = false;
  readonly ready: Promise<void>;

  constructor(root: string, recursive: boolean, deps: FolderWatchDeps) {
    this.#root = root;
    this.#recursive = recursive;
    this.#deps = deps;
    this.ready = this.#begin(false);
  }

  /** With the root there or not. `isNew` when it may have come after somebody looked. */
  async #begin(isNew: boolean): Promise<void> {
    if (this.#disposed) return;
    const found = await look(this.#root);
    if (this.#disposed) return;
    if (found instanceof Error || !found.isDirectory()) {
      this.#timer = setTimeout(() => void this.#begin(true), patience);
      this.#timer.unref();
      return;
    }
    this.#identity = identityOf(found);
    await this.#add(this.#root, 0, new Set());
    if (isNew) this.#deps.onChanged(this.#root);
  }

  async #add(folder: string, depth: number, above: ReadonlySet<string>): Promise<void> {
    if (this.#disposed || this.#watchers.has(folder) || depth > mostDepth) return;
    if (this.#watchers.size >= mostFolders) {
      if (!this.#isFull)
        this.#deps.log.warn(`${this.#root} has more than ${mostFolders} folders: changes in some of them are not noticed.`);
      this.#isFull = true;
      return;
    }
    const found = await look(folder);
    if (this.#disposed || found instanceof Error || !found.isDirectory()) return;
    const identity = identityOf(found);
    // A link to a folder above.
    if (above.has(identity)) return;
    try {
      const watcher = fs.watch(folder, { persistent: false }, (event, name) => this.#heard(folder, event, name));
      watcher.on('error', (error) => this.#lost(folder, error));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#lost(folder, error);
      return;
    }
    if (!this.#recursive) return;
    const entries = await list(folder);
    if (!Array.isArray(entries)) return;
    const inner = new Set([...above, identity]);
    for (const entry of entries)
      if (entry.isDirectory() || entry.isSymbolicLink()) await this.#add(`${folder}/${entry.name}`, depth + 1, inner);
  }

  #heard(folder: string, event: string, name: string | null): void {
    if (this.#disposed) return;
    const changed = name === null ? folder : `${folder}/${toSlashes(name)}`;
    this.#deps.onChanged(changed);
    if (event !== 'rename') return;
    if (this.#recursive && name !== null) void this.#appeared(changed);
    // Linux reports the end of the folder itself by its own name.
    if (name === null || name === path.basename(folder)) void this.#check();
  }

  async #appeared(entry: string): Promise<void> {
    const found = await look(entry);
    if (found instanceof Error || !found.isDirectory()) {
      for (const folder of this.#watchers.keys()) if (folder === entry || folder.startsWith(`${entry}/`)) this.#remove(folder);
      return;
    }
    // It may be another folder than the one of that name before.
    this.#remove(entry);
    await this.#add(entry, entry.slice(this.#root.length).split('/').length - 1, new Set());
    // Files may have come before the watcher did.
    if (!this.#disposed) this.#deps.onChanged(entry);
  }

  /** Begins anew when the root is gone, or is another folder. */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    const found = await look(this.#root);
    this.#isChecking = false;
    if (this.#disposed || (!(found instanceof Error) && identityOf(found) === this.#identity && this.#watchers.has(this.#root))) return;
    this.#closeAll();
    this.#deps.onChanged(this.#root);
    await this.#begin(true);
  }

  #lost(folder: string, error: unknown): void {
    if (this.#disposed) return;
    this.#remove(folder);
    this.#deps.log.warn(`${folder} is not watched any more: ${error instanceof Error ? error.message : String(error)}`);
    if (folder === this.#root) void this.#check();
  }

  #remove(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #closeAll(): void {
    for (const folder of this.#watchers.keys()) this.#remove(folder);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#closeAll();
  }
}
