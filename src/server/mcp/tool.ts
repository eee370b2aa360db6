import * as z from 'zod';
import type { Api, Caller } from '../../app/api.ts';
import { parseInput } from '../../app/input.ts';
import type { ApiInput, ApiOperationName, ApiOutput, ApiScope } from '../../protocol/api.ts';

/** One call of a tool. */
export interface ToolCall {
  api: Api;
  caller: Caller;
  /** Aborted when the client cancels, or is gone. */
  signal: AbortSignal;
  /** Calls an operation in the caller's name. */
  call<N extends ApiOperationName>(name: N, input: ApiInput<N>): Promise<ApiOutput<N>>;
  /** Says how far it is, to a client that has asked to be told. */
  progress(done: number, message: string): void;
}

export type ToolAnswer = Readonly<Record<string, unknown>>;

/** What a call does, as a client shows it to its user before it allows the call. */
type Effect =
  | 'reads'
  /** A second call with the same arguments changes nothing more. */
  | 'sets'
  | 'adds'
  /** Something is gone afterwards, or replaced. */
  | 'destroys';

interface ToolSpec<S extends z.ZodType> {
  name: string;
  title: string;
  description: string;
  /** `more`: offered only where the user has asked for all tools. */
  tier: 'core' | 'more';
  /** Which scope a token must have for it to be offered; each operation looks for itself. */
  scope: ApiScope;
  effect: Effect;
  input: S;
  /** How to get what an answer that is too large leaves out. */
  rest?: string;
  run(call: ToolCall, input: z.output<S>): Promise<ToolAnswer>;
}

/** A tool with its kind of input forgotten. `run` throws `input.invalid` for what the schema does not take, else the errors of the operations. */
export interface Tool extends Omit<ToolSpec<z.ZodType>, 'run'> {
  run(call: ToolCall, input: unknown): Promise<ToolAnswer>;
}

export function tool<S extends z.ZodType>(spec: ToolSpec<S>): Tool {
  return { ...spec, run: async (call, input) => await spec.run(call, parseInput(spec.name, spec.input, input)) };
}

interface JsonSchema {
  type: 'object';
  [key: string]: unknown;
}

/** What an MCP client is told of a tool. */
export interface ListedTool {
  name: string;
  title: string;
  description: string;
  inputSchema: JsonSchema;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };
}

export function listed({ name, title, description, effect, input }: Tool): ListedTool {
  return {
    name,
    title,
    description,
    inputSchema: jsonSchemaOf(input),
    annotations: {
      readOnlyHint: effect === 'reads',
      destructiveHint: effect === 'destroys',
      idempotentHint: effect === 'reads' || effect === 'sets',
      openWorldHint: false,
    },
  };
}

/** The strict form of what is taken: that `"12"` is read as 12 need not be told. Words that say nothing to a model are left out. */
function jsonSchemaOf(input: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(input, {
    io: 'output',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      delete jsonSchema.propertyNames;
    },
  });
  return { ...schema, type: 'object' };
}
