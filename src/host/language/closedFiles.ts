import * as vscode from 'vscode';
import type { CatalogChange } from '../../app/claudeCatalog.ts';
import type { FileEntry } from '../../app/filePorts.ts';
import type { Problem } from '../../core/problem.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { ClaudeFolder, ClaudeFolders } from '../claude/claudeFolders.ts';
import type { CheckedFile, FileChecks } from './fileChecks.ts';
import type { SubjectKind, Subjects } from './subjects.ts';

/** Milliseconds of work after which others get their turn, and how long that is. */
const slice = 8;
const rest = 4;

export interface ClosedFile {
  path: string;
  kind: SubjectKind;
  text: string;
  problems: readonly Problem[];
}

export interface ClosedFilesDeps {
  claude: ClaudeFolders;
  subjects: Subjects;
  checks: FileChecks;
  fail(error: unknown): void;
}

/** The files of the workspace that nobody has open, checked in idle time so that the Problems panel is complete. */
export class ClosedFiles implements Disposable {
  readonly #deps: ClosedFilesDeps;
  readonly #subscriptions = new DisposableStore();
  /** With the paths that were told of. */
  readonly #followed = new Map<ClaudeFolder, Set<string>>();
  readonly #asked = new Map<string, { folder: ClaudeFolder; asked: ReadonlySet<string> }>();
  readonly #queue = new Map<string, { folder: ClaudeFolder; entry: FileEntry }>();
  readonly #checked = new Emitter<ClosedFile>();
  readonly #removed = new Emitter<string>();
  #isWorking = false;

  readonly onDidCheck = this.#checked.event;
  /** A file is gone, by its path. */
  readonly onDidRemove = this.#removed.event;

  constructor(deps: ClosedFilesDeps) {
    this.#deps = deps;
    this.#subscriptions.add(deps.claude.onDidChange(({ folder, change }) => this.#take(folder, change)));
    this.#subscriptions.add(deps.claude.onDidChangeFolders(() => this.#leave()));
  }

  /** Checks everything once; what changes afterwards is checked by itself. */
  async start(): Promise<void> {
    const folders = await this.#deps.claude.load();
    await Promise.all(folders.map((folder) => this.#follow(folder)));
  }

  async #follow(folder: ClaudeFolder): Promise<void> {
    if (this.#followed.has(folder)) return;
    this.#followed.set(folder, new Set());
    await folder.catalog.ready();
    this.#take(folder, { changed: folder.catalog.files(), removed: [] });
    const { agents: model } = folder;
    this.#subscriptions.add(model.onDidChange(({ paths }) => this.#takeModel(folder, paths)));
    await model.ready();
    this.#takeModel(folder, [...model.agents.keys(), ...model.skills.keys(), ...model.commands.keys()]);
  }

  /** Folders that are no longer part of the workspace. */
  #leave(): void {
    const all = new Set(this.#deps.claude.all);
    for (const [folder, paths] of this.#followed) {
      if (all.has(folder)) continue;
      this.#followed.delete(folder);
      for (const path of paths) this.#remove(path);
    }
  }

  #tell(folder: ClaudeFolder, file: ClosedFile): void {
    this.#followed.get(folder)?.add(file.path);
    this.#checked.fire(file);
  }

  #remove(path: string): void {
    this.#queue.delete(path);
    this.#asked.delete(path);
    this.#deps.subjects.setImports(path, new Set());
    this.#removed.fire(path);
  }

  /** Agents, skills and commands are checked by their model. */
  #takeModel(folder: ClaudeFolder, paths: Iterable<string>): void {
    const { agents: model } = folder;
    for (const path of paths) {
      const item = model.agents.get(path) ?? model.skills.get(path) ?? model.commands.get(path);
      const kind = this.#deps.subjects.kindOf(folder, path);
      if (item?.content === undefined || item.problems === undefined || kind === undefined || !isShown(item.entry, folder)) continue;
      this.#tell(folder, { path, kind, text: item.content.document.text, problems: item.problems });
    }
  }

  #take(folder: ClaudeFolder, { changed, removed }: CatalogChange): void {
    for (const { path, kind } of [...changed, ...removed]) if (kind === 'memory') this.#queueMemory(folder, path);
    for (const { path } of removed) {
      this.#followed.get(folder)?.delete(path);
      this.#remove(path);
    }
    for (const entry of changed) if (isOwn(entry) && isShown(entry, folder)) this.#queue.set(entry.path, { folder, entry });
    this.#work();
  }

  /** What is said of a MEMORY.md follows from the files beside it. */
  #queueMemory(folder: ClaudeFolder, path: string): void {
    const own = /^.*\/agent-memory(?:-local)?\/[^/]+\//s.exec(path)?.[0];
    const entry = own === undefined ? undefined : folder.catalog.get(`${own}MEMORY.md`);
    if (entry !== undefined && isShown(entry, folder)) this.#queue.set(entry.path, { folder, entry });
  }

  /** Something other than the files themselves has changed: those that follow from it are checked again. */
  recheck(paths: ReadonlySet<string>): void {
    for (const [path, { folder, asked }] of this.#asked) {
      const entry = folder.catalog.get(path);
      if (entry !== undefined && meets(paths, asked)) this.#queue.set(path, { folder, entry });
    }
    this.#work();
  }

  /** What counts for all files of a folder has changed. */
  recheckAll(folder: ClaudeFolder): void {
    if (this.#followed.has(folder)) this.#take(folder, { changed: folder.catalog.files(), removed: [] });
  }

  /** This one again: it was open, and what is on the disk counts now. */
  again(folder: ClaudeFolder, path: string): void {
    const entry = folder.catalog.get(path);
    if (entry !== undefined && isOwn(entry) && isShown(entry, folder)) this.#queue.set(path, { folder, entry });
    this.#work();
  }

  #work(): void {
    if (this.#isWorking || this.#queue.size === 0) return;
    this.#isWorking = true;
    this.#workOff()
      .catch(this.#deps.fail)
      .finally(() => {
        this.#isWorking = false;
        this.#work();
      });
  }

  async #workOff(): Promise<void> {
    let start = performance.now();
    for (const [path, { folder, entry }] of this.#queue) {
      if (this.#subscriptions.isDisposed) return;
      this.#queue.delete(path);
      const file = await this.#check(folder, entry);
      if (file !== undefined && !this.#queue.has(path)) {
        this.#asked.set(path, { folder, asked: file.asked });
        this.#tell(folder, { path, kind: file.subject.kind, text: file.text, problems: file.problems });
        this.#deps.subjects.setImports(path, importedBy(file));
      }
      if (performance.now() - start < slice) continue;
      await new Promise((resolve) => void setTimeout(resolve, rest));
      start = performance.now();
    }
  }

  async #check(folder: ClaudeFolder, entry: FileEntry): Promise<CheckedFile | undefined> {
    const { path, size: bytes } = entry;
    const kind = this.#deps.subjects.kindOf(folder, path);
    if (kind === undefined || entry.problem !== undefined) return undefined;
    const content = await folder.catalog.text(path);
    return content && (await this.#deps.checks.check({ folder, path, kind }, { text: content.text, bytes }));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#queue.clear();
  }
}

/** `few` is gone through, `many` is not. */
export function meets(few: ReadonlySet<string>, many: ReadonlySet<string>): boolean {
  for (const path of few) if (many.has(path)) return true;
  return false;
}

const isOwn = ({ kind }: FileEntry) => kind === 'rule' || kind === 'instructions' || kind === 'memory';

/** Files of the workspace. Those of the home folder, of plugins and of administrators are told of when they are open. */
function isShown({ path, scope }: FileEntry, { tasks }: ClaudeFolder): boolean {
  if (scope.kind !== 'project') return false;
  const owner = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path));
  return (
    owner?.uri.toString() === tasks.key || (owner === undefined && vscode.workspace.workspaceFolders?.[0]?.uri.toString() === tasks.key)
  );
}

/** Every file that is loaded with this one. */
export function importedBy({ imports }: CheckedFile): Set<string> {
  const paths = new Set<string>();
  const waiting = [...imports];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.state === 'loaded') paths.add(node.path);
    waiting.push(...node.imports);
  }
  return paths;
}
