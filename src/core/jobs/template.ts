import { AppError } from '../appError.ts';
import { dayOf } from '../day.ts';
import type { Span } from '../markdown/textEdit.ts';

/** A filter and what is given to it: `default: 'none'`. */
interface TemplateFilter {
  name: string;
  argument: string | null;
}

/** One `{{path | filter}}` in a text. */
export interface TemplatePath {
  /** With the braces. */
  span: Span;
  /** What stands between them. */
  expression: string;
  /** `['item', 'rows', 0]`; empty for a quoted text, which stands for itself. */
  path: readonly (string | number)[];
  literal: string | null;
  filters: readonly TemplateFilter[];
  /** What is wrong with it, as the end of a sentence that begins with the expression. */
  fault: string | null;
}

/** What a template may name besides `inputs`, `vars`, `steps` and the names that `forEach` gives. */
export const builtInNames: Readonly<Record<string, string>> = {
  date: 'Today as YYYY-MM-DD; another form by a filter, such as {{date | date: "DD.MM.YYYY"}}.',
  now: 'This moment, as in 2026-03-01T07:30:00.',
  page: 'Number of the page in forEachPage, from 1.',
  job: 'Name of the job.',
  run: 'Number of the run.',
};

export const templateFilters: Readonly<Record<string, string>> = {
  date: 'A date in the form given, YYYY-MM-DD unless told: YYYY, YY, MM, M, DD, D, HH, mm, ss.',
  default: 'What to take when there is no value.',
  lower: 'In lower case.',
  number: 'A number, without thousands separators.',
  slug: 'For names of files: letters, digits and hyphens.',
  trim: 'Without blanks around it.',
  upper: 'In upper case.',
};

/** Far more than anyone writes: an opening brace that is never closed must not cost the rest of the text. */
const longest = 500;

/** Every expression of a text, in order, those that are wrong included. */
export function templatePaths(text: string): TemplatePath[] {
  const found: TemplatePath[] = [];
  for (let start = text.indexOf('{{'); start !== -1;) {
    const end = closing(text, start + 2);
    if (end === -1) {
      const span = { start, end: start + 2 };
      found.push({ span, expression: '{{', path: [], literal: null, filters: [], fault: 'is not closed by }}' });
    } else {
      found.push(readExpression(text.slice(start + 2, end), { start, end: end + 2 }));
    }
    start = text.indexOf('{{', end === -1 ? start + 2 : end + 2);
  }
  return found;
}

function closing(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length && at - from <= longest; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}' && text.charAt(at + 1) === '}') return at;
    // One within another is none: then the first was not closed.
    else if (char === '{' && text.charAt(at + 1) === '{') return -1;
  }
  return -1;
}

function readExpression(source: string, span: Span): TemplatePath {
  const [head = '', ...rest] = partsOf(source).map((part) => part.trim());
  const expression = source.trim();
  const filters = rest.map(readFilter);
  const literal = /^(?:'([^']*)'|"([^"]*)")$/.exec(head);
  const path = literal === null ? readPath(head) : [];
  const unknown = filters.find(({ name }) => !Object.hasOwn(templateFilters, name));
  const fault =
    head === ''
      ? 'names nothing'
      : path === null
        ? 'is not a name or a path such as inputs.project or item.rows[0]'
        : unknown !== undefined
          ? `uses a filter "${unknown.name}" that there is not; there are ${Object.keys(templateFilters).join(', ')}`
          : filters.some(({ name, argument }) => name === 'default' && argument === null)
            ? "uses the filter default without a value: write default: 'none'"
            : null;
  return { span, expression, path: path ?? [], literal: literal === null ? null : (literal[1] ?? literal[2] ?? ''), filters, fault };
}

/** At each `|` outside quotes. */
function partsOf(source: string): string[] {
  return source.match(/(?:[^|'"]|'[^']*'|"[^"]*"|['"])+|(?<=\|)(?=\s*(?:\||$))/g) ?? [''];
}

function readFilter(source: string): TemplateFilter {
  const colon = source.indexOf(':');
  if (colon === -1) return { name: source, argument: null };
  const argument = source.slice(colon + 1).trim();
  const quoted = /^(?:'([^']*)'|"([^"]*)")$/.exec(argument);
  return { name: source.slice(0, colon).trim(), argument: quoted?.[1] ?? quoted?.[2] ?? argument };
}

/** `item.Due date[0]`: the first name is an identifier, the others are whatever fields are called. */
function readPath(source: string): (string | number)[] | null {
  const first = /^[A-Za-z_][A-Za-z0-9_-]*/.exec(source);
  if (first === null) return null;
  const path: (string | number)[] = [first[0]];
  const next = /\.([^.[\]]+)|\[(\d{1,9})\]/y;
  next.lastIndex = first[0].length;
  while (next.lastIndex < source.length) {
    const [, name, index] = next.exec(source) ?? [];
    if (index !== undefined) path.push(Number(index));
    else if (name !== undefined && name.trim() !== '') path.push(name.trim());
    else return null;
  }
  return path;
}

const failure = (expression: string, message: string) => new AppError('job.template', message, { expression });

function lookUp({ path, literal }: TemplatePath, scope: Readonly<Record<string, unknown>>): unknown {
  if (literal !== null) return literal;
  let value: unknown = scope;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** The value of one expression: a text after a filter, otherwise whatever the scope holds. */
function evaluate(expression: TemplatePath, scope: Readonly<Record<string, unknown>>): unknown {
  if (expression.fault !== null) throw failure(expression.expression, `{{${expression.expression}}} ${expression.fault}.`);
  let value = lookUp(expression, scope);
  for (const { name, argument } of expression.filters) {
    if (name === 'default') {
      if (value === undefined || value === null || value === '') value = argument ?? '';
    } else if (value !== undefined) {
      value = filtered(name, argument, asText(value, expression.expression), expression.expression);
    }
  }
  if (value === undefined) {
    throw failure(expression.expression, `{{${expression.expression}}} stands for nothing: there is no such value in this place.`);
  }
  return value;
}

function asText(value: unknown, expression: string): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw failure(expression, `{{${expression}}} is a list or a group of values, not a text. Name one of its values.`);
}

function filtered(name: string, argument: string | null, text: string, expression: string): string {
  switch (name) {
    case 'lower':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'trim':
      return text.trim();
    case 'slug':
      return slug(text);
    case 'number':
      return numberText(text, expression);
    default:
      return dateText(text, argument ?? 'YYYY-MM-DD', expression);
  }
}

function slug(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 100)
    .replace(/^-/, '')
    .replace(/-$/, '');
}

function numberText(text: string, expression: string): string {
  const digits = text.trim().replaceAll(/(?<=\d)[, '’](?=\d{3}(?!\d))/g, '');
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(digits)) throw failure(expression, `{{${expression}}} is not a number.`);
  return String(Number(digits));
}

function dateText(text: string, form: string, expression: string): string {
  // A day without a time is that day here, not midnight in Greenwich.
  const value = text.trim();
  const milliseconds = /^\d{4}-\d\d-\d\d$/.test(value)
    ? Date.parse(`${value}T00:00`)
    : /^\d{10,}$/.test(value)
      ? Number(value)
      : Date.parse(value);
  if (Number.isNaN(milliseconds)) throw failure(expression, `{{${expression}}} is not a date.`);
  const [year = '', month = '', day = ''] = dayOf(milliseconds).split('-');
  const date = new Date(milliseconds);
  const two = (number: number) => String(number).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    YY: year.slice(-2),
    MM: month,
    M: String(Number(month)),
    DD: day,
    D: String(Number(day)),
    HH: two(date.getHours()),
    mm: two(date.getMinutes()),
    ss: two(date.getSeconds()),
  };
  return form.replaceAll(/YYYY|YY|MM?|DD?|HH|mm|ss/g, (part) => parts[part] ?? part);
}

/**
 * The text with each `{{path | filter}}` replaced by its value. A path that leads nowhere is an error unless it has a default.
 * @throws AppError `job.template`, with the expression and never a value.
 */
export function renderTemplate(text: string, scope: Readonly<Record<string, unknown>>): string {
  if (!text.includes('{{')) return text;
  const parts: string[] = [];
  let at = 0;
  for (const expression of templatePaths(text)) {
    parts.push(text.slice(at, expression.span.start), asText(evaluate(expression, scope), expression.expression));
    at = expression.span.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/**
 * What a text stands for: when it is one expression and nothing else, the value itself, such as a list; otherwise the rendered text.
 * @throws AppError `job.template`.
 */
export function templateValue(text: string, scope: Readonly<Record<string, unknown>>): unknown {
  const [only, ...others] = templatePaths(text.trim());
  const whole = only !== undefined && others.length === 0 && only.span.start === 0 && only.span.end === text.trim().length;
  return whole ? evaluate(only, scope) : renderTemplate(text, scope);
}

/** A text as a template that stands for just this text. */
export const literalTemplate = (text: string): string => text.replaceAll('{{', "{{'{{'}}");
