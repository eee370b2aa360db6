import * as z from 'zod';
import type { ErrorBody } from '../../core/appError.ts';
import type { recordChanges } from '../../core/jobs/run.ts';
import type { Reply } from '../wire.ts';
import { jobInputs } from './runs.ts';
import type { jobOutputs, JobRun, LogEntry, RunFile } from './runs.ts';
import type { askKinds } from './runnerMessages.ts';
import { collectionName } from './values.ts';

const id = z.int();
const runId = z.int().positive();
const step = z.string().max(200);
const path = z.string().min(1).max(1024);

// ---- the page of a run

/** What a person can do on the page of a run: a closed list, none of it a command of VS Code. */
const runAction = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('cancel') }),
  z.strictObject({ what: z.literal('resume') }),
  z.strictObject({ what: z.literal('runAgain') }),
  z.strictObject({
    what: z.literal('answer'),
    ask: z.int(),
    answer: z.union([z.string().max(20_000), z.boolean(), z.null()]),
  }),
  /** Secret values are typed into VS Code's own hidden boxes, never into a page. */
  z.strictObject({ what: z.literal('answerSecrets'), ask: z.int() }),
  z.strictObject({ what: z.literal('showRecords') }),
  /** At a step, or at its beginning. */
  z.strictObject({ what: z.literal('openJobFile'), step: step.nullable() }),
  z.strictObject({ what: z.literal('applyHealed') }),
  /** One of the files that the run has made. */
  z.strictObject({ what: z.literal('openFile'), path }),
  z.strictObject({ what: z.literal('revealFile'), path }),
]);
export type RunAction = z.output<typeof runAction>;

export const runRequest = z.discriminatedUnion('kind', [
  /** The page listens now, or wants to try again: the host answers with `init`. */
  z.strictObject({ kind: z.literal('ready') }),
  /** Log entries after a number; answered with those, at most 1,000. */
  z.strictObject({ kind: z.literal('log'), id, after: z.int().min(0) }),
  /** The text of a snapshot among the run's files. */
  z.strictObject({ kind: z.literal('snapshot'), id, path }),
  z.strictObject({ kind: z.literal('act'), id, action: runAction }),
]);
export type RunRequest = z.output<typeof runRequest>;

/** A step of the job in the form in which it is shown, in the order of the file. */
export interface StepLine {
  /** As log entries name it: `3`, `3.steps.1`. */
  path: string;
  depth: number;
  words: string;
  isDisabled: boolean;
}

export interface RunAsk {
  ask: number;
  about: (typeof askKinds)[number] | 'secrets';
  message: string;
  /** Address of the picture, as the page may load it. */
  screenshot: string | null;
  /** Answers to choose from. */
  choices: readonly string[];
}

/** What happens now. */
export interface RunProgress {
  step: string;
  what: string;
  pages: number;
  pagesTotal: number | null;
  records: number;
  /** Milliseconds since 1970: the moment until which the site asked us to wait. */
  waitingUntil: number | null;
}

/** `uri`: address of a picture that the page may load. */
export type ShownFile = RunFile & { uri: string | null };

export interface RunDetails {
  run: JobRun;
  files: readonly ShownFile[];
  healed: readonly { step: string }[];
  resumable: boolean;
}

export type ShownEntry = LogEntry & { n: number };

export type RunMessage =
  | {
      kind: 'init';
      steps: readonly StepLine[];
      details: RunDetails;
      asks: readonly RunAsk[];
      progress: RunProgress | null;
      /** The reader's language, for numbers and times: a BCP 47 tag. */
      locale: string;
      /** Translated texts by their English original. */
      strings: Readonly<Record<string, string>>;
    }
  /** The run was changed: there may be new log entries too. */
  | { kind: 'details'; details: RunDetails }
  | { kind: 'progress'; progress: RunProgress }
  | { kind: 'asks'; asks: readonly RunAsk[] }
  /** The run could not be read. */
  | { kind: 'problem'; error: ErrorBody }
  | { kind: 'reply'; id: number; reply: Reply };

/** Kept by the page, so that the panel finds its run again after a reload of the window. */
export interface RunViewState {
  version: 1;
  /** Address of the workspace folder. */
  folder: string;
  run: number;
}

// ---- the page of records

const { records } = jobInputs;
/** Which records are shown. */
const recordFilter = { changes: records.shape.changes, search: records.shape.search };
/** Most records of one answer. */
export const maxRange = 500;

/** Some records by their keys, or all that the filter shows but a few. */
const selection = z.union([
  z.strictObject({ keys: z.array(z.string().max(500)).min(1).max(10_000) }),
  z.strictObject({ ...recordFilter, except: z.array(z.string().max(500)).max(10_000) }),
]);
export type RecordSelection = z.output<typeof selection>;

const recordsAction = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('export'), collection: collectionName }),
  z.strictObject({ what: z.literal('createTasks'), collection: collectionName, selection }),
  z.strictObject({ what: z.literal('showRun'), run: runId }),
  z.strictObject({ what: z.literal('openTask'), task: z.int().positive() }),
  /** The page a record stands on, in the user's browser. */
  z.strictObject({ what: z.literal('openPage'), url: z.url({ protocol: /^https?$/ }).max(2000) }),
]);
export type RecordsAction = z.output<typeof recordsAction>;

export const recordsRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({
    kind: z.literal('range'),
    id,
    collection: collectionName,
    ...recordFilter,
    sort: records.shape.sort,
    offset: z.int().min(0),
    limit: z.int().min(1).max(maxRange),
  }),
  z.strictObject({ kind: z.literal('act'), id, action: recordsAction }),
]);
export type RecordsRequest = z.output<typeof recordsRequest>;
export type RangeRequest = Extract<RecordsRequest, { kind: 'range' }>;

export type RecordCounts = Record<(typeof recordChanges)[number], number>;
export type ShownCollection = z.output<typeof jobOutputs.collections>['collections'][number];
export type RecordRange = z.output<typeof jobOutputs.records>;

export type RecordsMessage =
  | {
      kind: 'init';
      job: string;
      collections: readonly ShownCollection[];
      /** The one to show; what the page had shown comes first. */
      collection: string | null;
      locale: string;
      strings: Readonly<Record<string, string>>;
    }
  /** Records were changed: what is shown may be old. */
  | { kind: 'changed'; collections: readonly ShownCollection[] }
  /** Another collection is asked for, by who opened the page once more. */
  | { kind: 'show'; collection: string }
  | { kind: 'problem'; error: ErrorBody }
  | { kind: 'reply'; id: number; reply: Reply };

/** Kept by the page: which records it shows and how, never the records. */
export interface RecordsViewState {
  version: 1;
  folder: string;
  job: string;
  collection: string | null;
  search: string;
  changes: readonly (typeof recordChanges)[number][];
  sort: { field: string; descending: boolean } | null;
}
