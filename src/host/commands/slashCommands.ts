import * as vscode from 'vscode';
import { fromDocumentPath } from '../../core/claudePlaces.ts';
import { readMarkdown } from '../../core/markdown/frontmatter.ts';
import { setField } from '../../core/markdown/frontmatterEdit.ts';
import { applyEdits } from '../../core/markdown/textEdit.ts';
import { say } from '../say.ts';
import { askScope } from './agentName.ts';
import { askClaudeFolder } from './agentTarget.ts';
import { askFileName } from './askFileName.ts';
import type { ClaudeCommandDeps } from './claudeDeps.ts';
import type { HandlersOf } from './handler.ts';

function newCommand(description: string): string {
  const text = '---\n---\n\nWhat to do, step by step. What is typed after the command comes here: $ARGUMENTS\n';
  return applyEdits(text, setField(readMarkdown(text), 'description', description));
}

async function createCommand(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Create Slash Command');
  const folder = await askClaudeFolder(deps, args, title);
  if (folder === undefined) return;
  const [scope] = await Promise.all([askScope(vscode.l10n.t('{0} (1/3)', title), 'commands'), folder.agents.ready()]);
  if (scope === undefined) return;
  const base = scope === 'user' ? '~/.claude/commands' : '.claude/commands';
  const file = await askFileName({
    title: vscode.l10n.t('{0} (2/3)', title),
    prompt: vscode.l10n.t('What is typed after the slash'),
    isTaken: (name) => folder.agents.commands.has(fromDocumentPath(`${base}/${name}`, folder.agents.places)),
  });
  if (file === undefined) return;
  const description = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0} (3/3)', title),
    prompt: vscode.l10n.t('What it does, shown beside the command'),
    ignoreFocusOut: true,
  });
  if (description === undefined) return;
  const content = newCommand(description.trim() || file.replace(/\.md$/, '').replaceAll('-', ' '));
  const made = await folder.operations.call('command.create', { scope, file, content }, { actor: folder.user });
  const path = fromDocumentPath(made.path, folder.agents.places);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
  await deps.agentView.reveal(path);
  say(vscode.l10n.t('Created the slash command /{0}.', file.replace(/\.md$/, '')));
}

export function slashCommandHandlers(deps: ClaudeCommandDeps): HandlersOf<'slashCommand'> {
  return { 'claudetask.slashCommand.create': (...args) => createCommand(deps, args) };
}
