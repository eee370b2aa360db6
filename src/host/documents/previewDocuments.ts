import * as vscode from 'vscode';
import { toDocumentPath } from '../../core/claudePlaces.ts';
import { nameOf } from '../../core/filePath.ts';
import { renderPreview, type RenderedPreview } from '../../core/instructions/mergedPreview.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { ClaudeFolder, ClaudeFolders } from '../claude/claudeFolders.ts';
import type { InstructionModels } from '../claude/instructionModels.ts';
import { previewScheme, readVirtualUri, virtualUri } from './folderUri.ts';

/** What Claude Code has loaded at the start of a session, or once it has read `forFile` (absolute, with `/`). */
export function previewUri(folder: ClaudeFolder, forFile?: string): vscode.Uri {
  // VS Code shows the path as the title and takes the language from it.
  if (forFile === undefined) return virtualUri(previewScheme, folder, `${vscode.l10n.t('Instructions at start')}.md`, {});
  return virtualUri(previewScheme, folder, `${vscode.l10n.t('Instructions for {0}', nameOf(forFile))}.md`, { file: forFile });
}

interface Rendered extends RenderedPreview {
  folder: ClaudeFolder;
  /** The source of each block, in their order. */
  sources: readonly string[];
}

/** Merged previews as read-only documents that follow their sources, with a way back from every block to its line. */
export class PreviewDocuments
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.DocumentLinkProvider, Disposable
{
  readonly #folders: ClaudeFolders;
  readonly #models: InstructionModels;
  readonly #subscriptions = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #rendered = new Map<string, Rendered>();

  readonly onDidChange = this.#changed.event;

  constructor(folders: ClaudeFolders, models: InstructionModels) {
    this.#folders = folders;
    this.#models = models;
    this.#subscriptions.add(models.onDidChange((folder) => this.#follow(folder)));
    this.#subscriptions.add(this.#changed);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const read = await readVirtualUri(this.#folders, uri);
    if (read === undefined) return vscode.l10n.t('This preview belongs to a folder that is not open.');
    const { folder } = read;
    const blocks = await (await this.#models.of(folder)).preview(read.value('file'));
    const rendered = renderPreview(blocks, (path) => toDocumentPath(path, folder.catalog.places) ?? path);
    this.#rendered.set(uri.toString(), { ...rendered, folder, sources: blocks.map(({ source }) => source) });
    return rendered.text;
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const rendered = this.#rendered.get(uri.toString());
    return (rendered?.blocks ?? []).map(({ source, startLine, sourceLine }) => {
      const position = new vscode.Position(sourceLine - 1, 0);
      return new vscode.CodeLens(new vscode.Range(startLine - 1, 0, startLine - 1, 0), {
        command: 'vscode.open',
        title: vscode.l10n.t('From {0}, line {1}', nameOf(source), sourceLine),
        arguments: [vscode.Uri.file(source), { selection: new vscode.Range(position, position) }],
      });
    });
  }

  /** The path in the heading of each block. */
  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const rendered = this.#rendered.get(document.uri.toString());
    if (rendered === undefined) return [];
    const links: vscode.DocumentLink[] = [];
    for (const [line, source] of headings(document, rendered)) {
      const start = document.lineAt(line).text.indexOf('**') + 2;
      const end = document.lineAt(line).text.indexOf('**', start);
      if (end !== -1) links.push(new vscode.DocumentLink(new vscode.Range(line, start, line, end), vscode.Uri.file(source)));
    }
    return links;
  }

  #follow(folder: ClaudeFolder): void {
    for (const [key, rendered] of this.#rendered) {
      if (rendered.folder !== folder) continue;
      const uri = vscode.Uri.parse(key, true);
      if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === key)) this.#changed.fire(uri);
      // VS Code lets go of a document that only the rendered page shows, and draws the page again when it is opened.
      else if (isShown(uri)) void vscode.workspace.openTextDocument(uri);
      else this.#rendered.delete(key);
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#rendered.clear();
  }
}

/** Lines from 0 of the blocks' headings, with the sources they name: the quotations that belong to no block. */
function headings(document: vscode.TextDocument, { blocks, sources }: Rendered): [number, string][] {
  const found: [number, string][] = [];
  let next = 0;
  for (let line = 1; line < document.lineCount; line++) {
    while ((blocks[next]?.endLine ?? Infinity) < line + 1) next++;
    const isOfBlock = (blocks[next]?.startLine ?? Infinity) <= line + 1;
    const source = sources[found.length];
    if (!isOfBlock && source !== undefined && document.lineAt(line).text.startsWith('> **')) found.push([line, source]);
  }
  return found;
}

function isShown(uri: vscode.Uri): boolean {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .some(({ input, label }) => input instanceof vscode.TabInputWebview && label.includes(nameOf(uri.path)));
}

/** Shows a preview as a rendered page; as text where the Markdown extension is switched off. */
export async function showPreview(uri: vscode.Uri): Promise<void> {
  // Opened first, so that a failure to read the sources is told and not drawn.
  const document = await vscode.workspace.openTextDocument(uri);
  try {
    // Locked: a page that is not follows the editor one goes to next.
    await vscode.commands.executeCommand('markdown.showPreview', uri, undefined, { locked: true });
  } catch {
    await vscode.window.showTextDocument(document);
  }
}
