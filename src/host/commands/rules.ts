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

/** Without globs the rule is always loaded and needs no frontmatter. */
function newRule(name: string, globs: readonly string[]): string {
  const words = name.replaceAll('-', ' ');
  const body = `# ${words.charAt(0).toUpperCase()}${words.slice(1)}\n\n- \n`;
  if (globs.length === 0) return body;
  const text = `---\n---\n\n${body}`;
  return applyEdits(text, setField(readMarkdown(text), 'paths', globs));
}

async function createRule(deps: ClaudeCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Create Rule');
  const folder = await askClaudeFolder(deps, args, title);
  if (folder === undefined) return;
  const [scope] = await Promise.all([askScope(vscode.l10n.t('{0} (1/3)', title), 'rules'), folder.catalog.ready()]);
  if (scope === undefined) return;
  const base = scope === 'user' ? '~/.claude/rules' : '.claude/rules';
  const file = await askFileName({
    title: vscode.l10n.t('{0} (2/3)', title),
    prompt: vscode.l10n.t('Name of the file'),
    isTaken: (name) => folder.catalog.get(fromDocumentPath(`${base}/${name}`, folder.catalog.places)) !== undefined,
  });
  if (file === undefined) return;
  const globs = await vscode.window.showInputBox({
    title: vscode.l10n.t('{0} (3/3)', title),
    prompt: vscode.l10n.t('Globs of the files it is for, separated by spaces; empty: it is always loaded'),
    placeHolder: 'src/api/**/*.ts',
    ignoreFocusOut: true,
  });
  if (globs === undefined) return;
  const content = newRule(file.replace(/\.md$/, ''), globs.split(/\s+/).filter(Boolean));
  const made = await folder.operations.call('rule.create', { scope, file, content }, { actor: folder.user });
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(fromDocumentPath(made.path, folder.catalog.places)));
  say(vscode.l10n.t('Created the rule {0}.', file.replace(/\.md$/, '')));
}

export function ruleHandlers(deps: ClaudeCommandDeps): HandlersOf<'rule'> {
  return { 'claudetask.rule.create': (...args) => createRule(deps, args) };
}
