import type { FieldValue } from './frontmatter.ts';

/** How a scalar on one line is quoted. */
export type Quoting = 'plain' | 'single' | 'double';

/** What the YAML 1.2 core schema takes for null, a truth value or a number. */
const otherType =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const badStart = /^(?:[,[\]{}#&*!|>'"%@`]|[-?:](?:[ \t]|$)|---|\.\.\.|=$)/;
const badInside = /:(?:[ \t]|$)|[ \t]#/;
const badInFlow = /[,[\]{}]|^[-?:]|:$/;
/** Line ends, control characters, and the characters that only an escape keeps from being mistaken or lost. */
const needsEscape = /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u2028\u2029\uFEFF]/;

function canBePlain(text: string, inFlow: boolean): boolean {
  return (
    text !== '' &&
    text.trim() === text &&
    !otherType.test(text) &&
    !badStart.test(text) &&
    !badInside.test(text) &&
    !needsEscape.test(text) &&
    !(inFlow && badInFlow.test(text))
  );
}

export function doubleQuoted(text: string): string {
  return `"${escapeDouble(text)}"`;
}

/** The text as it stands between double quotes. */
export function escapeDouble(text: string): string {
  return text.replace(/["\\\u0000-\u001F\u007F-\u009F\u2028\u2029\uFEFF]/g, (char) => {
    switch (char) {
      case '"':
      case '\\':
        return `\\${char}`;
      case '\n':
        return '\\n';
      case '\r':
        return '\\r';
      case '\t':
        return '\\t';
      default:
        return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }
  });
}

/** A string on one line, quoted as asked where the text allows it, else in the way that takes fewer escapes. */
export function stringText(text: string, quoting: Quoting, inFlow = false): string {
  if (needsEscape.test(text)) return doubleQuoted(text);
  if (quoting === 'plain' && canBePlain(text, inFlow)) return text;
  const single = `'${text.replaceAll("'", "''")}'`;
  if (quoting === 'single') return single;
  const double = doubleQuoted(text);
  return quoting === 'double' || double.length <= single.length ? double : single;
}

export function quotingOf(raw: string | undefined): Quoting {
  return raw?.startsWith('"') === true ? 'double' : raw?.startsWith("'") === true ? 'single' : 'plain';
}

/** Any value on one line. */
export function flowText(value: FieldValue, quoting: Quoting = 'plain', inFlow = false): string {
  if (typeof value === 'string') return stringText(value, quoting, inFlow);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map((item) => flowText(item, quoting, true)).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${stringText(key, 'plain', true)}: ${flowText(item, 'plain', true)}`);
  return `{${pairs.join(', ')}}`;
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value);
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
}

/** A list or map that is not empty, over as many lines as it takes. */
export function blockLines(value: FieldValue, indent: string, quoting: Quoting = 'plain'): string[] {
  if (isList(value)) {
    return value.flatMap((item) => {
      if (!isNested(item)) return [`${indent}- ${flowText(item, quoting)}`];
      const [first = '', ...rest] = blockLines(item, `${indent}  `, quoting);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  if (value === null || typeof value !== 'object') return [`${indent}${flowText(value, quoting)}`];
  return Object.entries(value).flatMap(([key, item]) =>
    isNested(item)
      ? [`${indent}${stringText(key, 'plain')}:`, ...blockLines(item, `${indent}  `)]
      : [`${indent}${stringText(key, 'plain')}: ${flowText(item)}`],
  );
}

export function isList(value: FieldValue | undefined): value is readonly FieldValue[] {
  return Array.isArray(value);
}

/** Whether it is a list or map with something in it. */
export function isNested(value: FieldValue): boolean {
  return value !== null && typeof value === 'object' && Object.keys(value).length > 0;
}

/** Equality by content; the order of a map's keys does not count. */
export function sameValue(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  if (a === b || (typeof a === 'number' && Number.isNaN(a) && Number.isNaN(b))) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]));
}
