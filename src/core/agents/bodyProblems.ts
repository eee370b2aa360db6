import { headSpan } from '../frontmatterFaults.ts';
import { addItem, readItems } from '../listField.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import { setField } from '../markdown/frontmatterEdit.ts';
import type { Span } from '../markdown/textEdit.ts';
import type { Fix, Problem } from '../problem.ts';
import type { AgentFile } from './agentContext.ts';
import { agentFieldOrder } from './agentFields.ts';
import { currentName } from './tools.ts';

/** How a prompt says that it needs a tool. */
const needs = [
  { tool: 'Skill', pattern: /\bSkill tool\b|`Skill` tool|\bSkill\((?:["'`]|skill\s*[:=])/g },
  { tool: 'Agent', pattern: /\b(?:Task|Agent) tool\b|`(?:Task|Agent)` tool|\b(?:Task|Agent)\(\s*(?:subagent_type|\{)/g },
] as const;

/** The first place outside the frontmatter; `pattern` must be global. */
function findInBody({ document }: AgentFile, pattern: RegExp): (Span & { text: string }) | undefined {
  pattern.lastIndex = document.body.start;
  const found = pattern.exec(document.text);
  pattern.lastIndex = 0;
  return found === null ? undefined : { start: found.index, end: found.index + found[0].length, text: found[0] };
}

const lineOf = (text: string, at: number) => {
  let line = 1;
  for (const match of text.slice(0, at).matchAll(/\r\n|\r|\n/g)) if (match.index < at) line++;
  return line;
};

function missingTools(file: AgentFile): Problem[] {
  const { agent, document } = file;
  const field = fieldOf(document, 'tools');
  if (agent.tools === null || field === undefined || agent.tools.length === 0) return [];
  const has = new Set(agent.tools.map((entry) => currentName(entry.name)));
  const taken = new Set(agent.disallowedTools.map((entry) => currentName(entry.name)));
  const problems: Problem[] = [];
  for (const { tool, pattern } of needs) {
    if (has.has(tool) || has.has('*') || taken.has(tool)) continue;
    const found = findInBody(file, pattern);
    if (found === undefined) continue;
    problems.push({
      code: 'missing-tool',
      severity: 'warning',
      message: `The prompt speaks of the ${tool} tool (line ${lineOf(document.text, found.start)}: “${found.text}”), but \`tools\` does not list \`${tool}\`, so the agent cannot use it.`,
      span: field.valueSpan,
      fixes: [
        {
          title: `Add ${tool} to tools`,
          kind: 'add-tool',
          preferred: true,
          edits: addItem(document, readItems(document, field, 'space'), tool),
        },
      ],
    });
  }
  return problems;
}

/** Where `memory` keeps its files: paths to these are no other log. */
const logPath = /(?:\.claude|~)\/(?:memory|logs|agent-logs|agents?-memories)\/[\w./<>{}-]+|[\w./-]{0,80}agent-logs\/[\w./<>{}-]+/g;

function otherLog(file: AgentFile): Problem[] {
  if (file.agent.memory === null) return [];
  const found = findInBody(file, logPath);
  if (found === undefined) return [];
  const message = `\`memory: ${file.agent.memory}\` gives this agent a folder of its own, but the prompt keeps notes in \`${found.text}\`, which Claude Code does not load. Use one of the two.`;
  return [{ code: 'other-memory-path', severity: 'information', message, span: { start: found.start, end: found.end } }];
}

/** The block that Claude Code adds by itself when `memory` is set, as pasted into many files: to the next heading of its level, or the end. */
function pastedMemory(file: AgentFile): Problem[] {
  const { document, agent } = file;
  const heading = findInBody(file, /^(#{1,3}) Persistent Agent Memory[ \t]*$/gm);
  if (heading === undefined) return [];
  const level = heading.text.indexOf(' ');
  const next = new RegExp(`^#{1,${level}} [^\\r\\n]*$`, 'gm');
  next.lastIndex = heading.end;
  const end = next.exec(document.text)?.index ?? document.text.length;
  const block = document.text.slice(heading.start, end);
  const path = /`((?:[A-Za-z]:[\\/]|\/|~\/)[^`\r\n]*agent-memory[^`\r\n]*)`/.exec(block);
  const reason = path === null ? '' : `, with a path of one machine (\`${path[1] ?? ''}\`)`;
  const remove = { start: heading.start, end, text: '' };
  const fixes: Fix[] = [];
  if (agent.memory !== null)
    fixes.push({ title: 'Remove the pasted block', kind: 'remove-pasted-memory', preferred: true, edits: [remove] });
  else {
    const scope = block.includes('agent-memory-local')
      ? 'local'
      : /user-scope|~[\\/]\.claude[\\/]agent-memory/.test(block)
        ? 'user'
        : 'project';
    const edits = [...setField(document, 'memory', scope, agentFieldOrder), remove];
    fixes.push({ title: `Replace the pasted block by memory: ${scope}`, kind: 'replace-pasted-memory', edits });
  }
  const message =
    agent.memory === null
      ? `This block was pasted from Claude Code’s own prompt${reason}. The field \`memory\` adds an up-to-date one by itself.`
      : `Claude Code adds this block by itself, because \`memory\` is set; here it stands a second time${reason}.`;
  return [{ code: 'pasted-memory', severity: 'warning', message, span: { start: heading.start, end: heading.end }, fixes }];
}

function emptyBody({ agent, document }: AgentFile): Problem[] {
  if (agent.body !== '') return [];
  const message = 'The prompt is empty: the agent knows its description and nothing else. Write below the frontmatter what it is to do.';
  return [{ code: 'empty-body', severity: 'hint', message, span: headSpan(document) }];
}

/** What the prompt says against what the frontmatter gives. */
export function findBodyProblems(file: AgentFile): Problem[] {
  if (file.document.frontmatter === null) return [];
  return [...missingTools(file), ...otherLog(file), ...pastedMemory(file), ...emptyBody(file)];
}
