import { AppError } from '../../core/appError.ts';
import { collectionOf } from '../../core/jobs/collection.ts';
import { resumableUrl } from '../../core/jobs/redact.ts';
import { jobFile } from '../../protocol/jobs/jobFile.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';
import type { PlainStepOf } from '../../protocol/jobs/plainSteps.ts';
import type { ForEachPageStep, ForEachStep, IfStep, Step } from '../../protocol/jobs/steps.ts';
import { holdsWithin } from './conditions.ts';
import { elementOf } from './element.ts';
import type { LiveRun, Outcome, StepAt } from './liveRun.ts';
import { paced } from './navigate.ts';
import { newPageTrail, nextPage } from './paging.ts';
import type { NextPage, PagingScope } from './paging.ts';
import type { Level, PageSpot } from './position.ts';
import { forgetRows, readPage } from './readSteps.ts';
import { openThroughWalls, passWall, WayLost } from './thresholds.ts';
import { WallError } from './walls.ts';

/** Where a step that holds others stands. */
export interface Inside {
  /** Its own place, kept up to date: a checkpoint in its body holds it. */
  level: Level;
  /** Where to take up its body; null to begin it. Only for the first round, which sets it to null. */
  resume: Level[] | null;
  /** Does the steps of its body. */
  walk(steps: readonly Step[], name: string, position: string, resume: Level[] | null): Promise<void>;
  /** Writes a checkpoint at the place it is in. */
  save(words: string): Promise<void>;
}

/** A page that has just been opened may not be complete. */
const settleMs = 1000;

export async function branch(run: LiveRun, at: StepAt, step: IfStep, inside: Inside): Promise<Outcome> {
  const { level } = inside;
  level.branch ??= (await holdsWithin(run, step.if, settleMs)) ? 'steps' : 'else';
  const steps = level.branch === 'steps' ? step.steps : (step.else ?? []);
  await inside.walk(steps, level.branch, at.position, taken(inside));
  return { message: level.branch === 'steps' ? 'it holds' : 'it does not hold' };
}

export async function forEach(run: LiveRun, at: StepAt, step: ForEachStep, inside: Inside): Promise<Outcome> {
  const { in: source, as = 'item', max = Infinity } = step.forEach;
  const items = itemsOf(typeof source === 'string' ? run.value(source) : source).slice(0, max);
  const { level } = inside;
  for (let index = level.item ?? 0; index < items.length; index++) {
    level.item = index;
    run.progress(at.path, `${index + 1} of ${items.length}`);
    await run.withItem({ [as]: items[index] }, () => inside.walk(step.steps, 'steps', join(at.position, index + 1), taken(inside)));
  }
  return { count: items.length };
}

/** What a body is taken up at is of use once: a step that is tried again is elsewhere by then. */
function taken(inside: Inside): Level[] | null {
  const { resume } = inside;
  inside.resume = null;
  return resume;
}

const join = (position: string, number: number) => (position === '' ? String(number) : `${position}.${number}`);

function itemsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string')
    return value
      .split(/\r?\n/)
      .map((one) => one.trim())
      .filter((one) => one !== '');
  if (value === null || value === undefined) return [];
  return [value];
}

export async function forEachPage(run: LiveRun, at: StepAt, step: ForEachPageStep, inside: Inside): Promise<Outcome> {
  const { level } = inside;
  const { max = Infinity } = step.forEachPage;
  const paging = new Paging(run, at, step);
  let rows = 0;
  let spot: PageSpot;
  if (level.spot === undefined) {
    forgetRows(run, step.id);
    const first = resumableUrl(run.page.url());
    spot = { page: 1, url: first, first, done: false };
  } else {
    ({ spot } = level);
    await paging.goTo(spot);
  }
  if (max !== Infinity) run.pagesTotal = max;
  for (;;) {
    level.spot = spot;
    const { page, first } = spot;
    if (!spot.done) {
      run.progress(at.path, `Page ${page}`);
      const began = Date.now();
      const place: StepAt = { ...at, position: join(at.position, page) };
      const body = async () => {
        // A body that is taken up in its middle has its records already.
        const resume = taken(inside);
        if (step.extract !== undefined && resume === null) {
          const found = await paging.read(place, page, spot);
          rows += found.rows;
          if (!found.complete) paging.collect(false);
          run.log({ ...at, what: `Read page ${page}` }, 'ok', began, { count: found.rows });
        }
        if (step.steps !== undefined) await inside.walk(step.steps, 'steps', place.position, resume);
      };
      await run.withItem({ page }, body);
      level.spot = spot = { ...spot, done: true };
      await inside.save(`Page ${page}`);
    }
    if (page >= max) {
      paging.collect(false);
      return { count: rows, message: `${page} pages, as many as the job wants` };
    }
    // The steps may have led elsewhere, such as to the page of a row.
    if (resumableUrl(run.page.url()) !== spot.url) await paging.goTo(spot, true);
    const next = await paging.next();
    if (next.kind === 'end') {
      if (!next.sure) run.say(`${at.what}: ${next.why}`, 'warning');
      paging.collect(next.sure);
      return { count: rows, message: `${page} pages: ${next.why}` };
    }
    spot = { page: page + 1, url: resumableUrl(run.page.url()), first, done: false };
  }
}

class Paging {
  readonly #run: LiveRun;
  readonly #at: StepAt;
  readonly #step: ForEachPageStep;
  readonly #scope: PagingScope;
  #trail = newPageTrail();

  constructor(run: LiveRun, at: StepAt, step: ForEachPageStep) {
    this.#run = run;
    this.#at = at;
    this.#step = step;
    this.#scope = {
      resolve: (target) => this.#resolve(target),
      goto: (url) => openThroughWalls(run, at, url, step.extract !== undefined),
      paced: (act) => paced(run, at, act),
      render: (template) => run.render(template),
      rows: step.extract?.rows ?? null,
      timeout: at.timeout,
      signal: run.signal,
    };
  }

  next(): Promise<NextPage> {
    return nextPage(this.#run.page, this.#step.forEachPage, this.#trail, this.#scope);
  }

  /** Whether there is no further page is known at once: a list that is complete has no more to load. */
  async #resolve(target: Parameters<PagingScope['resolve']>[0]): ReturnType<PagingScope['resolve']> {
    try {
      return await elementOf(this.#run, this.#at, target, { timeout: 0 });
    } catch (error) {
      // Anything else, such as a browser that is closing, says nothing about the list.
      if (AppError.is(error, 'job.elementMissing')) return null;
      throw error;
    }
  }

  async read(at: StepAt, page: number, spot: PageSpot): Promise<{ rows: number; complete: boolean }> {
    const { extract } = this.#step;
    if (extract === undefined) return { rows: 0, complete: true };
    for (let turn = 1; ; turn++) {
      try {
        return await readPage(this.#run, at, extract, page);
      } catch (error) {
        if (!(error instanceof WallError) || turn > 3) throw error;
        await passWall(this.#run, at, error);
        // Wherever the sign-in has led to: this page is read, and no other in its place.
        await this.goTo(spot, true);
      }
    }
  }

  /** Goes to a page that was read, or was about to be: by its address, or by going through the pages before it, which are not read again. */
  async goTo({ page, url, first }: PageSpot, anew = this.#at.attempt > 1): Promise<void> {
    const run = this.#run;
    if (url !== null && url !== first) {
      if (anew || resumableUrl(run.page.url()) !== url) await openThroughWalls(run, this.#at, url);
      return;
    }
    // One address for all pages: whatever was chosen before the list would be lost by opening it.
    if (anew) throw new WayLost();
    if (first !== null && resumableUrl(run.page.url()) !== first) await openThroughWalls(run, this.#at, first);
    this.#trail = newPageTrail();
    for (let at = 1; at < page; at++) {
      run.progress(this.#at.path, `Going to page ${page}: ${at}`);
      const next = await this.next();
      if (next.kind === 'end')
        throw new AppError('job.badRecords', `The list has only ${at} pages now; it had ${page} before. Run the job anew.`, { page });
    }
  }

  collect(complete: boolean): void {
    const { extract } = this.#step;
    if (extract !== undefined) this.#run.collect(collectionOf(this.#step, extract), complete);
  }
}

/** Depth of jobs that run jobs. */
const deepest = 5;

export async function runJob(run: LiveRun, at: StepAt, step: PlainStepOf<'runJob'>, inside: Inside): Promise<Outcome> {
  const parsed = jobFile.safeParse(run.jobs[step.runJob]);
  if (!parsed.success) {
    throw new AppError(
      'job.notFound',
      run.jobs[step.runJob] === undefined ? `There is no job "${step.runJob}".` : `The job "${step.runJob}" has mistakes. Open its file.`,
      { job: step.runJob },
    );
  }
  if (at.path.split('.job.').length > deepest) throw new AppError('job.invalid', 'Jobs run one another without end.', {});
  const job = parsed.data;
  await run.withJob(job, inputsOf(job, run, step.with ?? {}), () => inside.walk(job.steps, 'job', at.position, taken(inside)));
  return {};
}

function inputsOf(job: JobDefinition, run: LiveRun, given: Readonly<Record<string, string>>): Record<string, unknown> {
  const defaults = Object.entries(job.inputs ?? {}).map(([name, input]): [string, unknown] => [
    name,
    input.default ?? (input.optional === true ? '' : undefined),
  ]);
  const values = Object.entries(given).map(([name, template]): [string, unknown] => [name, run.value(template)]);
  const all = new Map([...defaults.filter(([, value]) => value !== undefined), ...values]);
  const missing = Object.keys(job.inputs ?? {}).find((name) => !all.has(name));
  if (missing !== undefined)
    throw new AppError('input.invalid', `The job "${job.name}" needs a value for "${missing}". Give it by \`with\`.`, { field: missing });
  return Object.fromEntries(all);
}
