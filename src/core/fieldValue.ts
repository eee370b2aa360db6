import type { FieldValue } from './markdown/frontmatter.ts';

/** A value that is text with something in it; numbers and the like are not. */
export function textOf(value: FieldValue | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

const isList = (value: object): value is readonly FieldValue[] => Array.isArray(value);

/** The names in a list, or in a string with commas between. */
export function namesOf(value: FieldValue | undefined): string[] {
  if (typeof value === 'string') {
    return value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }
  if (value === undefined || value === null || typeof value !== 'object') return [];
  if (!isList(value)) return Object.keys(value);
  return value.flatMap((item) => {
    if (typeof item === 'string') return item.trim() === '' ? [] : [item.trim()];
    return item !== null && typeof item === 'object' && !isList(item) ? Object.keys(item) : [];
  });
}

/** Words with spaces or commas between, those in parentheses kept together; or the names in a list. */
export function wordsOf(value: FieldValue | undefined): string[] {
  if (typeof value !== 'string') return namesOf(value);
  return [...value.matchAll(/[^\s,()]+(?:\([^)]*\))?/g)].map((match) => match[0]);
}
