import * as vscode from 'vscode';
import type { AgentItem } from '../../app/agentModel.ts';
import { catalogPath, type ClaudeFolder } from '../claude/claudeFolders.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { agentLabel, isWritable, shortPath, standingText } from '../trees/agents/agentWords.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import { activeFile } from './documents.ts';

/** The agent that a command is about. */
export interface AgentTarget {
  folder: ClaudeFolder;
  item: AgentItem;
}

export interface AgentQuestion {
  title: string;
  placeHolder?: string;
  /** Agents that are not offered. */
  only?: (target: AgentTarget) => boolean;
}

export const isEditable = ({ folder, item }: AgentTarget): boolean =>
  item.entry.problem === undefined && isWritable(item.entry, folder.agents.places);

/** How people call it; where the file lies is no part of it. */
export const nameOfTarget = ({ item }: AgentTarget): string => agentLabel(item);
export const uriOfTarget = ({ item }: AgentTarget): vscode.Uri => vscode.Uri.file(item.entry.path);
/** As operations name files. */
export const documentPathOf = ({ folder, item }: AgentTarget): string => shortPath(item.entry.path, folder.agents.places);

/** The folder of the row, else the only one or the one that is picked. */
export async function askClaudeFolder(deps: ClaudeCommandDeps, args: readonly unknown[], title: string): Promise<ClaudeFolder | undefined> {
  const row = deps.agentView.find(args[0]);
  if (row !== undefined) return row.folder;
  const tasks = await pickFolder(deps.stores, title);
  return tasks && (await deps.claude.open(tasks));
}

/** The agents that the arguments name, without asking: rows of the view, or a file. */
export async function namedAgents({ agentView, claude }: ClaudeCommandDeps, args: readonly unknown[]): Promise<AgentTarget[]> {
  const [first, second] = args;
  if (first instanceof vscode.Uri) {
    const folder = await claude.of(first);
    if (folder === undefined) return [];
    await folder.agents.prefer([catalogPath(first)]);
    const item = folder.agents.agents.get(catalogPath(first));
    return item ? [{ folder, item }] : [];
  }
  const row = agentView.find(first);
  if (row === undefined) return [];
  const others: unknown[] = Array.isArray(second) ? second : [];
  const rows = others.includes(first) ? others.map((other) => agentView.find(other)) : [row];
  return rows.flatMap((node) => {
    const item = node?.kind === 'agent' ? node.folder.agents.agents.get(node.path) : undefined;
    return node && item ? [{ folder: node.folder, item }] : [];
  });
}

/** The agent that a command is about; a command called bare asks. Undefined when the person did not pick. */
export async function askAgent(
  deps: ClaudeCommandDeps,
  args: readonly unknown[],
  question: AgentQuestion,
): Promise<AgentTarget | undefined> {
  return (await askAgents(deps, args, question))[0];
}

/** As `askAgent`, for a command on all agents of a selection. */
export async function askAgents(deps: ClaudeCommandDeps, args: readonly unknown[], question: AgentQuestion): Promise<AgentTarget[]> {
  const named = await namedAgents(deps, args);
  if (named.length > 0) return named.filter((target) => question.only?.(target) ?? true);
  const picked = await pickAgent(deps, question);
  return picked === undefined ? [] : [picked];
}

async function pickAgent({ claude }: ClaudeCommandDeps, { title, placeHolder, only }: AgentQuestion): Promise<AgentTarget | undefined> {
  const front = activeFile();
  const collect = async () => {
    const folders = await claude.load();
    await Promise.all(folders.map(({ agents }) => agents.loaded()));
    const items = folders.flatMap((folder) =>
      [...folder.agents.agents.values()]
        .map((item) => itemOf({ folder, item }, folders.length > 1))
        .filter(({ target }) => only?.(target) ?? true),
    );
    // The one in the editor comes first.
    return items.sort((a, b) => Number(isFront(b.target, front)) - Number(isFront(a.target, front)));
  };
  const picked = await vscode.window.showQuickPick(collect(), {
    title,
    placeHolder: placeHolder ?? vscode.l10n.t('Agent'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.target;
}

const isFront = ({ item }: AgentTarget, front: vscode.Uri | undefined) => front !== undefined && catalogPath(front) === item.entry.path;

function itemOf(target: AgentTarget, namesFolder: boolean): vscode.QuickPickItem & { target: AgentTarget } {
  const { folder, item } = target;
  const { places } = folder.agents;
  const path = shortPath(item.entry.path, places);
  const description = [standingText(item, places), namesFolder && folder.tasks.folder.name, path].filter(Boolean).join(' · ');
  const detail = item.content?.agent.description;
  return { label: agentLabel(item), description, target, ...(detail ? { detail: detail.slice(0, 200) } : {}) };
}
