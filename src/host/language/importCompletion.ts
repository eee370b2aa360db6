import * as vscode from 'vscode';
import { isGitIgnored } from '../../core/instructions/gitIgnored.ts';
import { folderOf, isInside, relativePath } from '../../core/filePath.ts';
import { isImportable } from '../../core/instructions/importGraph.ts';
import {
  escapeImport,
  importCursor,
  importFolder,
  importRank,
  stepsBetween,
  type ImportCursor,
} from '../../core/suggestions/importPaths.ts';
import type { LanguageDeps } from './languageDeps.ts';
import { mayImport, type Subject, type Subjects } from './subjects.ts';

/** Markdown files of the workspace that are looked at, and offered before a folder is typed. */
const mostFound = 5000;
const mostNear = 200;
const mostListed = 1000;
const hidden: ReadonlySet<string> = new Set(['node_modules', '.git', '.DS_Store']);

/** Paths behind an `@`: what lies beside the file, folder by folder, and Markdown files anywhere in the workspace, the nearest first. */
export class ImportCompletion implements vscode.CompletionItemProvider {
  readonly #subjects: Subjects;
  readonly #sources: LanguageDeps['sources'];

  constructor({ subjects, sources }: { subjects: Subjects; sources: LanguageDeps['sources'] }) {
    this.#subjects = subjects;
    this.#sources = sources;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[] | undefined> {
    if (!document.lineAt(position.line).text.slice(0, position.character).includes('@')) return undefined;
    const subject = await this.#subjects.of(document.uri);
    if (subject === undefined || !mayImport(subject.kind) || token.isCancellationRequested) return undefined;
    const cursor = importCursor(document.getText(), document.offsetAt(position));
    if (cursor === undefined) return undefined;
    const range = new vscode.Range(document.positionAt(cursor.span.start), document.positionAt(cursor.span.end));
    const [beside, near] = await Promise.all([
      this.#beside(subject, cursor, range),
      cursor.folder === '' ? this.#near(subject, range, token) : [],
    ]);
    const listed = new Set(beside.map(({ insertText }) => insertText));
    return token.isCancellationRequested ? undefined : [...beside, ...near.filter(({ insertText }) => !listed.has(insertText))];
  }

  async #beside(subject: Subject, cursor: ImportCursor, range: vscode.Range): Promise<vscode.CompletionItem[]> {
    const { path, folder } = subject;
    const from = importFolder(cursor, path, folder.catalog.places.home);
    const found = await vscode.workspace.fs.readDirectory(vscode.Uri.file(from)).then(
      (entries) => entries,
      () => [],
    );
    const named = found
      .filter(([name]) => !hidden.has(name))
      .map(([name, type]) => ({ name, path: `${from.replace(/\/$/, '')}/${name}`, isFolder: (type & vscode.FileType.Directory) !== 0 }))
      .filter((entry) => entry.path !== path && (entry.isFolder || isImportable(entry.name)))
      .sort((a, b) => importRank(a.name, a.isFolder) - importRank(b.name, b.isFolder) || (a.name < b.name ? -1 : 1))
      .slice(0, mostListed);
    const shown = await this.#notIgnored(subject, named);
    return shown.map(({ name, isFolder }) => {
      const item = new vscode.CompletionItem(name, isFolder ? vscode.CompletionItemKind.Folder : vscode.CompletionItemKind.File);
      item.insertText = escapeImport(name) + (isFolder ? '/' : '');
      item.filterText = item.insertText;
      item.range = range;
      item.sortText = `${importRank(name, isFolder)}0 ${name}`;
      if (isFolder) item.command = { command: 'editor.action.triggerSuggest', title: '' };
      return item;
    });
  }

  async #near(subject: Subject, range: vscode.Range, token: vscode.CancellationToken): Promise<vscode.CompletionItem[]> {
    const { path, folder } = subject;
    const pattern = new vscode.RelativePattern(folder.tasks.folder, '**/*.md');
    const found = await vscode.workspace.findFiles(pattern, '**/{node_modules,.git,dist,out}/**', mostFound, token);
    const others = found
      .map((uri) => ({ path: uri.fsPath.replaceAll('\\', '/') }))
      .filter((one) => folderOf(one.path) !== folderOf(path))
      .sort((a, b) => stepsBetween(a.path, path) - stepsBetween(b.path, path))
      .slice(0, mostNear);
    const shown = await this.#notIgnored(subject, others);
    return shown.map((one) => {
      const written = relativePath(folderOf(path), one.path);
      const item = new vscode.CompletionItem(written, vscode.CompletionItemKind.File);
      item.insertText = escapeImport(written);
      item.filterText = item.insertText;
      item.range = range;
      // Behind what lies beside the file.
      item.sortText = `5${String(stepsBetween(one.path, path)).padStart(3, '0')} ${written}`;
      return item;
    });
  }

  async #notIgnored<T extends { path: string }>({ folder }: Subject, entries: readonly T[]): Promise<readonly T[]> {
    const { repositoryRoot } = folder.catalog.places;
    const { snapshot } = await this.#sources();
    const { value } = await snapshot.settle((files) =>
      entries.filter(({ path }) => !isInside(repositoryRoot, path) || !isGitIgnored(path, repositoryRoot, files)),
    );
    return value;
  }
}
