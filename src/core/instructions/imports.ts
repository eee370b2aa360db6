import type { Span } from '../markdown/textEdit.ts';
import { type ImportSuspicion, suspect } from './importSuspicion.ts';
import { type MarkdownRegions, readRegions } from './markdownRegions.ts';
import { regionAt } from './regionAt.ts';

export interface ImportRef {
  /** As written, with the `@`. */
  raw: string;
  /** What follows the `@`, with blanks unescaped and without a `#fragment`. */
  path: string;
  /** From the `@` to the end of the path. */
  span: Span;
  /** Why this is more likely not meant as an import; null when it looks like one. */
  suspicion: ImportSuspicion | null;
}

/** What may stand right before an import's `@`. After a letter, a digit or one of `._-+` it is an address, after `\` an escape. */
const noWordBefore = /(?<![\p{L}\p{N}_.+\-/@\\#&=%$~])@|(?<=(?<![\p{L}\p{N}])_)@/gu;
const pathStart = /^(?:~\/|\/[^/]|[\p{L}\p{N}._-])/u;
/** Never part of a path: what ends a word, a code span, a tag, a quotation or a table's cell, and CJK punctuation. */
const ends = /[\s`<>"|，、。；：！？）】》」』”’]/u;
const trailing = /[.,;:!?'*~…]+$/u;

/** Whether a text has an `@` that could begin an import, if it does not stand in code. */
export function mayImport(text: string): boolean {
  return text.search(noWordBefore) !== -1;
}

/** Every `@path` in the text (memory.md: "anywhere in text"), but not in code, comments, frontmatter and addresses of links; in file order. */
export function findImports(text: string, regions?: MarkdownRegions): ImportRef[] {
  const refs: ImportRef[] = [];
  for (const match of text.matchAll(noWordBefore)) {
    const ref = importAt(text, match.index);
    if (ref !== undefined) refs.push(ref);
  }
  if (refs.length === 0) return refs;
  const { body, code, comments, links } = regions ?? readRegions(text, mayImport);
  const targets = links.map((link) => link.target);
  const isText = (at: number) => at >= body.start && ![code, comments, targets].some((ranges) => regionAt(ranges, at) !== undefined);
  return refs.filter((ref) => isText(ref.span.start));
}

/** The import that the `@` at `at` would begin, wherever that is; undefined when no path follows. */
export function importAt(text: string, at: number): ImportRef | undefined {
  const start = at + 1;
  let end = endOfPath(text, start);
  const call = /^[\p{L}_][\p{L}\p{N}_.]*\(/u.exec(text.slice(start, end));
  if (call) end = start + call[0].length - 1;
  end -= trailing.exec(text.slice(start, end))?.[0].length ?? 0;
  if (text[at - 1] === '_' && text[end - 1] === '_') end -= 1;
  const raw = text.slice(at, end);
  const path = raw.slice(1).replace(/#.*$/su, '').replaceAll('\\ ', ' ');
  if (!pathStart.test(path) || /^\.+$/u.test(path)) return undefined;
  return { raw, path, span: { start: at, end }, suspicion: suspect(path, call !== null) };
}

/** Longer than paths are; keeps a page without a blank from being scanned again at every `@`. */
const maxPath = 1024;
const opening = '([{';
const closing = ')]}';

/** Brackets belong to a path as long as they pair up: `app/[id]/page.tsx` does, the end of `(see @a.md)` does not. */
function endOfPath(text: string, start: number): number {
  const open: string[] = [];
  let at = start;
  for (const stop = Math.min(text.length, start + maxPath); at < stop; at += 1) {
    const char = text.charAt(at);
    if (char === '\\' && text[at + 1] === ' ') at += 1;
    else if (ends.test(char)) break;
    else if (opening.includes(char)) open.push(char);
    else if (closing.includes(char) && open.pop() !== opening[closing.indexOf(char)]) break;
  }
  return at;
}
