import type { FieldStyle, FrontmatterField, MarkdownDocument } from './frontmatter.ts';
import type { Span, TextEdit } from './textEdit.ts';
import { readYamlValue } from './yamlFields.ts';
import { escapeDouble } from './yamlText.ts';

const plainWord = /[^\s]+/g;
/** In double quotes an escaped line end, tab or blank is white space too. */
const doubleWord = /(?:\\[^nt \r\n]|[^\\\s])+/g;
const header = /^([|>][0-9]*)[-+]?([0-9]*)/;

/**
 * Changes only the words that differ, so that a text spread over lines keeps its line ends, and one with unusual escapes its escapes.
 * Null when the words as written cannot be told from one another. Whether the result reads as the new value is for the caller to try.
 */
export function editWords(document: MarkdownDocument, field: FrontmatterField, value: string): TextEdit[] | null {
  const { style, raw, value: present } = field;
  const frame = frameOf(style, raw);
  if (typeof present !== 'string' || frame === null) return null;
  const written = wordsOf(raw, style === 'double' ? doubleWord : plainWord, frame);
  const old = wordsOf(present, plainWord, { start: 0, end: present.length });
  const next = wordsOf(value, plainWord, { start: 0, end: value.length });
  if (written.length !== old.length || old.length === 0 || next.length === 0) return null;
  const sameWord = (a: number, b: number): boolean => textOf(present, old[a]) === textOf(value, next[b]);
  const sameGap = (a: number, b: number): boolean => gapAt(present, old, a) === gapAt(value, next, b);
  if (written.some((word, index) => meaningOf(style, textOf(raw, word)) !== textOf(present, old[index])) || !sameGap(0, 0)) return null;
  const ending = endingEdit(field, gapAt(value, next, next.length), sameGap(old.length, next.length));
  if (ending === null) return null;

  const most = Math.min(old.length, next.length);
  let head = 0;
  while (head < most && sameWord(head, head) && sameGap(head, head)) head++;
  let tail = 0;
  while (
    tail < most - head &&
    sameWord(old.length - 1 - tail, next.length - 1 - tail) &&
    (tail === 0 || sameGap(old.length - tail, next.length - tail))
  )
    tail++;

  // With nothing in common there is no layout to keep.
  if (head + tail === 0) return null;
  const change = changeOf(head, tail, old.length, next.length, sameGap);
  const place = (words: readonly Span[], { after, index }: Edge): number => words[index]?.[after ? 'end' : 'start'] ?? 0;
  const piece = value.slice(place(next, change.nextFrom), place(next, change.nextTo));
  const text = writtenPiece(document, field, piece);
  if (text === null) return null;
  const start = field.valueSpan.start + place(written, change.oldFrom);
  return [...ending, { start, end: Math.max(start, field.valueSpan.start + place(written, change.oldTo)), text }];
}

/** The start of a word or the place after it. */
interface Edge {
  index: number;
  after: boolean;
}

/** The white space on a side stays as it is written wherever both texts have the same there. */
function changeOf(head: number, tail: number, oldLength: number, nextLength: number, sameGap: (a: number, b: number) => boolean) {
  const oldEnd = oldLength - tail;
  const nextEnd = nextLength - tail;
  const keepLeft = sameGap(head, head);
  const keepRight = tail === 0 || sameGap(oldEnd, nextEnd);
  const oneEmpty = head === oldEnd || head === nextEnd;
  const fromStart = head === 0 || (keepLeft && (!oneEmpty || tail > 0));
  const toEnd = tail === 0 || (keepRight && (!oneEmpty || !fromStart));
  const from = { after: !fromStart, index: fromStart ? head : head - 1 };
  return {
    oldFrom: from,
    nextFrom: from,
    oldTo: { after: toEnd, index: toEnd ? oldEnd - 1 : oldEnd },
    nextTo: { after: toEnd, index: toEnd ? nextEnd - 1 : nextEnd },
  };
}

/** A block that ends with a line end and one that does not differ in their header. */
function endingEdit({ style, raw, valueSpan }: FrontmatterField, ending: string, same: boolean): TextEdit[] | null {
  if (same) return [];
  const match = header.exec(raw);
  if ((style !== 'literal' && style !== 'folded') || match === null || (ending !== '' && ending !== '\n')) return null;
  const text = `${match[1] ?? ''}${match[2] ?? ''}${ending === '' ? '-' : ''}`;
  return [{ start: valueSpan.start, end: valueSpan.start + match[0].length, text }];
}

function writtenPiece({ text, eol }: MarkdownDocument, { style, raw, valueSpan }: FrontmatterField, piece: string): string | null {
  if (style === 'double') return escapeDouble(piece);
  if (style === 'literal') {
    const indent = /[\r\n]([ ]*)[^ \r\n]/.exec(text.slice(valueSpan.start, valueSpan.end))?.[1] ?? '';
    const [first = '', ...rest] = piece.split('\n');
    const last = rest.length - 1;
    return [first, ...rest.map((line, index) => (line === '' && index < last ? line : indent + line))].join(eol);
  }
  if (piece.includes('\n') || (raw === '' && piece === '')) return null;
  return style === 'single' ? piece.replaceAll("'", "''") : piece;
}

/** Where in the raw text the words are; null for what is no text of a known form. */
function frameOf(style: FieldStyle, raw: string): Span | null {
  if (/^[&!*]/.test(raw)) return null;
  switch (style) {
    case 'plain':
      return { start: 0, end: raw.length };
    case 'single':
    case 'double':
      return { start: 1, end: raw.length - 1 };
    case 'literal':
    case 'folded': {
      const lineEnd = /[\r\n]/.exec(raw);
      return lineEnd === null ? null : { start: lineEnd.index, end: raw.length };
    }
    default:
      return null;
  }
}

function wordsOf(text: string, pattern: RegExp, frame: Span): Span[] {
  return [...text.slice(frame.start, frame.end).matchAll(pattern)].map((match) => {
    const start = frame.start + match.index;
    return { start, end: start + match[0].length };
  });
}

function textOf(text: string, word: Span | undefined): string {
  return word === undefined ? '' : text.slice(word.start, word.end);
}

/** The white space before a word, or behind the last. */
function gapAt(text: string, words: readonly Span[], index: number): string {
  return text.slice(index > 0 ? words[index - 1]?.end : 0, words[index]?.start ?? text.length);
}

function meaningOf(style: FieldStyle, word: string): string {
  if (style === 'single') return word.replaceAll("''", "'");
  if (style !== 'double' || !word.includes('\\')) return word;
  const value = readYamlValue(`"${word}"`);
  return typeof value === 'string' ? value : '';
}
