import * as vscode from 'vscode';
import type { AgentItem, AgentModel } from '../../../app/agentModel.ts';
import { nameOf } from '../../../core/filePath.ts';
import type { MemoryFolder } from '../../../core/memory/agentMemory.ts';
import type { ClaudeFolder } from '../../claude/claudeFolders.ts';
import { TextPlaces } from '../../language/textPlaces.ts';
import { knownName } from './agentGroups.ts';
import type { FileNode, NoteNode } from './agentNode.ts';
import { agentItem, severityIcon } from './agentRow.ts';
import { shortPath, stateSentence, stateTarget } from './agentWords.ts';
import { MemoryLooks } from './memoryLook.ts';
import { logItem, memoryItem, noteItem, skillItem, topicItem } from './otherRows.ts';

/** Draws the rows of files from what the model and the catalog know of them. */
export class AgentRows {
  readonly #looks = new MemoryLooks();

  async of(node: FileNode): Promise<vscode.TreeItem> {
    const { folder, path } = node;
    const model = folder.agents;
    const gone = new vscode.TreeItem(nameOf(path));
    switch (node.kind) {
      case 'agent': {
        const item = model.agents.get(path);
        // Deleted between the question and the answer: the group is redrawn in a moment.
        return item ? agentItem(node, item, model.places, hasChildren(model, item)) : gone;
      }
      case 'skill':
      case 'command': {
        const item = (node.kind === 'skill' ? model.skills : model.commands).get(path);
        return item ? skillItem(node, item) : gone;
      }
      case 'log': {
        const entry = folder.catalog.get(path);
        return entry ? logItem(node, entry) : gone;
      }
      case 'memory':
      case 'topic':
        return this.#memoryItem(node);
    }
  }

  async #memoryItem(node: FileNode): Promise<vscode.TreeItem> {
    const { folder, path } = node;
    const { memory } = folder.agents;
    const whole = memory.find((one) => one.path === path);
    if (whole !== undefined) return orphanFolderItem(node, whole, folder);
    const around = memory.find((one) => path.startsWith(`${one.path}/`));
    if (around === undefined) return new vscode.TreeItem(nameOf(path));
    const file = path.slice(around.path.length + 1);
    const look = await this.#looks.of(folder, around);
    const entry = folder.catalog.get(path);
    return node.kind === 'memory' ? memoryItem(node, file, look.gauge, entry) : topicItem(node, file, look.orphans.has(file), entry);
  }
}

/** The row of a problem, or of what keeps an agent from being called. */
export function noteRow(node: NoteNode): vscode.TreeItem {
  const model = node.folder.agents;
  const item = model.agents.get(node.path);
  if (node.kind === 'problem') {
    const problem = item?.problems?.[node.index];
    if (problem === undefined || item?.content === undefined) return new vscode.TreeItem('');
    const target = { uri: vscode.Uri.file(node.path), range: new TextPlaces(item.content.document.text).range(problem.span) };
    return noteItem(node, problem.message, severityIcon(problem), target);
  }
  const state = item?.resolved?.state;
  const target = stateTarget(state);
  const text = target && node.folder.catalog.textNow(target.path)?.text;
  const range = new TextPlaces(text ?? '').range({ start: target?.at ?? 0, end: target?.at ?? 0 });
  return noteItem(
    node,
    stateSentence(state, model.places) ?? '',
    new vscode.ThemeIcon('info'),
    target && { uri: vscode.Uri.file(target.path), range },
  );
}

/** The memory folders of an agent. */
export function memoryOf(model: AgentModel, item: AgentItem): MemoryFolder[] {
  const name = knownName(item);
  return model.memory.filter(({ agent }) => agent === name);
}

function hasChildren(model: AgentModel, item: AgentItem): boolean {
  return (
    item.problems?.some(({ severity }) => severity !== 'hint') === true ||
    stateSentence(item.resolved?.state, model.places) !== undefined ||
    model.logs.has(knownName(item)) ||
    memoryOf(model, item).length > 0
  );
}

function orphanFolderItem(node: FileNode, { agent, scope, path }: MemoryFolder, { agents }: ClaudeFolder): vscode.TreeItem {
  const item = new vscode.TreeItem(agent, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon('archive');
  // Agents of other projects keep memory in the home folder, too.
  item.description =
    scope === 'user' ? vscode.l10n.t('{0} · perhaps of another project', shortPath(path, agents.places)) : shortPath(path, agents.places);
  item.contextValue = 'group';
  item.accessibilityInformation = { label: vscode.l10n.t('Memory of {0}, an agent that is not there', agent) };
  return item;
}
