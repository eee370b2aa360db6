import { apiContracts } from '../../protocol/api.ts';
import type { Route } from './route.ts';

const meanings: ReadonlyMap<number, string> = new Map([
  [200, 'Done.'],
  [202, 'Begun.'],
  [201, 'Made; Location says where it can be read.'],
  [304, 'What If-None-Match names is what there is.'],
  [400, 'Something that was sent is not of the form it must have; `data.field` names it.'],
  [401, 'No token, or none that is known.'],
  [403, 'The token does not allow this, the file lies outside, or the request may come from a web page.'],
  [404, 'There is no such thing.'],
  [408, 'The request took too long to arrive.'],
  [409, 'What there is does not allow it: `code` says what stands against it.'],
  [410, 'What happened then is no longer known. Read a snapshot.'],
  [412, 'It was changed since; what it is now is in `data`.'],
  [413, 'The body or the file is too large.'],
  [414, 'The path is too long.'],
  [415, 'The body is not declared as JSON.'],
  [428, 'Only who has read it may change it: send If-Match.'],
  [429, 'Too many requests; Retry-After says when to come again.'],
  [431, 'The query and the headers are too long.'],
  [500, 'A fault in ClaudeTask; its log says more.'],
  [501, 'Not part of this version.'],
  [503, 'The database or the files cannot be worked with now; `code` says why.'],
  [504, 'It took too long.'],
]);

export const describeStatus = (status: number): string => meanings.get(status) ?? '';

/** All that a route can be answered with, the gates before it included. */
export function statusesOf({ method, path, operation, statuses, condition, tagged, fails }: Route): number[] {
  const found = new Set([...statuses, ...fails, 400, 401, 403, 408, 415, 429, 431]);
  if (path.includes('{')) found.add(414);
  if (operation === undefined) return [...found].sort((a, b) => a - b);
  for (const status of [500, 503, 504]) found.add(status);
  if (path.includes('{') || method !== 'GET') found.add(404);
  if (method === 'GET' && tagged) found.add(304);
  if (method === 'POST' || method === 'PUT') found.add(413);
  if (method !== 'GET' && apiContracts[operation].mutates) found.add(409);
  if (condition !== undefined) found.add(412);
  if (condition?.startsWith('hash') === true) found.add(428);
  return [...found].sort((a, b) => a - b);
}
