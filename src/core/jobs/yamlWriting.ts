import { stringText } from '../markdown/yamlText.ts';

/** Widest line that a group in braces may make, from the first column. */
const widest = 120;
/** Groups that are easier to read, and to compare, with a line for each of their keys. */
const inLines: ReadonlySet<string> = new Set(['steps', 'else', 'inputs', 'fields', 'extract', 'tasks']);

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !isList(value);
const entriesOf = (value: Readonly<Record<string, unknown>>) => Object.entries(value).filter(([, item]) => item !== undefined);

/** A plain value as YAML: small groups on one line, `{ role: button, name: Save }`, others with a line for each part. */
export function writeYaml(value: unknown): string {
  return isMap(value) && entriesOf(value).length > 0 ? `${mapLines(value, 0).join('\n')}\n` : `${writeFlow(value)}\n`;
}

/** The value on one line, as it can stand within braces. */
export function writeFlow(value: unknown): string {
  if (isList(value)) return value.length === 0 ? '[]' : `[${value.map(writeFlow).join(', ')}]`;
  if (!isMap(value)) return scalar(value, true);
  const entries = entriesOf(value).map(([key, item]) => `${keyText(key, true)}: ${writeFlow(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function scalar(value: unknown, inFlow: boolean): string {
  if (typeof value === 'string') return stringText(value, 'plain', inFlow);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'null';
}

// `<<` would be a merge key to other readers.
const keyText = (key: string, inFlow: boolean) => (key === '<<' ? '"<<"' : stringText(key, 'plain', inFlow));

function mapLines(map: Readonly<Record<string, unknown>>, indent: number): string[] {
  return entriesOf(map).flatMap(([key, value]) => {
    const head = `${' '.repeat(indent)}${keyText(key, false)}:`;
    if (!isList(value) && !isMap(value)) return [`${head} ${scalar(value, false)}`];
    const flow = writeFlow(value);
    const fits = head.length + 1 + flow.length <= widest;
    if (isEmpty(value) || (fits && !inLines.has(key) && !(isList(value) && value.filter(isMap).length > 1))) return [`${head} ${flow}`];
    return [head, ...(isList(value) ? listLines(value, indent + 2, key) : mapLines(value, indent + 2))];
  });
}

function listLines(list: readonly unknown[], indent: number, of: string): string[] {
  const blanks = ' '.repeat(indent);
  return list.flatMap((item) => {
    if (!isList(item) && !isMap(item)) return [`${blanks}- ${scalar(item, false)}`];
    const flow = writeFlow(item);
    const asLines = of === 'steps' || of === 'else' || of === 'tasks' || blanks.length + 2 + flow.length > widest;
    if (isEmpty(item) || !asLines) return [`${blanks}- ${flow}`];
    if (isList(item)) return [`${blanks}-`, ...listLines(item, indent + 2, '')];
    const [first = '', ...rest] = mapLines(item, indent + 2);
    return [`${blanks}- ${first.slice(indent + 2)}`, ...rest];
  });
}

const isEmpty = (value: readonly unknown[] | Readonly<Record<string, unknown>>) =>
  isList(value) ? value.length === 0 : entriesOf(value).length === 0;
