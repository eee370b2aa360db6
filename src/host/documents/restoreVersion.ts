import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import { nameOf } from '../../core/filePath.ts';
import { trimEdit } from '../../core/markdown/textEdit.ts';
import { say } from '../say.ts';
import type { Conflicts } from './showConflict.ts';
import { versionBytes, type Recorded } from './versions.ts';

/**
 * Brings a version back. A file that is there gets it as an edit that can be undone, and is saved unless it had unsaved changes before; what
 * an editor would not save byte by byte, and a file that is gone, is written past the editor.
 */
export async function restoreVersion(recorded: Recorded, version: number, conflicts: Conflicts): Promise<void> {
  const { folder, path } = recorded;
  const bytes = await versionBytes(recorded, version);
  if (bytes === undefined) {
    throw new AppError('document.notFound', vscode.l10n.t('Version {0} says that the file was deleted. Choose an earlier one.', version));
  }
  const file = fromDocumentPath(path, folder.catalog.places);
  const uri = vscode.Uri.file(file);
  await folder.catalog.ready();
  const document = await openDocument(uri);
  const text = document && editorText(bytes, document);
  if (document !== undefined && text !== undefined) {
    const hash = folder.hashOf(text);
    folder.catalog.expectSave(file, hash, { cause: 'restore', actor: folder.user, note: `Version ${version}` });
    await putText(document, text);
    return;
  }
  if (document?.isDirty === true) {
    throw new AppError(
      'file.stale',
      vscode.l10n.t(
        '{0} has unsaved changes, and this version is no plain UTF-8, so it was not restored. Save or revert the file first.',
        nameOf(path),
      ),
    );
  }
  const present = (await folder.catalog.text(file))?.hash ?? null;
  const write = () => folder.operations.call('document.restore', { path, version, expectedHash: present }, { actor: folder.user });
  const written = await conflicts.guard({ file: uri, ours: new TextDecoder().decode(bytes) }, write);
  if (written === undefined) return;
  await vscode.commands.executeCommand('vscode.open', uri);
  say(vscode.l10n.t('{0} is as in version {1} again.', nameOf(path), version));
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    await vscode.workspace.fs.stat(uri);
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    // Gone, or nothing that an editor opens.
    return undefined;
  }
}

/** The version as text, when saving it in the editor gives these very bytes. */
function editorText(bytes: Uint8Array, document: vscode.TextDocument): string | undefined {
  if (document.encoding !== 'utf8') return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const breaks = new Set(text.match(/\r\n|\r|\n/g));
  const isOne = breaks.size < 2 && !breaks.has('\r');
  return text.startsWith('\uFEFF') || !isOne ? undefined : text;
}

async function putText(document: vscode.TextDocument, text: string): Promise<void> {
  const name = nameOf(document.uri.path);
  const wasDirty = document.isDirty;
  const before = document.getText();
  if (before === text) {
    say(vscode.l10n.t('{0} is the same as that version.', name));
    return;
  }
  const eol = text.includes('\r\n') ? vscode.EndOfLine.CRLF : vscode.EndOfLine.LF;
  const changesEol = text.includes('\n') && document.eol !== eol;
  // An edit takes on the line ends of the document.
  const target = changesEol ? text.replaceAll(/\r\n|\n/g, document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n') : text;
  const edits = trimEdit(before, { start: 0, end: before.length, text: target }).map((edit) =>
    vscode.TextEdit.replace(new vscode.Range(document.positionAt(edit.start), document.positionAt(edit.end)), edit.text),
  );
  const change = new vscode.WorkspaceEdit();
  change.set(document.uri, changesEol ? [...edits, vscode.TextEdit.setEndOfLine(eol)] : edits);
  if (!(await vscode.workspace.applyEdit(change))) {
    throw new AppError('file.stale', vscode.l10n.t('{0} was changed at the same time, so the version was not restored. Try again.', name));
  }
  await vscode.window.showTextDocument(document);
  if (wasDirty) {
    say(vscode.l10n.t('{0} is as in that version again, and not saved: it had unsaved changes. Undo brings them back.', name));
    return;
  }
  // Not `save()`: what tidies up when saving would change bytes of the version.
  await vscode.commands.executeCommand('workbench.action.files.saveWithoutFormatting');
  // That saves the editor in front, which another one may have become.
  if (document.isDirty) await document.save();
  say(vscode.l10n.t('{0} is as in that version again. Undo brings back what it was.', name));
}
