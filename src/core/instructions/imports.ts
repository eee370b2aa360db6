import type { Span } from '../markdown/textEdit.ts';
import { type ImportSuspicion, suspect } from './importSuspicion.ts';
import { type MarkdownRegions, readRegions } from './markdownRegions.ts';
import { regionAt } from './regionAt.ts';

export interface ImportRef {
  /** As written, with the `@`. */
  raw: string;
  /** What follows the `@`, with blanks unescaped and without a `#fragment`. Punctuation behind it is part of it: Claude Code takes it so, too. */
  path: string;
  /** From the `@` to the end of the path. */
  span: Span;
  /** Why this is more likely not meant as an import; null when it looks like one. */
  suspicion: ImportSuspicion | null;
}

const sign = /(?<![\p{L}\p{N}])@(?=[A-Za-z0-9._-]|~\/|\/.)/gu;
const pathStart = /^(?:~\/|\/.|[A-Za-z0-9._-])/su;
/** A backslash ends a path, unless a blank follows. */
const written = /^(?:[^\s\\]|\\ )+/;

/** Whether a text has an `@` that could begin an import, if it does not stand in code. */
export function mayImport(text: string): boolean {
  return text.search(sign) !== -1;
}

/**
 * Every `@path` that Claude Code imports, in file order: at the start of a run of words or behind white space (measured with CLI 2.1.330). So neither
 * `(@a.md)` nor `"@a.md"` is one, but `*@a.md*` is. Nothing is found in code, comments, other HTML, frontmatter, and addresses of links,
 * but in lists, where spans of code are read as well.
 */
export function findImports(text: string, regions?: MarkdownRegions): ImportRef[] {
  const refs = new Map<number, ImportRef>();
  if (!mayImport(text)) return [];
  const { prose, code } = regions ?? readRegions(text, mayImport);
  for (const run of prose) {
    let next = 0;
    for (let at = text.indexOf('@', run.start); at !== -1 && at < run.end; at = text.indexOf('@', next)) {
      next = at + 1;
      if (!beginsWord(text, at, run.start)) continue;
      const ref = importAt(text, at, run.end);
      if (ref === undefined) continue;
      // Within a run that holds this one, the path ends where the markup begins.
      refs.set(at, regionAt(code, at) === undefined ? ref : { ...ref, suspicion: 'code' });
      next = ref.span.end;
    }
  }
  return [...refs.values()].sort((a, b) => a.span.start - b.span.start);
}

/** The mark of a quotation at the start of a line is not of the words. */
function beginsWord(text: string, at: number, runStart: number): boolean {
  if (at === runStart || /\s/.test(text.charAt(at - 1))) return true;
  let mark = at - 1;
  while (mark > runStart && /[> \t]/.test(text.charAt(mark))) mark -= 1;
  return mark < at - 1 && /[\r\n]/.test(text.charAt(mark));
}

/** The import that the `@` at `at` would begin, wherever that is; undefined when no path follows. */
export function importAt(text: string, at: number, end = text.length): ImportRef | undefined {
  const path = written.exec(text.slice(at + 1, end))?.[0] ?? '';
  const named = path.replace(/#.*$/su, '').replaceAll('\\ ', ' ');
  if (!pathStart.test(named) || /^\.+$/u.test(named)) return undefined;
  const span = { start: at, end: at + 1 + path.length };
  return { raw: text.slice(at, span.end), path: named.trim(), span, suspicion: suspect(named.trim()) };
}
