import * as vscode from 'vscode';
import { isInside, nameOf } from '../../core/filePath.ts';
import type { InstructionFile } from '../../core/instructions/loadOrder.ts';
import { catalogPath, type ClaudeFolder } from '../claude/claudeFolders.ts';
import type { InstructionModels } from '../claude/instructionModels.ts';
import { previewUri, showPreview } from '../documents/previewDocuments.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { filesIn, groups } from '../trees/instructions/instructionRow.ts';
import { fileLabel, groupName, linesText, placeOf, tokensText, whenText } from '../trees/instructions/instructionWords.ts';
import { activeFile, fileOf, type DocumentCommandDeps } from './documents.ts';
import type { HandlersOf } from './handler.ts';
import { createInstructions } from './instructionsCreate.ts';
import { addImport, insertTask } from './instructionsInsert.ts';

export interface InstructionCommandDeps extends DocumentCommandDeps {
  models: InstructionModels;
}

async function askFolder({ stores, claude }: InstructionCommandDeps, title: string): Promise<ClaudeFolder | undefined> {
  const tasks = await pickFolder(stores, title);
  return tasks && (await claude.open(tasks));
}

type FileItem = vscode.QuickPickItem & { file?: InstructionFile };

/** All instruction files of a folder in load order. */
async function pickInstructions({ models }: InstructionCommandDeps, folder: ClaudeFolder, title: string): Promise<string | undefined> {
  const picture = await (await models.of(folder)).picture();
  const { places } = folder.catalog;
  const items = groups.flatMap((group): FileItem[] => {
    const files = filesIn(picture, group);
    if (files.length === 0) return [];
    const rows = files.map((file) => {
      const facts = [placeOf(file, places), whenText(file, places), linesText(file.lines), tokensText(file.tokens)];
      return { label: fileLabel(file), description: facts.filter(Boolean).join(' · '), iconPath: vscode.ThemeIcon.File, file };
    });
    return [{ label: groupName(group), kind: vscode.QuickPickItemKind.Separator }, ...rows];
  });
  if (items.length === 0) {
    const create = vscode.l10n.t('Create CLAUDE.md');
    const message = vscode.l10n.t('No CLAUDE.md applies to {0}.', folder.tasks.folder.name);
    if ((await vscode.window.showInformationMessage(message, create)) === create)
      await vscode.commands.executeCommand('claudetask.instructions.create');
    return undefined;
  }
  const placeHolder = vscode.l10n.t('In the order Claude Code loads them');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
  return picked?.file?.path;
}

async function openInstructions(deps: InstructionCommandDeps, arg: unknown): Promise<void> {
  const title = vscode.l10n.t('Open Instruction File');
  let file = fileOf(deps.fileRows, arg);
  if (file === undefined) {
    const folder = await askFolder(deps, title);
    const path = folder && (await pickInstructions(deps, folder, title));
    if (path === undefined) return;
    file = vscode.Uri.file(path);
  }
  await vscode.commands.executeCommand('vscode.open', file);
}

async function previewFor(deps: InstructionCommandDeps, folder: ClaudeFolder, path: string): Promise<void> {
  const { files } = await (await deps.models.of(folder)).picture();
  const when = files.find((file) => file.path === path)?.when;
  // What is always loaded is seen best in what a session starts with; a rule shows with the files that it is for, and those are to be named.
  if (when?.kind === 'always') await showPreview(previewUri(folder));
  else if (when?.kind === 'matching') await askPreview(folder);
  else await showPreview(previewUri(folder, path));
}

/** Asks whether the start of a session is meant, or a file that Claude reads. */
async function askPreview(folder: ClaudeFolder): Promise<void> {
  const root = folder.catalog.places.folder;
  const active = activeFile();
  const isCurrent = active !== undefined && isInside(root, catalogPath(active)) && folder.catalog.get(catalogPath(active)) === undefined;
  const start = {
    label: vscode.l10n.t('Start of a session'),
    description: vscode.l10n.t('what is always loaded'),
    iconPath: new vscode.ThemeIcon('play'),
  };
  const current = isCurrent
    ? [{ label: nameOf(active.path), description: vscode.l10n.t('once Claude has read this file'), iconPath: vscode.ThemeIcon.File }]
    : [];
  const other = {
    label: vscode.l10n.t('Another file...'),
    description: vscode.l10n.t('once Claude has read it'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
  };
  const picked = await vscode.window.showQuickPick([start, ...current, other], {
    title: vscode.l10n.t('Preview Merged Instructions'),
    placeHolder: vscode.l10n.t('When Claude Code would have loaded them'),
  });
  if (picked === undefined) return;
  if (picked === start) await showPreview(previewUri(folder));
  else if (picked !== other && active !== undefined) await showPreview(previewUri(folder, catalogPath(active)));
  else {
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('File that Claude reads'),
      openLabel: vscode.l10n.t('Preview'),
      defaultUri: folder.tasks.folder.uri,
    });
    if (chosen?.[0] !== undefined) await showPreview(previewUri(folder, catalogPath(chosen[0])));
  }
}

async function preview(deps: InstructionCommandDeps, arg: unknown): Promise<void> {
  const file = fileOf(deps.fileRows, arg);
  if (file !== undefined) {
    const folder = await deps.claude.of(file);
    if (folder !== undefined) await previewFor(deps, folder, catalogPath(file));
    return;
  }
  const folder = await askFolder(deps, vscode.l10n.t('Preview Merged Instructions'));
  if (folder !== undefined) await askPreview(folder);
}

export function instructionHandlers(deps: InstructionCommandDeps): HandlersOf<'instructions'> {
  return {
    'claudetask.instructions.create': async () => {
      const folder = await askFolder(deps, vscode.l10n.t('Create CLAUDE.md'));
      if (folder !== undefined) await createInstructions(folder, deps.models);
    },
    'claudetask.instructions.open': (arg) => openInstructions(deps, arg),
    'claudetask.instructions.preview': (arg) => preview(deps, arg),
    'claudetask.instructions.addImport': addImport,
    'claudetask.instructions.insertTask': () => insertTask(deps),
  };
}
