import * as vscode from 'vscode';
import { encodeFile, hasInvalidBytes } from '../../core/markdown/fileText.ts';
import { applyEdits, type TextEdit } from '../../core/markdown/textEdit.ts';
import type { ClaudeFolder } from '../claude/claudeFolders.ts';
import type { Conflicts } from '../documents/showConflict.ts';
import { TextPlaces } from '../language/textPlaces.ts';
import { say } from '../say.ts';

/** A text as operations take it: what is not UTF-8 keeps its bytes. */
export function contentOf(text: string): { content: string; encoding: 'utf8' | 'base64' } {
  return hasInvalidBytes(text)
    ? { content: Buffer.from(encodeFile(text)).toString('base64'), encoding: 'base64' }
    : { content: text, encoding: 'utf8' };
}

/** The file as it is open with changes that are not saved. */
export const unsaved = (uri: vscode.Uri): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find((document) => document.isDirty && document.uri.toString() === uri.toString());

/** A file is about to be moved or removed: what is not saved in it is saved first, if the person agrees. */
export async function saveFirst(uri: vscode.Uri): Promise<boolean> {
  const document = unsaved(uri);
  if (document === undefined) return true;
  const save = vscode.l10n.t('Save and Go On');
  const name = vscode.workspace.asRelativePath(uri);
  const picked = await vscode.window.showWarningMessage(vscode.l10n.t('{0} has changes that are not saved.', name), { modal: true }, save);
  return picked === save && (await document.save());
}

export interface TextChange {
  folder: ClaudeFolder;
  conflicts: Conflicts;
  uri: vscode.Uri;
  /** What to change, by the text as it is. Empty when there is nothing to do. */
  edits(text: string): readonly TextEdit[];
  /** Writes the whole text in place of the one with that hash; null when there is no file yet. */
  write(text: string, expectedHash: string | null): Promise<unknown>;
}

/**
 * Changes a file: in the editor, and left unsaved there, when it has unsaved changes; else on the disk, where nothing is replaced that was
 * not seen. False when nothing was changed.
 */
export async function changeText({ folder, conflicts, uri, edits, write }: TextChange): Promise<boolean> {
  const document = unsaved(uri);
  if (document !== undefined) {
    const text = document.getText();
    const changes = edits(text);
    if (changes.length === 0) return false;
    const places = new TextPlaces(text);
    const edit = new vscode.WorkspaceEdit();
    for (const change of changes) edit.replace(uri, places.range(change), change.text);
    await vscode.workspace.applyEdit(edit);
    say(vscode.l10n.t('Changed in the editor. The file is not saved yet.'));
    return true;
  }
  await folder.catalog.settled();
  const path = uri.fsPath.replaceAll('\\', '/');
  const read = await folder.catalog.text(path);
  const text = read?.text ?? '';
  const changes = edits(text);
  if (changes.length === 0) return false;
  const ours = applyEdits(text, changes);
  return (await conflicts.guard({ file: uri, ours }, async () => (await write(ours, read?.hash ?? null), true))) ?? false;
}
