import type { Span } from './textEdit.ts';

/** A line and, in `next`, the place behind its line end (LF, CRLF or a lone CR, as YAML 1.2 has it). */
export interface Line extends Span {
  next: number;
}

/** The line that begins at `start`; `limit` ends the text. */
export function lineAt(text: string, start: number, limit: number): Line {
  let end = start;
  while (end < limit) {
    const unit = text.charCodeAt(end);
    if (unit === 10 || unit === 13) break;
    end++;
  }
  if (end === limit) return { start, end, next: end };
  const crlf = text.charCodeAt(end) === 13 && end + 1 < limit && text.charCodeAt(end + 1) === 10;
  return { start, end, next: end + (crlf ? 2 : 1) };
}

export function linesOf(text: string, span: Span): Line[] {
  const lines: Line[] = [];
  for (let at = span.start; at < span.end;) {
    const line = lineAt(text, at, span.end);
    lines.push(line);
    at = line.next;
  }
  return lines;
}

/** Where the line around a place begins. */
export function lineStart(text: string, at: number, limit: number): number {
  let start = at;
  while (start > limit) {
    const unit = text.charCodeAt(start - 1);
    if (unit === 10 || unit === 13) break;
    start--;
  }
  return start;
}

/** The first line end of a text; LF when it has none. */
export function firstLineEnd(text: string): '\n' | '\r\n' | '\r' {
  const line = lineAt(text, 0, text.length);
  const end = text.slice(line.end, line.next);
  return end === '\r\n' || end === '\r' ? end : '\n';
}
