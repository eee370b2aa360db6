import * as vscode from 'vscode';
import type { InstructionPicture } from '../../../app/instructionModel.ts';
import type { ClaudePlaces } from '../../../core/claudePlaces.ts';
import type { InstructionFile } from '../../../core/instructions/loadOrder.ts';
import {
  brokenIn,
  filesIn,
  importerOf,
  isBroken,
  problemsOf,
  shownImports,
  type FileRow,
  type FolderRow,
  type GroupRow,
  type ImportRow,
} from './instructionRow.ts';
import {
  fileLabel,
  filesText,
  groupMeaning,
  groupName,
  importsText,
  importText,
  linesText,
  placeOf,
  problemsText,
  roleText,
  tokensText,
  unreadReason,
  whenText,
} from './instructionWords.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
const warning = () => new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
const error = () => new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
const join = (parts: readonly (string | undefined)[], by: string) => parts.filter((part) => part !== undefined && part !== '').join(by);

export function folderItem(row: FolderRow, picture: InstructionPicture): vscode.TreeItem {
  const { folder } = row.folder.tasks;
  const item = new vscode.TreeItem(folder.name, Expanded);
  item.id = row.id;
  item.description = tokensText(picture.tokensAtStart);
  item.iconPath = vscode.ThemeIcon.Folder;
  item.contextValue = 'folder';
  item.tooltip = folder.uri.fsPath;
  item.accessibilityInformation = {
    label: vscode.l10n.t('Folder {0}, {1} at the start of a session', folder.name, tokensText(picture.tokensAtStart)),
  };
  return item;
}

export function groupItem(row: GroupRow, picture: InstructionPicture): vscode.TreeItem {
  const name = groupName(row.group);
  const facts = [filesText(filesIn(picture, row.group).length)];
  if (row.group === 'start') facts.push(tokensText(picture.tokensAtStart));
  const item = new vscode.TreeItem(name, row.group === 'unread' ? Collapsed : Expanded);
  item.id = row.id;
  item.description = facts.join(' · ');
  item.contextValue = 'group';
  item.tooltip = groupMeaning(row.group);
  item.accessibilityInformation = { label: `${name}, ${facts.join(', ')}. ${groupMeaning(row.group)}` };
  return item;
}

export function fileItem(row: FileRow, file: InstructionFile, picture: InstructionPicture): vscode.TreeItem {
  const { catalog } = row.folder;
  const imports = row.group === 'unread' ? [] : shownImports(picture.imports.get(row.path) ?? []);
  const { errors, warnings } = problemsOf(row.path);
  const broken = brokenIn(imports);
  const problems = Math.max(errors + warnings, broken);
  const place = placeOf(file, catalog.places);
  const facts = [whenText(file, catalog.places), linesText(file.lines), tokensText(file.tokens)];
  const item = new vscode.TreeItem(fileLabel(file), imports.length > 0 ? Collapsed : None);
  item.id = row.id;
  item.resourceUri = vscode.Uri.file(row.path);
  item.iconPath = errors > 0 ? error() : problems > 0 ? warning() : vscode.ThemeIcon.File;
  item.description = join([place, ...facts, problems > 0 ? problemsText(problems) : undefined], ' · ');
  item.contextValue = `file${flagsOf(row.folder.catalog.get(row.path)?.scope.kind)}`;
  item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [item.resourceUri] };
  item.accessibilityInformation = {
    label: join(
      [
        place === '' ? fileLabel(file) : vscode.l10n.t('{0} in {1}', fileLabel(file), place),
        groupName(row.group),
        ...facts,
        imports.length > 0 ? importsText(imports.length) : undefined,
        problems > 0 ? problemsText(problems) : undefined,
      ],
      ', ',
    ),
  };
  return item;
}

/** Only what the catalog records can have versions, and that is what is the user's own. */
function flagsOf(scope: string | undefined): string {
  return scope === 'project' || scope === 'user' ? ';writable;recorded' : '';
}

export function importItem(row: ImportRow): vscode.TreeItem {
  const { node, folder } = row;
  const text = importText(node);
  const imports = shownImports(node.imports);
  const item = new vscode.TreeItem(node.ref.path, imports.length > 0 ? Collapsed : None);
  item.id = row.id;
  item.resourceUri = vscode.Uri.file(node.path);
  item.iconPath = isBroken(node) ? warning() : vscode.ThemeIcon.File;
  if (text !== undefined) item.description = text;
  item.contextValue = `import${flagsOf(folder.catalog.get(node.path)?.scope.kind)}`;
  item.tooltip = join([node.path, node.cycle?.join(' → ')], '\n');
  item.command = {
    command: 'vscode.open',
    title: vscode.l10n.t('Open'),
    // What is not there cannot be opened: the place that names it is what has to be mended.
    arguments: [vscode.Uri.file(node.state === 'missing' || node.state === 'folder' ? importerOf(row) : node.path)],
  };
  item.accessibilityInformation = { label: join([vscode.l10n.t('Import of {0}', node.ref.path), text], ', ') };
  return item;
}

export function fileTooltip(file: InstructionFile, places: ClaudePlaces): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  const add = (line: string | undefined) => void (line === undefined ? text : text.appendText(line).appendMarkdown('\n\n'));
  add(file.path);
  add(join([roleText(file.role), whenText(file, places)], ', '));
  add(unreadReason(file));
  add(
    join(
      [
        linesText(file.lines),
        vscode.l10n.t('{0} bytes', file.bytes),
        vscode.l10n.t('{0} (an estimate)', tokensText(file.tokens)),
        file.imports > 0 ? importsText(file.imports) : undefined,
      ],
      ' · ',
    ),
  );
  for (const message of problemsOf(file.path).messages.slice(0, 10)) {
    text.appendMarkdown('$(warning) ');
    add(message);
  }
  return text;
}
