import { AppError } from '../../core/appError.ts';
import { collectionOf } from '../../core/jobs/collection.ts';
import { hostAndPath } from '../../core/jobs/redact.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';
import type { Extraction } from '../../protocol/jobs/extraction.ts';
import type { PlainStepOf } from '../../protocol/jobs/plainSteps.ts';
import type { RecordDraft } from '../../protocol/jobs/runs.ts';
import type { Step } from '../../protocol/jobs/steps.ts';
import { elementOf } from './element.ts';
import { runExtraction } from './extract/runExtraction.ts';
import type { Extracted } from './extract/runExtraction.ts';
import { runRequest } from './extract/runRequest.ts';
import type { RequestScope } from './extract/runRequest.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import { countPage, enterHost } from './navigate.ts';
import type { Level } from './position.ts';
import { mayAsk } from './routing.ts';
import { WallError } from './walls.ts';
import { sleep } from './waits.ts';

/** Whether a template of the job names the rows of a step: only then are they kept in memory. */
export function wantsRows(run: LiveRun, id: string | undefined): id is string {
  return id !== undefined && new RegExp(`\\{\\{[^}]*\\bsteps\\.${id}\\b`).test(stepsText(run.job));
}

/** A job does not change while it runs, and is asked for each of its pages. */
const texts = new WeakMap<JobDefinition, string>();
function stepsText(job: JobDefinition): string {
  const text = texts.get(job) ?? JSON.stringify(job.steps);
  texts.set(job, text);
  return text;
}

/** Takes rows as they come, and keeps them for templates if one wants them. */
function taker(run: LiveRun, step: Pick<Step, 'id'>, extract: Extraction): (rows: RecordDraft[]) => Promise<void> {
  const collection = collectionOf(step, extract);
  const fields = Object.keys(extract.fields);
  const kept = wantsRows(run, step.id) ? (run.results[step.id] ??= []) : null;
  return async (rows) => {
    kept?.push(...rows.map((row) => row.data));
    await run.take(collection, fields, extract.key !== undefined, rows);
  };
}

/** Reads the records of the page that is open. Answers how many there were. */
export async function readPage(run: LiveRun, at: StepAt, extract: Extraction, page: number): Promise<Extracted> {
  const root =
    extract.within === undefined ? null : await (await elementOf(run, at, extract.within)).elementHandle({ timeout: at.timeout });
  const frame = root === null ? run.page : ((await root.ownerFrame()) ?? run.page);
  const over = new AbortController();
  const signal = AbortSignal.any([run.signal, over.signal]);
  try {
    const reading = runExtraction(frame, extract, {
      root,
      page,
      position: at.position,
      render: (template) => run.render(template),
      timeout: at.timeout,
      signal,
      take: taker(run, at.step, extract),
    });
    const found = await Promise.race([reading, wallAppears(run, signal)]);
    for (const problem of found.problems) run.say(`${at.what}: ${problem}`, 'warning');
    return found;
  } finally {
    over.abort(new AppError('cancelled', 'The reading is over.'));
    await root?.dispose().catch(() => undefined);
  }
}

/** While rows are waited for: the session may have ended, and then none will come. */
async function wallAppears(run: LiveRun, signal: AbortSignal): Promise<never> {
  for (;;) {
    // Never resolves once the reading is over; what it was raced with has been answered then.
    await sleep(700, signal).catch(() => new Promise<never>(() => undefined));
    const wall = await run.wall(null, run.lastAnswer?.status ?? null).catch(() => null);
    if (wall !== null) throw new WallError(wall, null);
  }
}

export const outcomeOf = (found: Extracted): Outcome => ({
  count: found.rows,
  ...(found.invalid + found.skipped === 0 ? {} : { message: `${found.invalid} rows with a problem, ${found.skipped} left out` }),
});

export async function extractRecords(run: LiveRun, at: StepAt, step: PlainStepOf<'extract'>): Promise<Outcome> {
  forgetRows(run, step.id);
  const found = await readPage(run, at, step.extract, 1);
  run.collect(collectionOf(step, step.extract), found.complete);
  return outcomeOf(found);
}

/** A step that begins anew must not leave the rows of its last attempt. */
export function forgetRows(run: LiveRun, id: string | undefined): void {
  if (!wantsRows(run, id)) return;
  run.results[id] = [];
  run.dropped.delete(id);
}

export async function request(
  run: LiveRun,
  at: StepAt,
  step: PlainStepOf<'request'>,
  level: Level,
  save: () => Promise<void>,
): Promise<Outcome> {
  const rendered = {
    ...step,
    request: run.render(step.request),
    headers: renderedHeaders(run, step.headers),
    body: renderedBody(run, step.body),
  };
  const resume = level.next ?? null;
  if (resume === null) forgetRows(run, step.id);
  const scope: RequestScope = {
    allow: (url, method) => {
      if (mayAsk(run.gate, method, url)) return;
      const host = URL.canParse(url) ? new URL(url).host : url;
      throw new AppError(
        'job.blocked',
        `The job file does not allow ${method} ${host}. Add the host to \`hosts\`, or the request to \`writes\`.`,
        { host },
      );
    },
    enter: async (url) => {
      countPage(run);
      const leave = await enterHost(run, at, url);
      return (answer) => leave(answer?.status ?? null, answer?.headers);
    },
    render: (template) => run.render(template),
    position: at.position,
    timeout: at.timeout,
    signal: run.signal,
    take: step.extract === undefined ? () => Promise.resolve() : taker(run, step, step.extract),
    pageDone: async ({ number, rows, next }) => {
      run.log({ ...at, what: `Read page ${number}` }, 'ok', Date.now(), { count: rows, where: hostAndPath(rendered.request) });
      run.progress(at.path, `Page ${number}`);
      if (next === null || run.isSecret(`${next.url} ${next.body ?? ''}`)) return;
      level.next = next;
      await save();
    },
    resume,
  };
  try {
    const result = await runRequest(run.session.context.request, rendered, scope);
    delete level.next;
    for (const problem of result.problems) run.say(`${at.what}: ${problem}`, 'warning');
    if (step.extract !== undefined) run.collect(collectionOf(step, step.extract), result.complete);
    else if (step.id !== undefined && isScalar(result.body)) run.vars[step.id] = result.body;
    return outcomeOf(result);
  } catch (error) {
    const status = error instanceof AppError && error.code === 'job.http' ? error.details['status'] : null;
    if (status !== 401) throw error;
    throw new WallError('signIn', new URL(rendered.request).origin);
  }
}

const isScalar = (value: unknown) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function renderedHeaders(run: LiveRun, headers: Record<string, string> | undefined): Record<string, string> | undefined {
  return headers === undefined ? undefined : Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, run.render(value)]));
}

type Body = PlainStepOf<'request'>['body'];

function renderedBody(run: LiveRun, body: Body): Body {
  const deep = (value: unknown): unknown => {
    if (typeof value === 'string') return run.value(value);
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deep(one)]));
    return value;
  };
  if (body === undefined) return undefined;
  if (typeof body === 'string') return run.render(body);
  return Array.isArray(body) ? body.map(deep) : Object.fromEntries(Object.entries(body).map(([key, value]) => [key, deep(value)]));
}

export async function exportRecords(run: LiveRun, _at: StepAt, step: PlainStepOf<'save'>): Promise<Outcome> {
  await run.commits.export(step.save, run.render(step.to));
  return {};
}
