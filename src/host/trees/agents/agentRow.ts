import * as vscode from 'vscode';
import type { AgentItem } from '../../../app/agentModel.ts';
import type { ClaudePlaces } from '../../../core/claudePlaces.ts';
import type { Problem } from '../../../core/problem.ts';
import type { FileNode } from './agentNode.ts';
import { agentLabel, isWritable, shortPath, standingOf, standingText, stateSentence, weighty } from './agentWords.ts';

const colored = (name: string, color: string) => new vscode.ThemeIcon(name, new vscode.ThemeColor(color));

function icon(item: AgentItem): vscode.ThemeIcon {
  switch (standingOf(item)) {
    case 'ignored':
    case 'unreadable':
      return colored('error', 'list.errorForeground');
    case 'documentation':
      return new vscode.ThemeIcon('info');
    case 'disabled':
      return colored('circle-slash', 'disabledForeground');
    case 'overridden':
    case 'outside':
      return colored('robot', 'disabledForeground');
    case 'duplicate':
      return colored('warning', 'list.warningForeground');
    case 'unknown':
    case 'fine':
      return weighty(item.problems).length > 0 ? colored('warning', 'list.warningForeground') : new vscode.ThemeIcon('robot');
  }
}

const count = (problems: number) => (problems === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', problems));
const tools = (number: number) => (number === 1 ? vscode.l10n.t('1 tool') : vscode.l10n.t('{0} tools', number));
const skills = (number: number) => (number === 1 ? vscode.l10n.t('1 skill') : vscode.l10n.t('{0} skills', number));

/** `sonnet · 3 tools · 2 skills`, then what is wrong. */
function description(item: AgentItem, places: ClaudePlaces): string {
  const agent = item.content?.agent;
  const state = standingText(item, places);
  const problems = weighty(item.problems).length;
  const isAgent = agent !== undefined && standingOf(item) !== 'documentation';
  return [
    isAgent && agent.model,
    isAgent && (agent.tools === null ? vscode.l10n.t('all tools') : tools(agent.tools.length)),
    isAgent && agent.skills.length > 0 && skills(agent.skills.length),
    isAgent && agent.memory !== null && vscode.l10n.t('memory'),
    state,
    problems > 0 && count(problems),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The whole row as sentences, for a screen reader. */
function spoken(item: AgentItem, places: ClaudePlaces): string {
  const parts = [vscode.l10n.t('Agent {0}.', agentLabel(item))];
  const agent = item.content?.agent;
  if (agent?.description)
    parts.push(
      agent.description
        .slice(0, 200)
        .trim()
        .replace(/[^.!?]$/, '$&.'),
    );
  if (agent !== undefined) {
    parts.push(agent.model === null ? vscode.l10n.t('Model of the conversation.') : vscode.l10n.t('Model {0}.', agent.model));
    parts.push(
      agent.tools === null ? vscode.l10n.t('All tools.') : vscode.l10n.t('Tools: {0}.', agent.tools.map(({ text }) => text).join(', ')),
    );
    if (agent.skills.length > 0) parts.push(vscode.l10n.t('Skills: {0}.', agent.skills.join(', ')));
  }
  const state = standingText(item, places);
  if (state !== undefined) parts.push(stateSentence(item.resolved?.state, places) ?? vscode.l10n.t('State: {0}.', state));
  const problems = weighty(item.problems).length;
  if (problems > 0) parts.push(`${count(problems)}.`);
  return parts.join(' ');
}

/** Flags by which menus choose their entries. */
function flags(item: AgentItem, places: ClaudePlaces): string {
  const state = item.resolved?.state.state;
  const isOwn = item.entry.scope.kind === 'project' || item.entry.scope.kind === 'user';
  return [
    'agent',
    isWritable(item.entry, places) && 'writable',
    (state === 'active' || state === 'duplicate') && 'enabled',
    state === 'disabled' && 'disabled',
    isOwn && item.entry.problem === undefined && 'recorded',
  ]
    .filter(Boolean)
    .join(';');
}

export function agentItem(node: FileNode, item: AgentItem, places: ClaudePlaces, hasChildren: boolean): vscode.TreeItem {
  const row = new vscode.TreeItem(
    agentLabel(item),
    hasChildren ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  row.id = node.id;
  row.resourceUri = vscode.Uri.file(node.path);
  row.description = description(item, places);
  row.iconPath = icon(item);
  row.contextValue = flags(item, places);
  row.accessibilityInformation = { label: spoken(item, places) };
  row.command = { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [row.resourceUri] };
  return row;
}

export function severityIcon({ severity }: Problem): vscode.ThemeIcon {
  if (severity === 'error') return colored('error', 'list.errorForeground');
  return severity === 'warning' ? colored('warning', 'list.warningForeground') : new vscode.ThemeIcon('info');
}

const shownProblems = 8;

/** What a row has no room for. Nothing of it is trusted: a file may be anyone's. */
export function agentTooltip(item: AgentItem, places: ClaudePlaces): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.supportHtml = false;
  text.isTrusted = false;
  text.appendMarkdown('**').appendText(agentLabel(item)).appendMarkdown('**\n\n');
  const agent = item.content?.agent;
  const line = (markdown: string, words: string) => text.appendMarkdown(markdown).appendText(words).appendMarkdown('\n\n');
  if (agent?.description) line('', agent.description.length > 600 ? `${agent.description.slice(0, 600)}…` : agent.description);
  if (agent !== undefined) {
    if (agent.model !== null) line('', vscode.l10n.t('Model: {0}', agent.model));
    line(
      '',
      agent.tools === null ? vscode.l10n.t('Tools: all') : vscode.l10n.t('Tools: {0}', agent.tools.map((tool) => tool.text).join(', ')),
    );
    if (agent.skills.length > 0) line('', vscode.l10n.t('Skills: {0}', agent.skills.join(', ')));
    if (agent.memory !== null) line('', vscode.l10n.t('Memory: {0}', agent.memory));
  }
  const state = stateSentence(item.resolved?.state, places);
  if (state !== undefined) line('$(info) ', state);
  const problems = item.problems?.filter(({ severity }) => severity !== 'hint') ?? [];
  for (const problem of problems.slice(0, shownProblems)) {
    const mark = problem.severity === 'error' ? '$(error) ' : problem.severity === 'warning' ? '$(warning) ' : '$(info) ';
    line(mark, problem.message);
  }
  if (problems.length > shownProblems) line('', vscode.l10n.t('{0} more', problems.length - shownProblems));
  text.appendMarkdown('---\n\n').appendText(shortPath(item.entry.path, places));
  return text;
}
