import { linesOf } from './lines.ts';

/** A plain value may not begin with one of these, or with one of `-?` before a blank; `@`, `%` and the backtick are reserved. */
const otherStyle = /^(?:["'[\]{}#&*!|>,]|[-?](?:[ \t]|$))/;
const objectionable = /:(?:[ \t]|$)|^[@`%:]/;
const fieldLine = /^[A-Za-z_][\w-]*:[ \t]+(?=[^ \t])/;

/**
 * Our approximation of what Claude Code does with YAML that does not parse: each `key: value` line that begins in the first column gets
 * quotes around a plain value with ": " in it. Values that begin like something else than plain text are left as they are.
 * Here the quotes take the place of the value's own characters, so that all offsets stay as they are.
 * @returns null when no line is of that kind; `values` has the true values by their offset.
 */
export function quotedSource(source: string): { source: string; values: Map<number, string> } | null {
  const values = new Map<number, string>();
  const parts: string[] = [];
  let done = 0;
  for (const line of linesOf(source, { start: 0, end: source.length })) {
    const content = source.slice(line.start, line.end);
    const head = fieldLine.exec(content)?.[0];
    if (head === undefined) continue;
    const value = content.slice(head.length).trimEnd();
    if (value.length < 2 || otherStyle.test(value) || !objectionable.test(value)) continue;
    const start = line.start + head.length;
    values.set(start, value);
    parts.push(source.slice(done, start), `"${'x'.repeat(value.length - 2)}"`);
    done = start + value.length;
  }
  if (values.size === 0) return null;
  parts.push(source.slice(done));
  return { source: parts.join(''), values };
}
