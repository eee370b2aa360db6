import * as z from 'zod';

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
/** A picture, a document, thinking: what rules do not look at. */
const otherBlock = z
  .looseObject({ type: z.string().refine((type) => !['text', 'tool_use', 'tool_result'].includes(type)) })
  .transform(() => ({ type: 'other' as const }));
const texts = z.union([z.string(), z.array(z.union([textBlock, otherBlock]))]);
const block = z.union([
  textBlock,
  z.looseObject({ type: z.literal('tool_use'), id: z.string().min(1), name: z.string(), input: z.looseObject({}) }),
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    is_error: z.boolean().default(false),
    content: texts.default(''),
  }),
  otherBlock,
]);
const tool = z.looseObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  description: z.string().default(''),
  input_schema: z.looseObject({ type: z.literal('object') }).optional(),
});
const body = z.object({
  model: z.string(),
  max_tokens: z.int().positive(),
  stream: z.boolean().default(false),
  system: texts.default(''),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant', 'system']), content: z.union([z.string(), z.array(block)]) })).min(1),
  tools: z.array(tool).default([]),
});
type Body = z.infer<typeof body>;
type Message = Body['messages'][number];
type Content = Message['content'];

export interface ToolResult {
  /** The id of the call, and the tool that was called. */
  id: string;
  tool: string;
  isError: boolean;
  text: string;
}

/** What a client asked, reduced to what rules and tests look at. */
export interface MessagesRequest {
  model: string;
  stream: boolean;
  system: string;
  /** Every text of every message, the reminders of the CLI's own and the results of tools included, in order. */
  messages: readonly { role: Message['role']; text: string }[];
  /** Name to description. Empty for titles and the like. */
  tools: ReadonlyMap<string, string>;
  assistantTurns: number;
  /** All texts of the user's messages, results of tools excluded, and those of the newest such message. */
  userText: string;
  lastUserText: string;
  /** The first text that was typed, the same over a whole conversation; and the newest, a nudge of the CLI's own included. */
  task: string;
  prompt: string;
  toolResults: readonly ToolResult[];
  /** Those in the newest message of the user. */
  lastToolResults: readonly ToolResult[];
}

/** A problem is what the real API would refuse too. */
export type Reading = { request: MessagesRequest } | { problem: string };

export function readRequest(json: unknown): Reading {
  const parsed = body.safeParse(json);
  if (!parsed.success) return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  const problem = unpaired(parsed.data.messages) ?? twice(parsed.data.tools.map(({ name }) => name));
  return problem === undefined ? { request: requestOf(parsed.data) } : { problem };
}

function requestOf({ model, stream, system, messages, tools }: Body): MessagesRequest {
  const users = messages.filter(({ role }) => role === 'user');
  const typed = users.map(({ content }) => typedIn(content)).filter((text) => text !== '');
  const names = new Map(messages.flatMap(({ content }) => callsIn(content)).map(({ id, name }) => [id, name]));
  const resultsIn = (content: Content) =>
    answersIn(content).map((one): ToolResult => {
      const id = one.tool_use_id;
      return { id, tool: names.get(id) ?? '', isError: one.is_error, text: textOf(one.content) };
    });
  return {
    model,
    stream,
    system: textOf(system),
    messages: messages.map(({ role, content }) => ({ role, text: allTextOf(content) })),
    tools: new Map(tools.map(({ name, description }) => [name, description])),
    assistantTurns: messages.filter(({ role }) => role === 'assistant').length,
    userText: users.map(({ content }) => textOf(content)).join('\n'),
    lastUserText: textOf(users.at(-1)?.content ?? ''),
    task: typed[0] ?? '',
    prompt: typed.at(-1) ?? '',
    toolResults: users.flatMap(({ content }) => resultsIn(content)),
    lastToolResults: resultsIn(users.at(-1)?.content ?? ''),
  };
}

function blocksOf(content: Content): Exclude<Content, string> {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

const textsIn = (content: Content) => blocksOf(content).flatMap((part) => (part.type === 'text' ? [part.text] : []));
const callsIn = (content: Content) => blocksOf(content).flatMap((part) => (part.type === 'tool_use' ? [part] : []));
const answersIn = (content: Content) => blocksOf(content).flatMap((part) => (part.type === 'tool_result' ? [part] : []));

const textOf = (content: Content) => textsIn(content).join('\n');

const allTextOf = (content: Content) =>
  blocksOf(content)
    .map((part) => (part.type === 'text' ? part.text : part.type === 'tool_result' ? textOf(part.content) : ''))
    .join('\n');

/** The last text of a message that is not a reminder of the CLI's own. */
const typedIn = (content: Content) =>
  textsIn(content)
    .filter((text) => !text.trimStart().startsWith('<system-reminder>'))
    .at(-1) ?? '';

/** Each call of a tool is answered in the very next message of the user, and nothing else is. */
function unpaired(messages: readonly Message[]): string | undefined {
  let open = new Set<string>();
  for (const [index, { role, content }] of messages.entries()) {
    if (role === 'assistant') for (const { id } of callsIn(content)) open.add(id);
    if (role !== 'user') continue;
    const answered = new Set(answersIn(content).map((one) => one.tool_use_id));
    const stray = [...answered].find((id) => !open.has(id));
    if (stray !== undefined) return `messages.${index}: tool_result without a tool_use before it (${stray})`;
    const missing = [...open].find((id) => !answered.has(id));
    if (missing !== undefined) return `messages.${index}: tool_use without a tool_result right after it (${missing})`;
    open = new Set();
  }
  const [last] = open;
  return last === undefined ? undefined : `messages: tool_use without a tool_result at the end (${last})`;
}

function twice(names: readonly string[]): string | undefined {
  const name = names.find((one, index) => names.indexOf(one) !== index);
  return name === undefined ? undefined : `tools: two are called ${name}`;
}
