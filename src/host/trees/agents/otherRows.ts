import * as vscode from 'vscode';
import type { SkillItem } from '../../../app/agentModel.ts';
import type { FileEntry } from '../../../app/filePorts.ts';
import type { ClaudePlaces, FileScope } from '../../../core/claudePlaces.ts';
import { nameOf } from '../../../core/filePath.ts';
import { memoryLimits, type MemoryGauge } from '../../../core/memory/agentMemory.ts';
import type { FileNode, FolderNode, GroupKey, GroupNode, NoteNode } from './agentNode.ts';
import { fileProblemText, isWritable, scopeText, shortPath, weighty } from './agentWords.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
const colored = (name: string, color: string) => new vscode.ThemeIcon(name, new vscode.ThemeColor(color));

export function folderItem(node: FolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.folder.tasks.folder.name, Expanded);
  item.id = node.id;
  item.iconPath = vscode.ThemeIcon.Folder;
  item.contextValue = 'folder';
  item.tooltip = node.folder.tasks.folder.uri.fsPath;
  item.accessibilityInformation = { label: vscode.l10n.t('Folder {0}', node.folder.tasks.folder.name) };
  return item;
}

function groupName(group: GroupKey, places: ClaudePlaces): string {
  if (group.startsWith('plugin:')) return group.slice('plugin:'.length);
  if (group.startsWith('project:')) {
    const directory = group.slice('project:'.length);
    return directory === places.folder ? vscode.l10n.t('Project') : shortPath(directory, places);
  }
  const names: Readonly<Record<string, string>> = {
    user: vscode.l10n.t('User'),
    plugins: vscode.l10n.t('Plugins'),
    managed: vscode.l10n.t('Managed'),
    skills: vscode.l10n.t('Skills'),
    commands: vscode.l10n.t('Slash commands'),
    memory: vscode.l10n.t('Memory without agent'),
  };
  return names[group] ?? group;
}

/** How many files, and how many of them Claude Code does not load. */
export const groupDescription = (size: number, ignored: number): string =>
  ignored === 0 ? String(size) : vscode.l10n.t('{0} · {1} not loaded', size, ignored);

export function groupItem(node: GroupNode, size: number, ignored: number): vscode.TreeItem {
  const { places } = node.folder.agents;
  const name = groupName(node.group, places);
  const item = new vscode.TreeItem(name, node.group.startsWith('project:') || node.group === 'user' ? Expanded : Collapsed);
  item.id = node.id;
  item.description = groupDescription(size, ignored);
  item.contextValue = 'group';
  const spoken = [vscode.l10n.t('{0}, {1} files', name, size)];
  if (ignored > 0) spoken.push(vscode.l10n.t('{0} of them not loaded', ignored));
  item.accessibilityInformation = { label: spoken.join(', ') };
  return item;
}

function fileRow(node: FileNode, label: string, icon: vscode.ThemeIcon): vscode.TreeItem {
  const item = new vscode.TreeItem(label, None);
  item.id = node.id;
  item.resourceUri = vscode.Uri.file(node.path);
  item.iconPath = icon;
  item.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [item.resourceUri] };
  return item;
}

const flags = (kind: string, entry: FileEntry, places: ClaudePlaces) =>
  [kind, isWritable(entry, places) && 'writable', isOwn(entry.scope) && entry.problem === undefined && 'recorded']
    .filter(Boolean)
    .join(';');
const isOwn = ({ kind }: FileScope) => kind === 'project' || kind === 'user';

export function skillItem(node: FileNode, { entry, content, name, problems }: SkillItem): vscode.TreeItem {
  const { places } = node.folder.agents;
  const wrong = weighty(problems);
  const isLost = entry.problem !== undefined || wrong.some(({ fatal }) => fatal === true);
  const plain = new vscode.ThemeIcon(node.kind === 'skill' ? 'lightbulb' : 'terminal');
  const icon = isLost ? colored('error', 'list.errorForeground') : wrong.length > 0 ? colored('warning', 'list.warningForeground') : plain;
  const item = fileRow(node, node.kind === 'skill' ? name : `/${name}`, icon);
  const { scope } = entry;
  const where = scopeText(scope.kind, places, scope.kind === 'project' ? scope.directory : undefined);
  const state = [
    entry.problem !== undefined && fileProblemText(entry.problem),
    isLost && entry.problem === undefined && vscode.l10n.t('not loaded'),
    content?.skill.manualOnly === true && vscode.l10n.t('manual only'),
    wrong.length > 0 && (wrong.length === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', wrong.length)),
  ].filter(Boolean);
  item.description = [where, ...state].join(' · ');
  item.contextValue = flags(node.kind, entry, places);
  const noun = node.kind === 'skill' ? vscode.l10n.t('Skill {0}', name) : vscode.l10n.t('Slash command {0}', name);
  item.accessibilityInformation = { label: [noun, ...[where, ...state].map(String)].join(', ') };
  return item;
}

export function skillTooltip({ entry, content, problems }: SkillItem, places: ClaudePlaces): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = false;
  const description = content?.skill.description;
  if (description) text.appendText(description.slice(0, 600)).appendMarkdown('\n\n');
  for (const problem of weighty(problems).slice(0, 8)) {
    text
      .appendMarkdown(problem.severity === 'error' ? '$(error) ' : '$(warning) ')
      .appendText(problem.message)
      .appendMarkdown('\n\n');
  }
  return text.appendMarkdown('---\n\n').appendText(shortPath(entry.path, places));
}

/** `142 / 200 lines`, or the bytes when they are what fills it. */
export function memoryItem(node: FileNode, label: string, gauge: MemoryGauge | undefined, entry: FileEntry | undefined): vscode.TreeItem {
  const isCut = gauge !== undefined && gauge.fill > 1;
  const item = fileRow(node, label, isCut ? colored('warning', 'list.warningForeground') : new vscode.ThemeIcon('archive'));
  if (gauge !== undefined) {
    const byLines = gauge.lines / memoryLimits.lines >= gauge.bytes / memoryLimits.bytes;
    const full = byLines
      ? vscode.l10n.t('{0} / {1} lines', gauge.lines, memoryLimits.lines)
      : vscode.l10n.t('{0} / {1} KB', (gauge.bytes / 1000).toFixed(1), memoryLimits.bytes / 1000);
    item.description = isCut ? vscode.l10n.t('{0} · the rest is not loaded', full) : full;
    item.accessibilityInformation = { label: vscode.l10n.t('Memory {0}, {1}', label, item.description) };
  }
  if (entry !== undefined) item.contextValue = flags('memory', entry, node.folder.agents.places);
  return item;
}

export function topicItem(node: FileNode, name: string, isOrphan: boolean, entry: FileEntry | undefined): vscode.TreeItem {
  const item = fileRow(node, name, isOrphan ? colored('info', 'list.warningForeground') : new vscode.ThemeIcon('note'));
  if (isOrphan) {
    item.description = vscode.l10n.t('not linked from MEMORY.md');
    item.accessibilityInformation = { label: vscode.l10n.t('Memory file {0}, not linked from MEMORY.md', name) };
  }
  if (entry !== undefined) item.contextValue = flags('memory', entry, node.folder.agents.places);
  return item;
}

export function logItem(node: FileNode, entry: FileEntry): vscode.TreeItem {
  const item = fileRow(node, vscode.l10n.t('Log'), new vscode.ThemeIcon('history'));
  item.description = nameOf(node.path);
  item.contextValue = flags('log', entry, node.folder.agents.places);
  item.accessibilityInformation = { label: vscode.l10n.t('Log {0}', nameOf(node.path)) };
  return item;
}

/** A click goes to where it is about. */
export function noteItem(
  node: NoteNode,
  message: string,
  icon: vscode.ThemeIcon,
  target: { uri: vscode.Uri; range: vscode.Range } | undefined,
): vscode.TreeItem {
  const item = new vscode.TreeItem(message, None);
  item.id = node.id;
  item.iconPath = icon;
  item.tooltip = message;
  item.contextValue = 'note';
  if (target !== undefined) {
    const options: vscode.TextDocumentShowOptions = { selection: target.range };
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Go to Problem'), arguments: [target.uri, options] };
  }
  return item;
}
