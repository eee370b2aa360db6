import { randomUUID } from 'node:crypto';
import type { MessagesRequest } from './request.ts';
import { filled, filledIn, type Answer } from './script.ts';

type Block =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown };

interface Message {
  id: string;
  type: 'message';
  role: 'assistant';
  model: string;
  content: readonly Block[];
  stop_reason: string;
  stop_sequence: null;
  usage: Readonly<Record<string, number>>;
}

export interface StreamEvent {
  type: string;
  [member: string]: unknown;
}

export const newId = (prefix: string) => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** The answer as the API gives it to a request that wants no stream. */
export function messageOf(answer: Answer, request: MessagesRequest): Message {
  const content = (answer.content ?? [{ type: 'text' as const, text: answer.text }]).map((part): Block => {
    switch (part.type) {
      case 'text':
        return { type: 'text', text: filled(part.text, request) };
      case 'thinking':
        return { ...part, signature: 'ZmFrZQ==' };
      case 'tool_use':
        return { ...part, id: newId('toolu'), input: filledIn(part.input, request) };
    }
  });
  return {
    id: newId('msg'),
    type: 'message',
    role: 'assistant',
    model: answer.model ?? request.model,
    content,
    stop_reason: answer.stop_reason ?? (content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, ...answer.usage },
  };
}

/** The events that stream it, in the API's order, with pieces of `size` characters. */
export function* eventsOf(message: Message, size: number): Generator<StreamEvent> {
  const { content, stop_reason, usage } = message;
  yield { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } };
  yield { type: 'ping' };
  for (const [index, block] of content.entries()) {
    yield { type: 'content_block_start', index, content_block: emptied(block) };
    for (const delta of deltasOf(block, size)) yield { type: 'content_block_delta', index, delta };
    yield { type: 'content_block_stop', index };
  }
  yield { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage };
  yield { type: 'message_stop' };
}

function emptied(block: Block): Block {
  switch (block.type) {
    case 'text':
      return { ...block, text: '' };
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
  }
}

function deltasOf(block: Block, size: number): object[] {
  switch (block.type) {
    case 'text':
      return pieces(block.text, size).map((text) => ({ type: 'text_delta', text }));
    case 'thinking': {
      const thoughts = pieces(block.thinking, size).map((thinking) => ({ type: 'thinking_delta', thinking }));
      return [...thoughts, { type: 'signature_delta', signature: block.signature }];
    }
    case 'tool_use':
      return pieces(JSON.stringify(block.input), size).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  }
}

/** By code points: half a surrogate pair would not survive UTF-8. */
function pieces(text: string, size: number): string[] {
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => points.slice(index * size, (index + 1) * size).join(''));
}
