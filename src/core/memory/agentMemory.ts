import { bodyStart, readRegions } from '../instructions/markdownRegions.ts';
import { readMarkdown } from '../markdown/frontmatter.ts';
import type { Span, TextEdit } from '../markdown/textEdit.ts';
import type { Problem } from '../problem.ts';

/** What Claude Code loads of a `MEMORY.md`: the first lines or bytes, whichever end first (sub-agents.md). "25 KB" is taken as the smaller reading. */
export const memoryLimits = { lines: 200, bytes: 25_000 } as const;

export interface MemoryGauge {
  /** Lines and UTF-8 bytes that count: without frontmatter and block-level HTML comments. */
  lines: number;
  bytes: number;
  /** The larger share of the two limits: above 1 something is cut off. */
  fill: number;
  /** What is not loaded, in the file; null when all is. */
  cut: Span | null;
  cutBy: 'lines' | 'bytes' | null;
}

export interface MemoryFolder {
  agent: string;
  scope: 'user' | 'project' | 'local';
  /** Absolute. */
  path: string;
  /** Paths of its files, relative to it, with `/`. */
  files: readonly string[];
}

export function measureMemory(text: string): MemoryGauge {
  const comments = text.includes('<!--') ? readRegions(text).comments.filter(({ block, closed }) => block && closed) : [];
  const pieces: Span[] = [];
  let from = Math.max(bodyStart(text), text.charCodeAt(0) === 0xfeff ? 1 : 0);
  for (const comment of comments) {
    pieces.push({ start: from, end: comment.start });
    from = comment.end;
    // The line that a comment stood in goes with it.
    const rest = /^[ \t]*(?:\r\n|\r|\n)/.exec(text.slice(from, from + 200));
    const startsLine = comment.start === 0 || /[\r\n]/.test(text.charAt(comment.start - 1));
    if (startsLine && rest) from += rest[0].length;
  }
  pieces.push({ start: from, end: text.length });

  let bytes = 0;
  let lines = 0;
  let atLineStart = true;
  let cutAt: number | null = null;
  let cutBy: 'lines' | 'bytes' | null = null;
  for (const { start, end } of pieces) {
    for (let at = start; at < end; at += 1) {
      const unit = text.charCodeAt(at);
      if (atLineStart) lines += 1;
      bytes += utf8Length(unit);
      if (cutAt === null && (lines > memoryLimits.lines || bytes > memoryLimits.bytes)) {
        cutAt = at;
        cutBy = lines > memoryLimits.lines ? 'lines' : 'bytes';
      }
      atLineStart = unit === 10 || (unit === 13 && text.charCodeAt(at + 1) !== 10);
    }
  }
  const fill = Math.max(lines / memoryLimits.lines, bytes / memoryLimits.bytes);
  return { lines, bytes, fill, cut: cutAt === null ? null : { start: cutAt, end: text.length }, cutBy };
}

/** Of one UTF-16 unit: each half of a pair counts two, a byte that was not UTF-8 (U+DC80–U+DCFF alone) is near enough at that. */
function utf8Length(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return unit >= 0xd800 && unit <= 0xdfff ? 2 : 3;
}

/** Markdown files beside `MEMORY.md` that it neither links to nor names: Claude finds them by chance only. `files` are relative to its folder. */
export function orphanTopics(memory: string, files: readonly string[]): string[] {
  const known = memory.toLowerCase();
  const decoded = known.includes('%') ? known.replaceAll('%20', ' ') : known;
  return files.filter((file) => {
    if (!/\.(?:md|mdx|markdown|txt)$/i.test(file) || file.toLowerCase() === 'memory.md') return false;
    const stem = file.toLowerCase().replace(/\.[a-z]+$/, '');
    const name = stem.slice(stem.lastIndexOf('/') + 1);
    return !decoded.includes(file.toLowerCase()) && !hasWord(decoded, stem) && !hasWord(decoded, name);
  });
}

/** `[[topic]]`, `topic` in backticks, a link without its extension: not a part of another word. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}_-]/u.test(text.charAt(at - 1)) && !/[\p{L}\p{N}_-]/u.test(text.charAt(at + word.length))) return true;
  }
  return false;
}

/** Memory of agents that are not there: of a renamed or deleted one. */
export function orphanFolders(folders: readonly MemoryFolder[], agentNames: Iterable<string>): MemoryFolder[] {
  const names = new Set(agentNames);
  return folders.filter(({ agent }) => !names.has(agent));
}

/** Problems of a `MEMORY.md`, with the files beside it. */
export function findMemoryProblems(text: string, files: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const { cut, cutBy, lines, bytes } = measureMemory(text);
  if (cut !== null) {
    const limit = cutBy === 'lines' ? `${memoryLimits.lines} lines (it has ${lines})` : `25 KB (it has ${(bytes / 1000).toFixed(1)} KB)`;
    const end = /[\r\n]/.exec(text.slice(cut.start))?.index ?? text.length - cut.start;
    problems.push({
      code: 'memory-cut',
      severity: 'warning',
      message: `Claude Code loads the first ${limit} of MEMORY.md: from here on nothing is loaded. Move details to files of their own and link them here.`,
      span: { start: cut.start, end: cut.start + end },
    });
  }
  for (const file of orphanTopics(text, files)) {
    problems.push({
      code: 'memory-orphan-topic',
      severity: 'information',
      message: `MEMORY.md does not mention ${file}: the agent will hardly find it. Link it here, or delete it.`,
      span: { start: text.length, end: text.length },
      fixes: [{ title: `Link ${file}`, kind: 'link-topic', edits: appendMemory(text, topicLink(file)) }],
    });
  }
  return problems;
}

function topicLink(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.[a-z]+$/i, '');
  return `- [${name.replaceAll(/[_-]+/g, ' ')}](${encodeURI(file)})`;
}

/**
 * Adds an entry at the end, or at the end of the section with that heading; without such a section, makes it. Never adds frontmatter: an entry that begins
 * like one gets an empty line before it.
 */
export function appendMemory(text: string, entry: string, heading?: string): TextEdit[] {
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const lines = entry.trim().split(/\r\n|\r|\n/);
  // A file that opens frontmatter and never closes it would find its end in a line of hyphens.
  const own = (readMarkdown(text).unclosed === null ? lines : lines.map((line) => line.replace(/^---[ \t]*$/, '***'))).join(eol);
  if (own === '') return [];
  const section = heading === undefined ? undefined : sectionOf(text, heading);
  const title = heading === undefined || section !== undefined ? '' : `## ${heading}${eol}${eol}`;
  const at = trimmedEnd(text, section ?? { start: 0, end: text.length });
  const before = text.slice(0, at);
  const isEmpty = before === '' || before === '\uFEFF';
  const inList = title === '' && /^[-*+] /.test(own) && /(?:^|[\r\n])[ \t]*[-*+] [^\r\n]*$/.test(before.slice(-2000));
  const gap = isEmpty ? (own.startsWith('---') ? eol : '') : inList ? eol : eol + eol;
  const rest = text.slice(at);
  return [{ start: at, end: at, text: gap + title + own + (/^[ \t]*[\r\n]/.test(rest) ? '' : eol) }];
}

function trimmedEnd(text: string, span: Span): number {
  let at = span.end;
  while (at > span.start && /[ \t\r\n]/.test(text.charAt(at - 1))) at -= 1;
  return at;
}

/** From a heading to the next one of its level or above. */
function sectionOf(text: string, heading: string): Span | undefined {
  const { headings } = readRegions(text);
  const wanted = heading.trim().toLowerCase();
  const index = headings.findIndex((one) => one.text.toLowerCase() === wanted);
  const found = headings[index];
  if (found === undefined) return undefined;
  const next = headings.slice(index + 1).find((one) => one.level <= found.level);
  return { start: found.end, end: next?.start ?? text.length };
}
