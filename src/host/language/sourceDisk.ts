import * as fs from 'node:fs';
import * as vscode from 'vscode';
import type { SourceDisk } from '../../app/sourceSnapshot.ts';
import { withSlashes } from '../../core/filePath.ts';
import type { FileView } from '../../core/instructions/sourceFiles.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';

const views = new WeakMap<vscode.TextDocument, { version: number; view: FileView }>();

/** An open document as a source: what is typed and not saved counts. The same object until the next change. */
export function viewOf(document: vscode.TextDocument): FileView {
  const kept = views.get(document);
  if (kept?.version === document.version) return kept.view;
  const text = document.getText();
  const view = { text, bytes: Buffer.byteLength(text) + (document.encoding === 'utf8bom' ? 3 : 0) };
  views.set(document, { version: document.version, view });
  return view;
}

/** The disk of this computer under the documents that are open in this window. */
export function createSourceDisk(): SourceDisk & Disposable {
  const subscriptions = new DisposableStore();
  // Asked for every path that a file names: the list of documents is looked through once per change of the list.
  let open: Map<string, vscode.TextDocument> | undefined;
  const outdated = () => void (open = undefined);
  subscriptions.add(vscode.workspace.onDidOpenTextDocument(outdated));
  subscriptions.add(vscode.workspace.onDidCloseTextDocument(outdated));
  const listOpen = () =>
    new Map(
      vscode.workspace.textDocuments
        .filter(({ uri, isClosed }) => uri.scheme === 'file' && !isClosed)
        .map((document) => [withSlashes(document.uri.fsPath), document]),
    );
  return {
    look: async (path) => {
      try {
        const [stat, real] = await Promise.all([fs.promises.stat(path), fs.promises.realpath(path)]);
        const realPath = withSlashes(real);
        const stamp = `${stat.mtimeMs}-${stat.size}-${stat.ino}`;
        if (stat.isFile()) return { kind: 'file', bytes: stat.size, stamp, realPath };
        return stat.isDirectory() ? { kind: 'folder', bytes: 0, stamp, realPath } : undefined;
      } catch {
        return undefined;
      }
    },
    read: async (path) => await fs.promises.readFile(path).catch(() => undefined),
    list: async (folder) => await fs.promises.readdir(folder).catch(() => []),
    edited: (path) => {
      open ??= listOpen();
      const document = open.get(path);
      return document === undefined ? undefined : viewOf(document);
    },
    dispose: () => subscriptions.dispose(),
  };
}
