import { randomUUID } from 'node:crypto';
import * as z from 'zod';

const block = z.looseObject({ type: z.string(), text: z.string().optional() });
const content = z.union([z.string(), z.array(block)]);
const bodySchema = z.object({
  model: z.string(),
  stream: z.literal(true),
  system: content.default([]),
  messages: z.array(z.object({ role: z.string(), content })),
  tools: z.array(z.looseObject({ name: z.string(), description: z.string().default('') })).default([]),
});

/** What the CLI asked, reduced to its texts. */
export interface MessagesRequest {
  model: string;
  system: string;
  /** Every text of every message, the reminders of the CLI's own and the results of tools included, in order. */
  messages: readonly { role: string; text: string }[];
  /** Name to description. Empty for titles and the like. */
  tools: ReadonlyMap<string, string>;
}

/** Blocks of the answer; a tool may be called. */
export type Answer = readonly (
  { type: 'text'; text: string } | { type: 'tool_use'; name: string; input: Readonly<Record<string, unknown>> }
)[];

export function readRequest(json: string): MessagesRequest {
  const { model, system, messages, tools } = bodySchema.parse(JSON.parse(json));
  return {
    model,
    system: textOf(system),
    messages: messages.map((message) => ({ role: message.role, text: textOf(message.content) })),
    tools: new Map(tools.map(({ name, description }) => [name, description])),
  };
}

function textOf(value: z.infer<typeof content>): string {
  if (typeof value === 'string') return value;
  return value.map((part) => part.text ?? (part.type === 'tool_result' ? textOf(content.parse(part.content)) : '')).join('\n');
}

/** The events that stream an answer. */
export function* eventsOf(answer: Answer, model: string): Generator<{ type: string } & Record<string, unknown>> {
  const calls = answer.some(({ type }) => type === 'tool_use');
  const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const message = {
    id: `msg_${randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  yield { type: 'message_start', message };
  for (const [index, part] of answer.entries()) {
    if (part.type === 'text') {
      yield { type: 'content_block_start', index, content_block: { type: 'text', text: '' } };
      yield { type: 'content_block_delta', index, delta: { type: 'text_delta', text: part.text } };
    } else {
      const id = `toolu_${randomUUID()}`;
      yield { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name: part.name, input: {} } };
      yield { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: JSON.stringify(part.input) } };
    }
    yield { type: 'content_block_stop', index };
  }
  yield { type: 'message_delta', delta: { stop_reason: calls ? 'tool_use' : 'end_turn', stop_sequence: null }, usage };
  yield { type: 'message_stop' };
}
