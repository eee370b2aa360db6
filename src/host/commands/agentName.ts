import * as vscode from 'vscode';
import { refuseName, stemOf } from '../../core/agents/names.ts';
import type { ClaudeFolder } from '../claude/claudeFolders.ts';

export type WritableScope = 'project' | 'user';

/** The folder of agents of a scope. */
export function agentsFolder({ catalog: { places } }: ClaudeFolder, scope: WritableScope): string {
  return scope === 'user' ? `${places.claudeHome}/agents` : `${places.folder}/.claude/agents`;
}

/** Names that agents below a folder have, and those of their files. */
export function takenNames({ agents }: ClaudeFolder, tree: string): Set<string> {
  const taken = new Set<string>();
  for (const [path, { content }] of agents.agents) {
    if (!path.startsWith(`${tree}/`)) continue;
    taken.add(stemOf(path));
    if (content?.agent.name) taken.add(content.agent.name);
  }
  return taken;
}

export interface NameQuestion {
  title: string;
  value: string;
  folder: ClaudeFolder;
  /** The folder `agents` that the file is to lie in. */
  tree: string;
  /** The agent's own name may stay. */
  own?: string;
}

/** Asks for the name of an agent, checked while it is typed. */
export function askAgentName({ title, value, folder, tree, own }: NameQuestion): Thenable<string | undefined> {
  const taken = takenNames(folder, tree);
  const elsewhere = new Map<string, string>();
  for (const { entry, content } of folder.agents.agents.values())
    if (content?.agent.name && !entry.path.startsWith(`${tree}/`)) elsewhere.set(content.agent.name, entry.path);
  return vscode.window
    .showInputBox({
      title,
      value,
      prompt: vscode.l10n.t('Name of the agent, and of its file'),
      ignoreFocusOut: true,
      validateInput: (text) => {
        const name = text.trim();
        // An empty box at the start is no mistake yet; Enter on it is.
        if (name === '' && value === '') return text === '' ? undefined : refuseName(name);
        const refused = refuseName(name);
        if (refused !== undefined) return refused;
        if (name !== own && taken.has(name)) return vscode.l10n.t('There is an agent “{0}” here already. Choose another name.', name);
        const other = elsewhere.get(name);
        if (other === undefined) return undefined;
        const message = vscode.l10n.t('{0} has this name as well: only one of the two will be called.', other);
        return { message, severity: vscode.InputBoxValidationSeverity.Warning };
      },
    })
    .then((name) => name?.trim() || undefined);
}

/** Where a new file is to lie. */
export async function askScope(
  title: string,
  noun: 'agents' | 'skills' | 'commands' | 'rules',
  except?: WritableScope,
): Promise<WritableScope | undefined> {
  const items = [
    {
      label: vscode.l10n.t('Project'),
      description: `.claude/${noun}`,
      detail: vscode.l10n.t('Shared with everyone who works in this folder'),
      scope: 'project',
    },
    { label: vscode.l10n.t('User'), description: `~/.claude/${noun}`, detail: vscode.l10n.t('Yours, in all projects'), scope: 'user' },
  ] as const;
  return (
    await vscode.window.showQuickPick(
      items.filter(({ scope }) => scope !== except),
      { title, placeHolder: vscode.l10n.t('Where it belongs') },
    )
  )?.scope;
}
