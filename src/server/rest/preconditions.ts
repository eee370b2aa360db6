import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, preconditionRequired } from './refusal.ts';

/**
 * What `If-Match` means to a route that changes something. `version`: the version of the task, when it is sent. `hash`: the hash of the file,
 * and it must be sent. `hashOrNew`: so too, unless `If-None-Match: *` says that there is to be no such file yet.
 */
export type Condition = 'version' | 'hash' | 'hashOrNew';

/** Of a task: its version goes up with each change. */
export const versionTag = (version: number): string => `"v${version}"`;
export const hashTag = (hash: string): string => `"${hash}"`;

const tagOfVersion = /^"v([1-9]\d{0,14})"$/;
const tagOfHash = /^"([0-9a-f]{64})"$/;

export interface Precondition {
  /** What the operation is to be told of it. */
  fields: Readonly<Record<string, unknown>>;
  /** The request says what it takes for granted: a failure of that is a 412. */
  given: boolean;
}

const none: Precondition = { fields: {}, given: false };

/** Throws a `Refusal` for a header that the route cannot heed: a condition must not be passed over. */
export function precondition(
  condition: Condition | undefined,
  headers: IncomingHttpHeaders,
  fields: Readonly<Record<string, unknown>>,
): Precondition {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match === undefined && noneMatch === undefined) {
    if (condition === 'hash') throw preconditionRequired();
    return condition === 'hashOrNew' ? { fields: { expectedHash: null }, given: false } : none;
  }
  if (noneMatch !== undefined) {
    if (condition === 'hashOrNew' && noneMatch.trim() === '*' && match === undefined)
      return { fields: { expectedHash: null }, given: true };
    throw badRequest('If-None-Match', 'This request cannot heed If-None-Match. Leave it away, or send If-Match with an ETag.');
  }
  if (condition === undefined) throw badRequest('If-Match', 'This request cannot heed If-Match. Leave it away.');
  const tag = match?.trim() ?? '';
  if (condition !== 'version') {
    const hash = tagOfHash.exec(tag)?.[1];
    if (hash === undefined) throw badRequest('If-Match', 'If-Match is not an ETag as it was answered for this file.');
    return { fields: { expectedHash: hash }, given: true };
  }
  const digits = tagOfVersion.exec(tag)?.[1];
  if (digits === undefined) throw badRequest('If-Match', 'If-Match is not an ETag as it was answered for this task, such as "v3".');
  const version = Number(digits);
  if (fields['version'] !== undefined && fields['version'] !== version)
    throw badRequest('version', 'version and If-Match say different things.');
  return { fields: { version }, given: true };
}

/** Whether the client has what is answered already, by `If-None-Match` of a GET. */
export function isKnown(tag: string, noneMatch: string | undefined): boolean {
  if (noneMatch === undefined) return false;
  return noneMatch.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag);
}

/** The tag of what a caller did not know of: the newer task, or the file as it is. Undefined when the failure has neither. */
export function tagOfCurrent({ current, currentHash }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof currentHash === 'string') return hashTag(currentHash);
  const version = typeof current === 'object' && current !== null && 'version' in current ? current.version : undefined;
  return typeof version === 'number' ? versionTag(version) : undefined;
}
