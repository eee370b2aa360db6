import type { ElementHandle, Frame, Page } from 'playwright-core';
import * as z from 'zod';
import { AppError } from '../../../core/appError.ts';
import { hostAndPath } from '../../../core/jobs/redact.ts';
import type { Extraction, FieldSpec } from '../../../protocol/jobs/extraction.ts';
import type { RecordDraft } from '../../../protocol/jobs/runs.ts';
import { orAborted } from '../waits.ts';
import type { PageCode } from '../pageCode.ts';
import { readPageCode, type PageRequest, type Place } from './readPage.ts';
import { RecordReader } from './recordReader.ts';
import { scrollGridCode, type GridRequest } from './scrollGrid.ts';

export interface ExtractionScope {
  /** What `within` led to; null reads the whole of the page. */
  root: ElementHandle | null;
  /** Number of the page in its loop, from 1, for the record's provenance. */
  page: number;
  /**
   * Tells this reading apart from all others into the same collection, in every run the same: `3` on the third page, `2.14` in loops. Records
   * without a key are known by it and their row.
   */
  position: string;
  /** Fills templates in fixed values. */
  render(template: string): string;
  /** How long to wait for the first row, in milliseconds. */
  timeout: number;
  signal: AbortSignal;
  /** Takes rows as they come, at most 1,000 at a time, and makes the reading wait while it is busy. */
  take(rows: RecordDraft[]): Promise<void>;
}

export interface ReadCounts {
  /** Rows given to `take`. */
  rows: number;
  /** Rows left out because they did not fit (`onInvalid: skip`). */
  skipped: number;
  /** Rows with a problem, and the first problems in words. */
  invalid: number;
  problems: string[];
  /** Names of the fields in the order of the job file. */
  fields: string[];
  /** Whether the records have a key of their own. */
  keyed: boolean;
}

export interface Extracted extends ReadCounts {
  /** All there is was read. Not when `scroll.max` ended it, or rows may have been missed while scrolling. */
  complete: boolean;
}

/** How many rows come out of the page with one call, and are given away at a time. */
const call = 5000;
const batch = 1000;
/** How long an empty list is waited for that may be empty. */
const emptyWait = 3000;

const cells = z.array(z.array(z.string().nullable()));
const pageRows = z.object({
  base: z.string(),
  total: z.int(),
  cells,
  numbers: z.array(z.int()),
  heading: z.object({ name: z.string(), count: z.int(), known: z.array(z.string()) }).nullable(),
});
const gridRows = pageRows.extend({
  keys: z.array(z.string()),
  view: z.array(z.string()),
  ended: z.boolean(),
  steps: z.int(),
  gaps: z.int(),
  missing: z.boolean(),
});

/**
 * Reads records from a page with one call into it, waiting there for the first row. Fails with `job.badRecords` when there is no row (unless
 * `empty: ok`), no such column, or a row that does not fit with `onInvalid: fail`.
 */
export async function runExtraction(page: Page | Frame, extraction: Extraction, scope: ExtractionScope): Promise<Extracted> {
  const where = hostAndPath(page.url()) ?? '';
  const reader = new RecordReader(extraction, { page: scope.page, position: scope.position, where, render: scope.render });
  const request: PageRequest = {
    rows: extraction.rows ?? null,
    places: placesOf(extraction),
    from: 0,
    limit: call,
    wait: extraction.empty === 'ok' ? Math.min(emptyWait, scope.timeout) : scope.timeout,
  };
  let complete = true;
  if (extraction.scroll === undefined) await readRows(page, request, reader, scope);
  else complete = await readGrid(page, { ...request, ...gridPart(extraction, extraction.scroll) }, reader, scope);
  if (reader.rows + reader.skipped === 0 && extraction.empty !== 'ok') throw noRows(extraction, where);
  return { ...countsOf(reader), complete };
}

export const countsOf = (reader: RecordReader): ReadCounts => ({
  rows: reader.rows,
  skipped: reader.skipped,
  invalid: reader.invalid,
  problems: reader.problems,
  fields: reader.fields,
  keyed: reader.keyFields.length > 0,
});

/** In the order of the fields; fixed values get a place too, which nobody reads. */
function placesOf({ fields, key }: Extraction): Place[] {
  const keys = [key ?? []].flat();
  return Object.entries(fields).map(([name, field]) => ({
    cell: field.cell ?? null,
    column: field.column ?? null,
    css: field.css ?? null,
    attr: field.attr ?? null,
    link: linkOf(field),
    needed: field.required === true || keys.includes(name),
  }));
}

const linkOf = ({ as, attr }: FieldSpec): Place['link'] => (attr === undefined && (as === 'url' || as === 'email') ? as : null);

async function readRows(page: Page | Frame, request: PageRequest, reader: RecordReader, scope: ExtractionScope): Promise<void> {
  for (let from = 0, total = 1; from < total; from += call) {
    const answer = pageRows.parse(await inPage(page, readPageCode, { ...request, from, wait: from === 0 ? request.wait : 0 }, scope));
    total = answer.total;
    if (answer.heading !== null) throw badHeading(answer.heading);
    for (let at = 0; at < answer.cells.length; at += batch) {
      await scope.take(reader.read(answer.cells.slice(at, at + batch), answer.numbers.slice(at, at + batch), answer.base));
    }
  }
}

/** What a grid takes besides a list. */
function gridPart(
  extraction: Extraction,
  scroll: NonNullable<Extraction['scroll']>,
): Omit<GridRequest, keyof PageRequest> & { rows: string } {
  const names = Object.keys(extraction.fields);
  const keys = [extraction.key ?? []].flat().map((name) => names.indexOf(name));
  return {
    rows: extraction.rows ?? '[role=row]',
    container: scroll.container,
    settle: scroll.settle ?? 1000,
    keys,
    view: null,
    budget: 500,
    steps: scroll.max ?? 100_000,
  };
}

async function readGrid(page: Page | Frame, request: GridRequest, reader: RecordReader, scope: ExtractionScope): Promise<boolean> {
  const seen = new Map<string, string>();
  let { view, steps } = request;
  let row = 0;
  let gaps = 0;
  for (;;) {
    const answer = gridRows.parse(await inPage(page, scrollGridCode, { ...request, view, steps }, scope));
    if (answer.missing) {
      throw new AppError(
        'job.badRecords',
        `Nothing on the page matches "${request.container}", which is to be scrolled. Look at \`scroll.container\`.`,
      );
    }
    if (answer.heading !== null) throw badHeading(answer.heading);
    // The same row comes again with every step; one that reads differently is the same record, changed meanwhile, or a key that tells nothing apart.
    const fresh = answer.cells.flatMap((values, i) => {
      const text = JSON.stringify(values);
      const key = answer.keys[i] ?? '';
      if (seen.get(key) === text) return [];
      seen.set(key, text);
      return [values];
    });
    for (let at = 0; at < fresh.length; at += batch) {
      const part = fresh.slice(at, at + batch);
      await scope.take(
        reader.read(
          part,
          part.map(() => ++row),
          answer.base,
        ),
      );
    }
    view = answer.view;
    steps -= answer.steps;
    gaps += answer.gaps;
    if (!answer.ended && steps > 0) continue;
    if (gaps > 0) {
      reader.problems.push('While scrolling, no row of the view before was left: rows may be missing. Give `scroll.settle` more time.');
    }
    if (!answer.ended) reader.problems.push('The grid was not scrolled to its end: `scroll.max` was reached.');
    return answer.ended && gaps === 0;
  }
}

async function inPage(page: Page | Frame, code: PageCode, request: PageRequest | GridRequest, scope: ExtractionScope): Promise<unknown> {
  const deadline = performance.now() + scope.timeout;
  for (;;) {
    try {
      const reading = scope.root === null ? page.evaluate(code, request) : scope.root.evaluate(code, request);
      return await orAborted(reading, scope.signal);
    } catch (error) {
      // The page went to another one, as sign-in pages do by themselves: the rows are waited for there.
      const moved = error instanceof Error && /Execution context was destroyed|navigation/.test(error.message);
      if (!moved || scope.root !== null || performance.now() > deadline) throw error;
      await orAborted(page.waitForLoadState('domcontentloaded'), scope.signal);
    }
  }
}

function badHeading({ name, count, known }: { name: string; count: number; known: string[] }): AppError {
  const there = known.length === 0 ? 'The table has no headings.' : `There are: ${known.join(', ')}.`;
  return new AppError(
    'job.badRecords',
    `${count === 0 ? 'No column is' : 'Several columns are'} called "${name}". ${there} The page may have changed.`,
  );
}

function noRows({ rows }: Extraction, where: string): AppError {
  const what = rows === undefined ? 'None of the fields is' : `No row ("${rows}") is`;
  return new AppError(
    'job.badRecords',
    `${what} on ${where}. The page may have changed, or you are signed out. Say \`empty: ok\` if there may be none.`,
  );
}
