import { namesOf, textOf, wordsOf } from '../fieldValue.ts';
import { readAsClaudeCode } from '../markdown/claudeReading.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { FieldValue, MarkdownDocument } from '../markdown/frontmatter.ts';
import { memoryScopes } from './agentFields.ts';
import type { MemoryScope } from './agentFields.ts';
import { readTools } from './tools.ts';
import type { ToolEntry } from './tools.ts';

/** A subagent as Claude Code would read it; null where the file says nothing, or nothing that could be used. */
export interface Agent {
  /** With the blanks it may have at its ends between quotes: Claude Code keeps them. */
  name: string | null;
  description: string | null;
  /** Null: every tool of the conversation. Empty, as of a field without a value: none. */
  tools: readonly ToolEntry[] | null;
  disallowedTools: readonly ToolEntry[];
  model: string | null;
  permissionMode: string | null;
  maxTurns: number | null;
  skills: readonly string[];
  /** The names of the servers, not their configuration. */
  mcpServers: readonly string[];
  hasHooks: boolean;
  memory: MemoryScope | null;
  background: boolean;
  effort: string | null;
  isolation: string | null;
  color: string | null;
  initialPrompt: string | null;
  /** The prompt, without white space around it. */
  body: string;
}

/**
 * Takes any file, however broken: whether Claude Code loads it at all is `findDropReasons`'s question. Of frontmatter that it cannot read
 * the values are those that are meant.
 */
export function readAgent(document: MarkdownDocument): Agent {
  const reading = readAsClaudeCode(document);
  const isRead = reading !== null && reading.read !== 'never';
  const value = (key: string): FieldValue | undefined => {
    if (!isRead) return fieldOf(document, key)?.value;
    return Object.hasOwn(reading.values, key) ? reading.values[key] : undefined;
  };
  const text = (key: string) => textOf(value(key));
  const name = value('name');
  const tools = value('tools');
  const turns = value('maxTurns');
  const memory = text('memory');
  const hooks = value('hooks');
  const effort = value('effort');
  return {
    name: typeof name === 'string' && name !== '' ? name : null,
    description: text('description'),
    tools: tools === undefined ? null : readTools(tools),
    disallowedTools: readTools(value('disallowedTools') ?? null),
    model: text('model'),
    permissionMode: text('permissionMode'),
    maxTurns: typeof turns === 'number' && Number.isInteger(turns) && turns > 0 ? turns : null,
    skills: wordsOf(value('skills')),
    mcpServers: namesOf(value('mcpServers')),
    hasHooks: hooks !== undefined && hooks !== null && typeof hooks === 'object' && Object.keys(hooks).length > 0,
    memory: memoryScopes.find((scope) => scope === memory) ?? null,
    background: value('background') === true,
    effort: text('effort') ?? (typeof effort === 'number' ? String(effort) : null),
    isolation: text('isolation'),
    color: text('color'),
    initialPrompt: text('initialPrompt'),
    body: (isRead ? reading.body : document.text.slice(document.body.start, document.body.end)).trim(),
  };
}
