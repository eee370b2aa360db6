import { judgeTool, readTool, type Availability } from '../agents/tools.ts';
import type { FieldSpec } from '../fieldSpec.ts';
import { readItems } from '../listField.ts';
import type { FrontmatterField, MarkdownDocument } from '../markdown/frontmatter.ts';
import type { Span } from '../markdown/textEdit.ts';
import type { SuggestionSources } from './frontmatterSuggestions.ts';

export interface FrontmatterHover {
  span: Span;
  /** Markdown. */
  text: string;
}

const holds = (span: Span, offset: number) => offset >= span.start && offset <= span.end;
const toolFields: ReadonlySet<string> = new Set(['tools', 'disallowedTools', 'allowed-tools', 'disallowed-tools']);

/** What there is to say of the field or the value at a place; nothing for other places, and for what is not known. */
export function hoverFrontmatter(
  document: MarkdownDocument,
  offset: number,
  specs: readonly FieldSpec[],
  sources: SuggestionSources,
): FrontmatterHover | undefined {
  const field = document.frontmatter?.fields.find(({ span }) => offset >= span.start && offset < span.end);
  const spec = specs.find(({ key }) => key === field?.key);
  if (field === undefined || spec === undefined) return undefined;
  if (holds(field.keySpan, offset)) return { span: field.keySpan, text: fieldText(spec) };
  return holds(field.valueSpan, offset) ? valueHover(document, field, spec, offset, sources) : undefined;
}

function fieldText({ key, hover, required, values, closed }: FieldSpec): string {
  const choices = (values ?? []).map(({ value, description }) => `- \`${value}\`: ${description}`);
  const head = closed === true ? 'One of:' : 'For example:';
  return [`**${key}**${required ? ' (required)' : ''}`, hover, ...(choices.length === 0 ? [] : [[head, ...choices].join('\n')])].join(
    '\n\n',
  );
}

function valueHover(
  document: MarkdownDocument,
  field: FrontmatterField,
  spec: FieldSpec,
  offset: number,
  sources: SuggestionSources,
): FrontmatterHover | undefined {
  const { key, value, valueSpan } = field;
  if (spec.kind === 'list') {
    const list = readItems(document, field, spec.separator ?? 'comma');
    const item = list.located ? list.items.find(({ span }) => holds(span, offset)) : undefined;
    if (item === undefined) return undefined;
    const text = toolFields.has(key) ? toolText(item.text) : key === 'skills' ? namedText('Skill', item.text, sources.skills) : undefined;
    return text === undefined ? undefined : { span: item.span, text };
  }
  if (typeof value !== 'string') return undefined;
  if (key === 'agent') {
    const text = namedText('Agent', value, sources.agents);
    return text === undefined ? undefined : { span: valueSpan, text };
  }
  const choice = spec.values?.find((one) => one.value === value);
  return choice === undefined ? undefined : { span: valueSpan, text: `\`${choice.value}\`: ${choice.description}.` };
}

const availability: Readonly<Record<Availability, string>> = {
  always: '',
  foreground: ' Agents in the background do not get it.',
  planOnly: ' Agents get it only with `permissionMode: plan`.',
  never: ' Claude Code does not give it to subagents.',
};

function toolText(entry: string): string | undefined {
  const { name } = readTool(entry);
  const verdict = judgeTool(name);
  switch (verdict.kind) {
    case 'current':
      return `**${name}**: ${verdict.spec.summary}${availability[verdict.spec.subagents]}`;
    case 'wildcard':
      return 'Every tool.';
    case 'mcp': {
      const [, server, tool] = /^mcp__(.+?)(?:__(.+))?$/.exec(name) ?? [];
      if (server === undefined) return undefined;
      return tool === undefined || tool === '*'
        ? `Every tool of the MCP server \`${server}\`.`
        : `The tool \`${tool}\` of the MCP server \`${server}\`.`;
    }
    case 'renamed':
      return `**${name}** is an old name of \`${verdict.instead}\`.`;
    case 'removed':
    case 'foreign':
    case 'unknown':
      return undefined;
  }
}

function namedText(what: string, name: string, known: SuggestionSources['skills']): string | undefined {
  const found = known.find((one) => one.name === name);
  if (found === undefined) return undefined;
  return `${what} **${name}**${found.description === null ? '' : `: ${found.description}`}`;
}
