import { isNode, isSeq, parseDocument } from 'yaml';
import type { FieldValue, FrontmatterField, MarkdownDocument } from './frontmatter.ts';
import { lineAt, lineStart } from './lines.ts';
import { nestsTooDeep } from './nesting.ts';
import type { Span, TextEdit } from './textEdit.ts';
import { blockLines, flowText, isList, isNested, quotingOf, sameValue } from './yamlText.ts';

/**
 * Changes only the items that differ between the present list and the new one: those between what both have at the start and at the end.
 * Null when the list is not written item by item, or when nothing would be left of it.
 */
export function editList(document: MarkdownDocument, field: FrontmatterField, items: readonly FieldValue[]): TextEdit[] | null {
  const { text } = document;
  const old = field.value;
  if (!isList(old) || old.length === 0 || items.length === 0) return null;
  const spans = itemSpans(text, field);
  if (spans?.length !== old.length) return null;
  let head = 0;
  while (head < old.length && head < items.length && sameValue(old[head], items[head])) head++;
  let tail = 0;
  while (tail < old.length - head && tail < items.length - head && sameValue(old.at(-1 - tail), items.at(-1 - tail))) tail++;
  const changed = { spans, head, end: spans.length - tail, items: items.slice(head, items.length - tail) };

  const likeIndex = Math.min(head, spans.length - 1);
  const like = spans[likeIndex] ?? field.valueSpan;
  const quoting = quotingOf(text.slice(like.start, like.end));
  if (
    changed.items.length === changed.end - head &&
    changed.items.every((item, index) => !isNested(item) && !isNested(old[head + index] ?? null))
  ) {
    return changed.items.map((item, index) => {
      const span = spans[head + index] ?? like;
      return { ...span, text: flowText(item, quotingOf(text.slice(span.start, span.end)), field.style === 'flow') };
    });
  }
  if (field.style === 'flow') {
    return [flowEdit(text, changed, (item) => flowText(item, quoting, true))];
  }
  return [blockEdit(document, changed, like, quoting)];
}

/** The items from `head` to before `end` give way to `items`. */
interface Change {
  spans: readonly Span[];
  head: number;
  end: number;
  items: readonly FieldValue[];
}

function flowEdit(text: string, { spans, head, end, items }: Change, write: (item: FieldValue) => string): TextEdit {
  const [first, second] = spans;
  const between = first !== undefined && second !== undefined ? text.slice(first.end, second.start) : ', ';
  // A comment between the items is not to be repeated.
  const separator = /^\s*,\s*$/.test(between) ? between : ', ';
  const written = items.map(write).join(separator);
  const before = spans[head - 1];
  const after = spans[end];
  if (head < end) {
    const start = spans[head]?.start ?? 0;
    const stop = spans[end - 1]?.end ?? 0;
    if (written !== '') return { start, end: stop, text: written };
    return after === undefined ? { start: before?.end ?? start, end: stop, text: '' } : { start, end: after.start, text: '' };
  }
  if (before !== undefined) return { start: before.end, end: before.end, text: separator + written };
  const start = after?.start ?? 0;
  return { start, end: start, text: written + separator };
}

function blockEdit(
  { text, eol }: MarkdownDocument,
  { spans, head, end, items }: Change,
  like: Span,
  quoting: 'plain' | 'single' | 'double',
): TextEdit {
  const lead = text.slice(lineStart(text, like.start, 0), like.start);
  const indent = /^[ \t]*/.exec(lead)?.[0] ?? '';
  const dash = /^[ \t]*-[ \t]+$/.test(lead) ? lead : `${indent}- `;
  const lines = items.flatMap((item) => (isNested(item) ? blockLines([item], indent, quoting) : [dash + flowText(item, quoting)]));
  const first = spans[head];
  const before = spans[head - 1];
  const start =
    head < end && first !== undefined
      ? lineStart(text, first.start, 0)
      : before === undefined
        ? lineStart(text, like.start, 0)
        : lineAt(text, before.end, text.length).next;
  const last = spans[end - 1];
  const stop = head < end && last !== undefined ? lineAt(text, last.end, text.length).next : start;
  return { start, end: stop, text: lines.map((line) => line + eol).join('') };
}

/** Where the items of a list are written; null when it is not readable by itself, or an item is more than its text. */
function itemSpans(text: string, field: FrontmatterField): Span[] | null {
  const source = text.slice(field.span.start, field.span.end).replace(/\r(?!\n)/g, '\n');
  if (nestsTooDeep(source)) return null;
  const document = parseDocument(source, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const list = isNode(document.contents) && 'items' in document.contents ? document.contents.items[0] : undefined;
  const value: unknown = typeof list === 'object' && list !== null && 'value' in list ? list.value : undefined;
  if (document.errors.length > 0 || !isSeq(value)) return null;
  const spans: Span[] = [];
  for (const item of value.items) {
    if (!isNode(item) || item.range === undefined || item.range === null) return null;
    const span = { start: field.span.start + item.range[0], end: field.span.start + item.range[1] };
    const beforeItem = text.slice(lineStart(text, span.start, field.span.start), span.start);
    if (field.style === 'block' && !/^[ \t]*-[ \t]+(?:-[ \t]+)*$/.test(beforeItem)) return null;
    // Of a nested block the range may reach to the line below.
    const written = text.slice(span.start, span.end).trimEnd();
    spans.push({ start: span.start, end: span.start + written.length });
  }
  return spans;
}
