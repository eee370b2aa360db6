import * as z from 'zod';
import { storeEvent } from '../../protocol/event.ts';
import { jobRecord, jobRun } from '../../protocol/jobs/runs.ts';
import { historyEntry, task, taskOutput, taskRow } from '../../protocol/task.ts';
import { describeStatus, statusesOf } from './documentedStatuses.ts';
import { componentSchemas, fieldSchemas, jsonSchema, reference } from './jsonSchemas.ts';
import type { JsonSchema } from './jsonSchemas.ts';
import type { Route } from './route.ts';

const shared: Readonly<Record<string, z.ZodType>> = {
  Task: task,
  TaskRow: taskRow,
  TaskChange: taskOutput.changed,
  TaskList: taskOutput.list,
  HistoryEntry: historyEntry,
  Event: storeEvent,
  Run: jobRun,
  JobRecord: jobRecord,
};

const failure = z.strictObject({
  code: z.string().meta({ description: 'What failed, such as `task.notFound`. Codes are stable.' }),
  data: z.record(z.string(), z.unknown()).nullable(),
  message: z.string().meta({ description: 'What failed, why, and what to do: for a person.' }),
});

const tags: Readonly<Record<string, string>> = {
  Tasks: 'The tasks of the folder, and what becomes of them.',
  Project: 'The rules of the board, the files, and what happens.',
  Jobs: 'Jobs in the browser: their runs, and the records they read.',
  'CLAUDE.md': 'What Claude is told at the start of each session.',
  Agents: 'The files of agents.',
  Skills: 'The files of skills.',
  Operations: 'Operations that have no path of their own. The body is their input.',
  Server: 'The server itself.',
};

/** `TaskClaimNext` of `task.claimNext`. */
const pascal = (id: string): string => id.replaceAll(/(?:^|\.)(\w)/g, (_match, letter: string) => letter.toUpperCase());

/** The OpenAPI 3.1 document of the routes, made of the schemas that the operations parse and answer with. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const answers = new Map(Object.entries(shared).map(([name, schema]) => [schema, name] as const));
  for (const { id, data, statuses } of routes) if (statuses.some(isSuccess) && !answers.has(data)) answers.set(data, `${pascal(id)}Answer`);
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = described(route, answers.get(route.data) ?? '');
  const failures = [...new Set(routes.flatMap(statusesOf))].filter((status) => !isSuccess(status));
  return {
    openapi: '3.1.0',
    info: {
      title: 'ClaudeTask',
      version,
      description:
        'The tasks of a folder that is open in VS Code. Every change is a row of its history and of the audit log, with the name of your program.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...Object.fromEntries(componentSchemas(answers, 'output')), Failure: jsonSchema(failure, 'output') },
      responses: Object.fromEntries(failures.map((status) => [nameOfFailure(status), failureOf(status)])),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token that the user made for this program in VS Code.',
        },
      },
    },
  };
}

const isSuccess = (status: number): boolean => status < 300;
const isRead = (method: Route['method']): boolean => method === 'GET' || method === 'DELETE';

function described(route: Route, answer: string) {
  const { method, path, id, tag, summary } = route;
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  const others = Object.fromEntries(Object.entries(route.fields).filter(([name]) => !inPath.has(name)));
  const fields = Object.fromEntries(Object.entries(route.fields).filter(([name]) => inPath.has(name)));
  const parameters = [...parametersOf(fields, 'path'), ...(isRead(method) ? parametersOf(others, 'query') : []), ...conditionsOf(route)];
  const body = isRead(method) || Object.keys(others).length === 0 ? undefined : jsonSchema(z.strictObject(others), 'input');
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: 'required' in body, content: { 'application/json': { schema: body } } } }),
    responses: Object.fromEntries(
      statusesOf(route).map((status) => [
        String(status),
        isSuccess(status) ? answerOf(route, status, answer) : { $ref: `#/components/responses/${nameOfFailure(status)}` },
      ]),
    ),
  };
}

const parametersOf = (shape: z.core.$ZodLooseShape, place: 'path' | 'query') =>
  fieldSchemas(shape).map(({ name, required, schema }) => ({ name, in: place, required: place === 'path' || required, schema }));

function conditionsOf({ method, tagged, condition }: Route) {
  const sent = (name: string, description: string, required = false) => ({ name, in: 'header' as const, required, ...header(description) });
  if (method === 'GET') return tagged ? [sent('If-None-Match', 'An ETag that was answered before.')] : [];
  if (condition === undefined) return [];
  const match = sent('If-Match', 'The ETag of what the caller has seen.', condition === 'hash');
  return condition === 'hashOrNew' ? [match, sent('If-None-Match', '`*`: to be made, and not to be replaced.')] : [match];
}

function answerOf({ tagged }: Route, status: number, answer: string) {
  const headers = {
    ...(tagged ? { ETag: header('Names this state of it, for If-Match and If-None-Match.') } : {}),
    ...(status === 201 ? { Location: header('The path of what was made.') } : {}),
  };
  const schema: JsonSchema = {
    type: 'object',
    properties: { code: { const: 'ok' }, data: { $ref: reference(answer) }, message: { const: '' } },
    required: ['code', 'data', 'message'],
    additionalProperties: false,
  };
  return { description: describeStatus(status), headers, content: { 'application/json': { schema } } };
}

const nameOfFailure = (status: number): string => `Failure${status}`;

function failureOf(status: number) {
  const description = describeStatus(status);
  // It has no body: the client has it.
  if (status === 304) return { description };
  const headers = status === 429 ? { 'Retry-After': header('Seconds.') } : {};
  return { description, headers, content: { 'application/json': { schema: { $ref: reference('Failure') } } } };
}

const header = (description: string) => ({ description, schema: { type: 'string' } as const });
