import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';
import { AppError } from '../core/appError.ts';
import type { ErrorCode } from '../core/appError.ts';
import { httpStatus } from './httpStatus.ts';
import { securityHeaders } from './limits.ts';

/** A request that is not served, as the one who sent it is told: no stack, no path of a file. */
export interface Failure {
  status: number;
  code: ErrorCode;
  message: string;
  details: Readonly<Record<string, unknown>> | null;
  headers: Readonly<Record<string, string>>;
}

export const failure = (status: number, code: ErrorCode, message: string, details: Failure['details'] = null): Failure => ({
  status,
  code,
  message,
  details,
  headers: {},
});

/** `milliseconds` until the client may call again. */
export function tooMany(message: string, milliseconds: number): Failure {
  const retryAfter = Math.max(1, Math.ceil(milliseconds / 1000));
  return { ...failure(429, 'api.rateLimited', message, { retryAfter }), headers: { 'Retry-After': String(retryAfter) } };
}

/** What was thrown, for whoever called. A bug says nothing of itself: it belongs into the log. */
export function failureOf(error: unknown): Failure {
  if (!AppError.is(error)) return failure(500, 'internal', 'The request failed because of an error in ClaudeTask. Its log says more.');
  const told = failure(httpStatus(error.code), error.code, error.message, error.details);
  return error.code === 'api.unauthorized' ? { ...told, headers: { 'WWW-Authenticate': 'Bearer realm="claudetask"' } } : told;
}

const bodyOf = ({ code, details, message }: Failure) => Buffer.from(JSON.stringify({ code, data: details, message }));

const contentType = 'application/json';

export function sendFailure(response: ServerResponse, told: Failure): void {
  const body = bodyOf(told);
  response.writeHead(told.status, { 'Content-Type': contentType, 'Content-Length': body.length, ...told.headers });
  response.end(body);
}

/** The same where there is no response object: for what is no HTTP, and for what asked to become a WebSocket. The connection is over with it. */
export function rawFailure(told: Failure): Buffer {
  const body = bodyOf(told);
  const headers = [
    ...securityHeaders,
    ...Object.entries(told.headers),
    ['Content-Type', contentType],
    ['Content-Length', String(body.length)],
    ['Connection', 'close'],
  ];
  const head = [
    `HTTP/1.1 ${told.status} ${STATUS_CODES[told.status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n')), body]);
}
