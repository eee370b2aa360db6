import { booleanWords } from '../booleanWords.ts';
import { dateReader } from './dateText.ts';
import { numberOf } from './numberText.ts';

/** What a field of a record is, as the job file says. */
export interface FieldRule {
  as?: 'text' | 'number' | 'integer' | 'money' | 'date' | 'datetime' | 'boolean' | 'url' | 'email' | undefined;
  format?: string | undefined;
  pattern?: string | undefined;
  required?: boolean | undefined;
  oneOf?: readonly string[] | undefined;
}

/** A value, and what is wrong with it in words. A value that does not fit stays as the text it was: nothing is lost. */
export interface Coerced {
  value: string | number | boolean | null;
  /** Such as `due: "soon" is not a date`. */
  problem: string | null;
}

/** Makes a value of what a page shows or an answer holds. `resolve` completes an address by that of its page, and gives null for what is no web address. */
export type FieldReader = (raw: string | number | boolean | null, resolve: (address: string) => string | null) => Coerced;

/** More is no value of a record, but a page read by mistake. */
const longest = 20_000;
const nothing = /^(?:[-\u2010-\u2015\u2212]+|n\/?a\.?)$/i;
const words = new Map(
  Object.entries({
    ...booleanWords,
    y: true,
    n: false,
    x: true,
    '✓': true,
    '✔': true,
    '☑': true,
    '☐': false,
    '✗': false,
    '✘': false,
    checked: true,
    unchecked: false,
  }),
);

/** Makes the reader of one field, once per extraction: patterns and formats are compiled here. */
export function fieldReader(name: string, rule: FieldRule): FieldReader {
  const pattern = rule.pattern === undefined ? null : new RegExp(rule.pattern, 'u');
  const as = rule.as ?? 'text';
  const typed = readerOf(rule);
  const asNumber = as === 'number' || as === 'money' || as === 'integer' ? readerOf({ as, format: '.' }) : typed;
  const canonical = rule.oneOf === undefined ? null : new Map(rule.oneOf.map((one) => [one.toLowerCase(), one]));
  const wrong = (text: string, what: string): Coerced => ({ value: text, problem: `${name}: ${quoted(text)} ${what}` });

  return (raw, resolve) => {
    // A number of a JSON answer is one, whatever sign the job file has for decimals.
    const all = typeof raw === 'string' ? cleaned(raw) : String(raw ?? '');
    if (all.length > longest) return wrong(cut(all, longest), `is longer than ${longest.toLocaleString('en')} characters`);
    if (all === '' || (as !== 'text' && nothing.test(all)))
      return { value: null, problem: rule.required === true ? `${name}: is missing` : null };
    const match = pattern?.exec(all);
    if (match === null) return wrong(all, 'does not match the pattern');
    const text = match === undefined ? all : (match[1] ?? match[0]).trim();
    if (text === '') return { value: null, problem: rule.required === true ? `${name}: is missing` : null };
    const result = (typeof raw === 'number' && match === undefined ? asNumber : typed)(text, resolve);
    if (typeof result === 'object') return wrong(text, result.wrong);
    if (canonical === null) return { value: result, problem: null };
    const known = canonical.get(String(result).toLowerCase());
    if (known === undefined) return wrong(text, `is not one of ${[...canonical.values()].slice(0, 10).join(', ')}`);
    return { value: typeof result === 'string' ? known : result, problem: null };
  };
}

type Typed = (text: string, resolve: (address: string) => string | null) => string | number | boolean | { wrong: string };

function readerOf({ as = 'text', format }: FieldRule): Typed {
  switch (as) {
    case 'text':
      return (text) => text;
    case 'number':
    case 'integer':
    case 'money': {
      const decimal = format === ',' || format === '.' ? format : undefined;
      return (text) => {
        const value = numberOf(text, decimal, as === 'money');
        if (value === null) return { wrong: as === 'money' ? 'is not an amount' : 'is not a number' };
        if (as === 'integer' && !Number.isInteger(value)) return { wrong: 'is not a whole number' };
        if (as === 'integer' && !Number.isSafeInteger(value)) return { wrong: 'is too large for a number: read it as text' };
        return value;
      };
    }
    case 'date':
    case 'datetime': {
      const read = dateReader(as, format);
      return (text) => {
        const result = read(text);
        return 'value' in result ? result.value : result;
      };
    }
    case 'boolean':
      return (text) => words.get(text.toLowerCase()) ?? { wrong: 'is not yes or no' };
    case 'url':
      return (text, resolve) => resolve(text) ?? { wrong: 'is not a web address' };
    case 'email':
      return (text) => {
        const address = /<([^<>]*)>$/.exec(text)?.[1] ?? text.replace(/^mailto:/i, '').replace(/\?.*$/, '');
        return /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(address) ? address : { wrong: 'is not an e-mail address' };
      };
  }
}

/** A text of a page as a person reads it: no invisible characters, no runs of blanks; line breaks stay. */
function cleaned(text: string): string {
  // Most texts of a table need nothing of this.
  if (/^[!-~]*(?: [!-~]+)*$/.test(text)) return text;
  return text
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\u00AD\u200B-\u200D\u2060\uFEFF]/g, '')
    .replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n[ \n]*/g, '\n')
    .trim();
}

/** Without half a surrogate pair at its end. */
export const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Problems are single lines. */
const quoted = (text: string): string => `"${cut(text.replaceAll('\n', ' '), 80)}"`;
