import * as vscode from 'vscode';
import { agentTemplates, copyAgent, freeName, nameFromDescription, newAgent } from '../../core/agents/newAgent.ts';
import { agentFormViewType } from '../agentForm/agentForms.ts';
import { catalogPath, type ClaudeFolder } from '../claude/claudeFolders.ts';
import { say } from '../say.ts';
import { askAgentName, agentsFolder, askScope, takenNames, type WritableScope } from './agentName.ts';
import { askAgent, askClaudeFolder, isEditable, nameOfTarget } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import { contentOf } from './claudeText.ts';
import type { Handler } from './handler.ts';

interface NewAgent {
  folder: ClaudeFolder;
  scope: WritableScope;
  name: string;
  text: string;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(vscode.Uri.file(path));
    return true;
  } catch {
    return false;
  }
}

/** Writes the file, opens it in the form, and tells what running sessions of Claude Code need. */
async function makeAgent({ agentView }: ClaudeCommandDeps, { folder, scope, name, text }: NewAgent): Promise<void> {
  const tree = agentsFolder(folder, scope);
  const isFirst = !(await isThere(tree));
  await folder.operations.call('agent.create', { scope, file: `${name}.md`, ...contentOf(text) }, { actor: folder.user });
  const uri = vscode.Uri.file(`${tree}/${name}.md`);
  await vscode.commands.executeCommand('vscode.openWith', uri, agentFormViewType);
  await folder.agents.loaded();
  await agentView.reveal(catalogPath(uri));
  if (!isFirst) say(vscode.l10n.t('Created the agent {0}.', name));
  else
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Created {0}, the first agent of {1}. Sessions of Claude Code that are running do not see the new folder: restart them.',
        name,
        tree,
      ),
    );
}

async function create(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Create Agent');
  const folder = await askClaudeFolder(deps, args, title);
  if (folder === undefined) return;
  const [scope] = await Promise.all([askScope(vscode.l10n.t('{0} (1/3)', title), 'agents'), folder.agents.loaded()]);
  if (scope === undefined) return;
  const templates = agentTemplates.map((template) => ({ label: template.label, detail: template.detail, template }));
  const picked = await vscode.window.showQuickPick(templates, {
    title: vscode.l10n.t('{0} (2/3)', title),
    placeHolder: vscode.l10n.t('What to start from'),
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  const { template } = picked;
  const tree = agentsFolder(folder, scope);
  const value = template.id === 'blank' ? '' : freeName(template.id, takenNames(folder, tree));
  const name = await askAgentName({ title: vscode.l10n.t('{0} (3/3)', title), value, folder, tree });
  if (name !== undefined) await makeAgent(deps, { folder, scope, name, text: newAgent(template, name) });
}

async function createFromDescription(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Create Agent from Description');
  const folder = await askClaudeFolder(deps, args, title);
  const [blank] = agentTemplates;
  if (folder === undefined || blank === undefined) return;
  const description = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0} (1/2)', title),
    prompt: vscode.l10n.t('What the agent does and when Claude should hand work to it'),
    placeHolder: vscode.l10n.t('Reviews database migrations for locks and data loss. Use it before a migration is committed.'),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text !== '' && text.trim() === '' ? vscode.l10n.t('Claude Code ignores an agent without a description.') : undefined,
  });
  if (description === undefined || description.trim() === '') return;
  await folder.agents.loaded();
  const tree = agentsFolder(folder, 'project');
  const value = nameFromDescription(description, takenNames(folder, tree));
  const name = await askAgentName({ title: vscode.l10n.t('{0} (2/2)', title), value, folder, tree });
  if (name === undefined) return;
  await makeAgent(deps, { folder, scope: 'project', name, text: newAgent(blank, name, description.trim()) });
}

async function duplicate(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Duplicate Agent');
  const target = await askAgent(deps, args, { title, only: ({ item }) => item.entry.problem === undefined });
  if (target === undefined) return;
  const { folder, item } = target;
  await folder.agents.loaded();
  const content = folder.agents.agents.get(item.entry.path)?.content;
  if (content === undefined) return;
  const own = item.entry.scope.kind;
  // A copy of what a plugin brings belongs to somebody who may change it.
  const scope = isEditable(target) && (own === 'project' || own === 'user') ? own : await askScope(title, 'agents');
  if (scope === undefined) return;
  const tree = agentsFolder(folder, scope);
  const value = freeName(nameOfTarget(target).split(':').at(-1) ?? '', takenNames(folder, tree));
  const name = await askAgentName({ title, value, folder, tree });
  if (name !== undefined) await makeAgent(deps, { folder, scope, name, text: copyAgent(content.document, name) });
}

export function agentCreateHandlers(
  deps: ClaudeCommandDeps,
): Record<`claudetask.agent.${'create' | 'createFromDescription' | 'duplicate'}`, Handler> {
  return {
    'claudetask.agent.create': (...args) => create(deps, args),
    'claudetask.agent.createFromDescription': (...args) => createFromDescription(deps, args),
    'claudetask.agent.duplicate': (...args) => duplicate(deps, args),
  };
}
