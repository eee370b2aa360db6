import type { FieldValue, MarkdownDocument } from './frontmatter.ts';
import { lineAt, lineStart } from './lines.ts';
import type { Span } from './textEdit.ts';
import { readYamlFields, readYamlValue } from './yamlFields.ts';
import type { YamlComplaint } from './yamlValue.ts';

/** Frontmatter as Claude Code has it in its hands. */
export interface ClaudeReading {
  /** Empty when both tries failed: of such an agent it knows no name, and of such a skill only the text. */
  values: Readonly<Record<string, FieldValue>>;
  /** How it came to the values. On the `second` try values were put between quotes, so that some are text that were something else. */
  read: 'first' | 'second' | 'never';
  /** Between the hyphens that it takes for the fences. */
  span: Span;
  /** Without the white space before it. */
  body: string;
}

const fence = '---';
const openingFence = /^---\s*\n/;
const keyAtStart = /^[a-zA-Z_-]+(?=:)/;
const lineEnd = /[\r\u2028\u2029]/;
const special = /[{}[\]*&#!|>%@`]|: /;

/**
 * Reads frontmatter by the rules of Claude Code, which are not written down anywhere; measured with the CLI 2.1.330, by what it lists in
 * its init line and tells the model (test/adapter/claude). Null when there is none for it.
 *
 * The frontmatter begins behind a first line of three hyphens, which needs a line feed, and ends at the next three hyphens, wherever
 * they stand. It is read as YAML of a tolerant kind: of repeated keys the last counts, tabs indent by two columns, plain text may begin
 * with a comma. When that fails, each line `key: value` of letters, `_` and `-` before the colon gets double quotes around its value, if
 * that has a special character and is no text in quotes and no list in brackets; a line that ends in a carriage return is left alone. What
 * fails then as well is dropped.
 */
export function readAsClaudeCode(document: MarkdownDocument): ClaudeReading | null {
  const known = readings.get(document);
  if (known !== undefined) return known;
  const reading = readAnew(document);
  readings.set(document, reading);
  return reading;
}

/** Several checks ask for the reading of one document, and YAML that fails is slow to read. */
const readings = new WeakMap<MarkdownDocument, ClaudeReading | null>();

function readAnew({ text, frontmatter }: MarkdownDocument): ClaudeReading | null {
  const base = text.startsWith('\uFEFF') ? 1 : 0;
  const opening = openingFence.exec(base === 0 ? text : text.slice(base))?.[0];
  if (opening === undefined) return null;
  const start = base + opening.length;
  const end = text.indexOf(fence, start);
  if (end === -1) return null;
  const rest = { span: { start, end }, body: text.slice(end + fence.length).trimStart() };
  // What strict YAML reads up to the same place, Claude Code reads alike.
  if (frontmatter?.level === 'strict' && frontmatter.span.end === end) {
    return { values: valuesOf(frontmatter.fields), read: 'first', ...rest };
  }
  const source = text.slice(start, end);
  const first = readTolerantly(source);
  if (first !== null) return { values: first, read: 'first', ...rest };
  const second = readTolerantly(source.split('\n').map(mend).join('\n'));
  return second === null ? { values: {}, read: 'never', ...rest } : { values: second, read: 'second', ...rest };
}

const valuesOf = (fields: readonly { key: string; value: FieldValue }[]) =>
  Object.fromEntries(fields.map(({ key, value }) => [key, value]));

function mend(line: string): string {
  const key = keyAtStart.exec(line)?.[0] ?? '';
  const behind = line.slice(key.length + 1);
  const value = behind.trimStart();
  if (key === '' || value === behind || lineEnd.test(value) || !special.test(value) || isWrapped(value)) return line;
  return `${key}: "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function isWrapped(value: string): boolean {
  const ends = `${value.charAt(0)}${value.at(-1)}`;
  if (ends === '[]') return Array.isArray(readYamlValue(value));
  return ends === '""' || ends === "''";
}

/** Null when Claude Code would object. */
function readTolerantly(source: string): Readonly<Record<string, FieldValue>> | null {
  const plain = source.replace(/\r(?!\n)/g, '\n');
  const reading = read(plain);
  const tabs = reading.objections.filter(({ code }) => code === 'TAB_AS_INDENT');
  const { fields, objections } = tabs.length === 0 ? reading : read(withoutTabs(plain, tabs));
  return objections.length === 0 ? valuesOf(fields) : null;
}

function read(source: string) {
  const { fields, complaints } = readYamlFields(source, { start: 0, end: source.length }, source);
  const isForgiven = ({ repeated, code, start }: YamlComplaint) =>
    repeated === true || (code === 'BAD_SCALAR_START' && source[start] === ',');
  return { fields, objections: complaints.filter((complaint) => !isForgiven(complaint)) };
}

/** Spaces for the tabs of the lines that were objected to. Others stay: in blocks and lists in brackets Claude Code takes none. */
function withoutTabs(source: string, at: readonly Span[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start } of at) {
    const from = lineStart(source, start, done);
    if (start < done) continue;
    const { end } = lineAt(source, from, source.length);
    const line = source.slice(from, end);
    const indent = line.length - line.trimStart().length;
    parts.push(source.slice(done, from), line.slice(0, indent).replaceAll('\t', '  '), line.slice(indent));
    done = end;
  }
  return parts.join('') + source.slice(done);
}
