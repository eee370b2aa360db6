import * as vscode from 'vscode';
import { builtInAgents } from '../../core/agents/precedence.ts';
import { isInside } from '../../core/filePath.ts';
import { readMarkdown } from '../../core/markdown/frontmatter.ts';
import { hoverFrontmatter } from '../../core/suggestions/frontmatterHover.ts';
import { suggestFrontmatter, type Named, type Suggestion, type SuggestionSources } from '../../core/suggestions/frontmatterSuggestions.ts';
import { fieldsOf } from './frontmatterFields.ts';
import type { Subject, Subjects } from './subjects.ts';

/** Frontmatter is read up to here: what is longer is no frontmatter that a person types. */
const longest = 200_000;

const icons: Readonly<Record<Suggestion['kind'], vscode.CompletionItemKind>> = {
  field: vscode.CompletionItemKind.Property,
  choice: vscode.CompletionItemKind.EnumMember,
  tool: vscode.CompletionItemKind.Function,
  skill: vscode.CompletionItemKind.Module,
  agent: vscode.CompletionItemKind.Class,
  color: vscode.CompletionItemKind.Color,
};

/** Completion and hover in the frontmatter of agents, skills, slash commands and rules. */
export class FrontmatterHelp implements vscode.CompletionItemProvider, vscode.HoverProvider {
  readonly #subjects: Subjects;

  constructor(subjects: Subjects) {
    this.#subjects = subjects;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
    context: vscode.CompletionContext,
  ): Promise<vscode.CompletionItem[] | undefined> {
    if (!isInFrontmatter(document, position.line)) return undefined;
    const subject = await this.#subjects.of(document.uri);
    const specs = subject === undefined ? undefined : fieldsOf(subject.kind);
    if (subject === undefined || specs === undefined || token.isCancellationRequested) return undefined;
    const sources = await sourcesOf(subject);
    if (token.isCancellationRequested) return undefined;
    const suggestions = suggestFrontmatter(document.getText(), document.offsetAt(position), specs, sources);
    // A blank typed on an empty line or within a word is no question.
    const asked =
      context.triggerKind === vscode.CompletionTriggerKind.TriggerCharacter
        ? suggestions.filter(({ kind }) => kind !== 'field')
        : suggestions;
    return asked.map((suggestion, index) => itemOf(document, suggestion, index));
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (!isInFrontmatter(document, position.line)) return undefined;
    const subject = await this.#subjects.of(document.uri);
    const specs = subject === undefined ? undefined : fieldsOf(subject.kind);
    if (subject === undefined || specs === undefined || token.isCancellationRequested) return undefined;
    const sources = await sourcesOf(subject);
    if (token.isCancellationRequested) return undefined;
    const hover = hoverFrontmatter(readMarkdown(document.getText()), document.offsetAt(position), specs, sources);
    if (hover === undefined) return undefined;
    const range = new vscode.Range(document.positionAt(hover.span.start), document.positionAt(hover.span.end));
    return new vscode.Hover(new vscode.MarkdownString(hover.text), range);
  }
}

/** From what is known already: nobody waits for thousands of files to be read. */
async function sourcesOf({ folder, path }: Subject): Promise<SuggestionSources> {
  await folder.agents.ready();
  const { agents, skills } = folder.agents;
  const byName = new Map<string, Named>(builtInAgents.map((name) => [name, { name, description: 'Comes with Claude Code.' }]));
  const mcpTools = new Set<string>();
  const models = new Set<string>();
  for (const { content, resolved } of agents.values()) {
    if (content === undefined) continue;
    const { name, description, tools, disallowedTools, model } = content.agent;
    const called = resolved?.id ?? name;
    if (called !== null) byName.set(called, { name: called, description });
    for (const tool of [...(tools ?? []), ...disallowedTools]) if (tool.name.startsWith('mcp__')) mcpTools.add(tool.name);
    if (model !== null && model.includes('claude-')) models.add(model);
  }
  const named: Named[] = [];
  for (const { name, content, entry } of skills.values()) {
    if (content === undefined || !entry.path.endsWith('/SKILL.md')) continue;
    // In its own folder a skill needs no folder before its name.
    const isNear = entry.scope.kind === 'project' && isInside(entry.scope.directory, path);
    named.push({ name: isNear ? content.skill.command : name, description: content.skill.description });
    for (const tool of content.skill.allowedTools) if (tool.startsWith('mcp__')) mcpTools.add(tool);
  }
  return { skills: named, agents: [...byName.values()], mcpTools: [...mcpTools].sort(), models: [...models].sort() };
}

/** The first line opens it, and none between there and here closes it. */
function isInFrontmatter(document: vscode.TextDocument, line: number): boolean {
  if (line === 0 || document.offsetAt(new vscode.Position(line, 0)) > longest || document.lineAt(0).text.trimEnd() !== '---') return false;
  for (let at = 1; at < line; at++) if (document.lineAt(at).text.trimEnd() === '---') return false;
  return true;
}

function itemOf(document: vscode.TextDocument, suggestion: Suggestion, index: number): vscode.CompletionItem {
  const { label, insert, span, kind, detail, documentation, deprecated, goesOn } = suggestion;
  const item = new vscode.CompletionItem(label, icons[kind]);
  item.insertText = insert;
  item.range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
  item.sortText = String(index).padStart(5, '0');
  if (detail !== undefined) item.detail = detail;
  if (documentation !== undefined) item.documentation = new vscode.MarkdownString(documentation);
  if (deprecated === true) item.tags = [vscode.CompletionItemTag.Deprecated];
  if (goesOn === true) item.command = { command: 'editor.action.triggerSuggest', title: '' };
  return item;
}
