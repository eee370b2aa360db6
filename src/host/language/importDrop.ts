import * as vscode from 'vscode';
import { isImportable } from '../../core/instructions/importGraph.ts';
import { bodyStart } from '../../core/instructions/markdownRegions.ts';
import { scanCode } from '../../core/instructions/codeLines.ts';
import { regionAt } from '../../core/instructions/regionAt.ts';
import { importOf } from '../../core/suggestions/importPaths.ts';
import { catalogPath } from '../claude/claudeFolders.ts';
import { importDropKind } from './kinds.ts';
import { mayImport, type Subjects } from './subjects.ts';

/** Files dropped into an instruction file are imported; where an import would not be read, they are left to others. */
export class ImportDrop implements vscode.DocumentDropEditProvider {
  readonly #subjects: Subjects;

  constructor(subjects: Subjects) {
    this.#subjects = subjects;
  }

  async provideDocumentDropEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    dropped: vscode.DataTransfer,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentDropEdit | undefined> {
    const subject = await this.#subjects.of(document.uri);
    if (subject === undefined || !mayImport(subject.kind)) return undefined;
    const text = document.getText();
    const offset = document.offsetAt(position);
    if (offset < bodyStart(text) || regionAt(scanCode(text), offset) !== undefined) return undefined;
    const list = (await dropped.get('text/uri-list')?.asString()) ?? '';
    const uris = list
      .split(/\r?\n/)
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => vscode.Uri.parse(line));
    if (uris.length === 0 || !uris.every((uri) => uri.scheme === 'file' && isImportable(uri.path) && catalogPath(uri) !== subject.path))
      return undefined;
    const types = await Promise.all(uris.map((uri) => typeOf(uri)));
    if (token.isCancellationRequested || types.some((type) => type === undefined || (type & vscode.FileType.File) === 0)) return undefined;
    const gap = /\S/.test(text.charAt(offset - 1)) ? ' ' : '';
    const imports = uris.map((uri) => importOf(catalogPath(uri), subject.path)).join('\n');
    const title = uris.length === 1 ? vscode.l10n.t('Insert as import') : vscode.l10n.t('Insert as imports');
    return new vscode.DocumentDropEdit(gap + imports, title, importDropKind);
  }
}

const typeOf = (uri: vscode.Uri): PromiseLike<vscode.FileType | undefined> =>
  vscode.workspace.fs.stat(uri).then(
    ({ type }) => type,
    () => undefined,
  );
