import * as vscode from 'vscode';
import type { AgentItem } from '../../../app/agentModel.ts';
import type { FileEntry, FileProblem } from '../../../app/filePorts.ts';
import { stemOf } from '../../../core/agents/names.ts';
import type { AgentState } from '../../../core/agents/precedence.ts';
import { toDocumentPath, type ClaudePlaces } from '../../../core/claudePlaces.ts';
import type { Problem } from '../../../core/problem.ts';

/** How Claude Code takes an agent, as far as it is known. */
export type Standing =
  'unknown' | 'fine' | 'documentation' | 'ignored' | 'unreadable' | 'overridden' | 'duplicate' | 'disabled' | 'outside';

export function standingOf({ entry, resolved, problems }: AgentItem): Standing {
  if (entry.problem !== undefined) return 'unreadable';
  switch (resolved?.state.state) {
    case undefined:
      return 'unknown';
    case 'dropped':
      if (problems === undefined) return 'unknown';
      // A README beside the agents is not one that was lost.
      return problems.some(({ fatal, severity }) => fatal === true && severity !== 'information') ? 'ignored' : 'documentation';
    case 'shadowed':
      return 'overridden';
    case 'duplicate':
      return 'duplicate';
    case 'disabled':
      return 'disabled';
    case 'outside':
      return 'outside';
    case 'active':
      return 'fine';
  }
}

export const isIgnored = (item: AgentItem): boolean => ['ignored', 'unreadable'].includes(standingOf(item));

/** The agent's name; before it is known, or without one, that of its file. */
export const agentLabel = ({ entry, content, resolved }: AgentItem): string => resolved?.id ?? content?.agent.name ?? stemOf(entry.path);

/** `.claude/agents/x.md`, `~/.claude/agents/x.md`: as short as it is clear. */
export const shortPath = (path: string, places: ClaudePlaces): string => toDocumentPath(path, places) ?? path;

/** Problems that somebody should do something about. */
export const weighty = (problems: readonly Problem[] | undefined): readonly Problem[] =>
  (problems ?? []).filter(({ severity }) => severity === 'error' || severity === 'warning');

export function fileProblemText(problem: FileProblem): string {
  switch (problem) {
    case 'unreadable':
      return vscode.l10n.t('cannot be read');
    case 'danglingLink':
      return vscode.l10n.t('a link to a file that does not exist');
    case 'linkLoop':
      return vscode.l10n.t('a link that leads back to itself');
    case 'notAFile':
      return vscode.l10n.t('not a file');
    case 'tooLarge':
      return vscode.l10n.t('larger than 4 MB');
    case 'vanished':
      return vscode.l10n.t('just vanished');
  }
}

/** In a word or two, for the row; undefined when there is nothing to say. */
export function standingText(item: AgentItem, places: ClaudePlaces): string | undefined {
  const state = item.resolved?.state;
  switch (standingOf(item)) {
    case 'unreadable':
      return item.entry.problem && fileProblemText(item.entry.problem);
    case 'ignored':
      return vscode.l10n.t('not loaded');
    case 'documentation':
      return vscode.l10n.t('no agent');
    case 'overridden':
      return state?.state === 'shadowed'
        ? vscode.l10n.t('overridden by {0}', scopeText(state.by.scope, places, state.by.directory))
        : undefined;
    case 'duplicate':
      return vscode.l10n.t('duplicate');
    case 'disabled':
      return vscode.l10n.t('disabled');
    case 'outside':
      return vscode.l10n.t('only below {0}', scopeText('project', places, item.resolved?.entry.directory));
    case 'unknown':
    case 'fine':
      return undefined;
  }
}

/** Where an agent comes from, inside a sentence. */
export function scopeText(scope: string, places: ClaudePlaces, directory?: string): string {
  if (scope === 'user') return '~/.claude';
  if (scope === 'managed') return vscode.l10n.t('the managed folder');
  if (scope === 'plugin') return vscode.l10n.t('a plugin');
  return directory === undefined || directory === places.folder ? vscode.l10n.t('the project') : shortPath(directory, places);
}

/** What keeps an agent that loads from being the one that is called, as a sentence; undefined when nothing does. */
export function stateSentence(state: AgentState | undefined, places: ClaudePlaces): string | undefined {
  switch (state?.state) {
    case 'shadowed':
      return vscode.l10n.t('{0} has the same name and comes first.', shortPath(state.by.path, places));
    case 'duplicate':
      return vscode.l10n.t(
        '{0} has the same name. Which of them Claude Code takes is not defined.',
        state.of.map(({ path }) => shortPath(path, places)).join(', '),
      );
    case 'disabled':
      return vscode.l10n.t('`Agent({0})` in {1} forbids it.', state.by.name, shortPath(state.by.path, places));
    case 'outside':
      return vscode.l10n.t('Claude Code sees it only when it is started in {0} or below.', shortPath(state.directory, places));
    case 'active':
    case 'dropped':
    case undefined:
      return undefined;
  }
}

/** Where a click on that sentence leads. */
export function stateTarget(state: AgentState | undefined): { path: string; at: number } | undefined {
  if (state?.state === 'shadowed') return { path: state.by.path, at: 0 };
  if (state?.state === 'disabled') return { path: state.by.path, at: state.by.span.start };
  const [first] = state?.state === 'duplicate' ? state.of : [];
  return first && { path: first.path, at: 0 };
}

/** True for files that operations of ours may change. */
export function isWritable({ path, scope }: FileEntry, { folder, claudeHome }: ClaudePlaces): boolean {
  return (scope.kind === 'project' || scope.kind === 'user') && [folder, claudeHome].some((root) => path.startsWith(`${root}/`));
}
