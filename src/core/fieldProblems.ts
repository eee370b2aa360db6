import { booleanWords } from './booleanWords.ts';
import type { FieldSpec } from './fieldSpec.ts';
import type { FieldValue, FrontmatterField, MarkdownDocument } from './markdown/frontmatter.ts';
import { fieldOf } from './markdown/frontmatter.ts';
import { removeField, renameField, setField } from './markdown/frontmatterEdit.ts';
import type { Span } from './markdown/textEdit.ts';
import { nearest } from './nearest.ts';
import type { Fix, Problem } from './problem.ts';

/** What the checks must know of the kind of file besides its fields. */
export interface FieldRules {
  specs: readonly FieldSpec[];
  /** Keys people write for another one, in lower case. */
  misnamed: Readonly<Record<string, string>>;
  /** Keys with a check of their own. */
  skip?: ReadonlySet<string>;
  /** Claude Code reads yes, no, on, off, 1 and 0 as booleans in this kind of file. */
  booleanWords?: boolean;
  /** What Claude Code makes of a key that is there without a value, where that is more than nothing: a sentence. */
  empty?: Readonly<Record<string, string>>;
  /** The value that is meant by one that is not allowed, where spelling does not tell. */
  suggest?: (key: string, value: string) => string | undefined;
}

/** The value, or the key when there is no value to point at. */
export const fieldSpan = (field: FrontmatterField): Span => (field.valueSpan.end > field.valueSpan.start ? field.valueSpan : field.keySpan);

/** What a value is, with its article, for a sentence. */
export function typeName(value: FieldValue): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'boolean' ? 'true or false' : 'text';
}

export const kebabKey = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');

export const removeFieldFix = (document: MarkdownDocument, key: string): Fix => ({
  title: `Remove ${key}`,
  kind: 'remove-field',
  edits: removeField(document, key),
});

const change = (
  document: MarkdownDocument,
  key: string,
  value: string | number | boolean | readonly string[],
  preferred: boolean,
): Fix => ({
  title: `Change ${key} to ${typeof value === 'object' ? 'a list' : `“${value}”`}`,
  kind: `change-${kebabKey(key)}`,
  ...(preferred ? { preferred } : {}),
  edits: setField(document, key, value),
});

function unknownField(document: MarkdownDocument, field: FrontmatterField, rules: FieldRules): Problem {
  const keys = rules.specs.map((spec) => spec.key);
  const lower = field.key.toLowerCase();
  const meant = (Object.hasOwn(rules.misnamed, lower) ? rules.misnamed[lower] : undefined) ?? nearest(field.key, keys)[0];
  const message = `Claude Code does not know the field \`${field.key}\` and ignores it.`;
  const remove = removeFieldFix(document, field.key);
  if (meant === undefined) return { code: 'unknown-field', severity: 'information', message, span: field.keySpan, fixes: [remove] };
  if (fieldOf(document, meant) !== undefined) {
    const there = `${message} \`${meant}\` is set as well.`;
    return { code: 'misnamed-field', severity: 'warning', message: there, span: field.keySpan, fixes: [remove] };
  }
  const rename: Fix = {
    title: `Rename to ${meant}`,
    kind: 'rename-field',
    preferred: true,
    edits: renameField(document, field.key, meant),
  };
  return {
    code: 'misnamed-field',
    severity: 'warning',
    message: `${message} Did you mean \`${meant}\`?`,
    span: field.keySpan,
    fixes: [rename, remove],
  };
}

/** Fields that stand more than once, but for the last, which tolerant readers take. */
export function findRepeatedFields(document: MarkdownDocument): Problem[] {
  const problems: Problem[] = [];
  for (const field of document.frontmatter?.fields ?? []) {
    if (fieldOf(document, field.key) === field) continue;
    problems.push({
      code: 'duplicate-field',
      severity: 'warning',
      message: `\`${field.key}\` is set again further down, and YAML allows a field only once. Remove one of the two.`,
      span: field.keySpan,
      fixes: [{ title: `Remove this ${field.key}`, kind: 'remove-duplicate', preferred: true, edits: [{ ...field.span, text: '' }] }],
    });
  }
  return problems;
}

const wrongType = (field: FrontmatterField, expected: string, fixes: readonly Fix[]): Problem => ({
  code: `${kebabKey(field.key)}-type`,
  severity: 'warning',
  message: `\`${field.key}\` is ${typeName(field.value)}; Claude Code expects ${expected}.`,
  span: fieldSpan(field),
  fixes,
});

function choiceProblem(document: MarkdownDocument, field: FrontmatterField, spec: FieldSpec, rules: FieldRules): Problem | undefined {
  const { key, value } = field;
  const choices = (spec.values ?? []).map((choice) => choice.value);
  // The Agent SDK takes a number as well.
  if (typeof value === 'number' && key === 'effort') return undefined;
  if (value === null || typeof value === 'object') return wrongType(field, `one of ${sentenceList(choices)}`, []);
  const text = String(value).trim();
  if (!spec.closed || choices.includes(text) || (spec.aliases !== undefined && Object.hasOwn(spec.aliases, text))) return undefined;
  const meant = rules.suggest?.(key, text) ?? nearest(text, choices)[0];
  const offered = meant === undefined ? choices.slice(0, 3) : [meant];
  return {
    code: `unknown-${kebabKey(key)}`,
    severity: 'warning',
    message: `\`${text}\` is not a value of \`${key}\`: Claude Code knows ${sentenceList(choices)}.${meant === undefined ? '' : ` Did you mean \`${meant}\`?`}`,
    span: field.valueSpan,
    fixes: offered.map((choice) => change(document, key, choice, choice === meant)),
  };
}

function sentenceList(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

function integerProblem(document: MarkdownDocument, field: FrontmatterField): Problem | undefined {
  const { key, value } = field;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return undefined;
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : typeof value === 'number' ? Math.round(value) : Number.NaN;
  return {
    code: `${kebabKey(key)}-type`,
    severity: 'warning',
    message: `\`${key}\` must be a whole number above zero, without quotes.`,
    span: fieldSpan(field),
    fixes: number > 0 ? [change(document, key, number, true)] : [removeFieldFix(document, key)],
  };
}

function booleanProblem(document: MarkdownDocument, field: FrontmatterField, rules: FieldRules): Problem | undefined {
  const { key, value } = field;
  if (typeof value === 'boolean') return undefined;
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
  const meant = Object.hasOwn(booleanWords, word) ? booleanWords[word] : undefined;
  if (rules.booleanWords === true && meant !== undefined) return undefined;
  return wrongType(field, '`true` or `false`', meant === undefined ? [] : [change(document, key, meant, true)]);
}

function textProblem(document: MarkdownDocument, field: FrontmatterField): Problem | undefined {
  const { key, value, raw, style } = field;
  if (typeof value === 'string') return undefined;
  const quotable = style === 'plain' || (style === 'flow' && !/[\r\n]/.test(raw));
  const quote: Fix = { title: `Quote ${key}`, kind: 'quote-value', preferred: true, edits: quotable ? setField(document, key, raw) : [] };
  return wrongType(field, 'text', quotable ? [quote] : []);
}

function listProblem(document: MarkdownDocument, field: FrontmatterField): Problem | undefined {
  const { key, value } = field;
  if (typeof value === 'string' || Array.isArray(value)) return undefined;
  if (value !== null && typeof value === 'object') {
    const names = Object.entries(value)
      .filter(([, wanted]) => wanted !== false)
      .map(([name]) => name);
    return wrongType(field, 'a list', [change(document, key, names, true)]);
  }
  return wrongType(field, 'a list or a line with commas', []);
}

function valueProblem(document: MarkdownDocument, field: FrontmatterField, spec: FieldSpec, rules: FieldRules): Problem | undefined {
  const meaning = rules.empty?.[field.key];
  const isEmptyList = Array.isArray(field.value) && field.value.length === 0;
  if (field.value === null || field.value === '' || (isEmptyList && meaning !== undefined)) {
    return {
      code: 'empty-field',
      severity: meaning === undefined ? 'hint' : 'warning',
      message: `\`${field.key}\` has no value. ${meaning === undefined ? '' : `${meaning} `}Fill it in or remove the line.`,
      span: fieldSpan(field),
      fixes: [removeFieldFix(document, field.key)],
    };
  }
  switch (spec.kind) {
    case 'choice':
      return choiceProblem(document, field, spec, rules);
    case 'integer':
      return integerProblem(document, field);
    case 'boolean':
      return booleanProblem(document, field, rules);
    case 'text':
    case 'longText':
      return textProblem(document, field);
    case 'list':
      return listProblem(document, field);
    case 'yaml':
      return undefined;
  }
}

/** Each fix is tried by reading the file again, so that hundreds of unknown fields would be felt while typing. */
const mostProblems = 25;

/** What is wrong with the fields one by one: unknown, misnamed, of the wrong type, with a value that is none. */
export function findFieldProblems(document: MarkdownDocument, rules: FieldRules): Problem[] {
  const { frontmatter } = document;
  if (frontmatter === null) return [];
  const specs = new Map(rules.specs.map((spec) => [spec.key, spec]));
  const problems: Problem[] = [];
  for (const field of frontmatter.fields) {
    if (problems.length === mostProblems) break;
    if (fieldOf(document, field.key) !== field || rules.skip?.has(field.key)) continue;
    const spec = specs.get(field.key);
    // A file read by its lines only has keys that may be part of a text.
    if (spec === undefined && frontmatter.level === 'scanned') continue;
    const problem = spec === undefined ? unknownField(document, field, rules) : valueProblem(document, field, spec, rules);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}
