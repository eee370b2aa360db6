import { shownBody } from '../../core/shownText.ts';
import type { BoxValue } from '../../protocol/agentFormMessages.ts';

/** The body's key among those of the fields, none of which is empty. */
export const bodyKey = '';

/**
 * What a control shows, and what the file had when that was last the same. A box whose text differs from `base` is ahead of the file and
 * is not overwritten. `theirs` is what the file says when someone else changed it meanwhile: then nothing is sent until a person decides.
 */
export interface Box {
  readonly shown: BoxValue;
  readonly base: BoxValue;
  readonly theirs: BoxValue | null;
}

export const newBox = (value: BoxValue): Box => ({ shown: value, base: value, theirs: null });

/** White space around a text is not written, so that a blank typed before a word does not change the file. */
export function sameValue(key: string, a: BoxValue, b: BoxValue): boolean {
  if (typeof a === 'string' && typeof b === 'string') return key === bodyKey ? shownBody(a) === shownBody(b) : a.trim() === b.trim();
  return typeof a !== 'string' && typeof b !== 'string' && a.length === b.length && a.every((item, index) => item === b[index]);
}

export const isAhead = (key: string, { shown, base }: Box): boolean => !sameValue(key, shown, base);

/** Takes in what the file says now. */
export function fromFile(key: string, box: Box, value: BoxValue): Box {
  if (sameValue(key, value, box.shown))
    return box.theirs === null && sameValue(key, value, box.base) ? box : { ...box, base: value, theirs: null };
  if (!isAhead(key, box)) return newBox(value);
  if (sameValue(key, value, box.base)) return box.theirs === null ? box : { ...box, theirs: null };
  return { ...box, theirs: value };
}

/** Takes in what the file says after `sent` was written to it: what was typed since is ahead of that. */
export function settled(key: string, box: Box, sent: BoxValue, value: BoxValue): Box {
  if (sameValue(key, box.shown, sent)) return sameValue(key, box.shown, value) ? { ...box, base: value, theirs: null } : newBox(value);
  return { ...box, base: value, theirs: null };
}

export const keepMine = (box: Box): Box => ({ ...box, base: box.theirs ?? box.base, theirs: null });
export const takeTheirs = (box: Box): Box => newBox(box.theirs ?? box.base);
