/** A character of a shown text and how the value spells it. */
interface Piece {
  shown: string;
  source: string;
}

function piecesOf(value: string): Piece[] {
  return [...value.matchAll(/\\r\\n|\\n|[^]/gu)].map(([source]) => ({
    shown: source.length > 1 && source.startsWith('\\') ? '\n' : source,
    source,
  }));
}

const isBlank = ({ shown }: Piece): boolean => shown.trim() === '';
const joined = (pieces: readonly Piece[], part: keyof Piece): string => pieces.map((piece) => piece[part]).join('');

/** A value without white space around it, the two characters `\n` being a line end as their author meant them. */
export function shownText(value: string): string {
  return value.replace(/\\r\\n|\\n/g, '\n').trim();
}

/**
 * The value for a text that was edited as `shownText` gives it: what was not touched stays spelled as it was, white space around it
 * included. Where line ends were written as `\n`, new ones are as well, so that the value stays on one line.
 */
export function valueOfShown(old: string, shown: string): string {
  const wanted = shown.trim();
  if (wanted === '') return '';
  if (!old.includes('\\n')) {
    if (old.trim() === '') return wanted;
    return old.slice(0, old.length - old.trimStart().length) + wanted + old.slice(old.trimEnd().length);
  }
  const all = piecesOf(old);
  const first = all.findIndex((piece) => !isBlank(piece));
  if (first === -1) return wanted;
  const last = all.findLastIndex((piece) => !isBlank(piece)) + 1;
  const pieces = all.slice(first, last);
  const characters = Array.from(wanted);
  const most = Math.min(pieces.length, characters.length);
  let head = 0;
  while (head < most && pieces[head]?.shown === characters[head]) head++;
  let tail = 0;
  while (tail < most - head && pieces.at(-1 - tail)?.shown === characters.at(-1 - tail)) tail++;
  const middle = characters.slice(head, characters.length - tail).join('');
  const spelled = old.trim().includes('\n') ? middle : middle.replaceAll('\n', '\\n');
  return (
    joined(all.slice(0, first), 'source') +
    joined(pieces.slice(0, head), 'source') +
    spelled +
    joined(pieces.slice(pieces.length - tail), 'source') +
    joined(all.slice(last), 'source')
  );
}

/** A body between the line ends before it and the white space behind it, with `\n` for each of its line ends. */
export function shownBody(body: string): string {
  const text = body.replace(/\r\n?/g, '\n').trimEnd();
  let start = 0;
  while (text[start] === '\n') start++;
  return text.slice(start);
}

/** The body for one that was edited as `shownBody` gives it. Line ends before it and white space behind it stay. */
export function bodyOfShown(old: string, shown: string, eol: '\n' | '\r\n' | '\r'): string {
  const wanted = shownBody(shown).replaceAll('\n', eol);
  const kept = old.trimEnd();
  let start = 0;
  while (kept[start] === '\n' || kept[start] === '\r') start++;
  if (kept.length === start) return wanted === '' ? old : `${eol}${wanted}${eol}`;
  return kept.slice(0, start) + wanted + old.slice(kept.length);
}
