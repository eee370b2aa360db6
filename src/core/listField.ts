import type { FrontmatterField, MarkdownDocument } from './markdown/frontmatter.ts';
import { removeField, setField } from './markdown/frontmatterEdit.ts';
import type { Span, TextEdit } from './markdown/textEdit.ts';

/** One entry of a field that holds several. */
export interface ListItem {
  text: string;
  /** The text without quotes around it. */
  span: Span;
  /** With its quotes. */
  outer: Span;
}

/** The entries of a field, however it is written: as a string with separators, `[a, b]`, or lines `- a`. */
export interface ItemList {
  field: FrontmatterField;
  form: 'string' | 'flow' | 'block';
  items: readonly ListItem[];
  /** False when the items could only be read as values: their spans are that of the whole value, and no edit is offered. */
  located: boolean;
}

/** Cuts at separators outside parentheses and quotes. */
function cut(text: string, span: Span, isSeparator: (char: string) => boolean, quoted: boolean): ListItem[] {
  const items: ListItem[] = [];
  let depth = 0;
  let quote = '';
  let from = span.start;
  const close = (end: number) => {
    let start = from;
    let stop = end;
    while (start < stop && /\s/.test(text.charAt(start))) start++;
    while (stop > start && /\s/.test(text.charAt(stop - 1))) stop--;
    if (stop > start) items.push(unquoted(text, { start, end: stop }));
  };
  for (let at = span.start; at < span.end; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = '';
    } else if (quoted && (char === '"' || char === "'")) quote = char;
    else if (char === '(' || char === '[' || char === '{') depth++;
    else if (char === ')' || char === ']' || char === '}') depth = Math.max(0, depth - 1);
    else if (depth === 0 && isSeparator(char)) {
      close(at);
      from = at + 1;
    }
  }
  close(span.end);
  return items;
}

function unquoted(text: string, outer: Span): ListItem {
  const first = text.charAt(outer.start);
  const isQuoted = outer.end - outer.start > 1 && (first === '"' || first === "'") && text.charAt(outer.end - 1) === first;
  const span = isQuoted ? { start: outer.start + 1, end: outer.end - 1 } : outer;
  return { text: text.slice(span.start, span.end), span, outer };
}

const isComma = (char: string) => char === ',';
const isCommaOrSpace = (char: string) => char === ',' || /\s/.test(char);

/** Inside quotes, and below the header line of a block scalar. */
function innerSpan(document: MarkdownDocument, field: FrontmatterField): Span {
  const { start, end } = field.valueSpan;
  const { text } = document;
  switch (field.style) {
    case 'single':
    case 'double':
    case 'flow':
      return /["'\]}]/.test(text.charAt(end - 1)) ? { start: start + 1, end: end - 1 } : { start: start + 1, end };
    case 'literal':
    case 'folded': {
      const header = /[^\r\n]*(?:\r\n|\r|\n)?/y;
      header.lastIndex = start;
      return { start: start + (header.exec(text)?.[0].length ?? 0), end };
    }
    case 'plain':
    case 'block':
    case 'empty':
      return field.valueSpan;
  }
}

function beforeComment(line: string): string {
  const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(line)?.[0];
  if (quoted !== undefined) return quoted;
  const comment = /\s#/.exec(line);
  return (comment === null ? line : line.slice(0, comment.index)).trimEnd();
}

/** The lines `- item` of a block list; what is nested deeper belongs to the item above. */
function blockItems(document: MarkdownDocument, span: Span): ListItem[] {
  const items: ListItem[] = [];
  const line = /([ \t]*)-([ \t]+)([^\r\n]*)|[^\r\n]*/y;
  let depth = -1;
  const lines = wholeLines(document.text, span);
  let at = document.text.slice(lines.start, span.start).trim() === '' ? lines.start : span.start;
  while (at < span.end) {
    line.lastIndex = at;
    const found = line.exec(document.text);
    const [whole = '', indent, gap = '', rest = ''] = found ?? [];
    if (indent !== undefined) {
      if (depth < 0) depth = indent.length;
      if (indent.length === depth) {
        const start = at + indent.length + 1 + gap.length;
        items.push(unquoted(document.text, { start, end: start + beforeComment(rest).length }));
      }
    }
    at += whole.length;
    while (at < document.text.length && /[\r\n]/.test(document.text.charAt(at))) at++;
    if (whole.length === 0 && at >= document.text.length) break;
  }
  return items;
}

/** The items of a field with the place of each. Maps give their keys; what is not text is left out. */
export function readItems(document: MarkdownDocument, field: FrontmatterField, separator: 'comma' | 'space' = 'comma'): ItemList {
  const { value } = field;
  const isSeparator = separator === 'comma' ? isComma : isCommaOrSpace;
  if (typeof value === 'string') {
    return { field, form: 'string', items: cut(document.text, innerSpan(document, field), isSeparator, false), located: true };
  }
  if (value === null || typeof value !== 'object') return { field, form: 'string', items: [], located: true };
  const texts = isValueList(value)
    ? value.filter((item) => item !== null && typeof item !== 'object').map(String)
    : Object.keys(value).filter((key) => value[key] !== false);
  if (isValueList(value) && texts.length === value.length) {
    const form = field.style === 'flow' ? 'flow' : 'block';
    const found = form === 'flow' ? cut(document.text, innerSpan(document, field), isComma, true) : blockItems(document, field.valueSpan);
    if (found.length === texts.length) {
      return { field, form, items: found.map((item, index) => ({ ...item, text: texts[index] ?? item.text })), located: true };
    }
  }
  const whole = { span: field.valueSpan, outer: field.valueSpan };
  return { field, form: 'block', items: texts.map((text) => ({ text, ...whole })), located: false };
}

const isValueList = (value: object): value is readonly FrontmatterField['value'][] => Array.isArray(value);

function wholeLines(text: string, span: Span): Span {
  let start = span.start;
  while (start > 0 && !/[\r\n]/.test(text.charAt(start - 1))) start--;
  const rest = /[^\r\n]*(?:\r\n|\r|\n|$)/y;
  rest.lastIndex = span.end;
  return { start, end: span.end + (rest.exec(text)?.[0].length ?? 0) };
}

/** Takes one item out, with its separator or its line; the only item takes the whole field with it. */
export function removeItem(document: MarkdownDocument, list: ItemList, index: number): TextEdit[] {
  const { items, form, field } = list;
  const item = items[index];
  if (item === undefined || !list.located) return [];
  if (items.length === 1) return removeField(document, field.key);
  if (form === 'block') return [{ ...wholeLines(document.text, item.outer), text: '' }];
  const next = items[index + 1];
  const previous = items[index - 1];
  if (next !== undefined) return [{ start: item.outer.start, end: next.outer.start, text: '' }];
  return previous === undefined ? [] : [{ start: previous.outer.end, end: item.outer.end, text: '' }];
}

/** Writes another word in the place of an item. `text` needs no quoting. */
export function replaceItem(list: ItemList, index: number, text: string): TextEdit[] {
  const item = list.items[index];
  return item === undefined || !list.located ? [] : [{ ...item.span, text }];
}

/** Adds an item at the end, in the form the list has. `text` needs no quoting. */
export function addItem(document: MarkdownDocument, list: ItemList, text: string): TextEdit[] {
  const last = list.items.at(-1);
  const { field, form, items } = list;
  if (last === undefined || !list.located) return setField(document, field.key, [...items.map((item) => item.text), text]);
  if (form === 'block') {
    const { start, end } = wholeLines(document.text, last.outer);
    const before = document.text.slice(start, last.outer.start);
    const unended = !/[\r\n]/.test(document.text.charAt(end - 1));
    return [{ start: end, end, text: unended ? `${document.eol}${before}${text}` : `${before}${text}${document.eol}` }];
  }
  const at = last.outer.end;
  const gap = items.length > 1 ? document.text.slice(items.at(-2)?.outer.end, last.outer.start) : ', ';
  return [{ start: at, end: at, text: `${/[\r\n]/.test(gap) ? ', ' : gap}${text}` }];
}
