import { blockWriting, placesOfRaw, placeWriting, writingsFor } from './fieldWriting.ts';
import type { FieldValue, FrontmatterField, MarkdownDocument } from './frontmatter.ts';
import { fieldOf, readMarkdown } from './frontmatter.ts';
import { linesOf, lineStart } from './lines.ts';
import { editList } from './listEdit.ts';
import type { TextEdit } from './textEdit.ts';
import { applyEdits, trimEdit } from './textEdit.ts';
import { editWords } from './wordEdit.ts';
import { readYamlFields } from './yamlFields.ts';
import { blockLines, isList, sameValue, stringText } from './yamlText.ts';

/**
 * Gives a field a value; no edit when it has that value. Quoting, list style, comments and line ends stay where the value allows it, and
 * of a long text or a list only the words or items that differ change. A new field goes behind those that come before it in `order`,
 * else to the end. What is written is strict YAML, also in frontmatter that is not.
 * @param raw the field's raw text from a time when it had this value: put back as it was, whatever its spelling.
 */
export function setField(
  document: MarkdownDocument,
  key: string,
  value: FieldValue,
  order: readonly string[] = [],
  { raw }: { raw?: string | undefined } = {},
): TextEdit[] {
  const field = fieldOf(document, key);
  if (field === undefined) return addField(document, key, value, order, raw);
  if (sameValue(field.value, value)) return [];
  const wanted = { fields: fieldsWith(document, field, { key, value }) };
  if (raw !== undefined) {
    const places = placesOfRaw(document, field, raw).map((edit) => [edit]);
    const exact = (after: MarkdownDocument): boolean => reads(after, wanted) && fieldOf(after, key)?.raw === raw;
    const found =
      firstThat(document, places, (after) => exact(after) && isNoWorse(document, after, key)) ??
      firstThat(document, places, exact) ??
      firstThat(document, places, (after) => reads(after, wanted) && isNoWorse(document, after, key));
    if (found !== null) return found;
  }
  const fits = (after: MarkdownDocument): boolean => reads(after, wanted) && isNoWorse(document, after, key);
  return firstThat(document, waysToSet(document, field, value), fits) ?? rewriteAll(document, wanted.fields);
}

/** Gives a field a text as a literal block where YAML can hold it in one, whatever its style was. */
export function setFieldAsBlock(document: MarkdownDocument, key: string, value: string): TextEdit[] {
  const field = fieldOf(document, key);
  if (field === undefined) return [];
  const wanted = { fields: fieldsWith(document, field, { key, value }) };
  const way = [placeWriting(document, field, blockWriting(document, field, value))];
  return firstThat(document, [way], (after) => reads(after, wanted) && isNoWorse(document, after, key)) ?? setField(document, key, value);
}

/** Takes the field away, each of them when there are several of that name. */
export function removeField(document: MarkdownDocument, key: string): TextEdit[] {
  const fields = document.frontmatter?.fields ?? [];
  const removed = fields.filter((field) => field.key === key);
  if (removed.length === 0) return [];
  const wanted = { fields: fields.filter((field) => field.key !== key) };
  const edits = removed.map(({ span }) => ({ ...span, text: '' }));
  return firstThat(document, [edits], (after) => reads(after, wanted)) ?? rewriteAll(document, wanted.fields);
}

/** Gives a field another name. Nothing happens when there is a field of the new name already. */
export function renameField(document: MarkdownDocument, key: string, to: string): TextEdit[] {
  const field = fieldOf(document, key);
  if (field === undefined || fieldOf(document, to) !== undefined) return [];
  const wanted = { fields: fieldsWith(document, field, { key: to, value: field.value }) };
  const edits = [{ ...field.keySpan, text: stringText(to, 'plain') }];
  return firstThat(document, [edits], (after) => reads(after, wanted)) ?? rewriteAll(document, wanted.fields);
}

/**
 * Makes strict YAML accept the frontmatter, every field with the value it has now. Only fields that YAML rejects are written anew; lines
 * that belong to no field, and fields that a later one of the same name hides, become comments.
 */
export function quoteForStrictYaml(document: MarkdownDocument): TextEdit[] {
  const { text, frontmatter } = document;
  if (frontmatter === null || frontmatter.level === 'strict') return [];
  const { fields, span } = frontmatter;
  const last = new Map(fields.map((field) => [field.key, field]));
  const effective = fields.filter((field) => last.get(field.key) === field);
  const comments: TextEdit[] = [];
  let at = span.start;
  for (const field of [...fields, { span: { start: span.end, end: span.end } }]) {
    for (const line of linesOf(text, { start: at, end: Math.max(at, field.span.start) })) {
      if (!/^[ \t]*(?:#|$)/.test(text.slice(line.start, line.end))) comments.push({ start: line.start, end: line.start, text: '# ' });
    }
    at = Math.max(at, field.span.end);
  }
  for (const field of fields) {
    if (last.get(field.key) === field) continue;
    for (const line of linesOf(text, field.span)) comments.push({ start: line.start, end: line.start, text: '# ' });
  }
  const strict = (after: MarkdownDocument): boolean => after.frontmatter?.level === 'strict' && reads(after, { fields: effective });
  const repairs = effective.filter((field) => !isSound(document, field)).map((field) => repairOf(document, field));
  return firstThat(document, [[...comments, ...repairs.flat()]], strict) ?? rewriteAll(document, effective);
}

/** Replaces the body; the edit reaches from the first to the last character that differs. */
export function setBody(document: MarkdownDocument, body: string): TextEdit[] {
  const { text, frontmatter, eol } = document;
  const fenceEnd = frontmatter === null ? '\n' : text[document.body.start - 1];
  const unended = fenceEnd !== '\n' && fenceEnd !== '\r' && body !== '';
  // Behind a lone CR the LF that begins the body would be taken for the other half of one line end.
  const between = unended ? eol : fenceEnd === '\r' && body.startsWith('\n') ? '\n' : '';
  return trimEdit(text, { ...document.body, text: between + body });
}

interface Wanted {
  fields: readonly { key: string; value: FieldValue }[];
}

function fieldsWith(document: MarkdownDocument, field: FrontmatterField, changed: { key: string; value: FieldValue }): Wanted['fields'] {
  return (document.frontmatter?.fields ?? []).map((other) => (other === field ? changed : other));
}

/** Edits are tried on the text: what YAML makes of a change depends on all that stands around it. */
function firstThat(
  { text }: MarkdownDocument,
  ways: Iterable<readonly TextEdit[]>,
  accept: (after: MarkdownDocument) => boolean,
): TextEdit[] | null {
  for (const edits of ways) {
    const trimmed = edits.flatMap((edit) => trimEdit(text, edit));
    if (accept(readMarkdown(applyEdits(text, trimmed)))) return trimmed;
  }
  return null;
}

function reads({ frontmatter }: MarkdownDocument, { fields }: Wanted): boolean {
  return (
    frontmatter !== null &&
    frontmatter.fields.length === fields.length &&
    frontmatter.fields.every(({ key, value }, index) => key === fields[index]?.key && sameValue(value, fields[index].value))
  );
}

/** Whether a field is written as strict YAML, and the rest can be read as well as before. */
function isNoWorse(before: MarkdownDocument, after: MarkdownDocument, key: string): boolean {
  const levels = ['strict', 'quoted', 'scanned'];
  const worst = levels.indexOf(before.frontmatter?.level ?? 'strict');
  return levels.indexOf(after.frontmatter?.level ?? 'scanned') <= worst && isSound(after, fieldOf(after, key));
}

/** Whether strict YAML reads the lines of a field as we do. */
function isSound({ text, frontmatter }: MarkdownDocument, field: FrontmatterField | undefined): boolean {
  if (field === undefined || frontmatter === null) return false;
  if (frontmatter.level === 'strict') return true;
  const source = text.slice(field.span.start, field.span.end).replace(/\r(?!\n)/g, '\n');
  const { fields, complaints } = readYamlFields(text, field.span, source);
  return complaints.length === 0 && fields.length === 1 && sameValue(fields[0]?.value, field.value);
}

function* waysToSet(document: MarkdownDocument, field: FrontmatterField, value: FieldValue): Iterable<readonly TextEdit[]> {
  const smallest = typeof value === 'string' ? editWords(document, field, value) : isList(value) ? editList(document, field, value) : null;
  if (smallest !== null) yield smallest;
  for (const writing of writingsFor(document, field, value)) yield [placeWriting(document, field, writing)];
}

function repairOf(document: MarkdownDocument, field: FrontmatterField): TextEdit[] {
  const alone = { fields: [{ key: field.key, value: field.value }] };
  const ways = writingsFor(document, field, field.value).map((writing) => placeWriting(document, field, writing));
  const { text } = document;
  const works = ways.find((edit) => {
    const lines = text.slice(field.span.start, edit.start) + edit.text + text.slice(edit.end, field.span.end);
    const after = readMarkdown(`---\n${lines}---\n`);
    return after.frontmatter?.level === 'strict' && reads(after, alone);
  });
  return works === undefined ? [] : [works];
}

/** An empty field comes to its place first, then it gets its value like any other. */
function addField(
  document: MarkdownDocument,
  key: string,
  value: FieldValue,
  order: readonly string[],
  raw: string | undefined,
): TextEdit[] {
  const { text, frontmatter, eol, body } = document;
  const fields = frontmatter?.fields ?? [];
  const wanted = (index: number, added: FieldValue): Wanted => ({
    fields: [...fields.slice(0, index), { key, value: added }, ...fields.slice(index)],
  });
  // In frontmatter that is read line by line a line can be lost in the text above it. At the top it is found.
  for (const index of [placeInOrder(fields, key, order), 0]) {
    const before = fields[index - 1];
    const neighbour = before ?? fields[0];
    const indent = neighbour === undefined ? '' : text.slice(lineStart(text, neighbour.keySpan.start, 0), neighbour.keySpan.start);
    const line = `${indent}${stringText(key, 'plain')}:${eol}`;
    const lines = frontmatter === null ? `---${eol}${line}---${eol}` : line;
    const top = fields.length === 0 ? frontmatter?.span.end : frontmatter?.span.start;
    const at = before?.span.end ?? top ?? body.start;
    const staged = readMarkdown(applyEdits(text, [{ start: at, end: at, text: lines }]));
    if (!reads(staged, wanted(index, null)) || !isNoWorse(document, staged, key)) continue;
    const after = applyEdits(staged.text, setField(staged, key, value, [], { raw }));
    return trimEdit(text, { start: 0, end: text.length, text: after });
  }
  return rewriteAll(document, wanted(fields.length, value).fields);
}

function placeInOrder(fields: readonly FrontmatterField[], key: string, order: readonly string[]): number {
  const rank = order.indexOf(key);
  if (rank === -1) return fields.length;
  const ranks = fields.map((field) => order.indexOf(field.key));
  const before = ranks.findLastIndex((other) => other !== -1 && other < rank);
  if (before !== -1) return before + 1;
  const after = ranks.findIndex((other) => other > rank);
  return after === -1 ? fields.length : after;
}

/** What is left where no change of a few lines will do: values that refer to one another, a map in braces, keys with question marks. */
function rewriteAll({ text, frontmatter, eol }: MarkdownDocument, fields: Wanted['fields']): TextEdit[] {
  if (frontmatter === null) return [];
  const last = new Map(fields.map(({ key, value }) => [key, value]));
  const lines = [...last].flatMap(([key, value]) => blockLines({ [key]: value }, ''));
  return trimEdit(text, { ...frontmatter.span, text: lines.map((line) => line + eol).join('') });
}
