import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { readBody } from '../readBody.ts';
import { badRequest } from './refusal.ts';

/** Objects and lists within one another; no operation takes more than 6. What is deeper could not be sent to the storage thread. */
const maxDepth = 32;

/** Whether a body comes with the request, as its headers say. */
export const hasBody = ({ 'content-length': length, 'transfer-encoding': coding }: IncomingHttpHeaders): boolean =>
  coding !== undefined || (length !== undefined && length !== '0');

/**
 * The fields of the body; none when there is no body. Throws a `Refusal` for what is no JSON, no object, too deep, or named like the prototype;
 * and what `readBody` throws.
 */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (!hasBody(request.headers)) return {};
  const bytes = await readBody(request);
  if (bytes.length === 0) return {};
  if (!isUtf8(bytes)) throw badRequest('', 'The body is not UTF-8.');
  const value = parsed(bytes.toString());
  if (!isObject(value)) throw badRequest('', 'The body is not a JSON object.');
  assertPlain(value, 1);
  return value;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw badRequest('', 'The body is not valid JSON.');
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function assertPlain(value: object, depth: number): void {
  if (depth > maxDepth) throw badRequest('', `The body has more than ${maxDepth} objects and lists within one another.`);
  if (Object.hasOwn(value, '__proto__')) throw badRequest('__proto__', 'A field cannot be called __proto__.');
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) assertPlain(inner, depth + 1);
}
