import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Log } from '../../app/ports.ts';
import { AppError } from '../../core/appError.ts';
import { failureOf, sendFailure } from '../failure.ts';
import type { Failure } from '../failure.ts';
import { httpStatus } from '../httpStatus.ts';
import type { NodeHandler } from '../nodeHandler.ts';
import { isKnown, precondition, tagOfCurrent } from './preconditions.ts';
import type { Precondition } from './preconditions.ts';
import { queryFields } from './queryFields.ts';
import { hasBody, readJson } from './readJson.ts';
import { badRequest, preconditionRequired, Refusal } from './refusal.ts';
import type { Answer, Fields } from './route.ts';
import { allRoutes, documentRoute } from './routes.ts';
import { createRouting } from './routing.ts';
import type { ServedRoute } from './routing.ts';

export interface RestDeps {
  /** Of the extension. */
  version: string;
  log: Log;
}

/** Everything under `/api/`, failures included: the body is `{code, data, message}`, except for the OpenAPI document. */
export function createRest({ version, log }: RestDeps): NodeHandler {
  const routes = allRoutes(version);
  let document: Promise<string> | undefined;
  // Made when first asked for: few ever ask, and it takes longer than all else here.
  const describe = (): Promise<string> =>
    (document ??= import('./openApi.ts').then(({ openApiDocument }) => JSON.stringify(openApiDocument(routes, version))));
  const find = createRouting([...routes, documentRoute(describe)]);

  return async (request, response, visit) => {
    const { method = 'GET', url = '', headers } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    let assumed: Precondition | undefined;
    try {
      const { served, fields } = find(method, path);
      const sent = await sentFields(request, served, mark < 0 ? '' : url.slice(mark + 1));
      if (!isReading(method)) assumed = precondition(served.route.condition, headers, sent);
      const signal = isReading(method) ? undefined : leaving(response);
      const answer = await served.route.answer(visit, { ...sent, ...assumed?.fields, ...fields }, signal);
      if (isReading(method) && answer.tag !== undefined && isKnown(answer.tag, headers['if-none-match'])) {
        response.writeHead(304, { ETag: answer.tag }).end();
        return;
      }
      sendAnswer(response, answer);
    } catch (error) {
      if (isFault(error)) log.error(`${method} ${path} failed.`, error);
      // Who is gone is told nothing; the log says so.
      if (!response.destroyed) sendFailure(response, told(error, assumed));
    }
  };
}

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** What comes by the query or in the body. A name that the route does not know is refused: a typo must not vanish. */
async function sentFields(request: IncomingMessage, { route, others }: ServedRoute, query: string): Promise<Fields> {
  if (route.method === 'GET' || route.method === 'DELETE') {
    if (hasBody(request.headers)) throw badRequest('', `${route.method} takes no body here. Send the fields in the query.`);
    return query === '' ? {} : queryFields(query, others);
  }
  if (query !== '') throw badRequest('', `${route.method} takes no query here. Send the fields in the body.`);
  const fields = await readJson(request);
  for (const name of Object.keys(fields)) {
    if (!others.has(name)) throw badRequest(name, `The body cannot have a field ${name.slice(0, 100)} here. Check its spelling.`);
  }
  return fields;
}

/** Aborted when the client goes away. A change that has begun by then is made all the same; one that still waits is not. */
function leaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

function sendAnswer(response: ServerResponse, { status, data, tag, location, document }: Answer): void {
  const body = document ?? JSON.stringify({ code: 'ok', data, message: '' });
  const headers: OutgoingHttpHeaders = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(body) };
  if (tag !== undefined) headers['ETag'] = tag;
  if (location !== undefined) headers['Location'] = location;
  response.writeHead(status, headers).end(body);
}

/** Nothing that was foreseen: the log has it, and whoever called does not. */
const isFault = (error: unknown): boolean => !(error instanceof Refusal) && (!AppError.is(error) || error.code === 'internal');

function told(error: unknown, assumed: Precondition | undefined): Failure {
  if (error instanceof Refusal) return error.failure;
  if (isFault(error) || !AppError.is(error)) return failureOf(undefined);
  if (error.code === 'file.stale' && assumed?.given === false) return preconditionRequired().failure;
  const plain = failureOf(error);
  const tag = tagOfCurrent(error.details);
  return {
    ...plain,
    status: httpStatus(error.code, assumed?.given),
    headers: { ...plain.headers, ...(tag === undefined ? {} : { ETag: tag }) },
  };
}
