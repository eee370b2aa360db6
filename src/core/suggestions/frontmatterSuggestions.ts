import { modelAliases } from '../agents/agentFields.ts';
import { currentTools } from '../agents/tools.ts';
import type { FieldSpec } from '../fieldSpec.ts';
import { readItems } from '../listField.ts';
import { fieldOf, readMarkdown } from '../markdown/frontmatter.ts';
import type { Span } from '../markdown/textEdit.ts';
import { frontmatterCursor, type FrontmatterCursor } from './frontmatterCursor.ts';

/** A thing that can be named in frontmatter. */
export interface Named {
  name: string;
  description: string | null;
}

/** What there is to suggest beside what Claude Code brings along. */
export interface SuggestionSources {
  skills: readonly Named[];
  agents: readonly Named[];
  /** Tools of MCP servers, as other files name them. */
  mcpTools: readonly string[];
  /** Full ids of models, as other files name them. */
  models: readonly string[];
}

export interface Suggestion {
  label: string;
  insert: string;
  span: Span;
  kind: 'field' | 'choice' | 'tool' | 'skill' | 'agent' | 'color';
  /** A few words. */
  detail?: string;
  /** Markdown. */
  documentation?: string;
  deprecated?: boolean;
  /** There is something to choose from behind it. */
  goesOn?: boolean;
}

/** Lists whose documented form is a YAML list and no line with commas. */
const blockLists: ReadonlySet<string> = new Set(['skills', 'paths']);
const toolFields: ReadonlySet<string> = new Set(['tools', 'disallowedTools', 'allowed-tools', 'disallowed-tools']);

/** What fits at a place of a file with these fields; nothing outside of its frontmatter. */
export function suggestFrontmatter(text: string, offset: number, specs: readonly FieldSpec[], sources: SuggestionSources): Suggestion[] {
  const separatorOf = (key: string) => specs.find((spec) => spec.key === key)?.separator ?? 'comma';
  const isList = (key: string) => specs.find((spec) => spec.key === key)?.kind === 'list';
  const cursor = frontmatterCursor(text, offset, separatorOf);
  if (cursor === undefined) return [];
  if (cursor.kind === 'key') return fieldSuggestions(text, cursor, specs);
  const spec = specs.find(({ key }) => key === cursor.key);
  if (spec === undefined) return [];
  const place = isList(spec.key) || cursor.form === 'line' ? cursor : undefined;
  return place === undefined ? [] : valueSuggestions(text, place, spec, sources);
}

function fieldSuggestions(
  text: string,
  { span, hasColon }: FrontmatterCursor & { kind: 'key' },
  specs: readonly FieldSpec[],
): Suggestion[] {
  const present = new Set(
    readMarkdown(text)
      .frontmatter?.fields.filter(({ keySpan }) => keySpan.start !== span.start)
      .map(({ key }) => key),
  );
  return specs
    .filter(({ key }) => !present.has(key))
    .map((spec) => ({
      label: spec.key,
      insert: hasColon ? spec.key : spec.key + behindKey(spec),
      span,
      kind: 'field',
      documentation: spec.hover,
      ...(spec.required ? { detail: 'required' } : {}),
      goesOn: !hasColon && (spec.kind === 'choice' || spec.kind === 'boolean' || spec.kind === 'list' || spec.key === 'agent'),
    }));
}

function behindKey({ key, kind }: FieldSpec): string {
  if (kind === 'list' && blockLists.has(key)) return ':\n  - ';
  return kind === 'yaml' ? ':\n  ' : ': ';
}

function valueSuggestions(
  text: string,
  cursor: FrontmatterCursor & { kind: 'value' },
  spec: FieldSpec,
  sources: SuggestionSources,
): Suggestion[] {
  if (toolFields.has(spec.key)) {
    const call = /^(?:Agent|Task)\((?:[^)]*,)?\s*/.exec(cursor.typed);
    return call === null ? toolSuggestions(text, cursor, sources) : agentSuggestions(cursor, call[0].length, text, sources);
  }
  const named = spec.key === 'skills' ? sources.skills : spec.key === 'agent' ? sources.agents : undefined;
  if (named !== undefined) {
    const taken = spec.key === 'skills' ? others(text, cursor) : new Set<string>();
    return named
      .filter(({ name }) => !taken.has(name))
      .map(({ name, description }) => ({
        label: name,
        insert: name,
        span: cursor.span,
        kind: spec.key === 'skills' ? 'skill' : 'agent',
        ...documented(description),
      }));
  }
  if (spec.kind === 'boolean')
    return ['true', 'false'].map((value) => ({ label: value, insert: value, span: cursor.span, kind: 'choice' }));
  const known = (spec.values ?? []).map(({ value, description }): Suggestion => ({
    label: value,
    insert: value,
    span: cursor.span,
    kind: spec.key === 'color' ? 'color' : 'choice',
    detail: description,
  }));
  if (spec.key !== 'model') return known;
  const aliases: ReadonlySet<string> = new Set(modelAliases);
  const ids = sources.models.filter((model) => !aliases.has(model));
  return [...known, ...ids.map((id): Suggestion => ({ label: id, insert: id, span: cursor.span, kind: 'choice' }))];
}

function toolSuggestions(text: string, cursor: FrontmatterCursor & { kind: 'value' }, { mcpTools }: SuggestionSources): Suggestion[] {
  const taken = others(text, cursor);
  const builtIn = currentTools.map(({ name, summary, subagents, deprecated }): Suggestion => ({
    label: name,
    insert: name,
    span: cursor.span,
    kind: 'tool',
    detail: summary,
    ...(subagents === 'never' ? { documentation: 'Claude Code does not give this tool to subagents.' } : {}),
    ...(deprecated === true ? { deprecated } : {}),
  }));
  const servers = new Set(mcpTools.flatMap((tool) => /^mcp__.+?(?=__|$)/.exec(tool)?.[0] ?? []));
  const mcp = [...new Set([...servers, ...mcpTools])].map((name): Suggestion => ({
    label: name,
    insert: name,
    span: cursor.span,
    kind: 'tool',
    ...(servers.has(name) ? { detail: 'Every tool of this MCP server' } : {}),
  }));
  return [...builtIn, ...mcp].filter(({ label }) => !taken.has(label));
}

function agentSuggestions(
  { span, typed }: FrontmatterCursor & { kind: 'value' },
  before: number,
  text: string,
  { agents }: SuggestionSources,
): Suggestion[] {
  const start = span.start + before;
  const rest = /^[^,)]*/.exec(text.slice(start, span.end))?.[0].trimEnd().length ?? 0;
  const end = start + Math.max(rest, typed.length - before);
  return agents.map(({ name, description }) => ({
    label: name,
    insert: name,
    span: { start, end },
    kind: 'agent',
    ...documented(description),
  }));
}

const documented = (description: string | null) => (description === null ? {} : { documentation: description });

/** What the list names beside the item at the cursor. */
function others(text: string, { key, span }: FrontmatterCursor & { kind: 'value' }): Set<string> {
  const document = readMarkdown(text);
  const field = fieldOf(document, key);
  if (field === undefined) return new Set();
  const own = text.slice(span.start, span.end);
  const { items, located } = readItems(document, field);
  // An item that is still empty hides where the others are.
  const rest = items.filter((item) => (located ? item.span.start > span.end || item.span.end < span.start : item.text !== own));
  return new Set(rest.map((item) => item.text));
}
