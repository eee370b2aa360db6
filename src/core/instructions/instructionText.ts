import type { Span } from '../markdown/textEdit.ts';
import { bodyStart } from './markdownRegions.ts';
import { type FileView, regionsOf } from './sourceFiles.ts';
import { countLines, estimateTokens } from './tokens.ts';

/** What of a file Claude Code hands to the model. */
export interface InstructionText {
  /** Without frontmatter, comments at the top level, and white space at both ends. Empty for a file that Claude Code passes over. */
  text: string;
  /** Where runs of lines of `text` come from: `line` counts from 0 in `text`, `sourceLine` from 1 in the file. The first has `line` 0. */
  origins: readonly { line: number; sourceLine: number }[];
  lines: number;
  /** An estimate: see `tokens.ts`. */
  tokens: number;
}

const texts = new WeakMap<FileView, InstructionText>();

/** Made once per content, byte for byte as Claude Code makes it (measured with CLI 2.1.330). */
export function instructionTextOf(file: FileView): InstructionText {
  let known = texts.get(file);
  if (known === undefined) {
    known = strip(file);
    texts.set(file, known);
  }
  return known;
}

function strip(file: FileView): InstructionText {
  const source = file.text;
  const start = Math.max(source.charCodeAt(0) === 0xfeff ? 1 : 0, bodyStart(source));
  const comments = source.includes('<!--') ? regionsOf(file).commentBlocks : [];
  const pieces = trimmed(source, withoutComments(source, start, comments));
  let text = '';
  let line = 0;
  let sourceLine = 1;
  let counted = 0;
  const origins: { line: number; sourceLine: number }[] = [];
  for (const piece of pieces) {
    sourceLine += lineEnds(source.slice(counted, piece.start));
    const part = source.slice(piece.start, piece.end);
    const ends = lineEnds(part);
    // A piece that goes on in the line of the one before has a run of its own from its next line on.
    if (text === '' || /[\r\n]$/.test(text)) origins.push({ line, sourceLine });
    else if (ends > 0) origins.push({ line: line + 1, sourceLine: sourceLine + 1 });
    text += part;
    line += ends;
    sourceLine += ends;
    counted = piece.end;
  }
  if (origins.length === 0) origins.push({ line: 0, sourceLine: 1 });
  // Taking comments out, it puts the text together from what its parser read, which knows one kind of line end.
  if (comments.length > 0) text = text.replace(/\r\n?/g, '\n');
  // What fileText.ts keeps of bytes that are no UTF-8.
  text = text.replace(/(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/g, '\uFFFD');
  return { text, origins, lines: countLines(text), tokens: estimateTokens(text) };
}

/** A comment that has its lines to itself takes them and the empty lines behind them along. */
function withoutComments(text: string, from: number, blocks: readonly Span[]): Span[] {
  const pieces: Span[] = [];
  let at = from;
  for (const block of blocks) {
    const rest = remains(text, block);
    if (rest.every(({ start, end }) => text.slice(start, end).trim() === '')) {
      let start = block.start;
      while (start > at && text[start - 1] === ' ') start -= 1;
      pieces.push({ start: at, end: start });
      at = block.end;
      while (text[at] === '\n' || text[at] === '\r') at += 1;
    } else {
      pieces.push({ start: at, end: block.start }, ...rest);
      at = block.end;
    }
  }
  return joined([...pieces, { start: at, end: text.length }]);
}

function joined(pieces: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.end === piece.start) continue;
    if (last?.end === piece.start) last.end = piece.end;
    else result.push({ ...piece });
  }
  return result;
}

function remains(text: string, block: Span): Span[] {
  const rest: Span[] = [];
  let at = block.start;
  for (const comment of text.slice(block.start, block.end).matchAll(/<!--[^]*?-->/g)) {
    rest.push({ start: at, end: block.start + comment.index });
    at = block.start + comment.index + comment[0].length;
  }
  return [...rest, { start: at, end: block.end }];
}

function trimmed(text: string, pieces: readonly Span[]): Span[] {
  const left = [...pieces];
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const part = text.slice(first.start, first.end);
    const start = first.end - part.trimStart().length;
    if (start === first.end) left.shift();
    else {
      left[0] = { start, end: first.end };
      break;
    }
  }
  for (let last = left.at(-1); last !== undefined; last = left.at(-1)) {
    const end = last.start + text.slice(last.start, last.end).trimEnd().length;
    left.pop();
    if (end > last.start) {
      left.push({ start: last.start, end });
      break;
    }
  }
  return left;
}

const lineEnds = (text: string) => text.match(/\r\n|\r|\n/g)?.length ?? 0;
