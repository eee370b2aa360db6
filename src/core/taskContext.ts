import { importAt } from './instructions/imports.ts';
import { readRegions } from './instructions/markdownRegions.ts';
import { regionAt } from './instructions/regionAt.ts';
import type { Task } from './task.ts';

/**
 * A task as Markdown, for an agent to read in a CLAUDE.md. Text of the task can do nothing there, wherever the task came from: no `@path` in it imports
 * a file, and what spans lines is quoted, so that an open fence or tag ends with it.
 */
export function taskContext(task: Task): string {
  const facts = [task.type, `${task.priority} priority`, ...(task.due === null ? [] : [`due ${task.due}`])];
  const parts = [`### Task #${task.id}: ${oneLine(task.title)}`, `**Status:** ${task.status} · ${facts.join(' · ')}`];
  if (task.gitBranch !== null) parts.push(`**Branch:** ${oneLine(task.gitBranch)}`);
  if (task.blockedReason !== null) parts.push(`**Blocked:** ${oneLine(task.blockedReason)}`);
  if (task.description.trim() !== '') parts.push('**Description**', quoted(task.description));
  if (task.checklist.length > 0) {
    parts.push('**Checklist**', task.checklist.map((item) => `- [${item.done ? 'x' : ' '}] ${oneLine(item.text)}`).join('\n'));
  }
  if (task.contract !== null) parts.push('**Contract**', contractLines(task.contract).join('\n'));
  return withoutImports(parts.join('\n\n').replaceAll('<!--', '&lt;!--'));
}

/**
 * Every `@` that could begin an import gets a backslash. Backticks around it would read better, but pair up with stray ones in the text. In code only
 * what looks like a file gets one: another reader of Markdown may see the end of the code elsewhere.
 */
function withoutImports(text: string): string {
  if (!text.includes('@')) return text;
  const { code } = readRegions(text);
  return text.replaceAll(/(?<![\p{L}\p{N}\\])((?:\\\\)*)@/gu, (all, slashes: string, offset: number) => {
    const at = offset + slashes.length;
    const harmless = regionAt(code, at) !== undefined && importAt(text, at)?.suspicion !== null;
    return harmless ? all : `${slashes}\\@`;
  });
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
const quoted = (text: string) =>
  text
    .trim()
    .split(/\r\n|\r|\n/)
    .map((line) => (line.trim() === '' ? '>' : `> ${line}`))
    .join('\n');

function contractLines(contract: NonNullable<Task['contract']>): string[] {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['Surface', [contract.surface]],
    ['Success', [contract.success]],
    ['Constraints', contract.constraints],
    ['Invariants', contract.invariants],
    ['Not part of it', contract.nonGoals],
    ['Acceptance', contract.acceptance],
    ['Follow-ups', contract.followUps],
    ['Risks', contract.risks],
  ];
  return lists.flatMap(([name, items]) => {
    const texts = items.map(oneLine).filter((item) => item !== '');
    return texts.length < 2 ? texts.map((item) => `- ${name}: ${item}`) : [`- ${name}:`, ...texts.map((item) => `  - ${item}`)];
  });
}
