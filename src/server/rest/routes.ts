import * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import { apiContracts } from '../../protocol/api.ts';
import type { ApiOperationName } from '../../protocol/api.ts';
import { runId } from '../../protocol/jobs/runs.ts';
import { taskId } from '../../protocol/task.ts';
import { fileRoutes } from './fileRoutes.ts';
import { projectRoutes } from './projectRoutes.ts';
import { route } from './route.ts';
import type { Route } from './route.ts';
import { taskRoutes } from './taskRoutes.ts';

const analyze: Route = {
  method: 'POST',
  path: '/api/tasks/{id}/analyze',
  operation: undefined,
  id: 'task.analyze',
  tag: 'Tasks',
  summary: 'Has Claude analyze a task. Not part of this version.',
  fields: { id: taskId },
  data: z.object({ run: runId }),
  statuses: [202],
  fails: [501],
  condition: undefined,
  tagged: false,
  answer() {
    const message =
      'Running Claude is not part of this version of ClaudeTask; a later one brings it. Write the analysis with PUT /api/tasks/{id}.';
    return Promise.reject(new AppError('api.notAvailable', message));
  },
};

const health = (version: string): Route => ({
  method: 'GET',
  path: '/api/health',
  operation: undefined,
  id: 'server.health',
  tag: 'Server',
  summary: 'Says that the server works, for which folder, and which version it is.',
  fields: {},
  data: z.object({ status: z.literal('ok'), name: z.string(), version: z.string() }),
  statuses: [200],
  fails: [],
  condition: undefined,
  tagged: false,
  answer: ({ api }) => Promise.resolve({ status: 200, data: { status: 'ok', name: api.name, version } }),
});

/** The document that describes the others, and not itself: tools expect it bare. */
export const documentRoute = (describe: () => Promise<string>): Route => ({
  method: 'GET',
  path: '/api/openapi.json',
  operation: undefined,
  id: 'server.openapi',
  tag: 'Server',
  summary: 'Describes the API.',
  fields: {},
  data: z.null(),
  statuses: [200],
  fails: [],
  condition: undefined,
  tagged: false,
  answer: async () => ({ status: 200, data: null, document: await describe() }),
});

const isOperation = (name: string): name is ApiOperationName => Object.hasOwn(apiContracts, name);

/** Every operation can be called: one that no route above is made for takes its input as a POST under its own name. */
function otherRoutes(made: readonly Route[]): Route[] {
  const known = new Set(made.map(({ operation }) => operation));
  return Object.keys(apiContracts)
    .filter(isOperation)
    .filter((name) => !known.has(name))
    .map((name) => route('POST', `/api/operations/${name}`, name, { tag: 'Operations', summary: `Calls ${name}.` }));
}

/** All there is under /api, except the OpenAPI document of it. */
export function allRoutes(version: string): readonly Route[] {
  const made = [...taskRoutes, analyze, ...projectRoutes, ...fileRoutes, health(version)];
  return [...made, ...otherRoutes(made)];
}
