import { firstLineEnd, lineAt } from './lines.ts';
import { scanFields } from './scannedFields.ts';
import { quotedSource } from './quotedLines.ts';
import type { Span } from './textEdit.ts';
import { readYamlFields } from './yamlFields.ts';

export type FieldValue = string | number | boolean | null | readonly FieldValue[] | { readonly [key: string]: FieldValue };

/**
 * How the frontmatter could be read: as YAML 1.2; as YAML after quoting plain values, which is what Claude Code tries next; or only by
 * looking for lines that begin with a key, which Claude Code does not do: it drops such a file. A repeated key is `scanned` too.
 */
export type ReadLevel = 'strict' | 'quoted' | 'scanned';

export type FieldStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded' | 'flow' | 'block' | 'empty';

export interface FrontmatterField {
  key: string;
  value: FieldValue;
  /** What stands in `valueSpan`. */
  raw: string;
  style: FieldStyle;
  /** With its quotes, when it has any. */
  keySpan: Span;
  /** Without a comment beside it, but with those inside of a block list or map; of an empty value the blanks behind the colon. */
  valueSpan: Span;
  /** Whole lines, with their line end. */
  span: Span;
}

export interface Frontmatter {
  /** Between the fences. */
  span: Span;
  /** With both fences and the line end of the second. */
  outer: Span;
  level: ReadLevel;
  /** In the order of the file, duplicates kept. */
  fields: readonly FrontmatterField[];
  /** What strict YAML objects to; empty when the level is strict. */
  errors: readonly { message: string; span: Span }[];
}

/** All places are UTF-16 offsets into `text`. */
export interface MarkdownDocument {
  /** The whole file, with a BOM if it has one. */
  text: string;
  /** Null when there is none. */
  frontmatter: Frontmatter | null;
  /** The opening fence of frontmatter that is never closed; all of the file is body then. */
  unclosed: Span | null;
  /** Without a BOM. */
  body: Span;
  /** The first line end of the file. */
  eol: '\n' | '\r\n' | '\r';
}

/** Reads any text; nothing in it makes this throw. */
export function readMarkdown(text: string): MarkdownDocument {
  const eol = firstLineEnd(text);
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const whole = { start, end: text.length };
  const opening = lineAt(text, start, text.length);
  if (!isFence(text, opening)) return { text, frontmatter: null, unclosed: null, body: whole, eol };
  for (let at = opening.next; at < text.length;) {
    const line = lineAt(text, at, text.length);
    if (isFence(text, line)) {
      const span = { start: opening.next, end: line.start };
      const frontmatter = { span, outer: { start, end: line.next }, ...readFields(text, span) };
      return { text, frontmatter, unclosed: null, body: { start: line.next, end: text.length }, eol };
    }
    at = line.next;
  }
  return { text, frontmatter: null, unclosed: { start, end: opening.end }, body: whole, eol };
}

/** The field of that name; of duplicates the last, which is the one that YAML readers take when they tolerate them. */
export function fieldOf(document: MarkdownDocument, key: string): FrontmatterField | undefined {
  return document.frontmatter?.fields.findLast((field) => field.key === key);
}

function isFence(text: string, line: Span): boolean {
  if (!text.startsWith('---', line.start)) return false;
  for (let at = line.start + 3; at < line.end; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 32 && unit !== 9) return false;
  }
  return line.end >= line.start + 3;
}

function readFields(text: string, span: Span): Pick<Frontmatter, 'level' | 'fields' | 'errors'> {
  // YAML 1.2 counts a lone CR as a line end; the library does not.
  const source = text.slice(span.start, span.end).replace(/\r(?!\n)/g, '\n');
  const strict = readYamlFields(text, span, source);
  if (strict.complaints.length === 0) return { level: 'strict', fields: strict.fields, errors: [] };
  const errors = strict.complaints.map(({ message, start, end }) => ({ message, span: { start, end } }));
  if (strict.complaints.every(({ repeated }) => repeated === true)) return { level: 'scanned', fields: strict.fields, errors };

  const quoted = quotedSource(source);
  if (quoted !== null) {
    const reading = readYamlFields(text, span, quoted.source);
    if (reading.complaints.every(({ repeated }) => repeated === true)) {
      const fields = reading.fields.map((field) => {
        const value = quoted.values.get(field.valueSpan.start - span.start);
        quoted.values.delete(field.valueSpan.start - span.start);
        return value === undefined ? field : { ...field, value, style: 'plain' as const };
      });
      // A line that was quoted and is no field of its own was inside of another value, which it has changed.
      if (quoted.values.size === 0) return { level: reading.complaints.length === 0 ? 'quoted' : 'scanned', fields, errors };
    }
  }
  return { level: 'scanned', fields: scanFields(text, span, source), errors };
}
