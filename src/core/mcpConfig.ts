import { createScanner, parseTree } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { applyEdits } from './markdown/textEdit.ts';
import type { TextEdit } from './markdown/textEdit.ts';

/** How Claude Code starts a server over stdio, as `.mcp.json` says it. */
export interface McpServerEntry {
  type: 'stdio';
  command: string;
  args: readonly string[];
}

export type McpConfigChange =
  /** `text`: the file with the entry. `before`: the entry of that name as it stood in the file. */
  { ok: true; text: string; before: string | undefined } | { ok: false; message: string };

const child = (node: Node | undefined, key: string): Node | undefined =>
  // Of duplicates the last counts, as for JSON.parse.
  node?.type === 'object' ? node.children?.findLast((property) => property.children?.[0]?.value === key)?.children?.[1] : undefined;

const wrong = (what: string): McpConfigChange => ({ ok: false, message: `${what} Correct it first; nothing was written.` });

/** A `.mcp.json` with a server put in, or replaced. All else stays as it is: other servers, comments, formatting, line ends. */
export function withMcpServer(text: string, name: string, entry: McpServerEntry): McpConfigChange {
  if (text.replace(/^\uFEFF/, '').trim() === '')
    return { ok: true, text: `${JSON.stringify({ mcpServers: { [name]: entry } }, null, 2)}\n`, before: undefined };
  // A byte order mark is no JSON, and offsets must stay.
  const source = text.replace(/^\uFEFF/, ' ');
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { allowTrailingComma: true });
  if (errors.length > 0 || root === undefined) return wrong('.mcp.json is not valid JSON.');
  if (root.type !== 'object') return wrong('In .mcp.json the outermost value is not an object.');
  const servers = child(root, 'mcpServers');
  if (servers !== undefined && servers.type !== 'object') return wrong('In .mcp.json `mcpServers` is not an object.');
  const known = child(servers, name);
  if (known !== undefined) {
    const span = { start: known.offset, end: known.offset + known.length };
    const before = text.slice(span.start, span.end);
    const after = isSame(before, entry) ? before : written(source, entry, indentAt(source, span.start));
    return { ok: true, text: applyEdits(text, [{ ...span, text: after }]), before };
  }
  const edits =
    servers === undefined ? addProperty(source, root, 'mcpServers', { [name]: entry }) : addProperty(source, servers, name, entry);
  return { ok: true, text: applyEdits(text, edits), before: undefined };
}

function isSame(before: string, entry: McpServerEntry): boolean {
  try {
    return JSON.stringify(JSON.parse(before)) === JSON.stringify(entry);
  } catch {
    return false;
  }
}

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
const unitOf = (text: string): string => /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';

/** The white space at the beginning of the line. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

const written = (text: string, value: unknown, indent: string): string =>
  JSON.stringify(value, null, unitOf(text)).replaceAll('\n', eolOf(text) + indent);

/** The formatter of jsonc-parser would rewrite the lines beside what it puts in. */
function addProperty(text: string, object: Node, key: string, value: unknown): TextEdit[] {
  const inner = text.slice(object.offset + 1, object.offset + object.length - 1);
  const last = object.children?.at(-1);
  if (last !== undefined && !/[\r\n]/.test(inner)) {
    const end = last.offset + last.length;
    return [{ start: end, end, text: `, ${JSON.stringify(key)}: ${JSON.stringify(value)}` }];
  }
  const base = indentAt(text, object.offset);
  const indent = last === undefined ? base + unitOf(text) : indentAt(text, last.offset);
  const eol = eolOf(text);
  const { end, hasComma } = lastToken(text, object, last);
  const property = `${eol}${indent}${JSON.stringify(key)}: ${written(text, value, indent)}`;
  const edits = [
    { start: end, end, text: /[\r\n]/.test(text.slice(end, object.offset + object.length)) ? property : property + eol + base },
  ];
  const comma = last === undefined || hasComma ? [] : [{ start: last.offset + last.length, end: last.offset + last.length, text: ',' }];
  return [...comma, ...edits];
}

// `SyntaxKind` of jsonc-parser is a const enum, which exists for its own compiler only.
const commaToken = 5;
const trivia = { lineBreak: 14, space: 15 } as const;

/** The end of the last thing in an object before its closing brace, comments and a trailing comma included. */
function lastToken(text: string, object: Node, last: Node | undefined): { end: number; hasComma: boolean } {
  const close = object.offset + object.length - 1;
  const scanner = createScanner(text, false);
  let end = last === undefined ? object.offset + 1 : last.offset + last.length;
  let hasComma = false;
  scanner.setPosition(end);
  for (let token: number = scanner.scan(); scanner.getTokenOffset() < close; token = scanner.scan()) {
    if (token === commaToken) hasComma = true;
    if (token !== trivia.lineBreak && token !== trivia.space) end = scanner.getTokenOffset() + scanner.getTokenLength();
  }
  return { end, hasComma };
}
