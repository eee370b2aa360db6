import * as vscode from 'vscode';
import { importOf, stepsBetween } from '../../core/suggestions/importPaths.ts';
import { nameOf, relativePath } from '../../core/filePath.ts';
import { isImportable } from '../../core/instructions/importGraph.ts';
import { putManagedBlock } from '../../core/managedBlock.ts';
import { taskContext } from '../../core/taskContext.ts';
import { catalogPath } from '../claude/claudeFolders.ts';
import { pickTask } from '../pick/pickTask.ts';
import { say } from '../say.ts';
import { taskName } from '../words.ts';
import type { DocumentCommandDeps } from './documents.ts';

/** Files offered at most; more are found by browsing. */
const mostOffered = 2000;

function activeMarkdown(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme === 'file' && editor.document.uri.path.endsWith('.md')) return editor;
  void vscode.window.showInformationMessage(vscode.l10n.t('Open the CLAUDE.md, or another Markdown file, that this is to be written to.'));
  return undefined;
}

/** Whether the editor still shows the text that the person looked at when the command began. */
function isStill({ document }: vscode.TextEditor, version: number): boolean {
  if (!document.isClosed && document.version === version) return true;
  void vscode.window.showWarningMessage(
    vscode.l10n.t('{0} was changed in the meantime, so nothing was written. Try again.', nameOf(document.uri.path)),
  );
  return false;
}

async function pickFile(path: string, root: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
  const title = vscode.l10n.t('Add Import');
  const found =
    root === undefined
      ? []
      : await vscode.workspace.findFiles(new vscode.RelativePattern(root, '**/*'), '**/{node_modules,.git,dist,out}/**', mostOffered);
  const files = found
    .map(catalogPath)
    .filter((file) => file !== path && isImportable(file))
    .map((file) => ({ file, steps: stepsBetween(file, path), isMarkdown: file.endsWith('.md') }))
    .sort((a, b) => Number(b.isMarkdown) - Number(a.isMarkdown) || a.steps - b.steps || (a.file < b.file ? -1 : 1));
  const browse = { label: vscode.l10n.t('Another file...'), iconPath: new vscode.ThemeIcon('folder-opened'), alwaysShow: true };
  const items = files.map(({ file }) => ({
    label: nameOf(file),
    description: root === undefined ? file : relativePath(catalogPath(root.uri), file),
    iconPath: vscode.ThemeIcon.File,
    file,
  }));
  const picked = await vscode.window.showQuickPick([...items, browse], {
    title,
    placeHolder: vscode.l10n.t('File that Claude Code is to load along with {0}', nameOf(path)),
    matchOnDescription: true,
  });
  if (picked === undefined) return undefined;
  if ('file' in picked) return picked.file;
  const chosen = await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t('Import'), ...(root && { defaultUri: root.uri }) });
  return chosen?.[0] && catalogPath(chosen[0]);
}

/** Writes `@relative/path` at the cursor, apart from the words around it. */
export async function addImport(): Promise<void> {
  const editor = activeMarkdown();
  if (editor === undefined) return;
  const { document } = editor;
  const { version } = document;
  const path = catalogPath(document.uri);
  const target = await pickFile(path, vscode.workspace.getWorkspaceFolder(document.uri));
  if (target === undefined || !isStill(editor, version)) return;
  const shown = await vscode.window.showTextDocument(document, { viewColumn: editor.viewColumn ?? vscode.ViewColumn.Active });
  const { start, end } = shown.selection;
  const line = document.lineAt(start.line).text;
  const before = /\S$/.test(line.slice(0, start.character)) ? ' ' : '';
  const after = /^\S/.test(document.lineAt(end.line).text.slice(end.character)) ? ' ' : '';
  await shown.edit((edit) => edit.replace(shown.selection, before + importOf(target, path) + after));
}

/** Writes a task between markers, or brings what stands between them up to date. What is outside stays as it is. */
export async function insertTask({ claude }: DocumentCommandDeps): Promise<void> {
  const editor = activeMarkdown();
  const folder = editor && (await claude.of(editor.document.uri));
  if (editor === undefined || folder === undefined) return;
  const { document } = editor;
  const { version } = document;
  const row = await pickTask({
    folder: folder.tasks,
    title: vscode.l10n.t('Insert Task Context'),
    placeHolder: vscode.l10n.t('Task: words of its title or description, or its number'),
  });
  if (row === undefined) return;
  const task = await (await folder.tasks.open()).call('task.get', { id: row.id });
  if (!isStill(editor, version)) return;
  const put = putManagedBlock(document.getText(), task.id, taskContext(task), document.offsetAt(editor.selection.active));
  if ('broken' in put) {
    const { message, span } = put.broken;
    const show = vscode.l10n.t('Show the Marker');
    if ((await vscode.window.showWarningMessage(message, show)) !== show) return;
    const selection = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
    await vscode.window.showTextDocument(document, { selection });
    return;
  }
  if (put.edits.length === 0) {
    say(vscode.l10n.t('The context of {0} is up to date.', taskName(task)));
    return;
  }
  const change = new vscode.WorkspaceEdit();
  change.set(
    document.uri,
    put.edits.map(({ start, end, text }) =>
      vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
    ),
  );
  if (await vscode.workspace.applyEdit(change)) await vscode.window.showTextDocument(document);
}
