import type { APIRequestContext } from 'playwright-core';
import { AppError } from '../../../core/appError.ts';
import { asScalar, atPath } from '../../../core/jobs/jsonPath.ts';
import { hostAndPath } from '../../../core/jobs/redact.ts';
import type { Extraction } from '../../../protocol/jobs/extraction.ts';
import type { RecordDraft } from '../../../protocol/jobs/runs.ts';
import type { StepOf } from '../../../protocol/jobs/steps.ts';
import { firstOf, requestAfter } from './nextRequest.ts';
import { RecordReader } from './recordReader.ts';
import { countsOf, type Extracted, type ReadCounts } from './runExtraction.ts';
import { send, type Answer, type Outgoing, type SendScope } from './send.ts';

/** The step with all its templates filled but those of fixed values. */
export type RequestStep = StepOf<'request'>;

export interface RequestScope extends SendScope {
  /** Fills templates in fixed values of fields. */
  render(template: string): string;
  /** Tells this reading apart from all others into the same collection, in every run the same. */
  position: string;
  take(rows: RecordDraft[]): Promise<void>;
  /** After each page of a list, when its rows have been taken: a place to write a checkpoint. `next` is what to give as `resume` after a restart. */
  pageDone(page: { number: number; rows: number; next: RequestPlace | null }): Promise<void>;
  /** Where to go on; null to begin at the beginning. */
  resume: RequestPlace | null;
}

/** A page of a list that is to be asked for next. */
export interface RequestPlace {
  number: number;
  url: string;
  body: string | null;
}

export interface RequestResult extends Extracted {
  pages: number;
  /** Status of the last answer. */
  status: number;
  /** The answer, when there is no `extract`: parsed JSON or text, at most 1 MB. */
  body: unknown;
}

const batch = 1000;
const longestBody = 1_000_000;

/**
 * Asks for data with the cookies of the browser's session. 429, 5xx and broken connections are tried again up to 5 times for methods that only
 * read. Fails with `job.http` (details.status), `job.network`, `job.blocked`, `job.badRecords`.
 */
export async function runRequest(http: APIRequestContext, step: RequestStep, scope: RequestScope): Promise<RequestResult> {
  const { extract, nextPage, max = Infinity } = step;
  const place = scope.resume;
  let request: Outgoing | null = firstOf(outgoingOf(step), nextPage);
  if (place !== null) request = { ...request, url: place.url, body: place.body };
  const total: ReadCounts = {
    rows: 0,
    skipped: 0,
    invalid: 0,
    problems: [],
    fields: Object.keys(extract?.fields ?? {}),
    keyed: extract?.key !== undefined,
  };
  const asked = new Set<string>();
  for (let number = place?.number ?? 1; ; number++) {
    asked.add(`${request.url}\n${request.body ?? ''}`);
    const answer = await send(http, request, scope);
    if (answer.status >= 400) throw badStatus(request, answer);
    if (extract === undefined) return { ...total, pages: number, status: answer.status, complete: true, body: bodyOf(answer) };
    const body = json(answer);
    const rows = await readRows(body, extract, { answer, number, first: number === 1, scope, total });
    const next: Outgoing | null = nextPage === undefined ? null : requestAfter(request, nextPage, answer, body, rows);
    // A list whose next page is one that has been read has no end.
    const again = next !== null && asked.has(`${next.url}\n${next.body ?? ''}`);
    if (again) total.problems.push(`The list goes round in circles: page ${number} names one as the next that has been read.`);
    const ended = next === null || again;
    await scope.pageDone({ number, rows, next: ended ? null : { number: number + 1, url: next.url, body: next.body } });
    if (ended || number >= max) return { ...total, pages: number, status: answer.status, complete: next === null, body: null };
    request = next;
  }
}

function outgoingOf({ request, method = 'GET', headers = {}, body }: RequestStep): Outgoing {
  const isText = typeof body === 'string';
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    url: request,
    method,
    headers: body === undefined || isText || typed ? headers : { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? null : isText ? body : JSON.stringify(body),
  };
}

interface PageOfList {
  answer: Answer;
  number: number;
  first: boolean;
  scope: RequestScope;
  total: ReadCounts;
}

async function readRows(body: unknown, extract: Extraction, { answer, number, first, scope, total }: PageOfList): Promise<number> {
  const where = hostAndPath(answer.url) ?? '';
  const list = atPath(body, extract.json ?? '$');
  // Without `json` an answer that is no list is one record.
  const rows = Array.isArray(list) ? list : extract.json === undefined && list !== null ? [list] : undefined;
  if (rows === undefined) {
    throw new AppError(
      'job.badRecords',
      `There is no list at "${extract.json ?? '$'}" in the answer of ${where}. Look at \`extract.json\`.`,
      { where },
    );
  }
  if (rows.length === 0 && first && extract.empty !== 'ok') {
    throw new AppError('job.badRecords', `The list of ${where} is empty. Say \`empty: ok\` if it may be.`, { where });
  }
  const reader = new RecordReader(extract, { page: number, position: `${scope.position}.${number}`, where, render: scope.render });
  const paths = Object.values(extract.fields).map((field) => field.path ?? '$');
  for (let at = 0; at < rows.length; at += batch) {
    const part = rows.slice(at, at + batch);
    const cells = part.map((row) => paths.map((path) => asScalar(atPath(row, path))));
    await scope.take(
      reader.read(
        cells,
        part.map((_, i) => at + i + 1),
        answer.url,
      ),
    );
  }
  const read = countsOf(reader);
  total.rows += read.rows;
  total.skipped += read.skipped;
  total.invalid += read.invalid;
  total.problems.push(...read.problems.slice(0, Math.max(0, 20 - total.problems.length)));
  return rows.length;
}

function json(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch (error) {
    const where = hostAndPath(answer.url) ?? '';
    const type = (answer.headers['content-type'] ?? 'no type').split(';', 1)[0] ?? '';
    const why = type === 'text/html' ? 'a page; you may be signed out' : `not JSON (${type})`;
    throw new AppError('job.badRecords', `The answer of ${where} is ${why}.`, { where, type }, error);
  }
}

function bodyOf({ text }: Answer): unknown {
  if (text.length > longestBody) return text.slice(0, longestBody);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function badStatus(request: Outgoing, { status, url }: Answer): AppError {
  const where = hostAndPath(url) ?? '';
  const why =
    status === 401 || status === 403
      ? 'you are signed out, or may not see it'
      : status === 404
        ? 'there is no such address'
        : status === 429 || status === 503
          ? 'the site wants to be asked less often; run it again later'
          : 'the site could not do it';
  return new AppError('job.http', `${request.method} ${where} was answered with ${status}: ${why}.`, { status, where });
}
