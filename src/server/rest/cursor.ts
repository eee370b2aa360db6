import { badRequest } from './refusal.ts';

/** Where the next page of a list begins, as its operation understands it. */
export type Mark = number | string;

/** Opaque to clients: what is in it may change from version to version. */
export const toCursor = (mark: Mark): string => Buffer.from(JSON.stringify(mark)).toString('base64url');

/** Throws a `Refusal` for what is not the `next` of a list of this kind. */
export function fromCursor(cursor: unknown, kind: 'number' | 'string'): Mark {
  const mark = typeof cursor === 'string' && cursor.length <= 2000 ? read(cursor) : undefined;
  if (typeof mark === 'string' && kind === 'string') return mark;
  if (typeof mark === 'number' && kind === 'number' && Number.isSafeInteger(mark) && mark >= 0) return mark;
  throw badRequest('cursor', 'cursor is not a `next` that this list has answered.');
}

function read(cursor: string): unknown {
  try {
    const mark: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return mark;
  } catch {
    return undefined;
  }
}
