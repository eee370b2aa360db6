import { atPath } from '../../../core/jobs/jsonPath.ts';
import type { StepOf } from '../../../protocol/jobs/steps.ts';
import type { Answer, Outgoing } from './send.ts';

type NextPage = NonNullable<StepOf<'request'>['nextPage']>;

/** The first request of a list, with the parameter that counts from where it begins. */
export function firstOf(request: Outgoing, nextPage: NextPage | undefined): Outgoing {
  if (typeof nextPage !== 'object' || !('parameter' in nextPage)) return request;
  return nextPage.from === undefined ? request : withParameter(request, nextPage.parameter, nextPage.from);
}

/**
 * The request for the page after this one, or null at the end.
 *
 * @param rows how many rows the answer had; without any there is no further page where pages or rows are counted.
 */
export function requestAfter(request: Outgoing, nextPage: NextPage, answer: Answer, body: unknown, rows: number): Outgoing | null {
  if (nextPage === 'link') {
    const address = linkNext(answer.headers['link'] ?? '');
    return address === null ? null : { ...request, url: new URL(address, answer.url).href };
  }
  if ('path' in nextPage) {
    const address = atPath(body, nextPage.path);
    if (typeof address !== 'string' || address === '' || !URL.canParse(address, answer.url)) return null;
    return { ...request, url: new URL(address, answer.url).href };
  }
  if (rows === 0) return null;
  if ('parameter' in nextPage) {
    const current = parameterOf(request, nextPage.parameter) ?? nextPage.from ?? 1;
    return withParameter(request, nextPage.parameter, current + 1);
  }
  return withParameter(request, nextPage.offset, (parameterOf(request, nextPage.offset) ?? 0) + rows);
}

/** `<https://…?page=2>; rel="next"` among other links. https://www.rfc-editor.org/rfc/rfc8288 */
export function linkNext(header: string): string | null {
  for (const [, address = '', parameters = ''] of header.matchAll(/<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return address;
  }
  return null;
}

/** A list that is asked for by POST has its parameters in the body, when they are there. */
function bodyWith(request: Outgoing, name: string): Record<string, unknown> | null {
  if (request.body === null || request.method === 'GET') return null;
  try {
    const body: unknown = JSON.parse(request.body);
    return typeof body === 'object' && body !== null && !Array.isArray(body) && name in body ? { ...body } : null;
  } catch {
    return null;
  }
}

function parameterOf(request: Outgoing, name: string): number | null {
  const body = bodyWith(request, name);
  const value = body === null ? new URL(request.url).searchParams.get(name) : body[name];
  const number = value === null || value === '' ? Number.NaN : Number(value);
  return Number.isInteger(number) ? number : null;
}

function withParameter(request: Outgoing, name: string, value: number): Outgoing {
  const body = bodyWith(request, name);
  if (body !== null) return { ...request, body: JSON.stringify({ ...body, [name]: value }) };
  const url = new URL(request.url);
  url.searchParams.set(name, String(value));
  return { ...request, url: url.href };
}
