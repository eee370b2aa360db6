import * as fs from 'node:fs';
import type { FileEntry, FileProblem, ScanOptions, ScanResult } from '../app/filePorts.ts';
import { claudeFolder, classify, innerInstructionNames, instructionNames, neverSearched, searchedFolders } from '../core/claudePlaces.ts';
import type { ClaudePlaces } from '../core/claudePlaces.ts';
import { documentLimit } from '../core/document.ts';
import { folderOf, foldersDownTo, isInside, nameOf, relativeInside } from '../core/filePath.ts';
import { errnoOf } from './fileError.ts';
import { isIgnored, withRulesOf } from './ignoreRules.ts';
import type { IgnoreRules } from './ignoreRules.ts';
import type { Leftovers } from './leftovers.ts';
import { look, workOff } from './listing.ts';

/** Folders that are looked into at most. */
const mostFolders = 20_000;
/** Calls to the file system at a time: its threads are busy, and other callers get their turn. */
const width = 32;
/** Folders within folders; deeper there are loops that no link shows. */
const mostDepth = 60;

interface Listing {
  entries: fs.Dirent[] | 'unreadable' | undefined;
  present: ReadonlySet<string>;
}

const asListing = (entries: Listing['entries']): Listing => ({
  entries,
  present: new Set(Array.isArray(entries) ? entries.map(({ name }) => name) : []),
});
const join = (folder: string, name: string) => (folder.endsWith('/') ? folder + name : `${folder}/${name}`);
const stampOf = ({ mtimeMs, size, ino }: fs.Stats) => `${mtimeMs}-${size}-${ino}`;

/** One search, whole or below a path. */
export class Scan {
  readonly #places: ClaudePlaces;
  readonly #leftovers: Leftovers;
  readonly #signal: AbortSignal | undefined;
  readonly #entries = new Map<string, FileEntry>();
  readonly #unreadable = new Set<string>();
  readonly #rules = new Map<string, Promise<IgnoreRules | undefined>>();
  /** Of folders in which a file was looked for by its name and not found. */
  readonly #listings = new Map<string, Promise<Listing>>();
  #looked = 0;
  #incomplete = false;

  constructor(places: ClaudePlaces, leftovers: Leftovers, { signal }: ScanOptions = {}) {
    this.#places = places;
    this.#leftovers = leftovers;
    this.#signal = signal;
  }

  async everything(): Promise<ScanResult> {
    const { folder, repositoryRoot, claudeHome, managed, plugins } = this.#places;
    await Promise.all([
      ...foldersDownTo(folder).map((level) => this.#project(level, isInside(repositoryRoot, level))),
      this.#claude(claudeHome),
      this.#project(managed, true),
      this.#files(managed, ['managed-settings.json']),
      ...plugins.map(({ root }) => this.#claude(root)),
    ]);
    await this.#below(folder);
    return this.#result();
  }

  /** Only these: files, folders in which something is looked for, or folders that may hold such. */
  async under(paths: readonly string[]): Promise<ScanResult> {
    await workOff([...paths], width, (path) => this.#under(path));
    return this.#result();
  }

  async #under(path: string): Promise<void> {
    const { folder, repositoryRoot, claudeHome, managed, plugins } = this.#places;
    const below = relativeInside(folder, path);
    // The workspace folder may itself lie in a `.claude`, as worktrees do.
    const [outside = '', ...inClaude] = `${below ?? path}/`.split(/(?:^|\/)\.claude\//);
    if (below !== undefined && outside.split('/').some((part) => neverSearched.has(part))) return;
    const found = await look(path);
    const isDirectory = !(found instanceof Error) && found.isDirectory();
    if (below !== undefined && (await this.#isHidden(path, isDirectory))) return;
    if (!isDirectory) {
      await this.#files(folderOf(path), [nameOf(path)]);
    } else if (path === claudeHome || plugins.some(({ root }) => root === path)) {
      await this.#claude(path);
    } else if (path === folder || path === managed) {
      await this.everything();
    } else if (nameOf(path) === claudeFolder) {
      if (isInside(repositoryRoot, path) || isInside(managed, path)) await this.#claude(path);
    } else if (inClaude.length > 0 || isInside(claudeHome, path) || plugins.some(({ root }) => isInside(root, path))) {
      if (this.#isSearched(path, inClaude.join('/'))) await this.#tree(path);
    } else if (isInside(folder, path)) {
      await this.#project(path, true);
      await this.#below(path);
    }
  }

  /** In a folder that a search from the workspace folder would not have come to. A `.claude` is looked into even if git ignores it. */
  async #isHidden(path: string, isDirectory: boolean): Promise<boolean> {
    const { folder } = this.#places;
    const claude = `${path}/`.indexOf(`/${claudeFolder}/`, folder.length - 1);
    const holder = claude !== -1 ? path.slice(0, claude) : isDirectory ? path : folderOf(path);
    for (const level of foldersDownTo(holder)) {
      if (level === folder || !isInside(folder, level)) continue;
      if (isIgnored(level, await this.#rulesOf(folderOf(level)))) return true;
    }
    return false;
  }

  #rulesOf(folder: string): Promise<IgnoreRules | undefined> {
    const known = this.#rules.get(folder);
    if (known !== undefined) return known;
    const isTop = folder === this.#root() || folder === folderOf(folder);
    const rules = (isTop ? Promise.resolve(undefined) : this.#rulesOf(folderOf(folder))).then((outer) => withRulesOf(folder, outer));
    this.#rules.set(folder, rules);
    return rules;
  }

  #root(): string {
    const { folder, repositoryRoot } = this.#places;
    return isInside(repositoryRoot, folder) ? repositoryRoot : folder;
  }

  /** Of a `.claude`, which may hold copies of whole repositories, only the folders in which something is looked for. */
  #isSearched(path: string, inClaude: string): boolean {
    const { claudeHome, plugins } = this.#places;
    const root = [claudeHome, ...plugins.map((plugin) => plugin.root)].findLast((folder) => isInside(folder, path));
    const rest = root === undefined ? inClaude.replace(/\/$/, '') : (relativeInside(root, path) ?? '');
    return ['skills', ...searchedFolders].some((folder) => isInside(folder, rest));
  }

  #result(): ScanResult {
    return { entries: [...this.#entries.values()], unreadable: [...this.#unreadable], incomplete: this.#incomplete };
  }

  /** A level: its instruction files, and its `.claude` where that counts. */
  async #project(folder: string, withClaude: boolean): Promise<void> {
    await this.#files(folder, [...instructionNames]);
    const claude = join(folder, claudeFolder);
    if (withClaude) await this.#claude(claude);
    else await this.#files(claude, [...innerInstructionNames]);
  }

  /** What lies in a `.claude` folder, or in a plugin. */
  async #claude(claude: string): Promise<void> {
    const entries = await this.#list(claude);
    const names = new Set(entries.map(({ name }) => name));
    const trees = searchedFolders.filter((name) => names.has(name.split('/')[0] ?? ''));
    const files = [...innerInstructionNames, 'settings.json', 'settings.local.json'].filter((name) => names.has(name));
    await Promise.all([
      ...trees.map((name) => this.#tree(join(claude, name))),
      ...files.map((name) => this.#file(join(claude, name))),
      ...(names.has('skills') ? [this.#skills(join(claude, 'skills'))] : []),
    ]);
  }

  /** Each skill is a folder with a SKILL.md; what else is in it is no concern of ours. */
  async #skills(skills: string): Promise<void> {
    await workOff(await this.#list(skills), width, async (entry) => {
      const path = join(skills, entry.name);
      if (entry.isFile()) await this.#file(path, entry);
      else if (!entry.isSymbolicLink() || (await isFolder(path))) await this.#files(path, ['SKILL.md']);
      else await this.#file(path, entry);
    });
  }

  /** All files below a folder, through links. */
  async #tree(folder: string): Promise<void> {
    const above = new Set(await Promise.all(foldersDownTo(folderOf(folder)).map(identity)));
    await this.#branch(folder, above);
  }

  /** `above` holds the folders that lead here: a link to one of them ends the way. */
  async #branch(folder: string, above: ReadonlySet<string>): Promise<void> {
    const [own, entries] = await Promise.all([identity(folder), this.#list(folder)]);
    if (above.has(own) || above.size > mostDepth) return;
    const inner = new Set([...above, own]);
    await workOff([...entries], width, async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)))) await this.#branch(path, inner);
      else await this.#file(path, entry);
    });
  }

  /** Nothing of a folder that is not there, cannot be read, or comes after too many others. */
  async #list(folder: string): Promise<fs.Dirent[]> {
    this.#signal?.throwIfAborted();
    if (++this.#looked > mostFolders) {
      this.#incomplete = true;
      return [];
    }
    const entries = await (this.#listings.get(folder)?.then((listing) => listing.entries) ?? this.#leftovers.list(folder));
    if (entries === 'unreadable') this.#unreadable.add(folder);
    return Array.isArray(entries) ? entries : [];
  }

  /** The levels below a folder that are no `.claude`, as far as git does not ignore them. */
  async #below(start: string): Promise<void> {
    const queue: { folder: string; rules: IgnoreRules | undefined }[] = [{ folder: start, rules: await this.#rulesOf(start) }];
    await workOff(queue, width, async ({ folder, rules: outer }) => {
      const entries = await this.#list(folder);
      const names = new Set(entries.map(({ name }) => name));
      const inner = folder !== start && names.has('.gitignore') ? await withRulesOf(folder, outer) : outer;
      for (const entry of entries) {
        if (!entry.isDirectory() || neverSearched.has(entry.name) || entry.name === claudeFolder) continue;
        const path = join(folder, entry.name);
        if (!isIgnored(path, inner)) queue.push({ folder: path, rules: inner });
      }
      if (folder === start) return;
      const files = [...instructionNames].filter((name) => names.has(name));
      await Promise.all([
        ...files.map((name) => this.#file(join(folder, name))),
        ...(names.has(claudeFolder) ? [this.#claude(join(folder, claudeFolder))] : []),
      ]);
    });
  }

  /**
   * Files that are looked for by their names, in a folder that need not be listed: that is done only when one of them is not there, since
   * a killed process may have left it under another name.
   */
  async #files(folder: string, names: readonly string[]): Promise<void> {
    const found = await Promise.all(names.map((name) => this.#file(join(folder, name))));
    const missing = names.filter((_, i) => found[i] === 'missing');
    if (missing.length === 0) return;
    const listing = this.#listings.get(folder) ?? this.#leftovers.list(folder).then(asListing);
    this.#listings.set(folder, listing);
    const { present } = await listing;
    await Promise.all(missing.filter((name) => present.has(name)).map((name) => this.#file(join(folder, name))));
  }

  async #file(path: string, listed?: fs.Dirent): Promise<'missing' | undefined> {
    if (this.#entries.has(path)) return undefined;
    const what = classify(path, this.#places);
    if (what === undefined) return undefined;
    const own = await look(path, false);
    if (own instanceof Error) {
      if (errnoOf(own) === 'ENOENT' || errnoOf(own) === 'ENOTDIR') {
        if (listed === undefined) return 'missing';
        this.#add({ path, ...what, ...nothing, isSymlink: false, problem: 'vanished' });
      } else this.#add({ path, ...what, ...nothing, isSymlink: false, problem: 'unreadable' });
      return undefined;
    }
    const isSymlink = own.isSymbolicLink();
    const stat = isSymlink ? await look(path) : own;
    if (stat instanceof Error) {
      this.#add({ path, ...what, ...nothing, isSymlink, problem: problemOf(stat) });
      return undefined;
    }
    const problem = await contentProblem(path, stat);
    const entry = { path, ...what, size: stat.size, modifiedAt: stat.mtimeMs, stamp: stampOf(stat), isSymlink };
    this.#add(problem === undefined ? entry : { ...entry, problem });
    return undefined;
  }

  #add(entry: FileEntry): void {
    this.#entries.set(entry.path, entry);
  }
}

async function contentProblem(path: string, stat: fs.Stats): Promise<FileProblem | undefined> {
  if (!stat.isFile()) return 'notAFile';
  if (stat.size > documentLimit) return 'tooLarge';
  // Most files may be read by everybody: only of others the system is asked.
  if ((stat.mode & 0o444) === 0o444) return undefined;
  const mayRead = await new Promise<boolean>((resolve) => fs.access(path, fs.constants.R_OK, (error) => resolve(error === null)));
  return mayRead ? undefined : 'unreadable';
}

const nothing = { size: 0, modifiedAt: 0, stamp: '' } as const;

function problemOf(error: NodeJS.ErrnoException): FileProblem {
  switch (errnoOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'danglingLink';
    case 'ELOOP':
      return 'linkLoop';
    default:
      return 'unreadable';
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await look(path);
  return !(found instanceof Error) && found.isDirectory();
}

/** The same for two paths of one folder. */
async function identity(path: string): Promise<string> {
  const found = await look(path);
  return found instanceof Error ? path : `${found.dev}:${found.ino}`;
}
