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
 * Every `@` that could begin an import gets a backslash. Backticks around it would read better, but pair up with stray ones in the text, and in a list
 * Claude Code follows imports in them. In other code only what looks like a file gets one: another reader of Markdown may see its end elsewhere.
 */
function withoutImports(text: string): string {
  if (!text.includes('@')) return text;
  const { code } = readRegions(text);
  return text.replaceAll(/(?<!\\)((?:\\\\)*)@/g, (all, slashes: string, offset: number) => {
    const at = offset + slashes.length;
    if (slashes === '' && /[\p{L}\p{N}]/u.test(text.charAt(at - 1))) return all;
    const region = regionAt(code, at);
    const isFollowed = region === undefined || (region.kind === 'span' && /\s/.test(text.charAt(at - 1)));
    const ref = importAt(text, at);
    const harmless = !isFollowed && ref?.suspicion !== null && !/^[/~.]/.test(ref?.path ?? '');
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
