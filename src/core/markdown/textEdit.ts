/** UTF-16 offsets into the text of the whole file; `end` is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** Replaces the span by `text`. */
export interface TextEdit extends Span {
  text: string;
}

/**
 * The text with all edits made. Edits come in any order; insertions at one place stay in the order given.
 * @throws RangeError when edits overlap or reach outside the text.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`The edit of ${edit.start} to ${edit.end} overlaps another one or reaches outside the text.`);
    }
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** The same edit without what it replaces by itself at both ends; nothing when it changes nothing. Cuts no surrogate pair. */
export function trimEdit(text: string, edit: TextEdit): TextEdit[] {
  const most = Math.min(edit.end - edit.start, edit.text.length);
  let head = 0;
  while (head < most && text.charCodeAt(edit.start + head) === edit.text.charCodeAt(head)) head++;
  if (head === edit.text.length && head === edit.end - edit.start) return [];
  if (head > 0 && isHighSurrogate(edit.text.charCodeAt(head - 1))) head--;
  let tail = 0;
  while (tail < most - head && text.charCodeAt(edit.end - tail - 1) === edit.text.charCodeAt(edit.text.length - tail - 1)) tail++;
  if (tail > 0 && isLowSurrogate(edit.text.charCodeAt(edit.text.length - tail))) tail--;
  return [{ start: edit.start + head, end: edit.end - tail, text: edit.text.slice(head, edit.text.length - tail) }];
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
