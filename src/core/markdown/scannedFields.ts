import type { FieldStyle, FieldValue, FrontmatterField } from './frontmatter.ts';
import type { Line } from './lines.ts';
import { linesOf, lineStart } from './lines.ts';
import type { Span } from './textEdit.ts';
import { readYamlFields, readYamlValue } from './yamlFields.ts';

const keyLine = /^([A-Za-z_][\w-]*):(?=[ \t]|$)/;
/**
 * Inside of an example that is not closed, a line "user: …" is what somebody says. Only these are fields there nevertheless:
 * the ones that Claude Code knows, which follow a description whose last example was never closed.
 */
const knownKeys = new Set(
  (
    'name description tools disallowedTools model permissionMode maxTurns skills mcpServers hooks memory background effort isolation ' +
    'color initialPrompt allowed-tools disallowed-tools argument-hint disable-model-invocation user-invocable version license paths'
  ).split(' '),
);
const openTag = /<example\b/gi;
const closeTag = /<\/example\b/gi;
const blockHeader = /^[|>][-+0-9]*[ \t]*(?:#.*)?$/;

/**
 * The last resort: each line that begins with a key in the first column begins a field, and the lines up to the next belong to it.
 * What YAML can make of a field on its own is taken from YAML; else a list is read item by item, and anything else is text as it stands,
 * its lines kept, without the indentation they share.
 */
export function scanFields(text: string, span: Span, source: string): FrontmatterField[] {
  const fields: FrontmatterField[] = [];
  let open: Line[] = [];
  let depth = 0;
  const close = (): void => {
    if (open.length > 0) fields.push(readChunk(text, span, source, open));
    open = [];
  };
  for (const line of linesOf(text, span)) {
    const content = text.slice(line.start, line.end);
    const key = keyLine.exec(content)?.[1];
    if (key !== undefined && (depth <= 0 || knownKeys.has(key))) {
      close();
      open = [line];
      depth = 0;
    } else if (open.length > 0) {
      open.push(line);
    }
    depth += countOf(openTag, content) - countOf(closeTag, content);
  }
  close();
  return fields;
}

function countOf(pattern: RegExp, content: string): number {
  return content.includes('<') ? (content.match(pattern)?.length ?? 0) : 0;
}

function readChunk(text: string, span: Span, source: string, lines: Line[]): FrontmatterField {
  while (lines.length > 1 && isIdle(text, lines.at(-1))) lines.pop();
  const first = lines[0] ?? { ...span, next: span.end };
  const last = lines.at(-1) ?? first;
  const whole = { start: first.start, end: last.next };
  const reading = readYamlFields(text, whole, source.slice(whole.start - span.start, whole.end - span.start));
  const alone = reading.fields[0];
  if (reading.complaints.length === 0 && reading.fields.length === 1 && alone !== undefined) return alone;

  const key = keyLine.exec(text.slice(first.start, first.end))?.[1] ?? '';
  const keySpan = { start: first.start, end: first.start + key.length };
  const valueSpan = trimmedSpan(text, { start: keySpan.end + 1, end: last.end });
  const items = scanItems(text, valueSpan);
  // Such a list on the line of its key is no YAML; by the blank before it its raw text differs from that of a list below its key.
  if (items !== null && valueSpan.start < first.end) valueSpan.start = keySpan.end + 1;
  return {
    key,
    ...(items === null ? scanText(text, valueSpan) : { value: items, style: 'block' as const }),
    raw: text.slice(valueSpan.start, valueSpan.end),
    keySpan,
    valueSpan,
    span: whole,
  };
}

/** An empty line or a comment in the first column: behind a value it belongs to what follows. */
function isIdle(text: string, line: Line | undefined): boolean {
  if (line === undefined) return false;
  const content = text.slice(line.start, line.end);
  return content.startsWith('#') || content.trim() === '';
}

function trimmedSpan(text: string, span: Span): Span {
  const content = text.slice(span.start, span.end);
  const start = span.end - content.trimStart().length;
  return { start, end: Math.max(start, span.start + content.trimEnd().length) };
}

function scanText(text: string, valueSpan: Span): { value: string; style: FieldStyle } {
  const [head, ...rest] = linesOf(text, valueSpan).map((line) => text.slice(line.start, line.end));
  const indents = rest.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  const indent = indents.reduce(commonStart, indents[0] ?? '').length;
  const tail = rest.map((line) => line.slice(indent).trimEnd());
  if (head !== undefined && tail.length > 0 && blockHeader.test(head)) {
    return { value: tail.join('\n'), style: head.startsWith('|') ? 'literal' : 'folded' };
  }
  return { value: [(head ?? '').trimEnd(), ...tail].join('\n'), style: 'plain' };
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

/** The items of a block list some of which YAML rejects; null when it is none. The first may stand on the line of the key. */
function scanItems(text: string, valueSpan: Span): FieldValue[] | null {
  const items: FieldValue[] = [];
  const before = text.slice(lineStart(text, valueSpan.start, 0), valueSpan.start);
  let indent = before.trim() === '' ? before : null;
  let start = -1;
  let end = -1;
  const close = (): void => {
    if (start === -1) return;
    const span = trimmedSpan(text, { start, end });
    const content = text.slice(span.start, span.end);
    const column = span.start - lineStart(text, span.start, 0);
    const value = readYamlValue(' '.repeat(column) + content);
    const folded = linesOf(text, span).map((line) => text.slice(line.start, line.end).trim());
    items.push(value === undefined ? folded.join(' ') : value);
  };
  for (const [index, line] of linesOf(text, valueSpan).entries()) {
    const content = text.slice(line.start, line.end);
    const dash = /^([ \t]*)-(?=[ \t]|$)/.exec(content);
    if (dash !== null && (index === 0 || indent === null || dash[1] === indent)) {
      close();
      if (index > 0) indent = dash[1] ?? null;
      start = line.start + dash[0].length;
    } else if (start === -1 || (content.trim() !== '' && !content.startsWith(`${indent ?? ''} `))) {
      return null;
    }
    end = line.end;
  }
  close();
  return items.length === 0 ? null : items;
}
