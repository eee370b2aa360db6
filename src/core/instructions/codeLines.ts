import type { Span } from '../markdown/textEdit.ts';

const fence = /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})([^\r\n]*)$/;

export interface CodeLines extends Span {
  /** Null for a code span. */
  fence: {
    mark: string;
    /** First word after the fence, in lower case; null when there is none. */
    language: string | null;
    closed: boolean;
  } | null;
}

/**
 * Fenced blocks and code spans, found line by line: a tenth of a millisecond where a full parse takes ten, for what is asked at every key press
 * of any file. Indented code is not known, and a fence that only its list or quotation ends is taken to last until the next fence.
 * Begins at `from`, the start of a line.
 */
export function scanCode(text: string, from = text.charCodeAt(0) === 0xfeff ? 1 : 0): CodeLines[] {
  const code: CodeLines[] = [];
  if (!text.includes('`') && !text.includes('~~~')) return code;
  let open: { mark: string; language: string | null; start: number } | undefined;
  let paragraph = from;
  for (let start = from; start < text.length;) {
    const end = lineEnd(text, start);
    const line = text.slice(start, end);
    const next = text.startsWith('\r\n', end) ? end + 2 : end + 1;
    const [, mark, info = ''] = line.includes('```') || line.includes('~~~') ? (fence.exec(line) ?? []) : [];
    if (open !== undefined) {
      if (mark !== undefined && mark.startsWith(open.mark) && info.trim() === '') {
        code.push({ start: open.start, end, fence: { mark: open.mark, language: open.language, closed: true } });
        open = undefined;
        paragraph = next;
      }
    } else if (mark !== undefined && !(mark.startsWith('`') && info.includes('`'))) {
      scanSpans(text, paragraph, start, code);
      open = { mark, language: /\S+/.exec(info)?.[0].toLowerCase() ?? null, start };
    } else if (line.trim() === '') {
      scanSpans(text, paragraph, start, code);
      paragraph = next;
    }
    start = next;
  }
  if (open !== undefined)
    code.push({ start: open.start, end: text.length, fence: { mark: open.mark, language: open.language, closed: false } });
  else scanSpans(text, paragraph, text.length, code);
  return code;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}

/** Runs of backticks pair up with the next run of the same length. */
function scanSpans(text: string, from: number, to: number, into: CodeLines[]) {
  const first = text.indexOf('`', from);
  if (first === -1 || first >= to) return;
  const runs = [...text.slice(first, to).matchAll(/\\`|`+/g)].filter(([run]) => !run.startsWith('\\'));
  // Where the next run of each length is, so that a paragraph full of lonely runs takes no quadratic time.
  const byLength = new Map<number, number[]>();
  runs.forEach(([run], index) => {
    const list = byLength.get(run.length);
    if (list) list.push(index);
    else byLength.set(run.length, [index]);
  });
  const cursor = new Map<number, number>();
  for (let index = 0; index < runs.length; index += 1) {
    const run = runs[index];
    if (run === undefined) return;
    const same = byLength.get(run[0].length) ?? [];
    let position = cursor.get(run[0].length) ?? 0;
    while ((same[position] ?? Infinity) <= index) position += 1;
    cursor.set(run[0].length, position);
    const close = same[position];
    const end = close === undefined ? undefined : runs[close];
    if (close === undefined || end === undefined) continue;
    into.push({ start: first + run.index, end: first + end.index + end[0].length, fence: null });
    index = close;
  }
}

/** Whether a fenced block, from its fence on, ends in one. True for code without a fence, which needs none. */
export function isClosedFence(raw: string): boolean {
  const mark = /^(?:`{3,}|~{3,})/.exec(raw)?.[0];
  if (mark === undefined) return true;
  const lines = raw.split(/\r\n|\r|\n/);
  const last = (lines.length > 1 ? (lines.at(-1) ?? '') : '').replace(/^[ \t>]*/, '').trimEnd();
  return last.length >= mark.length && last === mark.charAt(0).repeat(last.length);
}
