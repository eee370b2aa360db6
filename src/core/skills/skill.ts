import { booleanWords } from '../booleanWords.ts';
import { namesOf, textOf } from '../fieldValue.ts';
import { readItems } from '../listField.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { FieldValue, MarkdownDocument } from '../markdown/frontmatter.ts';

/**
 * What a Markdown file is by its place: a skill, another file of a skill's folder, a command, or a file laid flat into `skills`, which
 * Claude Code never loads.
 */
export type SkillPlace =
  { kind: 'skill' | 'command'; command: string } | { kind: 'flat'; command: string } | { kind: 'attachment' | 'elsewhere' };

const withoutExtension = (name: string) => name.replace(/\.md$/i, '');

/** Reads it from the path: `…/skills/<folder>/SKILL.md`, `…/commands/**.md`. */
export function placeOf(path: string): SkillPlace {
  const parts = path.split(/[\\/]/);
  const file = parts.at(-1) ?? '';
  const skills = parts.lastIndexOf('skills', -2);
  const commands = parts.lastIndexOf('commands', -2);
  if (commands > skills && /\.md$/i.test(file)) {
    return { kind: 'command', command: withoutExtension(file) };
  }
  if (skills < 0) return { kind: 'elsewhere' };
  if (skills === parts.length - 2) return /\.md$/i.test(file) ? { kind: 'flat', command: withoutExtension(file) } : { kind: 'attachment' };
  // Claude Code looks one folder deep: a SKILL.md further down is a file of the skill around it.
  if (file === 'SKILL.md' && skills === parts.length - 3) return { kind: 'skill', command: parts.at(-2) ?? '' };
  return { kind: 'attachment' };
}

/** A skill or command as Claude Code would read it. */
export interface Skill {
  /** What is typed after the slash: the folder's name, or the command file's. */
  command: string;
  /** The label; the command when there is none. */
  name: string;
  description: string | null;
  whenToUse: string | null;
  /** `disable-model-invocation`: only people start it, and agents do not get it. */
  manualOnly: boolean;
  userInvocable: boolean;
  allowedTools: readonly string[];
  paths: readonly string[];
  agent: string | null;
  forked: boolean;
  lines: number;
}

function truth(value: FieldValue | undefined, otherwise: boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return otherwise;
  const word = String(value).trim().toLowerCase();
  return Object.hasOwn(booleanWords, word) ? (booleanWords[word] ?? otherwise) : otherwise;
}

/** Words with spaces or commas between, those in parentheses kept together; or a list. */
function wordsOf(value: FieldValue | undefined): string[] {
  if (typeof value !== 'string') return namesOf(value);
  return [...value.matchAll(/[^\s,()]+(?:\([^)]*\))?/g)].map((match) => match[0]);
}

function countLines(text: string): number {
  let lines = text === '' || /[\r\n]$/.test(text) ? 0 : 1;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 10 || (char === 13 && text.charCodeAt(at + 1) !== 10)) lines++;
  }
  return lines;
}

/** Takes any file, however broken. Frontmatter that no YAML reader takes counts as empty, as for Claude Code: only the text is loaded. */
export function readSkill(document: MarkdownDocument, command: string): Skill {
  const isRead = document.frontmatter?.level !== 'scanned';
  const paths = fieldOf(document, 'paths');
  const value = (key: string) => (isRead ? fieldOf(document, key)?.value : undefined);
  return {
    command,
    name: textOf(value('name')) ?? command,
    description: textOf(value('description')),
    whenToUse: textOf(value('when_to_use')),
    manualOnly: truth(value('disable-model-invocation'), false),
    userInvocable: truth(value('user-invocable'), true),
    allowedTools: wordsOf(value('allowed-tools')),
    paths: paths === undefined || !isRead ? [] : readItems(document, paths).items.map((item) => item.text),
    agent: textOf(value('agent')),
    forked: value('context') === 'fork',
    lines: countLines(document.text),
  };
}
