import { fieldOf } from '../markdown/frontmatter.ts';
import type { MarkdownDocument } from '../markdown/frontmatter.ts';
import { readItems, removeItem, replaceItem } from '../listField.ts';
import type { ItemList } from '../listField.ts';
import type { Fix, Problem } from '../problem.ts';
import type { AgentContext, AgentFile } from './agentContext.ts';
import { currentName, judgeTool, readTool, splitTools } from './tools.ts';
import type { ToolEntry, ToolVerdict } from './tools.ts';

interface Item {
  /** Of the entry in the list; an entry `Read, Grep` of a YAML list names two tools. */
  index: number;
  entry: ToolEntry;
  verdict: ToolVerdict;
}

interface ToolList {
  document: MarkdownDocument;
  key: 'tools' | 'disallowedTools';
  list: ItemList;
  items: readonly Item[];
  names: ReadonlySet<string>;
}

function readList(document: MarkdownDocument, key: ToolList['key']): ToolList | undefined {
  const field = fieldOf(document, key);
  if (field === undefined || (typeof field.value !== 'string' && !Array.isArray(field.value))) return undefined;
  const list = readItems(document, field, 'space');
  const items = list.items.flatMap((item, index) =>
    splitTools(item.text).map((text) => {
      const entry = readTool(text);
      return { index, entry, verdict: judgeTool(entry.name) };
    }),
  );
  return { document, key, list, items, names: new Set(items.map(({ entry }) => currentName(entry.name))) };
}

/** Whether the place of one tool is known, and no other tool stands there. */
const stands = (tools: ToolList, index: number) => tools.list.located && tools.items.filter((item) => item.index === index).length === 1;

/** The only entry is not offered for removal: without the field the agent would have every tool. */
function removal(tools: ToolList, index: number, preferred: boolean): Fix[] {
  const text = tools.list.items[index]?.text ?? '';
  if (tools.items.length < 2 || !stands(tools, index)) return [];
  return [
    {
      title: `Remove ${text} from ${tools.key}`,
      kind: 'remove-tool',
      ...(preferred ? { preferred } : {}),
      edits: removeItem(tools.document, tools.list, index),
    },
  ];
}

function replacement(tools: ToolList, { index, entry }: Item, instead: string): Fix[] {
  if (!stands(tools, index)) return [];
  const text = entry.argument === null ? instead : `${instead}(${entry.argument})`;
  return [
    { title: `Replace ${entry.name} by ${instead}`, kind: 'replace-tool', preferred: true, edits: replaceItem(tools.list, index, text) },
  ];
}

/** Writes the tool that is meant, or takes the entry out when that tool is listed already. */
function correction(tools: ToolList, item: Item, instead: string | null): Fix[] {
  if (instead === null) return removal(tools, item.index, true);
  if (tools.names.has(instead) && instead !== currentName(item.entry.name)) return removal(tools, item.index, true);
  return [...replacement(tools, item, instead), ...removal(tools, item.index, false)];
}

function nameProblem(tools: ToolList, item: Item): Pick<Problem, 'code' | 'severity' | 'message' | 'fixes'> | undefined {
  const { entry, verdict } = item;
  const { name } = entry;
  switch (verdict.kind) {
    case 'current':
    case 'mcp':
    case 'wildcard':
      return undefined;
    case 'renamed':
      return {
        code: 'renamed-tool',
        severity: 'hint',
        message: `\`${name}\` is now called \`${verdict.instead}\`. The old name still works.`,
        fixes: correction(tools, item, verdict.instead),
      };
    case 'removed':
      return {
        code: 'removed-tool',
        severity: 'warning',
        message: `\`${name}\` was removed from Claude Code, so this entry does nothing.${verdict.instead === null ? '' : ` \`${verdict.instead}\` does its work.`}`,
        fixes: correction(tools, item, verdict.instead),
      };
    case 'foreign':
      return {
        code: 'foreign-tool',
        severity: 'warning',
        message: `\`${name}\` is a tool of another program, so this entry does nothing.${verdict.instead === null ? '' : ` In Claude Code it is \`${verdict.instead}\`.`}`,
        fixes: correction(tools, item, verdict.instead),
      };
    case 'unknown': {
      const { instead } = verdict;
      return {
        code: 'unknown-tool',
        severity: instead === null ? 'information' : 'warning',
        message:
          instead === null
            ? `\`${name}\` is no tool of Claude Code that is known here. If it does not exist, the entry does nothing.`
            : `Claude Code has no tool \`${name}\`. Did you mean \`${instead}\`?`,
        fixes: instead === null ? removal(tools, item.index, false) : correction(tools, item, instead),
      };
    }
  }
}

/** Tools that exist, but not for this agent. */
function availabilityProblem(
  tools: ToolList,
  item: Item,
  { agent }: AgentFile,
): Pick<Problem, 'code' | 'severity' | 'message' | 'fixes'> | undefined {
  const { entry, verdict } = item;
  // Started with `claude --agent` it is no subagent; `initialPrompt` is for that alone.
  if (verdict.kind !== 'current' || agent.initialPrompt !== null) return undefined;
  const { name } = entry;
  const { subagents } = verdict.spec;
  const fixes = removal(tools, item.index, true);
  if (subagents === 'never') {
    const message = `\`${name}\` is never available to subagents, so this entry does nothing.`;
    return { code: 'tool-not-for-subagents', severity: 'warning', message, fixes };
  }
  if (subagents === 'planOnly' && agent.permissionMode !== 'plan') {
    const message = `\`${name}\` is available to a subagent only with \`permissionMode: plan\`.`;
    return { code: 'tool-not-for-subagents', severity: 'warning', message, fixes };
  }
  if (subagents === 'foreground' && agent.background) {
    const message = `\`${name}\` is kept from agents that run in the background, and this one always does.`;
    return { code: 'tool-not-in-background', severity: 'information', message, fixes };
  }
  return undefined;
}

/** `Agent(a, b)`: which agents may be called. */
function agentTypesProblems(tools: ToolList, item: Item, { agent }: AgentFile, context: AgentContext): Problem[] {
  const { entry, index } = item;
  const listed = tools.list.items[index];
  if (listed === undefined || currentName(entry.name) !== 'Agent' || entry.argument === null || tools.key !== 'tools') return [];
  const problems: Problem[] = [];
  if (agent.initialPrompt === null) {
    const message = `The agents in \`${entry.text}\` limit only an agent that leads a session (\`claude --agent\`); a subagent may call any.`;
    problems.push({ code: 'agent-types-ignored', severity: 'information', message, span: listed.span });
  }
  for (const match of entry.argument.matchAll(/[^,\s][^,]*/g)) {
    const name = match[0].trim();
    if (context.agentNames === null || context.agentNames.has(name) || name.includes(':')) continue;
    const start = listed.span.start + listed.text.indexOf(entry.argument) + match.index;
    const span = tools.list.located ? { start, end: start + name.length } : listed.span;
    problems.push({ code: 'unknown-agent', severity: 'warning', message: `There is no agent called “${name}”.`, span });
  }
  return problems;
}

function listProblems(tools: ToolList, file: AgentFile, context: AgentContext): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const item of tools.items) {
    const span = tools.list.items[item.index]?.span;
    if (span === undefined) continue;
    const found = nameProblem(tools, item) ?? (tools.key === 'tools' ? availabilityProblem(tools, item, file) : undefined);
    if (found !== undefined) problems.push({ ...found, span });
    problems.push(...agentTypesProblems(tools, item, file, context));
    if (seen.has(item.entry.text)) {
      const message = `\`${item.entry.text}\` is listed twice.`;
      problems.push({ code: 'tool-twice', severity: 'hint', message, span, fixes: removal(tools, item.index, true) });
    }
    seen.add(item.entry.text);
  }
  return problems;
}

function conflicts(tools: ToolList, disallowed: ToolList): Problem[] {
  const taken = new Set(disallowed.items.filter(({ entry }) => entry.argument === null).map(({ entry }) => currentName(entry.name)));
  const problems: Problem[] = [];
  for (const { index, entry } of tools.items) {
    const name = currentName(entry.name);
    const mcp = name.startsWith('mcp__') && taken.has('mcp__*');
    const span = tools.list.items[index]?.span;
    if (span === undefined || !(mcp || taken.has(name))) continue;
    const other = disallowed.items.find((item) => currentName(item.entry.name) === name)?.index;
    problems.push({
      code: 'tool-in-both-lists',
      severity: 'warning',
      message: `\`${entry.name}\` is in \`tools\` and in \`disallowedTools\`; the agent does not get it.`,
      span,
      fixes: [...removal(tools, index, true), ...(other === undefined ? [] : removal(disallowed, other, false))],
    });
  }
  return problems;
}

/** Everything about `tools` and `disallowedTools`. */
export function findToolProblems(file: AgentFile, context: AgentContext): Problem[] {
  const { document } = file;
  const tools = readList(document, 'tools');
  const disallowed = readList(document, 'disallowedTools');
  const problems: Problem[] = [];
  if (tools !== undefined) problems.push(...listProblems(tools, file, context));
  if (disallowed !== undefined) problems.push(...listProblems(disallowed, file, context));
  if (tools !== undefined && disallowed !== undefined) problems.push(...conflicts(tools, disallowed));
  const useless = tools?.items.every(({ verdict }) => ['removed', 'foreign', 'unknown'].includes(verdict.kind));
  if (tools !== undefined && useless === true && tools.items.length > 0) {
    problems.push({
      code: 'no-usable-tool',
      severity: 'error',
      message: 'Claude Code knows none of these tools, so the agent fails when it is started. Name at least one tool that exists.',
      span: tools.list.field.valueSpan,
    });
  }
  return problems;
}
