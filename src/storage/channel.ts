import * as z from 'zod';
import type { ErrorBody } from '../core/appError.ts';
import { AppError } from '../core/appError.ts';
import { actorKinds } from '../core/actor.ts';
import { statuses } from '../core/task.ts';
import type { StoreEvent, StoreNotice, StoreState } from '../protocol/wire.ts';

/** Raised whenever a message changes its meaning: windows of different extension versions then do not misunderstand each other. */
export const channelVersion = 1;

const status = z.enum(statuses);
const actor = z.strictObject({ kind: z.enum(actorKinds), name: z.string().max(500) });
const workflow = z.strictObject({
  wipLimits: z.partialRecord(status, z.int().min(0)),
  allowedMoves: z.partialRecord(status, z.array(status).readonly()),
  requireBlockersDone: z.boolean(),
  requireChecklistComplete: z.boolean(),
});

/** What a caller sends: the extension host to its storage thread, and one storage thread to the owner's. */
export const callerMessage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('call'),
    id: z.int(),
    requestId: z.uuid(),
    operation: z.string().max(100),
    input: z.unknown(),
    actor,
  }),
  /** The caller no longer waits: what has not begun is dropped. */
  z.strictObject({ kind: z.literal('cancel'), id: z.int() }),
  /** Rules for the calls that follow. */
  z.strictObject({ kind: z.literal('workflow'), workflow }),
  /** From the own extension host only. */
  z.strictObject({ kind: z.literal('close') }),
]);
export type CallerMessage = z.infer<typeof callerMessage>;
export type CallMessage = Extract<CallerMessage, { kind: 'call' }>;

/** The first line of a connection to the owner. */
export const helloMessage = z.strictObject({ kind: z.literal('hello'), channel: z.int(), token: z.string().max(200), pid: z.int() });
export type HelloMessage = z.infer<typeof helloMessage>;

const hasStrings = (value: unknown, ...keys: string[]) =>
  typeof value === 'object' &&
  value !== null &&
  keys.every((key) => typeof Object.entries(value).find(([name]) => name === key)?.[1] === 'string');
/** The writer is a storage thread of ours with the same `channelVersion`: the shape is checked as far as a damaged line would show. */
const errorBody = z.custom<ErrorBody>((value) => hasStrings(value, 'code', 'message'));
const event = z.custom<StoreEvent>(
  (value) => hasStrings(value, 'name') && typeof value === 'object' && value !== null && 'revision' in value && 'body' in value,
);
const notice = z.custom<StoreNotice>((value) => hasStrings(value, 'severity', 'message'));
const state = z.custom<StoreState>((value) => hasStrings(value, 'role'));

/** What the owner tells a connection; the storage thread tells its own extension host the same, and its log. */
export const ownerMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('welcome'), pid: z.int() }),
  z.object({ kind: z.literal('refused'), error: errorBody }),
  z.object({
    kind: z.literal('reply'),
    id: z.int(),
    reply: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: errorBody }),
    ]),
  }),
  z.object({ kind: z.literal('event'), event }),
  z.object({ kind: z.literal('reset') }),
  z.object({ kind: z.literal('state'), state }),
  z.object({ kind: z.literal('notice'), notice }),
  z.object({ kind: z.literal('log'), level: z.enum(['debug', 'info', 'warn', 'error']), message: z.string() }),
]);
export type OwnerMessage = z.infer<typeof ownerMessage>;

/**
 * What came through a thread's port. Both ends are one bundle, compiled against these types, so this is no border: only the shape is
 * looked at, which keeps a tenth of a commit's time. What a person or program put in is parsed by the operation, and what comes through
 * the socket by the schemas above.
 */
export const areCallerMessages = (value: unknown): value is CallerMessage[] => areTagged(value);
export const areOwnerMessages = (value: unknown): value is OwnerMessage[] => areTagged(value);

function areTagged(value: unknown): boolean {
  return Array.isArray(value) && value.every((message) => typeof message === 'object' && message !== null && 'kind' in message);
}

/** How much one line may hold. A request is bounded by its fields; an answer may list a whole board. */
export const lineLimits = { hello: 4096, request: 32 * 1024 * 1024, answer: 400 * 1024 * 1024 } as const;

/** Collects what is said during one turn of the event loop and passes it on once, after every callback and promise of the turn. */
export function perTurn(deliver: (messages: string[]) => void): (json: string) => void {
  let waiting: string[] = [];
  return (json) => {
    waiting.push(json);
    if (waiting.length > 1) return;
    // A tick queued from a promise runs when no promise is left to run: 64 callers that were answered together ask together.
    process.nextTick(() => {
      const messages = waiting;
      waiting = [];
      deliver(messages);
    });
  };
}

/** Messages from `perTurn` on a thread's port. */
export const joinMessages = (messages: string[]): string => `[${messages.join(',')}]`;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('input.invalid', 'A message between two ClaudeTask processes was no JSON. Reload the window.', {}, error);
  }
}

/** Cuts a stream of bytes into lines. `overflow` is called once when a line is longer than the limit allows. */
export function lineReader(limit: () => number, onLine: (line: string) => void, overflow: () => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  let broken = false;
  return (chunk) => {
    let start = 0;
    while (!broken) {
      const end = chunk.indexOf(10, start);
      const piece = chunk.subarray(start, end === -1 ? undefined : end);
      size += piece.length;
      if (size > limit()) {
        broken = true;
        overflow();
        return;
      }
      if (end === -1) {
        if (piece.length > 0) parts.push(piece);
        return;
      }
      const line = parts.length === 0 ? piece.toString('utf8') : Buffer.concat([...parts, piece]).toString('utf8');
      parts = [];
      size = 0;
      start = end + 1;
      onLine(line);
    }
  };
}
