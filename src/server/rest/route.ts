import * as z from 'zod';
import { apiContracts } from '../../protocol/api.ts';
import type { ApiInput, ApiOperationName, ApiOutput } from '../../protocol/api.ts';
import type { Visit } from '../ports.ts';
import { fromCursor, toCursor } from './cursor.ts';
import type { Mark } from './cursor.ts';
import type { Condition } from './preconditions.ts';

export type Fields = Readonly<Record<string, unknown>>;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a route answers; `tag` becomes the `ETag`. */
export interface Answer {
  status: number;
  data: unknown;
  tag?: string | undefined;
  location?: string | undefined;
  /** JSON that is answered as it is, without `{code, data, message}` around it. */
  document?: string;
}

/** One method of one path, as the handler serves it and the OpenAPI document shows it. */
export interface Route {
  method: Method;
  /** With the names of its parameters in braces: `/api/tasks/{id}`. */
  path: string;
  /** The operation it calls; undefined for what is no operation. */
  operation: ApiOperationName | undefined;
  /** In the document: the name of the operation, unless another route has it. */
  id: string;
  tag: string;
  summary: string;
  /** Fields by name, those in the path too. The others come by the query (GET, DELETE) or in the body (POST, PUT). */
  fields: z.core.$ZodLooseShape;
  data: z.ZodType;
  /** Statuses of success. */
  statuses: readonly number[];
  condition: Condition | undefined;
  /** Statuses of failures that are its own. */
  fails: readonly number[];
  /** Answers have an `ETag`. */
  tagged: boolean;
  answer(visit: Visit, fields: Fields, signal: AbortSignal | undefined): Promise<Answer>;
}

interface Paging<O> {
  /** The field of the operation that says where a page begins. A client sees `cursor` instead. */
  field: string;
  kind: 'number' | 'string';
  /** Null at the end. */
  next(output: O, start: Mark | undefined, limit: number): Mark | null;
}

/** What there is to say about a route beyond method, path and operation. */
interface RouteConfig<N extends ApiOperationName> {
  tag: string;
  summary: string;
  id?: string;
  /** Fields of the operation that this route does not take. */
  without?: readonly string[];
  /** Fields that differ from those of the operation; `toInput` makes its input of them. */
  fields?: z.core.$ZodLooseShape;
  toInput?(fields: Fields): unknown;
  /** What is answered where it differs from what the operation answers. */
  data?: { schema: z.ZodType; of(output: ApiOutput<N>): unknown };
  paging?: Paging<ApiOutput<N>>;
  condition?: Condition;
  fails?: readonly number[];
  tagOf?(output: ApiOutput<N>, fields: Fields): string | undefined;
  /** Where what was made can be read. Undefined: nothing was made. */
  locationOf?(output: ApiOutput<N>, fields: Fields): string | undefined;
}

const defaultLimit = 100;
const cursor = z.string().optional().meta({ description: 'The `next` of the page before.' });
const next = z.string().nullable().meta({ description: 'The cursor of the next page; null at the end.' });

export const shapeOf = (schema: z.ZodType): z.core.$ZodLooseShape => (schema instanceof z.ZodObject ? schema.shape : {});

function withNext(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.extend({ next }) : schema;
}

export function route<N extends ApiOperationName>(method: Method, path: string, operation: N, config: RouteConfig<N>): Route {
  const contract = apiContracts[operation];
  const { without = [], paging, condition, toInput = (fields) => fields, data, tagOf, locationOf } = config;
  // If-Match names the hash.
  const hidden = new Set([
    ...without,
    ...(paging === undefined ? [] : [paging.field]),
    ...(condition?.startsWith('hash') === true ? ['expectedHash'] : []),
  ]);
  const own = Object.fromEntries(Object.entries(config.fields ?? shapeOf(contract.input)).filter(([name]) => !hidden.has(name)));

  async function call(visit: Visit, fields: Fields, signal: AbortSignal | undefined): Promise<ApiOutput<N>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the operation parses its input
    return await visit.api.call(operation, toInput(fields) as ApiInput<N>, visit.caller, signal);
  }
  const dataOf = (output: ApiOutput<N>): unknown => (data === undefined ? output : data.of(output));

  async function answerPage(page: Paging<ApiOutput<N>>, visit: Visit, fields: Fields, signal: AbortSignal | undefined): Promise<Answer> {
    const { cursor: at, limit = defaultLimit, ...others } = fields;
    const start = at === undefined ? undefined : fromCursor(at, page.kind);
    const input = { ...others, limit, ...(start === undefined ? {} : { [page.field]: start }) };
    const output = await call(visit, input, signal);
    const mark = page.next(output, start, Number(limit));
    return { status: 200, data: { ...Object(dataOf(output)), next: mark === null ? null : toCursor(mark) } };
  }

  return {
    method,
    path,
    operation,
    id: config.id ?? operation,
    tag: config.tag,
    summary: config.summary,
    fields: paging === undefined ? own : { ...own, cursor },
    data: paging === undefined ? (data?.schema ?? contract.output) : withNext(data?.schema ?? contract.output),
    statuses: locationOf === undefined ? [200] : condition === 'hashOrNew' ? [200, 201] : [201],
    condition,
    fails: config.fails ?? [],
    tagged: tagOf !== undefined,
    async answer(visit, fields, signal) {
      if (paging !== undefined) return await answerPage(paging, visit, fields, signal);
      const output = await call(visit, fields, signal);
      const location = locationOf?.(output, fields);
      return { status: location === undefined ? 200 : 201, data: dataOf(output), tag: tagOf?.(output, fields), location };
    },
  };
}
