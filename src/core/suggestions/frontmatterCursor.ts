import { lineAt, lineStart, type Line } from '../markdown/lines.ts';
import type { Span } from '../markdown/textEdit.ts';

/** Where a cursor stands in frontmatter, and what a suggestion there would replace. */
export type FrontmatterCursor =
  /** In the name of a field, or where one could begin. */
  | { kind: 'key'; span: Span; hasColon: boolean }
  /** In a value, or in one item of a list. */
  | {
      kind: 'value';
      key: string;
      /** The word, item or value around the cursor, without quotes. */
      span: Span;
      /** From the start of the span to the cursor. */
      typed: string;
      form: 'line' | 'flow' | 'block';
      /** The value has more than this item. */
      isList: boolean;
    };

const keyLine = /^(["']?)([A-Za-z_][\w-]*)\1[ \t]*:(?=[ \t]|$)/;
const startedKey = /^([A-Za-z_][\w-]*)?(?=[ \t]*:|[ \t]*$)/;
/** How far the field that a line belongs to is looked for. */
const mostLines = 500;

/** What lies between the fences: while frontmatter is being typed its end may not be there yet. */
function fencedSpan(text: string): Span | undefined {
  const opening = lineAt(text, text.charCodeAt(0) === 0xfeff ? 1 : 0, text.length);
  if (!isFence(text, opening)) return undefined;
  const closing = /(?:\r\n|\r|\n)(?=---[ \t]*(?:[\r\n]|$))/g;
  closing.lastIndex = opening.end;
  const found = closing.exec(text);
  if (found !== null) return { start: opening.next, end: Math.max(opening.next, found.index + found[0].length) };
  return opening.next > opening.end ? { start: opening.next, end: text.length } : undefined;
}

const isFence = (text: string, { start, end }: Span) => text.startsWith('---', start) && text.slice(start + 3, end).trim() === '';

/**
 * Read line by line and not by YAML: what is being typed is no YAML yet. Nothing for a place outside of frontmatter, in a text over several lines,
 * in a comment, or in a structure.
 */
export function frontmatterCursor(
  text: string,
  offset: number,
  separatorOf: (key: string) => 'comma' | 'space',
): FrontmatterCursor | undefined {
  const fenced = fencedSpan(text);
  if (fenced === undefined || offset < fenced.start || offset > fenced.end) return undefined;
  const start = lineStart(text, offset, fenced.start);
  if (start === fenced.end && fenced.end < text.length) return undefined;
  const line = lineAt(text, start, text.length);
  const content = text.slice(line.start, line.end);
  const column = offset - line.start;

  const found = keyLine.exec(content);
  if (found !== null && column >= found[0].length) return inValue(text, line, found[0].length, offset, found[2] ?? '', separatorOf);
  const begun = startedKey.exec(content);
  if (begun !== null && column <= begun[0].length) {
    const isItem = begun[0] === '' && belongsToFlow(text, line, fenced);
    if (!isItem) return { kind: 'key', span: { start, end: start + begun[0].length }, hasColon: found !== null };
  }
  return found === null ? inBlock(text, line, offset, fenced, separatorOf) : undefined;
}

/** The line of the key above an indented line or one with a hyphen. */
function ownerOf(text: string, line: Line, fenced: Span): { key: string; value: string; keyLine: Line } | undefined {
  let at = line.start;
  for (let count = 0; at > fenced.start && count < mostLines; count++) {
    const before = lineAt(text, lineStart(text, at - (text.startsWith('\r\n', at - 2) ? 2 : 1), fenced.start), text.length);
    const content = text.slice(before.start, before.end);
    const found = keyLine.exec(content);
    if (found !== null) return { key: found[2] ?? '', value: content.slice(found[0].length).trim(), keyLine: before };
    if (/^[^\s#-]/.test(content)) return undefined;
    at = before.start;
  }
  return undefined;
}

const isOpenFlow = (value: string) => value.startsWith('[') && !value.includes(']');

function belongsToFlow(text: string, line: Line, fenced: Span): boolean {
  const owner = ownerOf(text, line, fenced);
  return owner !== undefined && isOpenFlow(owner.value) && !text.slice(owner.keyLine.end, line.start).includes(']');
}

function inBlock(
  text: string,
  line: Line,
  offset: number,
  fenced: Span,
  separatorOf: (key: string) => 'comma' | 'space',
): FrontmatterCursor | undefined {
  const owner = ownerOf(text, line, fenced);
  if (owner === undefined) return undefined;
  const content = text.slice(line.start, line.end);
  if (isOpenFlow(owner.value)) {
    const closed = content.indexOf(']');
    const within = { start: line.start, end: closed === -1 ? line.end : line.start + closed };
    return offset > within.end ? undefined : itemAt(text, within, offset, owner.key, 'comma', 'flow');
  }
  const item = /^[ \t]*-(?:[ \t]+|$)/.exec(content);
  if (item === null || owner.value !== '' || offset < line.start + item[0].length) return undefined;
  const span = withoutComment(text, { start: line.start + item[0].length, end: line.end });
  // `- name: value` is a map.
  if (offset > span.end || /^[\w-]+:(?:\s|$)/.test(text.slice(span.start, span.end))) return undefined;
  const cursor = itemAt(text, span, offset, owner.key, undefined, 'block');
  return cursor === undefined || separatorOf(owner.key) === 'space' ? cursor : { ...cursor, isList: true };
}

function inValue(
  text: string,
  line: Line,
  behindColon: number,
  offset: number,
  key: string,
  separatorOf: (key: string) => 'comma' | 'space',
): FrontmatterCursor | undefined {
  const span = withoutComment(text, { start: line.start + behindColon, end: line.end });
  if (offset === line.start + behindColon || offset > span.end) return undefined;
  const value = text.slice(span.start, span.end).trimStart();
  if (/^[|>{&*!]/.test(value)) return undefined;
  if (value.startsWith('[')) {
    const open = text.indexOf('[', span.start) + 1;
    const close = text.indexOf(']', open);
    const within = { start: open, end: close === -1 || close > span.end ? span.end : close };
    return offset < within.start || offset > within.end ? undefined : itemAt(text, within, offset, key, 'comma', 'flow');
  }
  return itemAt(text, span, offset, key, separatorOf(key), 'line');
}

/** ` # …` behind a value; the blanks before it stay, for that is where one types on. */
function withoutComment(text: string, span: Span): Span {
  const found = /[ \t]#/.exec(text.slice(span.start, span.end));
  return found === null ? span : { start: span.start, end: span.start + found.index };
}

/** The item around the cursor; without a separator the whole is one. Separators in parentheses do not count. */
function itemAt(
  text: string,
  within: Span,
  offset: number,
  key: string,
  separator: 'comma' | 'space' | undefined,
  form: 'line' | 'flow' | 'block',
): FrontmatterCursor & { kind: 'value' } {
  let { start, end } = within;
  let depth = 0;
  for (let at = within.start; at < within.end; at++) {
    const char = text.charAt(at);
    if (char === '(') depth++;
    else if (char === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0 && (char === ',' ? separator !== undefined : separator === 'space' && /\s/.test(char))) {
      if (at < offset) start = at + 1;
      else {
        end = at;
        break;
      }
    }
  }
  const isList = start !== within.start || end !== within.end;
  while (start < offset && /[\s"']/.test(text.charAt(start))) start++;
  while (end > offset && /[\s"']/.test(text.charAt(end - 1))) end--;
  return { kind: 'value', key, span: { start, end }, typed: text.slice(start, offset), form, isList };
}
