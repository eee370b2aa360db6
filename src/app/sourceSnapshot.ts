import { folderOf, isInside } from '../core/filePath.ts';
import { decodeFile } from '../core/markdown/fileText.ts';
import { maxInstructionBytes, type FileView, type SourceFiles } from '../core/instructions/sourceFiles.ts';

export interface DiskEntry {
  kind: 'file' | 'folder';
  /** Of a file. */
  bytes: number;
  /** Changes whenever the file was written, or a name in the folder came or went, as far as the file system tells. */
  stamp: string;
  /** Where links lead. */
  realPath: string;
}

/** Where sources come from. Paths are absolute, with `/`. Nothing here fails: what cannot be had is undefined or empty. */
export interface SourceDisk {
  look(path: string): Promise<DiskEntry | undefined>;
  read(path: string): Promise<Uint8Array | undefined>;
  list(folder: string): Promise<readonly string[]>;
  /** The file as someone is editing it, which counts for more than the disk. The same object for the same content. */
  edited(path: string): FileView | undefined;
}

export interface SettleOptions {
  signal?: AbortSignal;
  /** Contents that count for more than what is edited or on the disk. */
  instead?: ReadonlyMap<string, FileView>;
}

export interface Settled<T> {
  value: T;
  /** Every path it depends on, but for those with a content given instead. */
  asked: ReadonlySet<string>;
}

interface Known {
  entry: DiskEntry | undefined;
  checkedAt: number;
  /** Null when it could not be read. */
  view?: FileView | null;
  names?: readonly string[];
}

type Need = 'look' | 'read' | 'list';

/** Milliseconds for which nothing is looked at again. */
const fresh = 2000;
/** Imports are followed over a few hops, each of which may ask for more; more rounds than this ask in circles. */
const mostRounds = 100;
/** UTF-16 units that are kept. */
const mostText = 32 * 1024 * 1024;

/**
 * Lets pure, synchronous code ask for any file. The work is done over what is at hand; what it missed is loaded and the work done again, until it
 * misses nothing. So nobody must know beforehand which files an import graph or a check will want. What was read is kept.
 */
export class SourceSnapshot {
  readonly disk: SourceDisk;
  readonly #known = new Map<string, Known>();
  /** Above everything that was ever known. */
  readonly #folders = new Set<string>();
  readonly #loading = new Map<string, symbol>();
  #size = 0;

  constructor(disk: SourceDisk) {
    this.disk = disk;
  }

  /** Throws what `work` throws, and the reason of the signal. */
  async settle<T>(work: (files: SourceFiles) => T, { signal, instead }: SettleOptions = {}): Promise<Settled<T>> {
    const asked = new Set<string>();
    const checked = new Set<string>();
    for (let round = 1; ; round++) {
      signal?.throwIfAborted();
      const missing = new Map<string, Set<Need>>();
      const value = work(this.#files(asked, missing, instead));
      if (missing.size > 0 && round < mostRounds) {
        await Promise.all([...missing].map(([path, needs]) => this.#load(path, needs)));
        for (const path of missing.keys()) checked.add(path);
        continue;
      }
      const old = [...asked].filter((path) => !checked.has(path) && this.#isOld(path));
      if (old.length === 0 || round >= mostRounds) return { value, asked };
      const changed = await Promise.all(old.map((path) => this.#check(path)));
      for (const path of old) checked.add(path);
      if (!changed.includes(true)) return { value, asked };
    }
  }

  /** Something happened at these paths. Of a folder that has appeared or gone everything below is forgotten as well. */
  forget(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#outdate(path);
      this.#outdate(folderOf(path));
      if (!this.#folders.has(path)) continue;
      for (const below of [...this.#known.keys(), ...this.#loading.keys()]) if (isInside(path, below)) this.#outdate(below);
    }
  }

  #outdate(path: string): void {
    this.#drop(path);
    this.#loading.delete(path);
  }

  #files(asked: Set<string>, missing: Map<string, Set<Need>>, instead: ReadonlyMap<string, FileView> | undefined): SourceFiles {
    const known = (path: string, need: Need): Known | undefined => {
      const found = this.#known.get(path);
      const isThere =
        found !== undefined &&
        (need === 'look' ||
          (need === 'read'
            ? found.entry?.kind !== 'file' || found.view !== undefined
            : found.entry?.kind !== 'folder' || found.names !== undefined));
      if (!isThere) missing.set(path, (missing.get(path) ?? new Set()).add(need));
      return found;
    };
    const edited = (path: string): FileView | undefined => {
      const given = instead?.get(path);
      if (given !== undefined) return given;
      asked.add(path);
      return this.disk.edited(path);
    };
    return {
      read: (path) => edited(path) ?? known(path, 'read')?.view ?? undefined,
      exists: (path) => (edited(path) === undefined ? known(path, 'look')?.entry?.kind : 'file'),
      realPath: (path) => known(path, 'look')?.entry?.realPath,
      list: (folder) => {
        asked.add(folder);
        return known(folder, 'list')?.names ?? [];
      },
    };
  }

  #isOld(path: string): boolean {
    const found = this.#known.get(path);
    return found !== undefined && performance.now() - found.checkedAt > fresh;
  }

  async #load(path: string, needs: ReadonlySet<Need>): Promise<void> {
    const mine = Symbol(path);
    this.#loading.set(path, mine);
    for (let folder = folderOf(path); !this.#folders.has(folder); folder = folderOf(folder)) this.#folders.add(folder);
    const entry = await this.disk.look(path);
    const known: Known = { entry, checkedAt: performance.now() };
    const before = this.#known.get(path);
    if (before !== undefined && before.entry?.stamp === entry?.stamp) {
      if (before.view !== undefined) known.view = before.view;
      if (before.names !== undefined) known.names = before.names;
    }
    if (entry?.kind === 'file' && needs.has('read')) known.view = await this.#read(path, entry);
    if (entry?.kind === 'folder' && needs.has('list')) known.names = await this.disk.list(path);
    // Forgotten meanwhile: what was read may be older than that.
    if (this.#loading.get(path) !== mine) known.checkedAt = -Infinity;
    else this.#loading.delete(path);
    this.#keep(path, known);
  }

  async #read(path: string, { bytes }: DiskEntry): Promise<FileView | null> {
    if (bytes > maxInstructionBytes) return { text: '', bytes };
    const content = await this.disk.read(path);
    if (content === undefined) return null;
    const isBinary = content.subarray(0, 8000).includes(0);
    return isBinary ? { text: '', bytes: content.length, binary: true } : { text: decodeFile(content), bytes: content.length };
  }

  /** Whether what is at a path is another than before. */
  async #check(path: string): Promise<boolean> {
    const entry = await this.disk.look(path);
    const found = this.#known.get(path);
    if (found !== undefined && found.entry?.kind === entry?.kind && found.entry?.stamp === entry?.stamp) {
      found.checkedAt = performance.now();
      return false;
    }
    this.#drop(path);
    return true;
  }

  #keep(path: string, known: Known): void {
    this.#drop(path);
    this.#size += known.view?.text.length ?? 0;
    if (this.#size > mostText) {
      this.#known.clear();
      this.#size = known.view?.text.length ?? 0;
    }
    this.#known.set(path, known);
  }

  #drop(path: string): void {
    this.#size -= this.#known.get(path)?.view?.text.length ?? 0;
    this.#known.delete(path);
  }
}
