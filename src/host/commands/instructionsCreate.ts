import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import { fromDocumentPath, toDocumentPath } from '../../core/claudePlaces.ts';
import { ignoreProblems } from '../../core/instructions/gitIgnored.ts';
import { isInside } from '../../core/filePath.ts';
import { appendLineEdit, type Line } from '../appendLine.ts';
import { catalogPath, type ClaudeFolder } from '../claude/claudeFolders.ts';
import type { InstructionModels } from '../claude/instructionModels.ts';
import { say } from '../say.ts';

interface Place {
  /** The document path. */
  path: string;
  description: string;
}

// What Claude Code reads is not translated. Comments cost nothing: Claude Code leaves them out.
const projectText = (name: string) => `# ${name}

<!-- What Claude should know in every session: how to build and test, conventions, what to stay away from. Short and specific works best. -->

## Commands

- Build:
- Test:

## Conventions

-
`;
const localText = `# Notes of mine

<!-- For this project on this computer only. -->

-
`;
const userText = `# In all projects

<!-- How you want Claude to work, whatever the project. -->

-
`;

function textFor(path: string, { tasks }: ClaudeFolder): string {
  if (path.startsWith('~/')) return userText;
  if (path.endsWith('CLAUDE.local.md')) return localText;
  return projectText(path.includes('/') && !path.startsWith('.claude/') ? (path.split('/').at(-2) ?? '') : tasks.folder.name);
}

/** Asks where, and makes the file. One that is there already is opened. */
export async function createInstructions(folder: ClaudeFolder, models: InstructionModels): Promise<void> {
  await folder.catalog.ready();
  const path = await askPlace(folder);
  if (path === undefined) return;
  const file = fromDocumentPath(path, folder.catalog.places);
  try {
    await folder.operations.call('instructions.put', { path, content: textFor(path, folder), expectedHash: null }, { actor: folder.user });
  } catch (error) {
    if (!AppError.is(error, 'file.stale')) throw error;
    say(vscode.l10n.t('{0} is there already.', path));
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const end = document.lineAt(document.lineCount - 1).range.end;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(end, end) });
  if (path.endsWith('CLAUDE.local.md')) await offerIgnore(folder, models, file);
}

async function askPlace(folder: ClaudeFolder): Promise<string | undefined> {
  const title = vscode.l10n.t('Create CLAUDE.md');
  const places: Place[] = [
    { path: 'CLAUDE.md', description: vscode.l10n.t('for everyone who works on the project') },
    { path: '.claude/CLAUDE.md', description: vscode.l10n.t('the same, out of the way') },
    { path: 'CLAUDE.local.md', description: vscode.l10n.t('for you, in this project only') },
    { path: '~/.claude/CLAUDE.md', description: vscode.l10n.t('for you, in all projects') },
  ];
  const items = places.map(({ path, description }): vscode.QuickPickItem & { path?: string } => {
    const isThere = folder.catalog.get(fromDocumentPath(path, folder.catalog.places)) !== undefined;
    return { label: path, description: isThere ? vscode.l10n.t('{0} · exists, opens it', description) : description, path };
  });
  const below: vscode.QuickPickItem & { path?: string } = {
    label: vscode.l10n.t('In another folder...'),
    description: vscode.l10n.t('loaded once Claude reads a file in that folder'),
  };
  const picked = await vscode.window.showQuickPick([...items, below], { title, placeHolder: vscode.l10n.t('Whom it is for') });
  if (picked !== below) return picked?.path;
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: vscode.l10n.t('Create Here'),
    defaultUri: folder.tasks.folder.uri,
    canSelectFiles: false,
    canSelectFolders: true,
  });
  const target = chosen?.[0] && catalogPath(chosen[0]);
  if (target === undefined) return undefined;
  const { places: known } = folder.catalog;
  if (isInside(known.folder, target)) return toDocumentPath(`${target}/CLAUDE.md`, known);
  void vscode.window.showWarningMessage(
    vscode.l10n.t('Nothing was created: {0} is not in {1}. Choose a folder in it.', target, folder.tasks.folder.name),
  );
  return undefined;
}

/** What is for one person alone should not get into everybody's repository. */
async function offerIgnore({ catalog }: ClaudeFolder, models: InstructionModels, file: string): Promise<void> {
  const { repositoryRoot } = catalog.places;
  const { snapshot } = await models.sources();
  const { value: problems } = await snapshot.settle((files) =>
    ignoreProblems(file, { files, gitRoot: files.exists(`${repositoryRoot}/.git`) === undefined ? null : repositoryRoot }),
  );
  const fix = problems.flatMap(({ fixes = [] }) => fixes).find((one) => 'appendLine' in one);
  const [problem] = problems;
  if (problem === undefined || fix === undefined || !('appendLine' in fix)) return;
  if ((await vscode.window.showInformationMessage(problem.message, fix.title)) !== fix.title) return;
  await appendLine(fix.appendLine);
}

/** Unsaved changes of the file stay unsaved. */
async function appendLine(line: Line): Promise<void> {
  const edit = await appendLineEdit(line);
  const isOurs = ({ uri }: vscode.TextDocument) => uri.toString() === vscode.Uri.file(line.path).toString();
  const document = vscode.workspace.textDocuments.find(isOurs);
  const wasDirty = document?.isDirty === true;
  if ((await vscode.workspace.applyEdit(edit)) && !wasDirty) await document?.save();
}
