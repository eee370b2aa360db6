import { linesOf } from '../markdown/lines.ts';
import type { Span } from '../markdown/textEdit.ts';
import type { Path } from './yamlSource.ts';

/** Where a cursor stands in a YAML or JSON text that may be half-written, by indentation and brackets alone. */
export interface JobCursor {
  /** Of the group or list around it, and in a list the index of the item. */
  path: Path;
  /**
   * `key`: where a key is, or can begin. `value`: behind the colon of `key`. `item`: where an item of a list is, which can be a value or the
   * first key of a group.
   */
  place: 'key' | 'value' | 'item';
  /** The key whose value it is. */
  key: string | null;
  /** The word that a suggestion would replace, with its quotes. */
  span: Span;
  /** From the beginning of the word to the cursor, without a quote. */
  typed: string;
  /** A colon follows the word. */
  hasColon: boolean;
  /** Within braces or brackets: no new lines. */
  inFlow: boolean;
  /** How far the first key of the group stands right of the line's own indentation: behind dashes. */
  dashes: number;
}

interface Level {
  kind: 'map' | 'list';
  indent: number;
  part: string | number;
}

interface Flow {
  kind: 'map' | 'list';
  key: string | null;
  index: number;
}

/** Undefined in comments and in texts over several lines. */
export function jobCursor(text: string, offset: number): JobCursor | undefined {
  const levels: Level[] = [];
  let open: { start: number; base: Path } | undefined;
  let blockText = -1;
  for (const line of linesOf(text, { start: 0, end: text.length })) {
    const isLast = offset <= line.end;
    const end = isLast ? offset : line.end;
    const content = text.slice(line.start, end);
    const indent = content.length - content.trimStart().length;
    if (open === undefined) {
      const isBlank = indent === content.length;
      if (blockText >= 0 && (isBlank || indent > blockText)) {
        if (isLast && indent > blockText) return undefined;
        if (!isLast) continue;
      }
      blockText = -1;
      if (isBlank && !isLast) continue;
      if (content.charAt(indent) === '#') {
        if (isLast) return undefined;
        continue;
      }
      const { column, dashes } = enterLine(levels, content, indent);
      const rest = content.slice(column);
      const pair = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#[\]{},][^#:]*?(?::\S[^#:]*?)*)[ \t]*:(?=[ \t]|$)[ \t]*/.exec(rest);
      if (pair?.[1] !== undefined) enterKey(levels, column, unquoted(pair[1]));
      else if (isLast || levels.at(-1)?.kind !== 'list') leaveTo(levels, column);
      const valueStart = line.start + column + (pair?.[0].length ?? 0);
      const value = text.slice(valueStart, end);
      const base = levels.map(({ part }) => part);
      if (/^[[{]/.test(value) && !value.startsWith('{{')) open = { start: valueStart, base };
      else if (isLast) return blockCursor(text, offset, { levels, pair: pair?.[1], valueStart, dashes, column: line.start + column });
      if (/^[|>][-+0-9]*\s*(#.*)?$/.test(value)) blockText = indent;
    }
    if (open !== undefined) {
      const stack = flowStack(text.slice(open.start, end));
      if (stack === undefined) return undefined;
      if (isLast) return stack.length === 0 ? undefined : flowCursor(text, offset, open.base, stack);
      if (stack.length === 0) open = undefined;
    }
  }
  return { path: [], place: 'key', key: null, span: { start: offset, end: offset }, typed: '', hasColon: false, inFlow: false, dashes: 0 };
}

/** Leaves what ended before this line, and counts its dashes. */
function enterLine(levels: Level[], content: string, indent: number): { column: number; dashes: number } {
  let column = indent;
  for (let dash = /^-(?:[ \t]+|$)/.exec(content.slice(column)); dash !== null; dash = /^-(?:[ \t]+|$)/.exec(content.slice(column))) {
    while (levels.length > 0 && (levels.at(-1)?.indent ?? 0) > column) levels.pop();
    const top = levels.at(-1);
    if (top?.kind === 'list' && top.indent === column && typeof top.part === 'number')
      levels[levels.length - 1] = { ...top, part: top.part + 1 };
    else levels.push({ kind: 'list', indent: column, part: 0 });
    column += dash[0].length;
  }
  return { column, dashes: column - indent };
}

/** A group at this column, with the levels deeper than it left. */
function leaveTo(levels: Level[], column: number): void {
  while (
    levels.length > 0 &&
    ((levels.at(-1)?.indent ?? 0) > column || (levels.at(-1)?.indent === column && levels.at(-1)?.kind === 'list'))
  )
    levels.pop();
}

function enterKey(levels: Level[], column: number, key: string): void {
  leaveTo(levels, column);
  if (levels.at(-1)?.kind === 'map' && levels.at(-1)?.indent === column) levels.pop();
  levels.push({ kind: 'map', indent: column, part: key });
}

const unquoted = (text: string) => text.trim().replace(/^(["'])([^]*)\1$/, '$2');

interface BlockPlace {
  levels: readonly Level[];
  pair: string | undefined;
  valueStart: number;
  /** Where the content of the line begins, in the text. */
  column: number;
  dashes: number;
}

function blockCursor(text: string, offset: number, { levels, pair, valueStart, column, dashes }: BlockPlace): JobCursor {
  const all = levels.map(({ part }) => part);
  const top = levels.at(-1);
  const start = pair === undefined ? Math.min(column, offset) : valueStart;
  const end = offset + (/^[^\s:,#\]}{["']*["']?/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0);
  const span = { start, end };
  const typed = text.slice(start, offset).replace(/^["']/, '');
  const hasColon = /^[ \t]*:/.test(text.slice(end, end + 200));
  const common = { span, typed, hasColon, inFlow: false, dashes };
  if (pair !== undefined) return { ...common, path: all.slice(0, -1), place: 'value', key: String(all.at(-1)) };
  // A line of a group replaces its own key; behind a dash a new group begins.
  if (top?.kind === 'list') return { ...common, path: all, place: 'item', key: null };
  const isOwn = top?.kind === 'map' && column - (text.lastIndexOf('\n', column - 1) + 1) <= top.indent;
  return { ...common, path: isOwn ? all.slice(0, -1) : all, place: 'key', key: null };
}

/** What is open at the end of a text in braces and brackets; undefined in a comment, empty when all is closed. */
function flowStack(text: string): Flow[] | undefined {
  const stack: Flow[] = [];
  let word = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const top = stack.at(-1);
    if (char === '"' || char === "'") {
      const close = closingQuote(text, at);
      word += text.slice(at + 1, close);
      at = close;
    } else if (char === '#' && /[\s,[{]/.test(text.charAt(at - 1))) {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd === -1) return undefined;
      at = lineEnd;
    } else if (char === '{' || char === '[') {
      stack.push({ kind: char === '{' ? 'map' : 'list', key: null, index: 0 });
      word = '';
    } else if (char === '}' || char === ']') {
      stack.pop();
      if (stack.length === 0) return stack;
      word = '';
    } else if (char === ',' && top !== undefined) {
      top.key = null;
      top.index++;
      word = '';
    } else if (char === ':' && top?.kind === 'map' && top.key === null && /[\s"'[{]|^$/.test(text.charAt(at + 1))) {
      top.key = word.trim();
      word = '';
    } else word += char;
  }
  return stack;
}

function closingQuote(text: string, from: number): number {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; at++) {
    if (text.charAt(at) === '\\' && quote === '"') at++;
    else if (text.charAt(at) === quote) return at;
  }
  return text.length;
}

function flowCursor(text: string, offset: number, base: Path, stack: readonly Flow[]): JobCursor {
  const parts = stack.map(({ kind, key, index }) => (kind === 'list' ? index : key));
  const top = stack.at(-1);
  const before =
    /(?:"(?:[^"\\\n]|\\.)*|'[^'\n]*|[^\s,:[\]{}"'][^,[\]{}"'\n]*)?$/.exec(text.slice(Math.max(0, offset - 500), offset))?.[0] ?? '';
  const word = top?.key !== null && top?.kind === 'map' ? before.replace(/^.*?:(?:\s+|$)/, '') : before;
  const start = offset - word.length;
  const end = offset + (/^[^\s:,#\]}{["']*["']?/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0);
  const path = [...base, ...parts.slice(0, -1).map((part) => part ?? '')];
  const common = {
    span: { start, end },
    typed: word.replace(/^["']/, ''),
    hasColon: /^[ \t]*:/.test(text.slice(end, end + 200)),
    inFlow: true,
    dashes: 0,
  };
  if (top?.kind === 'list') return { ...common, path: [...path, top.index], place: 'item', key: null };
  const key = top?.key ?? null;
  return { ...common, path, place: key === null ? 'key' : 'value', key };
}
