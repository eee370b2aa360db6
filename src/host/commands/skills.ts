import * as vscode from 'vscode';
import { refuseName } from '../../core/agents/names.ts';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import { newSkill } from '../../core/skills/newSkill.ts';
import { say } from '../say.ts';
import { scopeText } from '../trees/agents/agentWords.ts';
import { askScope } from './agentName.ts';
import { askClaudeFolder } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import type { HandlersOf } from './handler.ts';

async function createSkill(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Create Skill');
  const folder = await askClaudeFolder(deps, args, title);
  if (folder === undefined) return;
  const [scope] = await Promise.all([askScope(vscode.l10n.t('{0} (1/3)', title), 'skills'), folder.agents.ready()]);
  if (scope === undefined) return;
  const base = scope === 'user' ? '~/.claude/skills' : '.claude/skills';
  const { agents } = folder;
  const pathOf = (name: string) => fromDocumentPath(`${base}/${name}/SKILL.md`, agents.places);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0} (2/3)', title),
    prompt: vscode.l10n.t('Name of its folder, and what it is called by after the slash'),
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text === '') return undefined;
      if (agents.skills.has(pathOf(text.trim())))
        return vscode.l10n.t('There is a skill “{0}” here already. Choose another name.', text.trim());
      return refuseName(text.trim());
    },
  });
  if (name === undefined || name.trim() === '') return;
  const description = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0} (3/3)', title),
    prompt: vscode.l10n.t('What it does and when to use it; Claude decides by it whether to load the skill'),
    ignoreFocusOut: true,
  });
  if (description === undefined) return;
  const content = newSkill(name.trim(), description.trim() || null);
  const made = await folder.operations.call('skill.create', { scope, name: name.trim(), content }, { actor: folder.user });
  const path = fromDocumentPath(made.path, agents.places);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
  await deps.agentView.reveal(path);
  say(vscode.l10n.t('Created the skill {0}.', name.trim()));
}

async function openSkill({ claude, agentView }: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const named = agentView.fileOf(args[0]);
  if (named !== undefined) {
    await vscode.commands.executeCommand('vscode.open', named);
    return;
  }
  const collect = async () => {
    const folders = await claude.load();
    await Promise.all(folders.map(({ agents }) => agents.loaded()));
    return folders.flatMap(({ agents }) =>
      Array.from(agents.skills.values(), ({ name, entry, content }) => {
        const detail = content?.skill.description;
        const description = scopeText(entry.scope.kind, agents.places, entry.scope.kind === 'project' ? entry.scope.directory : undefined);
        return { label: name, description, path: entry.path, ...(detail ? { detail: detail.slice(0, 200) } : {}) };
      }),
    );
  };
  const picked = await vscode.window.showQuickPick(collect(), { title: vscode.l10n.t('Open Skill'), matchOnDetail: true });
  if (picked) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(picked.path));
}

export function skillHandlers(deps: ClaudeCommandDeps): HandlersOf<'skill'> {
  return {
    'claudetask.skill.create': (...args) => createSkill(deps, args),
    'claudetask.skill.open': (...args) => openSkill(deps, args),
  };
}
