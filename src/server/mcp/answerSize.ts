import type { ToolAnswer } from './tool.ts';

/**
 * Most tokens of an answer's text. Clients take up to 25,000, and an answer carries its value twice: as text and as structured content.
 */
const answerTokens = 11_000;
/** Left for what stands around the rows or the text that fills an answer. */
const around = 1000;
const contentTokens = answerTokens - around;

/** A rough count on the safe side: 3.5 letters of English make a token, other scripts have less of them in one. */
const tokensOfCode = (code: number) => (code < 0x80 ? 1 / 3.5 : 1.5);

/** Where a text is as long as so many tokens; its length when it is shorter. */
function endWithin(text: string, from: number, tokens: number, cost: (code: number) => number): number {
  let left = tokens;
  for (let i = from; i < text.length; i++) {
    left -= cost(text.charCodeAt(i));
    if (left < 0) return i;
  }
  return text.length;
}

function tokensOf(text: string): number {
  let tokens = 0;
  for (let i = 0; i < text.length; i++) tokens += tokensOfCode(text.charCodeAt(i));
  return tokens;
}

/** As JSON writes it: quotes and line ends are two letters, control characters six. */
const tokensInJson = (code: number) => {
  if (code === 0x22 || code === 0x5c || code === 0x0a || code === 0x0d || code === 0x09) return 2 / 3.5;
  return code < 0x20 ? 6 / 3.5 : tokensOfCode(code);
};

const isLowSurrogate = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** A part of a long text. `next` is where to go on, null at the end. Numbers count characters. */
export interface TextPart {
  offset: number;
  total: number;
  next: number | null;
  text: string;
}

/** As much of a text as an answer holds, from an offset. */
export function partOf(text: string, offset = 0): TextPart {
  const from = Math.min(offset, text.length);
  let end = endWithin(text, from, contentTokens, tokensInJson);
  if (end < text.length && end > from + 1 && isLowSurrogate(text, end)) end--;
  return { offset: from, total: text.length, next: end < text.length ? end : null, text: text.slice(from, end) };
}

/** As many rows as an answer holds, one at least. `next` is the offset of the first that is left out, null when none is. */
export function pageOf<T>(rows: readonly T[], offset: number, total: number): { total: number; next: number | null; rows: T[] } {
  let left = contentTokens;
  let count = 0;
  for (const row of rows) {
    left -= tokensOf(JSON.stringify(row));
    if (left < 0 && count > 0) break;
    count++;
  }
  return { total, next: count > 0 && offset + count < total ? offset + count : null, rows: rows.slice(0, count) };
}

export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = isLowSurrogate(text, length) ? length - 1 : length;
  return `${text.slice(0, end)}… [cut: the first ${end.toLocaleString('en')} of ${text.length.toLocaleString('en')} characters]`;
}

/** How long texts and lists may be, tried one after the other until the whole fits. Texts in lists are many: each gets a twentieth. */
const attempts = [
  { text: 24_000, items: 500 },
  { text: 12_000, items: 100 },
  { text: 8000, items: 20 },
  { text: 4000, items: 10 },
  { text: 2000, items: 5 },
  { text: 600, items: 5 },
  { text: 100, items: 3 },
];
const inLists = 20;

interface Cut {
  field: string;
  /** Characters or items that are there, of how many. */
  shown: number;
  total: number;
}

interface Most {
  text: number;
  items: number;
}

function shorten(value: unknown, most: Most, field: string, cuts: Cut[]): unknown {
  if (typeof value === 'string') {
    if (value.length <= most.text) return value;
    cuts.push({ field, shown: most.text, total: value.length });
    return cutText(value, most.text);
  }
  if (Array.isArray(value)) {
    if (value.length > most.items) cuts.push({ field, shown: most.items, total: value.length });
    const each = { text: Math.max(40, Math.round(most.text / inLists)), items: most.items };
    return value.slice(0, most.items).map((item, index) => shorten(item, each, `${field}[${index}]`, cuts));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, shorten(one, most, field === '' ? key : `${field}.${key}`, cuts)]),
  );
}

/** The answer as JSON, with long texts and lists cut until it fits; then `cut` says which, and `rest` how to get what is left out. */
export function fitted(answer: ToolAnswer, rest: string | undefined): { value: ToolAnswer; json: string } {
  const whole = JSON.stringify(answer);
  if (fits(whole)) return { value: answer, json: whole };
  for (const most of attempts) {
    const cuts: Cut[] = [];
    const parts = Object.entries(answer).map(([key, value]) => [key, shorten(value, most, key, cuts)]);
    const value = { ...Object.fromEntries(parts), cut: cuts.slice(0, 10), ...(rest === undefined ? {} : { rest }) };
    const json = JSON.stringify(value);
    if (fits(json)) return { value, json };
  }
  const value = { cut: [], rest: rest ?? 'The answer is too large to be sent. Ask for less at once.' };
  return { value, json: JSON.stringify(value) };
}

/** Looks no further than needed. */
const fits = (json: string) => endWithin(json, 0, answerTokens, tokensOfCode) === json.length;
