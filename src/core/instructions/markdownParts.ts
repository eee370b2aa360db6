import { fromMarkdown } from 'mdast-util-from-markdown';
import { isClosedFence, scanCode } from './codeLines.ts';
import { regionAt } from './regionAt.ts';

export type MarkdownTree = ReturnType<typeof fromMarkdown>;

/** UTF-16 units: below that, a parse costs more to begin than to do. Cold, before the parser is compiled, small parts pay most. */
const partSize = 500;

/** Marks of emphasis in one paragraph, above which no emphasis is looked for: the parser takes time by their square. */
const mostMarks = 2000;
const withoutEmphasis = { extensions: [{ disable: { null: ['attention'] } }] };

/** The whole text as one tree. */
export function parseWhole(text: string): MarkdownTree {
  return fromMarkdown(text, hasManyMarks(text) ? withoutEmphasis : undefined);
}

function hasManyMarks(text: string): boolean {
  let marks = 0;
  for (const [found] of text.length > mostMarks ? text.matchAll(/[*_]+|(?:\r\n?|\n)[ \t]*[\r\n]/g) : []) {
    marks = /[*_]/.test(found) ? marks + 1 : 0;
    if (marks > mostMarks) return true;
  }
  return false;
}

/**
 * Trees of the parts of a text that are wanted, each with its place, the others unparsed. A heading at the start of a line ends everything but a fence
 * and HTML, so a text may be cut there when neither is open. A text with definitions is parsed whole, for they may be referred to anywhere.
 */
export function parseParts(text: string, from: number, wanted: (part: string) => boolean): { tree: MarkdownTree; offset: number }[] {
  const parts: { tree: MarkdownTree; offset: number }[] = [];
  let start = from;
  if (/(?<![^\r\n])[ \t>]*(?:[-+*][ \t]+|\d{1,9}[.)][ \t]+)*\[[^\]\r\n]+\]:/.test(text)) {
    const rest = text.slice(start);
    return wanted(rest) ? [{ tree: parseWhole(rest), offset: start }] : [];
  }
  const code = scanCode(text);
  // `^` would also match behind U+2028, where no line of Markdown begins.
  for (const { index: cut } of text.matchAll(/(?<![^\r\n])#{1,6}[ \t]/g)) {
    if (cut - start < partSize || regionAt(code, cut) !== undefined) continue;
    const part = text.slice(start, cut);
    const isWanted = wanted(part);
    const isSure = endsClosed(part);
    if (isWanted || !isSure) {
      const tree = parseWhole(part);
      if (!isSure && endsOpen(tree, part)) break;
      if (isWanted) parts.push({ tree, offset: start });
    }
    start = cut;
  }
  const rest = text.slice(start);
  if (wanted(rest)) parts.push({ tree: parseWhole(rest), offset: start });
  return parts;
}

/** True when no HTML begins in the part, and its fences all stand at the start of a line and are closed: then no parse is needed to know. */
function endsClosed(part: string): boolean {
  if (/(?<![^\r\n]) {0,3}</.test(part) || /(?<![^\r\n])(?:[ \t>]|[-+*][ \t]|\d+[.)][ \t])[^\r\n]*?(?:```|~~~)/.test(part)) return false;
  return scanCode(part).every(({ fence }) => fence?.closed !== false);
}

function endsOpen(tree: MarkdownTree, part: string): boolean {
  const last = tree.children.at(-1);
  if (last === undefined) return false;
  const rest = part.slice(last.position?.end.offset ?? 0);
  if (last.type === 'html') return !/(?:\n|\r(?!\n))[ \t]*[\r\n]/.test(rest);
  return last.type === 'code' && !isClosedFence(part.slice(last.position?.start.offset ?? 0, last.position?.end.offset ?? 0));
}
