import { scanCode } from './instructions/codeLines.ts';
import { bodyStart } from './instructions/markdownRegions.ts';
import { regionAt } from './instructions/regionAt.ts';
import type { Span, TextEdit } from './markdown/textEdit.ts';

export interface ManagedBlock {
  task: number;
  /** Whole lines, with both markers and the line end of the last. */
  span: Span;
  /** Whole lines between the markers. */
  content: Span;
}

/** Markers that do not pair up. Nothing is edited then: what is ours and what is the author's cannot be told apart. */
export interface BrokenBlocks {
  reason: 'unclosed' | 'unopened' | 'nested' | 'repeated';
  message: string;
  /** Of the marker that is wrong. */
  span: Span;
}

export type BlocksRead = { blocks: readonly ManagedBlock[] } | { broken: BrokenBlocks };
export type BlockEdits = { edits: readonly TextEdit[] } | { broken: BrokenBlocks };

/** At the start of a line, or behind a byte order mark at the start of the file. */
const marker = /(?<=^|(?<![^])\uFEFF)[ \t]{0,3}<!-- claudetask:(?:begin task=([1-9]\d{0,8})|(end)) -->[ \t]*(?:\r\n|\r|\n|$)/gmu;

/** The managed blocks of a text, in file order. A marker counts when it has a line to itself and does not stand in a fenced block of the author's. */
export function readManagedBlocks(text: string): BlocksRead {
  if (!text.includes('<!-- claudetask:')) return { blocks: [] };
  const blocks: ManagedBlock[] = [];
  let open: { task: number; span: Span } | undefined;
  let code = fencesOf(text);
  for (const match of text.matchAll(marker)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const [, begun, ended] = match;
    if (open === undefined && regionAt(code, span.start) !== undefined) continue;
    if (begun !== undefined) {
      if (open !== undefined) return broken('nested', `The block of task #${begun} begins inside that of task #${open.task}`, span);
      const task = Number(begun);
      if (blocks.some((block) => block.task === task)) return broken('repeated', `The file has two blocks of task #${task}`, span);
      open = { task, span };
    } else if (ended !== undefined) {
      if (open === undefined) return broken('unopened', 'The end of a ClaudeTask block has no beginning', span);
      blocks.push({ task: open.task, span: { start: open.span.start, end: span.end }, content: { start: open.span.end, end: span.start } });
      open = undefined;
      // A fence left open within a block ends with it, as far as the author's text is concerned.
      if (regionAt(code, span.start) !== undefined) code = fencesOf(text, span.end);
    }
  }
  return open === undefined ? { blocks } : broken('unclosed', `The block of task #${open.task} has no end`, open.span);
}

/** A code span ends where a marker's line begins. */
const fencesOf = (text: string, from?: number) => scanCode(text, from).filter(({ fence }) => fence !== null);

function broken(reason: BrokenBlocks['reason'], what: string, span: Span): { broken: BrokenBlocks } {
  return { broken: { reason, message: `${what}. Correct the marker lines, or delete them, and try again.`, span } };
}

/** Replaces the block of that task; without one, adds it before the line that holds `at`, else at the end. Everything outside the block stays. */
export function putManagedBlock(text: string, task: number, content: string, at?: number): BlockEdits {
  const read = readManagedBlocks(text);
  if ('broken' in read) return read;
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const lines = content
    .replace(/(?:\r\n|\r|\n)+$/, '')
    // A marker within would end the block too early.
    .replaceAll('<!-- claudetask:', '&lt;!-- claudetask:')
    .split(/\r\n|\r|\n/);
  const inner = lines.map((line) => line + eol).join('');
  const present = read.blocks.find((block) => block.task === task);
  if (present !== undefined) {
    const same = text.slice(present.content.start, present.content.end) === inner;
    return { edits: same ? [] : [{ ...present.content, text: inner }] };
  }
  const block = `<!-- claudetask:begin task=${task} -->${eol}${inner}<!-- claudetask:end -->`;
  const place = placeFor(text, at ?? text.length, read.blocks);
  const atOpenEnd = place > 0 && !/[\r\n]$|^\uFEFF$/.test(text.slice(Math.max(0, place - 2), place));
  return { edits: [{ start: place, end: place, text: atOpenEnd ? eol + block : block + eol }] };
}

/** The start of the line that holds `at`, or the end; never within another block. */
function placeFor(text: string, at: number, blocks: readonly ManagedBlock[]): number {
  if (at >= text.length) return text.length;
  const before = text.slice(0, at);
  const line = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  // Neither frontmatter nor a byte order mark may lose its place at the top.
  const place = Math.max(line, lineFrom(text, bodyStart(text)), text.charCodeAt(0) === 0xfeff ? 1 : 0);
  return blocks.find(({ span }) => place > span.start && place < span.end)?.span.end ?? place;
}

/** The first start of a line at or behind a place, or the end: frontmatter may end in the midst of a line. */
function lineFrom(text: string, at: number): number {
  if (at === 0 || /[\r\n]/.test(text.charAt(at - 1))) return at;
  const end = text.slice(at).search(/[\r\n]/);
  return end === -1 ? text.length : at + end + (text.startsWith('\r\n', at + end) ? 2 : 1);
}

/** Takes the block out, with the line end that adding it brought. No edits when there is none. */
export function removeManagedBlock(text: string, task: number): BlockEdits {
  const read = readManagedBlocks(text);
  if ('broken' in read) return read;
  const block = read.blocks.find((one) => one.task === task);
  if (block === undefined) return { edits: [] };
  let { start } = block.span;
  const endsOpen = block.span.end === text.length && !/[\r\n]$/.test(text);
  if (endsOpen && /[\r\n]/.test(text.charAt(start - 1))) start -= text.startsWith('\r\n', start - 2) ? 2 : 1;
  return { edits: [{ start, end: block.span.end, text: '' }] };
}
