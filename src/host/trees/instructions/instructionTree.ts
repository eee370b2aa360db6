import * as vscode from 'vscode';
import type { InstructionPicture } from '../../../app/instructionModel.ts';
import { withSlashes } from '../../../core/filePath.ts';
import type { ImportNode } from '../../../core/instructions/importGraph.ts';
import type { InstructionFile } from '../../../core/instructions/loadOrder.ts';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ClaudeFolder, ClaudeFolders } from '../../claude/claudeFolders.ts';
import type { InstructionModels } from '../../claude/instructionModels.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import { fileItem, fileTooltip, folderItem, groupItem, importItem } from './instructionItem.ts';
import {
  filesIn,
  groupOf,
  groups,
  problemsOf,
  RowTable,
  shownImports,
  type FileRow,
  type Group,
  type InstructionRow,
} from './instructionRow.ts';

export interface InstructionTreeDeps {
  stores: WorkspaceStores;
  folders: ClaudeFolders;
  models: InstructionModels;
  /** The first rows are known, or that there are none. */
  onReady(): void;
}

interface Shown {
  picture: InstructionPicture;
  files: ReadonlyMap<string, InstructionFile>;
}

/** The CLAUDE.md view's rows: folders when there are several, groups in load order, files, what they import. */
export class InstructionTree implements vscode.TreeDataProvider<InstructionRow>, Disposable {
  readonly #deps: InstructionTreeDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<InstructionRow[] | undefined>();
  readonly #shown = new Map<ClaudeFolder, Shown>();
  /** Numbers the refreshes of each folder: an older one must not replace a newer one. */
  readonly #asked = new Map<ClaudeFolder, number>();
  readonly #outdated = new Set<ClaudeFolder>();
  readonly #problems = new Map<string, string>();
  #isVisible = true;

  readonly rows = new RowTable();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: InstructionTreeDeps) {
    this.#deps = deps;
    this.#subscriptions.add(deps.stores.onDidChangeFolders(() => this.#reset()));
    this.#subscriptions.add(deps.models.onDidChange((folder) => this.#outdate(folder)));
    this.#subscriptions.add(vscode.languages.onDidChangeDiagnostics(({ uris }) => this.#onProblems(uris)));
  }

  /** Nothing is read for a view that nobody sees. */
  set isVisible(value: boolean) {
    this.#isVisible = value;
    if (!value) return;
    for (const folder of this.#outdated) this.#outdate(folder);
  }

  async getChildren(row?: InstructionRow): Promise<InstructionRow[]> {
    switch (row?.kind) {
      case undefined:
        return this.#roots();
      case 'folder':
        return this.#groups(row.folder);
      case 'group':
        return filesOf(this.#shown.get(row.folder), row.group).map(({ path }) => this.rows.file(row.folder, row.group, path));
      case 'file':
        return row.group === 'unread'
          ? []
          : this.rows.imports(row, shownImports(this.#shown.get(row.folder)?.picture.imports.get(row.path) ?? []));
      case 'import':
        return this.rows.imports(row, shownImports(row.node.imports));
    }
  }

  async #roots(): Promise<InstructionRow[]> {
    const folders = await this.#deps.folders.load();
    await Promise.all(folders.map((folder) => this.#show(folder)));
    // The stores come to know their folders after the activation: until then there is nothing to say.
    if (this.#deps.stores.isReady) this.#deps.onReady();
    const filled = folders.filter((folder) => (this.#shown.get(folder)?.files.size ?? 0) > 0);
    const [only] = folders;
    if (folders.length === 1 && only) return this.#groups(only);
    return filled.map((folder) => this.rows.folder(folder));
  }

  #groups(folder: ClaudeFolder): InstructionRow[] {
    const shown = this.#shown.get(folder);
    return groups.filter((group) => filesOf(shown, group).length > 0).map((group) => this.rows.group(folder, group));
  }

  async #show(folder: ClaudeFolder): Promise<void> {
    const mine = (this.#asked.get(folder) ?? 0) + 1;
    this.#asked.set(folder, mine);
    const picture = await (await this.#deps.models.of(folder)).picture();
    if (this.#asked.get(folder) !== mine || this.#subscriptions.isDisposed) return;
    this.#outdated.delete(folder);
    this.#shown.set(folder, { picture, files: new Map(picture.files.map((file) => [file.path, file])) });
  }

  #outdate(folder: ClaudeFolder): void {
    this.#outdated.add(folder);
    if (this.#isVisible && this.#shown.has(folder)) void this.#refresh(folder);
  }

  async #refresh(folder: ClaudeFolder): Promise<void> {
    const before = this.#shown.get(folder);
    await this.#show(folder);
    const after = this.#shown.get(folder);
    if (before === undefined || after === undefined || before === after) return;
    const isSame = (group: Group) => filesOf(before, group).length > 0 === filesOf(after, group).length > 0;
    if (!groups.every(isSame)) this.#changed.fire(undefined);
    else {
      const rows = groups.flatMap((group) => this.#changedIn(folder, group, before, after));
      if (before.picture.tokensAtStart !== after.picture.tokensAtStart && this.#deps.folders.all.length > 1)
        rows.push(this.rows.folder(folder));
      if (rows.length > 0) this.#changed.fire(rows);
    }
  }

  /** The group when its own row or the list below it is another, else the files that are. */
  #changedIn(folder: ClaudeFolder, group: Group, before: Shown, after: Shown): InstructionRow[] {
    const [old, now] = [filesOf(before, group), filesOf(after, group)];
    const isOther =
      old.length !== now.length ||
      old.some(({ path }, at) => path !== now[at]?.path) ||
      (group === 'start' && before.picture.tokensAtStart !== after.picture.tokensAtStart);
    if (isOther) return [this.rows.group(folder, group)];
    return now.filter(({ path }) => shapeOf(before, path) !== shapeOf(after, path)).map(({ path }) => this.rows.file(folder, group, path));
  }

  #onProblems(uris: readonly vscode.Uri[]): void {
    const rows: FileRow[] = [];
    for (const uri of uris) {
      const path = withSlashes(uri.fsPath);
      for (const [folder, { files }] of this.#shown) {
        const file = files.get(path);
        if (file === undefined) continue;
        const { errors, warnings } = problemsOf(path);
        const counts = `${errors} ${warnings}`;
        if (this.#problems.get(path) === counts) continue;
        this.#problems.set(path, counts);
        rows.push(this.rows.file(folder, groupOf(file), path));
      }
    }
    if (rows.length > 0) this.#changed.fire(rows);
  }

  getTreeItem(row: InstructionRow): vscode.TreeItem {
    if (row.kind === 'import') return importItem(row);
    const shown = this.#shown.get(row.folder);
    const file = row.kind === 'file' ? shown?.files.get(row.path) : undefined;
    // Gone between the question and the answer: the parent is drawn again in a moment.
    if (shown === undefined) return new vscode.TreeItem('');
    if (row.kind === 'folder') return folderItem(row, shown.picture);
    if (row.kind === 'group') return groupItem(row, shown.picture);
    return file === undefined ? new vscode.TreeItem('') : fileItem(row, file, shown.picture);
  }

  resolveTreeItem(item: vscode.TreeItem, row: InstructionRow): vscode.TreeItem {
    const file = row.kind === 'file' ? this.#shown.get(row.folder)?.files.get(row.path) : undefined;
    if (file !== undefined) item.tooltip = fileTooltip(file, row.folder.catalog.places);
    return item;
  }

  getParent(row: InstructionRow): InstructionRow | undefined {
    switch (row.kind) {
      case 'folder':
        return undefined;
      case 'group':
        return this.#deps.folders.all.length > 1 ? this.rows.folder(row.folder) : undefined;
      case 'file':
        return this.rows.group(row.folder, row.group);
      case 'import':
        return row.parent;
    }
  }

  #reset(): void {
    this.#shown.clear();
    this.#outdated.clear();
    this.#problems.clear();
    this.rows.clear();
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

const filesOf = (shown: Shown | undefined, group: Group): InstructionFile[] => (shown === undefined ? [] : filesIn(shown.picture, group));

/** All of a file that its rows show. */
function shapeOf({ picture, files }: Shown, path: string): string {
  const shape = (nodes: readonly ImportNode[]): unknown =>
    shownImports(nodes).map(({ path: target, ref, state, outside, imports }) => [target, ref.path, state, outside, shape(imports)]);
  return JSON.stringify([files.get(path), shape(picture.imports.get(path) ?? [])]);
}
