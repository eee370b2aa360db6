import type { APIRequestContext, APIResponse } from 'playwright-core';
import { AppError } from '../../../core/appError.ts';
import { fullJitter } from '../../../core/jobs/backoff.ts';
import { hostAndPath } from '../../../core/jobs/redact.ts';
import { faultOf } from '../faults.ts';
import { orAborted, sleep } from '../waits.ts';

/** What an answer says about how fast to go on. */
export interface AnswerFacts {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
}

export interface SendScope {
  /** Throws `job.blocked` for what the job file does not allow: asked for every address, those of redirects and further pages too. */
  allow(url: string, method: string): void;
  /** Waits until the host may be asked (governor). What it gives is called with the answer, or null when there was none. */
  enter(url: string, signal: AbortSignal): Promise<(answer: AnswerFacts | null) => void>;
  /** For one answer, in milliseconds. */
  timeout: number;
  signal: AbortSignal;
}

export interface Outgoing {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
}

export interface Answer extends AnswerFacts {
  /** Where redirects ended. */
  url: string;
  text: string;
}

const tries = 5;
const backoff = { base: 1000, cap: 60_000 };
const redirects = 10;

/**
 * Sends a request with the session's cookies. Redirects are followed here, because each may lead out of what the job may talk to. What only
 * reads is tried up to five times when the server is busy or the connection breaks.
 */
export async function send(http: APIRequestContext, outgoing: Outgoing, scope: SendScope): Promise<Answer> {
  const reads = outgoing.method === 'GET' || outgoing.method === 'HEAD';
  for (let attempt = 1; ; attempt++) {
    const last = !reads || attempt === tries;
    try {
      const answer = await follow(http, outgoing, scope);
      if (answer.status < 500 && answer.status !== 429) return answer;
      if (last) return answer;
      // The governor waits as long as the host wants after these two.
      if (answer.status !== 429 && answer.status !== 503) await sleep(fullJitter(attempt, backoff, Math.random()), scope.signal);
    } catch (error) {
      if (last || !AppError.is(error, 'job.network')) throw error;
      await sleep(fullJitter(attempt, backoff, Math.random()), scope.signal);
    }
  }
}

async function follow(http: APIRequestContext, outgoing: Outgoing, scope: SendScope): Promise<Answer> {
  let { url, method, headers, body } = outgoing;
  for (let hop = 0; hop <= redirects; hop++) {
    scope.allow(url, method);
    const response = await once(http, { url, method, headers, body }, scope);
    const { location } = response.headers;
    if (response.status < 300 || response.status > 399 || location === undefined) return response;
    const next = new URL(location, url);
    if (next.origin !== new URL(url).origin) headers = withoutCredentials(headers);
    if (response.status === 303 || (response.status < 303 && method === 'POST')) {
      method = 'GET';
      body = null;
    }
    url = next.href;
  }
  throw new AppError('job.http', `${hostAndPath(outgoing.url) ?? 'The address'} leads in circles: more than ${redirects} redirects.`, {
    status: 310,
  });
}

async function once(http: APIRequestContext, { url, method, headers, body }: Outgoing, scope: SendScope): Promise<Answer> {
  const done = await scope.enter(url, scope.signal);
  let response: APIResponse | null = null;
  let facts: AnswerFacts | null = null;
  try {
    const options = {
      method,
      headers,
      maxRedirects: 0,
      failOnStatusCode: false,
      timeout: scope.timeout,
      ...(body === null ? {} : { data: body }),
    };
    response = await orAborted(http.fetch(url, options), scope.signal);
    facts = { status: response.status(), headers: response.headers() };
    return { ...facts, url, text: await orAborted(response.text(), scope.signal) };
  } catch (error) {
    scope.signal.throwIfAborted();
    throw faultOf(error, 'Request', url);
  } finally {
    done(facts);
    // Playwright keeps the bodies of answers until it is told: https://playwright.dev/docs/api/class-apiresponse#api-response-dispose
    await response?.dispose().catch(() => undefined);
  }
}

const withoutCredentials = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie|.*token.*|.*key.*)$/i.test(name)));
