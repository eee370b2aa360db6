import * as z from 'zod';
import { runWaits } from '../../core/jobs/run.ts';
import { candidate, fingerprint } from './locator.ts';
import { jobInputs, logEntry } from './runs.ts';
import { scalar } from './values.ts';

const run = z.int().positive();
const absolutePath = z.string().min(1).max(4096);

/** Where browsers and folders are. Nothing of it comes from a job file. */
const surroundings = z.strictObject({
  /** Folder of the profiles, private to the user. */
  profiles: absolutePath,
  /** The run's own folder: screenshots, downloads until they are published. */
  runFolder: absolutePath,
  workspace: absolutePath,
  /** A browser to use instead of the installed ones. */
  executable: absolutePath.nullable(),
  /** Extra arguments of the browser, from the machine's settings. */
  browserArguments: z.array(z.string().max(1000)).max(50),
});
export type Surroundings = z.output<typeof surroundings>;

/** What the host tells the runner, one JSON message each over the fork's channel. */
export const toRunner = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('start'),
    run,
    /** What people know the run by, when that is not `run`: runs of two folders may have the same number. */
    number: run.optional(),
    /** Parsed from the run's text, in the form the user writes: parsed again here. */
    definition: z.unknown(),
    inputs: z.record(z.string(), scalar),
    /** In memory only; never in a message back, a log or a file. */
    secrets: z.record(z.string(), z.string()),
    /** For `session.token`. */
    token: z.string().nullable(),
    fromStep: z.string().nullable(),
    checkpoint: z.record(z.string(), z.unknown()).nullable(),
    /** Jobs that `runJob` names, by name. */
    jobs: z.record(z.string(), z.unknown()),
    /** Stop before each step until told to go on. */
    stepwise: z.boolean(),
    surroundings,
  }),
  z.strictObject({ kind: z.literal('cancel'), run }),
  z.strictObject({ kind: z.literal('answer'), run, ask: z.int(), answer: z.union([z.string(), z.boolean(), z.int(), z.null()]) }),
  /**
   * The message of this number is durable. The runner goes on at most two messages ahead. A `publish` or `export` that could not be done, such as to
   * a file that exists, has `refused`: the step fails with it.
   */
  z.strictObject({
    kind: z.literal('committed'),
    run,
    seq: z.int(),
    refused: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  }),
  z.strictObject({
    kind: z.literal('openProfile'),
    id: z.int(),
    profile: z.string(),
    browser: z.string().nullable(),
    url: z.string().nullable(),
    surroundings,
  }),
  z.strictObject({
    kind: z.literal('record'),
    id: z.int(),
    profile: z.string(),
    browser: z.string().nullable(),
    url: z.string().nullable(),
    /** Only the one element that is clicked next. */
    pick: z.boolean(),
    surroundings,
  }),
  z.strictObject({ kind: z.literal('stop'), id: z.int() }),
  /** Whether there is a connection, as the host sees the machine's clock jump or wake up. */
  z.strictObject({ kind: z.literal('shutdown') }),
]);
export type ToRunner = z.output<typeof toRunner>;

export const askKinds = ['signIn', 'twoFactor', 'captcha', 'pause', 'question', 'confirm', 'replay', 'locator', 'failure', 'step'] as const;

/** A click or a typed text, with ways to find the element again. A typed password, mail address, phone number or code is not in it. */
const recordedStep = z.strictObject({
  kind: z.enum(['goto', 'click', 'fill', 'select', 'check', 'press', 'upload']),
  url: z.string().max(4000),
  candidates: z.array(candidate).max(12),
  fingerprint: fingerprint.nullable(),
  frame: z.array(candidate).max(5),
  value: z.string().max(20_000).nullable(),
  checked: z.boolean().nullable(),
  /** The value was sensitive and was left out: it becomes an input. */
  sensitive: z.enum(['password', 'code', 'email', 'phone']).nullable(),
  at: z.int(),
});
export type RecordedStep = z.output<typeof recordedStep>;

const advance = jobInputs.advance.shape;

/** What the runner tells the host. Everything is parsed: the child has touched foreign pages. */
export const fromRunner = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), pid: z.int(), version: z.string() }),
  /** To be made durable in this order, and answered with `committed`. */
  z.strictObject({
    kind: z.literal('commit'),
    run,
    seq: z.int().positive(),
    checkpoint: advance.checkpoint,
    entries: advance.entries,
    records: advance.records,
    files: advance.files,
    healed: advance.healed,
    step: advance.step,
  }),
  /** What happens now; may be dropped when there is too much. */
  z.strictObject({
    kind: z.literal('progress'),
    run,
    step: z.string().max(200),
    what: z.string().max(500),
    pages: z.int(),
    pagesTotal: z.int().nullable(),
    records: z.int(),
    /** The moment until which the host asked us to wait, when we do. */
    waitingUntil: z.int().nullable(),
  }),
  z.strictObject({ kind: z.literal('log'), run, level: z.enum(['info', 'warning', 'error']), message: z.string().max(4000) }),
  z.strictObject({ kind: z.literal('waiting'), run, for: z.enum(runWaits), reason: z.string().max(500) }),
  z.strictObject({ kind: z.literal('running'), run }),
  z.strictObject({
    kind: z.literal('ask'),
    run,
    ask: z.int(),
    about: z.enum(askKinds),
    message: z.string().max(4000),
    /** Below the run's folder. */
    screenshot: z.string().nullable(),
    /** Answers to choose from; a text when there are none. */
    choices: z.array(z.string().max(200)).max(20),
  }),
  /** The question is answered by what happened on the page. */
  z.strictObject({ kind: z.literal('askDone'), run, ask: z.int() }),
  /** A file in the run's folder, to be put into the workspace before the run goes on; answered with `committed`. */
  z.strictObject({
    kind: z.literal('publish'),
    run,
    seq: z.int().positive(),
    file: z.string().max(1024),
    to: z.string().max(1024),
    ifExists: z.enum(['replace', 'keep-both', 'fail']),
  }),
  /** Write the records of a collection to a file of the workspace; answered with `committed`. */
  z.strictObject({ kind: z.literal('export'), run, seq: z.int().positive(), collection: z.string(), to: z.string().max(1024) }),
  z.strictObject({
    kind: z.literal('end'),
    run,
    seq: z.int().positive(),
    outcome: z.enum(['done', 'failed', 'cancelled', 'lost']),
    failure: advance.failure,
    entries: z.array(logEntry).max(1000),
    files: advance.files,
    /** Collections that were read to their end. */
    complete: z.array(z.string()).max(1000),
  }),
  z.strictObject({ kind: z.literal('recorded'), id: z.int(), step: recordedStep }),
  /** A browser that was opened for the user, or a recording, is over. */
  z.strictObject({ kind: z.literal('closed'), id: z.int(), error: z.strictObject({ code: z.string(), message: z.string() }).nullable() }),
  z.strictObject({ kind: z.literal('opened'), id: z.int() }),
]);
export type FromRunner = z.output<typeof fromRunner>;
