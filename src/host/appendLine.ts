import * as vscode from 'vscode';
import type { Fix } from '../core/problem.ts';

export type Line = Extract<Fix, { appendLine: unknown }>['appendLine'];

/** Adds a line at the end of a file, which is made when there is none. Fails for a file that cannot be opened as text. */
export async function appendLineEdit({ path, line }: Line): Promise<vscode.WorkspaceEdit> {
  const uri = vscode.Uri.file(path);
  const edit = new vscode.WorkspaceEdit();
  const isThere = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    // Without `overwrite`, a file that has appeared meanwhile stays as it is.
    edit.createFile(uri, { ignoreIfExists: true, contents: Buffer.from(`${line}\n`) });
    return edit;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const { end } = document.lineAt(document.lineCount - 1).range;
  // VS Code writes the line ends that the document has.
  edit.insert(uri, end, end.character === 0 ? `${line}\n` : `\n${line}\n`);
  return edit;
}
