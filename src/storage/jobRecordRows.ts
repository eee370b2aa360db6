import * as z from 'zod';
import type { RecordChange } from '../core/jobs/run.ts';
import type { JobRecord } from '../protocol/jobs/runs.ts';
import { recordData } from '../protocol/jobs/runs.ts';
import { sha256 } from './sha256.ts';

type Data = JobRecord['data'];

/** A collection as it is stored. */
export interface CollectionRow extends Record<RecordChange, number> {
  id: number;
  job: string;
  name: string;
  fields: string;
  keyed: number;
  lastRun: number;
  /** The last run that read all there is, and the one before it. */
  completeRun: number | null;
  previousRun: number | null;
  readAt: number;
  seal: string;
  revision: number;
}

export const totalOf = (row: CollectionRow) => row.new + row.changed + row.same + row.gone;

/** A record as it is stored. `change` is what its last reading found, also when it is gone now. */
export interface RecordRow {
  id: number;
  key: string;
  /** Names of the fields, and their values in the same order: two JSON arrays. */
  fields: string;
  data: string;
  change: Exclude<RecordChange, 'gone'>;
  before: string | null;
  /** It had been gone. */
  returned: number;
  gone: number;
  url: string;
  page: number;
  place: number;
  readAt: number;
  run: number;
  firstRun: number;
  problems: string | null;
  hash: string;
}

// A rescue may have kept a record and lost its shape: joined from the left, it is still known.
export const recordColumns = `r.id, r.record_key AS "key", coalesce(s.fields, '[]') AS fields, r.data, r.change, r.before, r.returned, r.gone, r.url, r.page, r.place,
  r.read_at AS readAt, r.run_id AS run, r.first_run AS firstRun, r.problems, r.hash`;

/** All numbers of a collection's records are between these. */
const room = 2 ** 32;
export const firstId = (collection: number) => collection * room;
export const lastId = (collection: number) => (collection + 1) * room - 1;

const names = z.array(z.string());
const values = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]));
const problems = z.array(z.string());

export function parseJson<S extends z.ZodType>(schema: S, json: string | null): z.output<S> | undefined {
  if (json === null) return undefined;
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    // Somebody has edited it; the audit log tells.
    return undefined;
  }
}

export const parseNames = (json: string): string[] => parseJson(names, json) ?? [];

export function dataOf({ fields, data }: Pick<RecordRow, 'fields' | 'data'>): Data {
  const of = parseJson(values, data) ?? [];
  return Object.fromEntries(parseNames(fields).map((name, i) => [name, of[i] ?? null]));
}

export const beforeOf = (row: Pick<RecordRow, 'before'>): Data => parseJson(recordData, row.before) ?? {};

/** The fields in which a record differs from what it was, with the values they had. A field that is not there is one without a value. */
export function changedFields(was: Data, is: Data): Data {
  const changed: Data = {};
  for (const name of Object.keys(was)) if ((was[name] ?? null) !== (is[name] ?? null)) changed[name] = was[name] ?? null;
  for (const name of Object.keys(is)) if (!(name in was) && (is[name] ?? null) !== null) changed[name] = null;
  return changed;
}

/**
 * What a record's hash is of. JSON holds no line break, so no two different records share one text. Never change it: every sealed record
 * would seem edited.
 */
export function recordHash(row: Omit<RecordRow, 'id' | 'gone' | 'hash'>): string {
  const { fields, data, key, change, before, returned, url, page, place, readAt, run, firstRun, problems: wrong } = row;
  return sha256(`${fields}\n${data}\n${JSON.stringify([key, change, before, returned, url, page, place, readAt, run, firstRun, wrong])}`);
}

/** By what a record is known to the task that was made of it: without a key of its own, by its content. */
export const linkKey = (row: Pick<RecordRow, 'key' | 'fields' | 'data'>, keyed: boolean): string =>
  keyed ? row.key : `#${sha256(`${row.fields}\n${row.data}`)}`;

export function toRecord(row: RecordRow, task: number | null): JobRecord {
  return {
    key: row.key,
    change: row.gone === 1 ? 'gone' : row.change,
    data: dataOf(row),
    before: row.before === null ? null : beforeOf(row),
    url: row.url,
    page: row.page,
    row: row.place,
    readAt: row.readAt,
    run: row.run,
    firstRun: row.firstRun,
    problems: parseJson(problems, row.problems) ?? [],
    task,
  };
}
