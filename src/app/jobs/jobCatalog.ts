import { relativeInside } from '../../core/filePath.ts';
import { decodeFile } from '../../core/markdown/fileText.ts';
import type { Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { Event } from '../../util/emitter.ts';
import type { Files, Watch } from '../filePorts.ts';
import type { JobDisk } from './ports.ts';
import { readJobFile } from './readJobFile.ts';
import type { JobReading } from './readJobFile.ts';

/** A file below `.claudetask/jobs`. */
export interface JobFile {
  /** Path below `.claudetask/jobs` without `.job.yaml` or `.job.json`. */
  name: string;
  /** Absolute, with `/`. */
  path: string;
}

/** A job file as it was read. */
export interface ReadJob extends JobFile {
  text: string;
  reading: JobReading;
}

/** The job files of a folder. Looks at nothing until it is asked. */
export interface JobCatalog {
  /** Files by name; watched from the first call on. */
  list(): Promise<readonly JobFile[]>;
  /** Reads and parses one; the answer is kept until the file changes. Undefined when there is none. Fails with `file.unreadable`, `file.tooLarge`. */
  read(name: string): Promise<ReadJob | undefined>;
  /** Files came, went or changed: their names. */
  readonly onDidChange: Event<readonly string[]>;
}

export interface CatalogDeps {
  /** The workspace folder, absolute, with `/`. */
  folder: string;
  files: Pick<Files, 'read' | 'watch'>;
  disk: Pick<JobDisk, 'list'>;
}

const ending = /\.job\.(ya?ml|json)$/i;

export class JobFiles implements JobCatalog, Disposable {
  readonly #deps: CatalogDeps;
  readonly #root: string;
  readonly #changed = new Emitter<readonly string[]>();
  readonly #read = new Map<string, { hash: string; job: ReadJob }>();
  #listing: Promise<readonly JobFile[]> | undefined;
  #watch: Watch | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(deps: CatalogDeps) {
    this.#deps = deps;
    this.#root = `${deps.folder}/.claudetask/jobs`;
  }

  list(): Promise<readonly JobFile[]> {
    this.#listing ??= this.#list();
    return this.#listing;
  }

  async #list(): Promise<readonly JobFile[]> {
    try {
      // Watched before it is listed, so that nothing falls between.
      this.#watch ??= this.#deps.files.watch([{ path: this.#root, recursive: true }], (paths) => this.#heard(paths));
      await this.#watch.ready;
      const names = new Set<string>();
      return (await this.#deps.disk.list(this.#root)).flatMap((path) => {
        const name = this.#nameOf(path);
        // Of a file in both languages the first one counts.
        if (name === undefined || names.has(name)) return [];
        names.add(name);
        return [{ name, path }];
      });
    } catch (error) {
      this.#listing = undefined;
      throw error;
    }
  }

  #nameOf(path: string): string | undefined {
    const inside = relativeInside(this.#root, path);
    return inside === undefined || !ending.test(inside) ? undefined : inside.replace(ending, '');
  }

  #heard(paths: readonly string[]): void {
    this.#listing = undefined;
    const names = new Set<string>();
    for (const path of paths) {
      const name = this.#nameOf(path);
      if (name !== undefined) names.add(name);
    }
    this.#changed.fire([...names]);
  }

  async read(name: string): Promise<ReadJob | undefined> {
    const file = (await this.#find(name)) ?? (await this.#findAnew(name));
    const view = file && (await this.#deps.files.read(file.path));
    if (file === undefined || view === undefined) {
      this.#read.delete(name);
      return undefined;
    }
    const known = this.#read.get(name);
    if (known?.hash === view.hash && known.job.path === file.path) return known.job;
    const text = decodeFile(view.bytes);
    const job = { ...file, text, reading: readJobFile(text) };
    this.#read.set(name, { hash: view.hash, job });
    return job;
  }

  async #find(name: string): Promise<JobFile | undefined> {
    return (await this.list()).find((one) => one.name === name);
  }

  /** A file that was just made may not have been heard of yet. */
  #findAnew(name: string): Promise<JobFile | undefined> {
    this.#listing = undefined;
    return this.#find(name);
  }

  dispose(): void {
    this.#watch?.dispose();
    this.#changed.dispose();
  }
}
