import * as z from 'zod';
import type { MessagesRequest } from './request.ts';

const pattern = z.instanceof(RegExp).optional();
const flag = z.boolean().optional();
const count = z.int().positive().optional();
const ms = z.number().nonnegative().default(0);

/** All that is given must hold. The texts are those of `MessagesRequest`. */
const when = z.strictObject({
  task: pattern,
  prompt: pattern,
  userText: pattern,
  lastUserText: pattern,
  system: pattern,
  model: pattern,
  /** The conversation holds exactly this many messages of the assistant. */
  assistantTurns: z.int().nonnegative().optional(),
  hasTools: flag,
  stream: flag,
  /** A tool of this name is offered. */
  tool: z.string().optional(),
  /** The newest result of a tool: its tool, its text, and whether it is an error. */
  lastTool: z.string().optional(),
  lastToolText: pattern,
  lastToolIsError: flag,
});

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('thinking'), thinking: z.string() }),
  z.strictObject({ type: z.literal('tool_use'), name: z.string(), input: z.record(z.string(), z.unknown()).default({}) }),
]);

const message = z.string().default('fake error');

/** An error event after so many events of a stream. A request that wants no stream is answered as if there were no error. */
const lateError = z.strictObject({ midStream: z.int().positive(), type: z.string().default('overloaded_error'), message });

const wholeError = z.strictObject({
  status: z.int().default(500),
  /** By default the API's own for this status. */
  type: z.string().optional(),
  message,
  headers: z.record(z.string(), z.string()).default({}),
  /** A body that is not JSON. */
  raw: z.string().optional(),
});

/** Strings may hold the places that `filled` fills. */
const answer = z.strictObject({
  /** One block of text, "ok" by default; or all blocks. */
  text: z.string().default('ok'),
  content: z.array(block).optional(),
  /** By default that a tool is called, or else that the turn ends. */
  stop_reason: z.string().optional(),
  model: z.string().optional(),
  usage: z.record(z.string(), z.number()).default({}),
  /** Before the first byte; and between the events of a stream. */
  delayMs: ms,
  chunkDelayMs: ms,
  /** Characters of one piece of a stream. */
  chunkSize: z.int().positive().default(24),
  /** Never answers; or falls silent, or cuts the connection, after so many events of a stream. */
  hang: z.literal(true).optional(),
  hangAfter: count,
  dropAfter: count,
  error: z.union([lateError, wholeError]).optional(),
});

const rule = z.strictObject({
  name: z.string(),
  when: when.default({}),
  /** After so many uses the rule is passed over. */
  times: count,
  /** It is a fault when the rule was not used (`times` times, if given). */
  must: z.boolean().default(false),
  answer: answer.prefault({}),
});

const script = z.strictObject({
  /** Any other key is answered with 401. */
  requireKey: z.string().optional(),
  /** The answer to requests that offer no tools and match no rule: titles, probes. */
  side: answer.prefault({}),
  rules: z.array(rule).default([]),
});

/** How the fake answers: the first rule whose conditions hold. Without one the request is refused, and counts as a fault. */
export type Script = z.input<typeof script>;
export type Rule = z.input<typeof rule>;
export type Answer = z.output<typeof answer>;
export type WholeError = z.output<typeof wholeError>;
export type ReadScript = z.output<typeof script>;

/** Fails on a name it does not know. */
export const readScript = (given: Script): ReadScript => script.parse(given);

export function matches(wanted: ReadScript['rules'][number]['when'], request: MessagesRequest): boolean {
  const last = request.lastToolResults.at(-1);
  const says = (expected: RegExp | undefined, text: string | undefined) =>
    expected === undefined || (text !== undefined && expected.test(text));
  const is = <T>(expected: T | undefined, actual: T | undefined) => expected === undefined || expected === actual;
  return (
    says(wanted.task, request.task) &&
    says(wanted.prompt, request.prompt) &&
    says(wanted.userText, request.userText) &&
    says(wanted.lastUserText, request.lastUserText) &&
    says(wanted.system, request.system) &&
    says(wanted.model, request.model) &&
    says(wanted.lastToolText, last?.text) &&
    is(wanted.assistantTurns, request.assistantTurns) &&
    is(wanted.hasTools, request.tools.size > 0) &&
    is(wanted.stream, request.stream) &&
    is(wanted.lastTool, last?.tool) &&
    is(wanted.lastToolIsError, last?.isError ?? false) &&
    (wanted.tool === undefined || request.tools.has(wanted.tool))
  );
}

const place = /\{\{(?:(\w+)|json:lastToolText:([\w.$-]+))\}\}/g;

/**
 * Puts in what the request says: `{{lastToolText}}`, `{{lastUserText}}`, `{{task}}`, `{{prompt}}`, `{{model}}`, and of a result that is JSON
 * `{{json:lastToolText:tasks.0.id}}`. Fails when there is no such thing.
 */
export function filled(text: string, request: MessagesRequest): string {
  const { lastUserText, task, prompt, model } = request;
  const lastToolText = request.lastToolResults.at(-1)?.text;
  const known = new Map(Object.entries({ lastToolText, lastUserText, task, prompt, model }));
  return text.replace(place, (all: string, name: string | undefined, path: string | undefined) => {
    const value = path === undefined ? known.get(name ?? '') : memberOf(JSON.parse(lastToolText ?? 'null'), path.split('.'));
    if (value === undefined) throw new Error(`The request says nothing for ${all}.`);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** The same in every string of a value. */
export function filledIn(value: unknown, request: MessagesRequest): unknown {
  if (typeof value === 'string') return filled(value, request);
  if (Array.isArray(value)) return value.map((one) => filledIn(one, request));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledIn(one, request)]));
}

function memberOf(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const step of path) at = Object(at)[step];
  return at;
}
