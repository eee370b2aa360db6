import { scanCode } from './instructions/codeLines.ts';
import { regionAt } from './instructions/regionAt.ts';
import type { Span } from './markdown/textEdit.ts';

export interface TaskLink {
  id: number;
  /** The `#` and the digits. */
  span: Span;
}

/**
 * A number of up to nine digits, at the start of a word. What stands before it must not make it a part of an address (`/#1`, `page#1`), of a character
 * reference (`&#12;`), of a link (`](#1)`) or of another repository's issue (`owner/name#1`); what follows, not a colour (`#123abc`), a version or
 * a heading's address (`#1-intro`).
 */
const link = /(?<![\p{L}\p{N}_&/#?=.@$\\-]|\]\(|href=["'])#([1-9]\d{0,8})(?![\p{L}\p{N}_#-]|[.,:]\d)/gu;
const address = /\b[a-z][a-z0-9+.-]*:\/\/[^\s<>"'`]*/gi;
/** `color: #333`, `fill="#333333"`: a value, not a task. */
const colourBefore = /(?:colou?r|background|fill|stroke|border|shadow|theme)[\w-]*["']?\s*[:=(]\s*["']?[^\r\n;#]{0,40}$/i;

/** Every `#12` that names a task, outside code, addresses and colours. Works for any text; a heading is `# 12` and so is none. */
export function findTaskLinks(text: string): TaskLink[] {
  const links: TaskLink[] = [];
  for (const match of text.matchAll(link)) {
    const [raw, digits = ''] = match;
    const start = match.index;
    if (
      (digits.length === 3 || digits.length === 6 || digits.length === 8) &&
      colourBefore.test(text.slice(Math.max(0, start - 80), start))
    )
      continue;
    links.push({ id: Number(digits), span: { start, end: start + raw.length } });
  }
  if (links.length === 0) return links;
  const code = scanCode(text);
  const addresses = text.includes('://')
    ? [...text.matchAll(address)].map((at) => ({ start: at.index, end: at.index + at[0].length }))
    : [];
  return links.filter(({ span }) => regionAt(code, span.start) === undefined && regionAt(addresses, span.start) === undefined);
}
