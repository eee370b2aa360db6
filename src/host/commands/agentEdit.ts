import * as vscode from 'vscode';
import { stemOf } from '../../core/agents/names.ts';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import { readMarkdown } from '../../core/markdown/frontmatter.ts';
import { applyEdits, trimEdit } from '../../core/markdown/textEdit.ts';
import { assignSkill, unassignSkill } from '../../core/skills/assignSkill.ts';
import { catalogPath } from '../claude/claudeFolders.ts';
import { say } from '../say.ts';
import { agentsFolder, askAgentName, askScope } from './agentName.ts';
import { askAgent, documentPathOf, isEditable, nameOfTarget, uriOfTarget, type AgentQuestion, type AgentTarget } from './agentTarget.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import { changeText, contentOf, saveFirst } from './claudeText.ts';
import { followMove } from './followMove.ts';
import type { Handler } from './handler.ts';

/** Hash and text of the file as it is now. */
async function look(target: AgentTarget): Promise<{ path: string; hash: string }> {
  const { folder } = target;
  const path = documentPathOf(target);
  const { hash } = await folder.operations.call('agent.get', { path }, { actor: folder.user });
  return { path, hash };
}

async function moved(deps: ClaudeCommandDeps, target: AgentTarget, path: string): Promise<void> {
  const { folder } = target;
  const uri = vscode.Uri.file(fromDocumentPath(path, folder.catalog.places));
  await followMove(uriOfTarget(target), uri);
  await folder.agents.loaded();
  await deps.agentView.reveal(catalogPath(uri));
}

async function rename(deps: ClaudeCommandDeps, target: AgentTarget): Promise<void> {
  const { folder, item } = target;
  await folder.agents.loaded();
  const own = item.content?.agent.name ?? stemOf(item.entry.path);
  const { scope } = item.entry;
  const tree = scope.kind === 'project' ? `${scope.directory}/.claude/agents` : agentsFolder(folder, 'user');
  const name = await askAgentName({ title: vscode.l10n.t('Rename {0}', nameOfTarget(target)), value: own, folder, tree, own });
  if (name === undefined || name === own || !(await saveFirst(uriOfTarget(target)))) return;
  const { path, hash } = await look(target);
  const renamed = await folder.operations.call('agent.rename', { path, name, expectedHash: hash }, { actor: folder.user });
  await moved(deps, target, renamed.path);
  say(vscode.l10n.t('Renamed {0} to {1}.', own, name));
}

async function move(deps: ClaudeCommandDeps, target: AgentTarget): Promise<void> {
  const { folder, item } = target;
  const name = nameOfTarget(target);
  const { scope: from } = item.entry;
  const isInRoot = from.kind === 'project' && from.directory === folder.agents.places.folder;
  const own = from.kind === 'user' ? 'user' : isInRoot ? 'project' : undefined;
  const scope = await askScope(vscode.l10n.t('Move {0}', name), 'agents', own);
  if (scope === undefined || !(await saveFirst(uriOfTarget(target)))) return;
  const { path, hash } = await look(target);
  const done = await folder.operations.call('agent.move', { path, scope, expectedHash: hash }, { actor: folder.user });
  await moved(deps, target, done.path);
  say(vscode.l10n.t('Moved {0} to {1}.', name, done.path));
}

async function assignSkills({ conflicts }: ClaudeCommandDeps, target: AgentTarget): Promise<void> {
  const { folder, item } = target;
  await folder.agents.loaded();
  const has = new Set(item.content?.agent.skills);
  const known = [...folder.agents.skills.values()].flatMap(({ name, content }) =>
    content === undefined ? [] : [{ name, skill: content.skill }],
  );
  const items = known.map(({ name, skill }) => ({
    label: name,
    picked: has.has(name),
    ...(skill.manualOnly ? { description: vscode.l10n.t('not given to agents: it sets disable-model-invocation') } : {}),
    ...(skill.description === null ? {} : { detail: skill.description.slice(0, 200) }),
  }));
  // A name that leads nowhere stays unless it is cleared.
  for (const name of has)
    if (!known.some((one) => one.name === name)) items.push({ label: name, picked: true, description: vscode.l10n.t('no such skill') });
  if (items.length === 0) {
    const create = vscode.l10n.t('Create Skill');
    const picked = await vscode.window.showInformationMessage(vscode.l10n.t('There are no skills to assign yet.'), create);
    if (picked === create) await vscode.commands.executeCommand('claudetask.skill.create');
    return;
  }
  const title = vscode.l10n.t('Skills of {0}', nameOfTarget(target));
  const placeHolder = vscode.l10n.t('Each is put before the agent when it starts');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, canPickMany: true, matchOnDetail: true });
  if (picked === undefined) return;
  const wanted = new Set(picked.map(({ label }) => label));
  const path = documentPathOf(target);
  const changed = await changeText({
    folder,
    conflicts,
    uri: uriOfTarget(target),
    edits: (text) => {
      let now = text;
      for (const name of has) if (!wanted.has(name)) now = applyEdits(now, unassignSkill(readMarkdown(now), name));
      for (const name of wanted) if (!has.has(name)) now = applyEdits(now, assignSkill(readMarkdown(now), name));
      return trimEdit(text, { start: 0, end: text.length, text: now });
    },
    write: (text, hash) =>
      folder.operations.call('agent.update', { path, ...contentOf(text), expectedHash: hash ?? '' }, { actor: folder.user }),
  });
  if (changed) say(vscode.l10n.t('{0}: {1} skills', nameOfTarget(target), wanted.size));
}

type Name = 'rename' | 'move' | 'assignSkills';

/** Commands that change one agent's file. */
export function agentEditHandlers(deps: ClaudeCommandDeps): Record<`claudetask.agent.${Name}`, Handler> {
  const withAgent = async (args: readonly unknown[], question: AgentQuestion, work: (target: AgentTarget) => Promise<void>) => {
    const target = await askAgent(deps, args, { only: isEditable, ...question });
    if (target) await work(target);
  };
  return {
    'claudetask.agent.rename': (...args) => withAgent(args, { title: vscode.l10n.t('Rename Agent') }, (target) => rename(deps, target)),
    'claudetask.agent.move': (...args) => withAgent(args, { title: vscode.l10n.t('Move Agent') }, (target) => move(deps, target)),
    'claudetask.agent.assignSkills': (...args) =>
      withAgent(args, { title: vscode.l10n.t('Assign Skills') }, (target) => assignSkills(deps, target)),
  };
}
