import * as vscode from 'vscode';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import type { ClaudeFolder } from '../claude/claudeFolders.ts';
import { say } from '../say.ts';
import { shortPath } from '../trees/agents/agentWords.ts';
import { askAgents, nameOfTarget, type AgentTarget } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import { saveFirst } from './claudeText.ts';
import type { Handler } from './handler.ts';

const projectSettings = '.claude/settings.local.json';
const userSettings = '~/.claude/settings.json';

/** Where an agent is to be forbidden: for all projects only when it is there for all of them. */
async function askSettings(targets: readonly AgentTarget[]): Promise<string | undefined> {
  if (targets.every(({ item }) => item.entry.scope.kind !== 'user')) return projectSettings;
  const items = [
    { label: vscode.l10n.t('In this project'), description: projectSettings, path: projectSettings },
    { label: vscode.l10n.t('In all projects'), description: userSettings, path: userSettings },
  ];
  const title = vscode.l10n.t('Disable {0}', targets.map(nameOfTarget).join(', '));
  return (await vscode.window.showQuickPick(items, { title }))?.path;
}

async function setEnabled({ folder, name, enabled, settings }: { folder: ClaudeFolder; name: string; enabled: boolean; settings: string }) {
  if (!(await saveFirst(vscode.Uri.file(fromDocumentPath(settings, folder.catalog.places))))) return false;
  await folder.operations.call('agent.setEnabled', { name, enabled, settings }, { actor: folder.user });
  return true;
}

/** Takes away every line that forbids an agent of that name. */
export async function allowAgent(folder: ClaudeFolder, name: string): Promise<void> {
  await folder.agents.loaded();
  const { denied, places } = folder.agents;
  const files = [...new Set(denied.filter((rule) => rule.name === name).map(({ path }) => shortPath(path, places)))];
  for (const settings of files) if (!(await setEnabled({ folder, name, enabled: true, settings }))) return;
  if (files.length > 0) say(vscode.l10n.t('Enabled {0}.', name));
}

async function forbid(targets: readonly AgentTarget[]): Promise<void> {
  const settings = targets.length === 0 ? undefined : await askSettings(targets);
  if (settings === undefined) return;
  for (const target of targets) {
    const name = nameOfTarget(target);
    if (!(await setEnabled({ folder: target.folder, name, enabled: false, settings }))) return;
    say(vscode.l10n.t('Disabled {0}: Agent({0}) is denied in {1}.', name, settings));
  }
}

export function agentEnableHandlers(deps: ClaudeCommandDeps): Record<`claudetask.agent.${'enable' | 'disable'}`, Handler> {
  const stateOf = ({ item }: AgentTarget) => item.resolved?.state.state;
  return {
    'claudetask.agent.enable': async (...args) => {
      const question = { title: vscode.l10n.t('Enable Agent'), only: (target: AgentTarget) => stateOf(target) === 'disabled' };
      for (const target of await askAgents(deps, args, question)) await allowAgent(target.folder, nameOfTarget(target));
    },
    'claudetask.agent.disable': async (...args) => {
      const only = (target: AgentTarget) => ['active', 'duplicate'].includes(stateOf(target) ?? '');
      await forbid(await askAgents(deps, args, { title: vscode.l10n.t('Disable Agent'), only }));
    },
  };
}
