import { decodeFile, hasInvalidBytes } from './fileText.ts';
import type { Span, TextEdit } from './textEdit.ts';

/** The bytes 0x80 to 0x9F in Windows-1252; the five that it leaves open are control characters, as the Encoding Standard has it. */
const upperHalf =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';
const byteOf = new Map(Array.from(upperHalf, (char, index) => [char, 0x80 + index]));

const continuation = `[\\u00A0-\\u00BF${upperHalf}]`;
const sequence = `(?:[\\u00C2-\\u00DF]${continuation}|[\\u00E0-\\u00EF]${continuation}{2}|[\\u00F0-\\u00F4]${continuation}{3})`;
/**
 * One such sequence by itself can be meant: a word in capitals with a closing quotation mark. The leads of Latin letters, of dashes and
 * quotation marks, and of emoji are taken for mojibake at once; any other only when another one follows.
 */
const run = new RegExp(
  `(?:[\\u00C2\\u00C3]|[\\u00E2\\u00EF]${continuation}|\\u00F0${continuation}{2})${continuation}${sequence}*|${sequence}{2,}`,
  'g',
);

/** Where UTF-8 was read as Windows-1252 and saved again, as far as it can be turned back without a loss. */
export function findMojibake(text: string): Span[] {
  return mojibakeEdits(text).map(({ start, end }) => ({ start, end }));
}

/** The text with all of it turned back; null when there is nothing to repair. */
export function repairMojibake(text: string): string | null {
  const parts: string[] = [];
  let at = 0;
  for (const edit of mojibakeEdits(text)) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return at === 0 ? null : parts.join('') + text.slice(at);
}

/** An edit for each run of mojibake. */
export function mojibakeEdits(text: string): TextEdit[] {
  return [...text.matchAll(run)].flatMap((match) => {
    const repaired = turnedBack(match[0]);
    return repaired === null ? [] : [{ start: match.index, end: match.index + match[0].length, text: repaired }];
  });
}

function turnedBack(garbled: string): string | null {
  const bytes = Uint8Array.from(garbled, (char) => byteOf.get(char) ?? char.charCodeAt(0));
  const text = decodeFile(bytes);
  return hasInvalidBytes(text) ? null : text;
}
