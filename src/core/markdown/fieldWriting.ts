import type { Writing } from './blockScalar.ts';
import { foldedBlock, literalBlock } from './blockScalar.ts';
import type { FieldStyle, FieldValue, Frontmatter, FrontmatterField, MarkdownDocument } from './frontmatter.ts';
import { lineAt, linesOf, lineStart } from './lines.ts';
import type { TextEdit } from './textEdit.ts';
import { blockLines, doubleQuoted, flowText, isList, isNested, quotingOf, stringText } from './yamlText.ts';

const defaultWidth = 80;
const blockHeader = /^[|>][-+0-9]*/;

/**
 * The ways to write a value in place of a field's present one, the best first: that which keeps the style. A block may read back as
 * another value, so the caller tries them; what comes last does not depend on the text.
 */
export function writingsFor(document: MarkdownDocument, field: FrontmatterField, value: FieldValue): Writing[] {
  const { text } = document;
  const outer = text.slice(lineStart(text, field.keySpan.start, 0), field.keySpan.start);
  if (typeof value === 'string') return stringWritings(text, field, value, outer);
  if (value === null) return [{ head: '', tail: [] }];
  const line = { head: flowText(value, listQuoting(field.value, field.raw)), tail: [] };
  if (!isNested(value)) return [{ head: numberLike(field, value) ?? line.head, tail: [] }];
  const indent = isList(value) ? listIndent(document, field, outer) : mapIndent(text, field, outer);
  const block = { head: '', tail: blockLines(value, indent) };
  const style = field.style === 'flow' || field.style === 'block' ? field.style : listStyle(document.frontmatter);
  return style === 'flow' && isList(value) ? [line, block] : [block, line];
}

/** A text as a literal block in place of a field's present value. */
export function blockWriting({ text }: MarkdownDocument, field: FrontmatterField, value: string): Writing {
  const outer = text.slice(lineStart(text, field.keySpan.start, 0), field.keySpan.start);
  return literalBlock(value, contentIndent(text, field) ?? `${outer}  `, outer);
}

function stringWritings(text: string, field: FrontmatterField, value: string, outer: string): Writing[] {
  const oneLine = (head: string): Writing => ({ head, tail: [] });
  const double = oneLine(doubleQuoted(value));
  const indent = contentIndent(text, field) ?? `${outer}  `;
  const literal = literalBlock(value, indent, outer);
  if (value === '') return [oneLine(stringText(value, field.style === 'single' ? 'single' : 'double'))];
  // Blank lines at the end of a block are not seen as the field's, and would stay behind when it is set again.
  if (/(?:^|\n)[^\S\n]+\n*$/.test(value)) return [double];
  if (field.style === 'folded') return [foldedBlock(value, indent, outer, foldWidth(text, field, indent)), literal, double];
  if (field.style === 'literal') return [literal, double];
  if (field.style === 'double') return [double];
  if (value.includes('\n')) return [literal, double];
  return [oneLine(stringText(value, field.style === 'single' ? 'single' : 'plain')), double];
}

/** "0007" is a number to YAML; its author counts in four digits. */
function numberLike(field: FrontmatterField, value: FieldValue): string | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || !/^0\d+$/.test(field.raw)) return undefined;
  return String(value).padStart(field.raw.length, '0');
}

function contentIndent(text: string, field: FrontmatterField): string | undefined {
  if (!blockHeader.test(field.raw)) return undefined;
  const content = linesOf(text, field.valueSpan)
    .slice(1)
    .map((line) => text.slice(line.start, line.end))
    .find((line) => line.trim() !== '');
  const indent = /^ */.exec(content ?? '')?.[0] ?? '';
  return indent === '' ? undefined : indent;
}

function foldWidth(text: string, field: FrontmatterField, indent: string): number {
  const lengths = linesOf(text, field.valueSpan)
    .slice(1)
    .map((line) => line.end - line.start - indent.length);
  return lengths.length < 2 ? defaultWidth : lengths.reduce((most, length) => Math.max(most, length), 1);
}

function listQuoting(value: FieldValue, raw: string): 'plain' | 'single' | 'double' {
  return isList(value) ? quotingOf(/["'\w]/.exec(raw)?.[0]) : 'plain';
}

function listStyle(frontmatter: Frontmatter | null): FieldStyle {
  return frontmatter?.fields.find((field) => isList(field.value) && isNested(field.value))?.style ?? 'block';
}

function listIndent(document: MarkdownDocument, field: FrontmatterField, outer: string): string {
  const like = [field, ...(document.frontmatter?.fields ?? [])].find(({ style, value }) => style === 'block' && isList(value));
  return (like === undefined ? undefined : indentBelowKey(document.text, like)) ?? `${outer}  `;
}

function mapIndent(text: string, field: FrontmatterField, outer: string): string {
  return (field.style === 'block' && !isList(field.value) ? indentBelowKey(text, field) : undefined) ?? `${outer}  `;
}

/** Undefined when the value begins beside the key, or behind a tab, which YAML takes for no indentation. */
function indentBelowKey(text: string, { keySpan, valueSpan }: FrontmatterField): string | undefined {
  const start = lineStart(text, valueSpan.start, 0);
  const indent = text.slice(start, valueSpan.start);
  return start > keySpan.start && /^ *$/.test(indent) ? indent : undefined;
}

/** The place behind the colon of a field. */
function afterColon(text: string, field: FrontmatterField): number {
  const colon = text.indexOf(':', field.keySpan.end);
  return colon === -1 || colon >= field.span.end ? field.keySpan.end : colon + 1;
}

/** Puts a writing in the place of a field's value. A comment beside the key or the value stays. */
export function placeWriting(document: MarkdownDocument, field: FrontmatterField, { head, tail }: Writing): TextEdit {
  return place(document.text, field, head, tail.map((line) => line + document.eol).join(''));
}

/** The ways to put back what was once the raw text of a field, as it was. */
export function placesOfRaw(document: MarkdownDocument, field: FrontmatterField, raw: string): TextEdit[] {
  const { text, eol } = document;
  const { start, end } = field.valueSpan;
  if (raw === '' || /^[ \t]/.test(raw)) return [{ start: afterColon(text, field), end, text: raw }];
  const first = lineAt(raw, 0, raw.length);
  const tail = raw.slice(first.next);
  const outer = text.slice(lineStart(text, field.keySpan.start, 0), field.keySpan.start);
  const listLine = /[\r\n]([ \t]*)-(?:[ \t]|[\r\n])/.exec(raw)?.[1];
  const indents = [...(listLine === undefined ? [] : [listLine]), listIndent(document, field, outer), mapIndent(text, field, outer), outer];
  const here = { start, end, text: raw };
  const beside = place(text, field, raw.slice(0, first.end), tail === '' ? '' : tail + eol);
  return [
    ...(field.style === 'block' && !/^-[ \t\r\n]/.test(raw) ? [beside, here] : [here, beside]),
    ...indents.map((indent) => place(text, field, '', indent + raw + eol)),
  ];
}

/** @param tail whole lines, with their line ends. */
function place(text: string, field: FrontmatterField, head: string, tail: string): TextEdit {
  const { valueSpan, keySpan, style, raw, span } = field;
  const colon = afterColon(text, field);
  const keyLine = lineAt(text, keySpan.start, text.length);
  const besideKey = valueSpan.start <= keyLine.end;
  const header = style === 'literal' || style === 'folded' ? blockHeader.exec(raw)?.[0] : undefined;
  let headStart = valueSpan.start;
  let headEnd = valueSpan.end;
  let tailStart = span.end;
  if (header !== undefined && besideKey) {
    headEnd = headStart + header.length;
    tailStart = keyLine.next;
  } else if (style === 'block' && !besideKey) {
    headStart = colon;
    headEnd = colon;
    tailStart = lineStart(text, valueSpan.start, 0);
  }
  if (style === 'empty' || head === '' || (!besideKey && tail !== '')) headStart = colon;
  const spaced = headStart === colon && head !== '' ? ` ${head}` : head;
  return { start: headStart, end: span.end, text: spaced + text.slice(headEnd, tailStart) + tail };
}
