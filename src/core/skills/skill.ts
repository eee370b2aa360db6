import { booleanWords } from '../booleanWords.ts';
import { textOf, wordsOf } from '../fieldValue.ts';
import { readItems } from '../listField.ts';
import { readAsClaudeCode } from '../markdown/claudeReading.ts';
import { fieldOf } from '../markdown/frontmatter.ts';
import type { FieldValue, MarkdownDocument } from '../markdown/frontmatter.ts';

/**
 * What a Markdown file is by its place: a skill, another file of a skill's folder, a command, or a file laid flat into `skills`, which
 * Claude Code never loads.
 */
export type SkillPlace =
  { kind: 'skill' | 'command'; command: string } | { kind: 'flat'; command: string } | { kind: 'attachment' | 'elsewhere' };

const withoutExtension = (name: string) => name.replace(/\.md$/i, '');

/**
 * Reads it from the path: `…/skills/<folder>/SKILL.md`, `…/commands/**.md`. The folders of a command are part of its name, with colons,
 * and a `SKILL.md` among the commands is called by its folders alone (measured with the CLI 2.1.330).
 */
export function placeOf(path: string): SkillPlace {
  const parts = path.split(/[\\/]/);
  const file = parts.at(-1) ?? '';
  const skills = parts.lastIndexOf('skills', -2);
  const commands = parts.lastIndexOf('commands', -2);
  if (commands > skills && file.endsWith('.md')) {
    const folders = parts.slice(commands + 1, -1);
    const own = file === 'SKILL.md' && folders.length > 0 ? [] : [withoutExtension(file)];
    return { kind: 'command', command: [...folders, ...own].join(':') };
  }
  if (skills < 0) return { kind: 'elsewhere' };
  if (skills === parts.length - 2) return /\.md$/i.test(file) ? { kind: 'flat', command: withoutExtension(file) } : { kind: 'attachment' };
  // Claude Code looks one folder deep: a SKILL.md further down is a file of the skill around it.
  if (file === 'SKILL.md' && skills === parts.length - 3) return { kind: 'skill', command: parts.at(-2) ?? '' };
  return { kind: 'attachment' };
}

/** A skill or command as Claude Code would read it. */
export interface Skill {
  /** What is typed after the slash: the folder's name, or the command file's with its folders. */
  command: string;
  /** The label; the command when there is none. */
  name: string;
  /** Null when the file gives none: Claude then sees the first line of the text instead. */
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

/** Whatever is no word for true is false, also no value at all. */
function isTrue(value: FieldValue): boolean {
  if (typeof value === 'object') return false;
  const word = String(value).trim().toLowerCase();
  return Object.hasOwn(booleanWords, word) && booleanWords[word] === true;
}

/** Numbers and booleans count as text here, unlike in agents. */
const scalarText = (value: FieldValue | undefined) =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value);

function countLines(text: string): number {
  let lines = text === '' || /[\r\n]$/.test(text) ? 0 : 1;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 10 || (char === 13 && text.charCodeAt(at + 1) !== 10)) lines++;
  }
  return lines;
}

/** Takes any file, however broken. Frontmatter that Claude Code cannot read counts as empty, as for Claude Code: only the text is loaded. */
export function readSkill(document: MarkdownDocument, command: string): Skill {
  const values = readAsClaudeCode(document)?.values ?? {};
  const value = (key: string) => (Object.hasOwn(values, key) ? values[key] : undefined);
  const flag = (key: string) => {
    const set = value(key);
    return set === undefined ? undefined : isTrue(set);
  };
  const paths = value('paths') === undefined ? undefined : fieldOf(document, 'paths');
  return {
    command,
    name: scalarText(value('name')) ?? command,
    description: scalarText(value('description')),
    whenToUse: textOf(value('when_to_use')),
    manualOnly: flag('disable-model-invocation') ?? false,
    userInvocable: flag('user-invocable') ?? true,
    allowedTools: wordsOf(value('allowed-tools')),
    paths: paths === undefined ? [] : readItems(document, paths).items.map((item) => item.text),
    agent: textOf(value('agent')),
    forked: value('context') === 'fork',
    lines: countLines(document.text),
  };
}
