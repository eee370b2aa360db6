import { isOverdue } from './day.ts';
import type { TaskRow } from './task.ts';

/**
 * The filter language of board and tree. Free words and "quoted phrases" must all be in the title (a number, or `#12`, may be the
 * id instead). `type:`, `priority:`, `status:`, `assignee:` or `@name`, `label:` or `#name` compare a field; several values of one
 * field are alternatives, different fields must all match. `is:blocked`, `is:overdue`, `is:done`, `is:unassigned` are fields of their
 * own. A minus in front excludes. Values are compared by their beginning, ignoring case, while quoted ones must be equal.
 */
export interface TaskFilter {
  /** In lower case; all must be found. */
  words: readonly string[];
  excludedWords: readonly string[];
  /** Each must match. */
  tests: readonly FieldTest[];
  /** None may match. */
  excluded: readonly FieldTest[];
}

export interface FieldTest {
  field: FilterField;
  /** Any of them. */
  values: readonly FilterValue[];
}

export interface FilterValue {
  /** In lower case. */
  text: string;
  exact: boolean;
}

const filterFields = ['type', 'priority', 'status', 'assignee', 'label', 'is'] as const;
type FilterField = (typeof filterFields)[number];

const states = ['blocked', 'overdue', 'done', 'unassigned'] as const;

interface Token {
  negated: boolean;
  /** `type` of `type:bug`, `@`, `#`, or nothing. */
  head: string;
  text: string;
  quoted: boolean;
}

// A minus; a field, @ or #; then a quoted text, closed or not, or all up to the next blank.
const token = /(-?)(?:([a-z]+):|([@#]))?(?:"([^"]*)(?:"|$)|(\S*))/giy;

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++;
      continue;
    }
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null || match[0] === '') break;
    at += match[0].length;
    const [, minus, field, sign, quoted, bare] = match;
    found.push({
      negated: minus === '-',
      head: (field ?? sign ?? '').toLowerCase(),
      text: quoted ?? bare ?? '',
      quoted: quoted !== undefined,
    });
  }
  return found;
}

function fieldOf({ head, text }: Token): FilterField | undefined {
  if (head === '@') return 'assignee';
  // `#12` is a task, not a label.
  if (head === '#') return /^\d+$/.test(text) ? undefined : 'label';
  return filterFields.find((field) => field === head);
}

/** Column names are typed without blanks too: `status:in-progress`. */
const squeeze = (text: string) => text.toLowerCase().replace(/[\s_-]/g, '');

function valuesOf(field: FilterField, { text, quoted }: Token): FilterValue[] {
  const parts = quoted ? [text] : text.split(',');
  return parts
    .map((part) => (field === 'assignee' ? part.replace(/^@/, '') : part))
    .map((part) => ({ text: field === 'status' ? squeeze(part) : part.toLowerCase(), exact: quoted }))
    .filter((value) => value.text !== '');
}

/** Understands whatever is typed: what is no field is a word, and what is not finished yet does not filter. */
export function parseFilter(text: string): TaskFilter {
  const words: string[] = [];
  const excludedWords: string[] = [];
  const tests = new Map<string, { field: FilterField; values: FilterValue[] }>();
  const excluded = new Map<string, { field: FilterField; values: FilterValue[] }>();
  for (const found of tokens(text)) {
    const field = fieldOf(found);
    if (field === undefined) {
      const word = wordOf(found);
      if (word !== '') (found.negated ? excludedWords : words).push(word);
      continue;
    }
    const into = found.negated ? excluded : tests;
    for (const value of valuesOf(field, found)) {
      const key = field === 'is' ? `is:${value.text}` : field;
      const test = into.get(key) ?? { field, values: [] };
      test.values.push(value);
      into.set(key, test);
    }
  }
  return { words, excludedWords, tests: [...tests.values()], excluded: [...excluded.values()] };
}

/** An unknown field is a word like any other: titles hold colons too. */
function wordOf({ head, text, quoted }: Token): string {
  if (head === '' || head === '#') return `${head}${text}`.toLowerCase();
  return quoted && text === '' ? '' : `${head}:${text}`.toLowerCase();
}

const begins = (text: string, { text: value, exact }: FilterValue) => (exact ? text === value : text.startsWith(value));

function isState(row: TaskRow, value: FilterValue, today: string): boolean {
  switch (states.find((state) => begins(state, value))) {
    case 'blocked':
      return row.blockedReason !== null || row.openBlockers.length > 0;
    case 'overdue':
      return isOverdue(row, today);
    case 'done':
      return row.status === 'Done';
    case 'unassigned':
      return row.assignee === null;
    case undefined:
      return false;
  }
}

function matchesAssignee(assignee: string | null, value: FilterValue): boolean {
  if (assignee === null) return value.text === 'none';
  return begins(assignee.replace(/^@/, '').toLowerCase(), value);
}

function passes(test: FieldTest, row: TaskRow, today: string): boolean {
  switch (test.field) {
    case 'type':
      return test.values.some((value) => begins(row.type.toLowerCase(), value));
    case 'priority':
      return test.values.some((value) => begins(row.priority.toLowerCase(), value));
    case 'status':
      return test.values.some((value) => begins(squeeze(row.status), value));
    case 'assignee':
      return test.values.some((value) => matchesAssignee(row.assignee, value));
    case 'label':
      return row.labels.some((label) => test.values.some((value) => begins(label.toLowerCase(), value)));
    case 'is':
      return test.values.some((value) => isState(row, value, today));
  }
}

function hasWord(row: TaskRow, title: string, word: string): boolean {
  return title.includes(word) || word === String(row.id) || word === `#${row.id}`;
}

/** Whether a light row passes the filter. `today` is `YYYY-MM-DD` in the reader's calendar. */
export function matches(filter: TaskFilter, row: TaskRow, today: string): boolean {
  const { words, excludedWords, tests, excluded } = filter;
  for (const test of tests) if (!passes(test, row, today)) return false;
  for (const test of excluded) if (passes(test, row, today)) return false;
  if (words.length === 0 && excludedWords.length === 0) return true;
  const title = row.title.toLowerCase();
  for (const word of words) if (!hasWord(row, title, word)) return false;
  for (const word of excludedWords) if (hasWord(row, title, word)) return false;
  return true;
}
