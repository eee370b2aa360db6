import * as z from 'zod';
import { recordChanges, runStates, runTriggers, runWaits } from '../../core/jobs/run.ts';
import { documentPath } from '../document.ts';
import { line, text, wellFormed } from '../text.ts';
import { collectionName, identifier, scalar, template } from './values.ts';

export const runId = z.int().positive();
export const jobName = line(200).min(1, 'is empty');
/** Who works on runs: one per window, made anew at each start. */
const worker = z.uuid();
const time = z.int();
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hexadecimal');
const leaseMs = z.int().min(1000).max(600_000);
const page = { limit: z.int().min(1).max(1000).optional() };

/** What a run was given. Secret inputs are not among them. */
const inputs = z.record(identifier, scalar);

/**
 * Where a run can be taken up again: opaque to the store, written and read by the runner. It moves on in the same transaction as the records
 * and log entries before it.
 */
const checkpoint = z.record(z.string(), z.unknown());

/** One action, as the audit log keeps it. No query strings, no typed texts. */
export const logEntry = z.strictObject({
  /** Path of the step in the job: `3`, `3.steps.1`. */
  step: line(200),
  kind: line(40),
  /** What was done, in words: `Click button "Next"`. */
  what: line(500),
  /** Host and path, without query. */
  where: line(2000).nullable(),
  result: z.enum(['ok', 'skipped', 'healed', 'retried', 'failed', 'blocked', 'asked', 'answered']),
  /** Milliseconds since 1970, and how long it took. */
  at: time,
  ms: z.int().min(0),
  /** Rows, bytes, files or pages, whichever the action counts. */
  count: z.int().min(0).nullable(),
  /** SHA-256 of a file it made. */
  sha256: hash.nullable(),
  message: line(2000).nullable(),
});
export type LogEntry = z.output<typeof logEntry>;

export const recordData = z.record(z.string(), scalar);
const recordDraft = z.strictObject({
  /** Tells the record apart within its collection; the runner makes it of the key fields, or of page and row. */
  key: line(500).min(1, 'is empty'),
  data: recordData,
  /** The page it stands on, without query. */
  url: line(2000),
  page: z.int().min(0),
  row: z.int().min(0),
  /** What is wrong with it: `due: "soon" is not a date`. */
  problems: z.array(line(500)).max(50).optional(),
});
export type RecordDraft = z.output<typeof recordDraft>;

const runFile = z.strictObject({
  kind: z.enum(['screenshot', 'snapshot', 'trace', 'download', 'export']),
  /** Of the workspace, or below the run's own folder. */
  path: line(1024),
  bytes: z.int().min(0),
  sha256: hash,
});
export type RunFile = z.output<typeof runFile>;

const failure = z.strictObject({ code: line(60), message: text(4000), step: line(200).nullable() });

const healed = z.strictObject({
  step: line(200),
  /** Index of the candidate that led to the element, and the candidates that did not any more. */
  taken: z.int().min(0),
  before: z.array(z.unknown()).max(12),
  after: z.array(z.unknown()).max(12),
});

export const jobInputs = {
  /** Refused with `job.active` while a run of the job is not over, and with `input.invalid` when nothing would be run. */
  enqueue: z.strictObject({
    job: jobName,
    /** What the job calls itself; the same as `job` unless told. */
    name: jobName.optional(),
    file: documentPath.nullable(),
    /** The job's text as it is run: what happens to the file later does not matter to this run. */
    definition: wellFormed(1_000_000),
    inputs,
    trigger: z.enum(runTriggers),
    /** Path of the step to begin with. */
    fromStep: line(200).optional(),
    /** Not before this time: milliseconds since 1970. */
    notBefore: time.optional(),
    /** The task it works for. */
    task: z.int().positive().optional(),
  }),
  /**
   * Takes a run that nobody works on: a queued one whose time has come, or one whose worker let its lease run out. Refused with `job.leased`
   * while another worker's lease holds, and with `job.state` when it is over or lost, or queued for later.
   */
  claim: z.strictObject({ run: runId, worker, leaseMs }),
  /**
   * Keeps the leases. Answers which are still held: a run that is not must be stopped. A lease that ran out is held while nobody else has
   * taken the run, so that a machine that slept goes on. Durable, but no change: no event, no audit, no revision.
   */
  renew: z.strictObject({ worker, runs: z.array(runId).max(100), leaseMs }),
  /**
   * Everything that happened since the last call, all or nothing. Refused with `job.leased` when the worker has no lease. `seq` counts up
   * from 1 per claim without gaps; a number that was seen before changes nothing and is answered the same.
   */
  advance: z.strictObject({
    run: runId,
    worker,
    seq: z.int().positive(),
    state: z.strictObject({ to: z.enum(runStates), waitingFor: z.enum(runWaits).optional(), reason: line(500).optional() }).optional(),
    checkpoint: checkpoint.optional(),
    entries: z.array(logEntry).max(1000).optional(),
    records: z
      .array(
        z.strictObject({
          collection: collectionName,
          rows: z.array(recordDraft).max(5000),
          /** All there is has been read: known records that this run has not seen are `gone`. */
          complete: z.boolean().optional(),
          /** Order of the columns. */
          fields: z.array(line(100)).max(300),
          keyed: z.boolean(),
        }),
      )
      .max(100)
      .optional(),
    files: z.array(runFile).max(100).optional(),
    failure: failure.optional(),
    healed: z.array(healed).max(100).optional(),
    /** What it is doing now, for lists: `Page 3 of 12`. */
    step: line(500).optional(),
    /** Pages read so far; unless told, the largest page number of its records. */
    pages: z.int().min(0).optional(),
  }),
  /** Asks whoever works on it to stop; a run nobody works on is cancelled at once. */
  cancel: z.strictObject({ run: runId }),
  /**
   * Queues a failed, cancelled or lost run again, from its checkpoint. Refused with `job.state` when a later run of the job was begun, which
   * may have read what this one would take for gone, and with `job.active`. `inputs` replace those it had.
   */
  resume: z.strictObject({ run: runId, inputs: inputs.optional() }),
  runs: z.strictObject({ job: jobName.optional(), states: z.array(z.enum(runStates)).optional(), before: runId.optional(), ...page }),
  run: z.strictObject({ run: runId }),
  log: z.strictObject({ run: runId, after: z.int().min(0).optional(), ...page }),
  collections: z.strictObject({ job: jobName.optional() }),
  records: z.strictObject({
    job: jobName,
    collection: collectionName,
    changes: z.array(z.enum(recordChanges)).optional(),
    /** Words that any value holds. */
    search: z.string().max(500).optional(),
    sort: z.strictObject({ field: line(100), descending: z.boolean().optional() }).optional(),
    offset: z.int().min(0).optional(),
    limit: z.int().min(1).max(5000).optional(),
  }),
  /**
   * Makes a task of each record that never had one from this job, also when that task was deleted or its creation undone. Templates see the
   * record as `item`, the name of the job as `job` and today as `date`. Records without a key are known by their content.
   */
  createTasks: z.strictObject({
    job: jobName,
    collection: collectionName,
    /** All records that are `new` or `changed` unless told. */
    keys: z.array(line(500)).min(1).max(10_000).optional(),
    changes: z.array(z.enum(recordChanges)).optional(),
    title: template,
    description: template.optional(),
    labels: z.array(line(60)).max(20).optional(),
    priority: z.enum(['High', 'Medium', 'Low']).optional(),
    due: template.optional(),
  }),
  /** Forgets runs that are over: their log, not the audit. Answers the folders of files that are free to be deleted. */
  prune: z.strictObject({ before: time, keepPerJob: z.int().min(0).max(10_000) }),
  /** Refused with `job.active` while a run of the job is not over. Which records got a task stays known. */
  deleteRecords: z.strictObject({ job: jobName, collection: collectionName.optional() }),
  /** Audit rows of a run, or of all, as they are sealed: for the report. */
  auditTrail: z.strictObject({ run: runId.optional(), from: z.int().min(0).optional(), ...page }),
} as const;

const actor = z.object({ kind: z.string(), name: z.string() });

export const jobRun = z.object({
  id: runId,
  job: z.string(),
  name: z.string(),
  file: z.string().nullable(),
  state: z.enum(runStates),
  waitingFor: z.enum(runWaits).nullable(),
  reason: z.string().nullable(),
  trigger: z.enum(runTriggers),
  actor,
  task: z.int().nullable(),
  /** What it is doing, or did last. */
  step: z.string().nullable(),
  pages: z.int(),
  records: z.int(),
  actions: z.int(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  notBefore: time.nullable(),
  /** How often it was begun or taken up again. */
  attempts: z.int(),
  cancelRequested: z.boolean(),
  /** Who works on it and until when the lease holds. */
  worker: z.string().nullable(),
  leaseUntil: time.nullable(),
  failure: failure.nullable(),
});
export type JobRun = z.output<typeof jobRun>;

const changed = z.object({ revision: z.int(), run: jobRun });
const counts = z.object({ new: z.int(), changed: z.int(), same: z.int(), gone: z.int() });
/**
 * `change` and `before` compare a record with what the last complete run before its last reading has read; readings of runs that failed do not
 * count. A record that was gone and is back is `changed`, with the fields that differ since, if any. Records without a key are replaced as a
 * whole by each run, and always `new`.
 */
export const jobRecord = z.object({
  key: z.string(),
  change: z.enum(recordChanges),
  data: recordData,
  /** What the changed fields were in the run before. */
  before: recordData.nullable(),
  url: z.string(),
  page: z.int(),
  row: z.int(),
  /** When it was last read, and by which run. */
  readAt: time,
  run: runId,
  firstRun: runId,
  problems: z.array(z.string()),
  task: z.int().nullable(),
});
export type JobRecord = z.output<typeof jobRecord>;

/** A row of the audit log with what its hash covers. */
export const sealedRow = z.object({
  revision: z.int(),
  at: time,
  actor,
  operation: z.string(),
  requestId: z.string().nullable(),
  summary: z.string(),
  body: z.string(),
  undoOf: z.int().nullable(),
  redoOf: z.int().nullable(),
  previousHash: z.string(),
  hash: z.string(),
  history: z.array(z.object({ taskId: z.int(), changes: z.string(), comment: z.string().nullable() })),
});

export const jobOutputs = {
  changed,
  claimed: changed.extend({ definition: z.string(), inputs, fromStep: z.string().nullable(), checkpoint: checkpoint.nullable() }),
  renewed: z.object({ held: z.array(runId) }),
  runs: z.object({ revision: z.int(), runs: z.array(jobRun) }),
  run: z.object({ run: jobRun, definition: z.string(), inputs, files: z.array(runFile), healed: z.array(healed), resumable: z.boolean() }),
  log: z.object({ entries: z.array(logEntry.extend({ n: z.int() })) }),
  collections: z.object({
    collections: z.array(
      z.object({
        job: z.string(),
        collection: z.string(),
        fields: z.array(z.string()),
        total: z.int(),
        counts,
        lastRun: runId,
        readAt: time,
      }),
    ),
  }),
  records: z.object({ total: z.int(), fields: z.array(z.string()), counts, records: z.array(jobRecord) }),
  createdTasks: z.object({ revision: z.int(), tasks: z.array(z.int()), known: z.int() }),
  pruned: z.object({ revision: z.int(), runs: z.array(runId) }),
  deleted: z.object({ revision: z.int(), records: z.int() }),
  auditTrail: z.object({
    rows: z.array(sealedRow),
    /** Where the next page begins; null at the end. */
    next: z.int().nullable(),
    head: z.object({ revision: z.int(), hash: z.string() }).nullable(),
  }),
} as const;
