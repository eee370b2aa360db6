import type * as z from 'zod';
import type { JobRecord, JobRun, RunFile, jobInputs, jobOutputs } from '../../protocol/jobs/runs.ts';

type Inputs = z.output<typeof jobInputs.enqueue>['inputs'];
type Healed = z.output<typeof jobOutputs.run>['healed'];
export type RunLog = z.output<typeof jobOutputs.log>['entries'];
export type Collections = z.output<typeof jobOutputs.collections>['collections'];
export type RecordsQuery = z.output<typeof jobInputs.records>;
export type RecordsPage = z.output<typeof jobOutputs.records>;
export type RecordBatch = NonNullable<z.output<typeof jobInputs.advance>['records']>[number];

/** A run as it is stored, with what its worker has handed in. */
export interface StoredRun extends JobRun {
  /** Whose claim was the last one: kept when the lease ends, so that a repeated last message is recognised. */
  claimedBy: string | null;
  /** Number of the last message of that claim; 0 before the first. */
  seq: number;
}

export type RunDraft = Pick<JobRun, 'job' | 'name' | 'file' | 'trigger' | 'actor' | 'task' | 'createdAt' | 'notBefore'>;

/** What a run was given to do. */
export interface RunDefinition {
  definition: string;
  inputs: Inputs;
  fromStep: string | null;
}

/** What was done between two messages. Lists that are empty are not there. */
export interface Done {
  entries?: z.output<typeof jobInputs.advance>['entries'];
  files?: RunFile[];
  healed?: Healed;
}

/** What an audit row seals of what was done: its place in the run's log, and all of it, or its SHA-256 when it is too large for the row. */
export interface SealedDone {
  /** Entries before these. */
  first: number;
  count: number;
  done: Done | string;
}

/** What an audit row seals of the records that were read into a collection. */
export interface SealedRecords {
  collection: string;
  /** How many were read, and the SHA-256 of theirs. */
  rows: number;
  sha256: string;
  /** Records of the collection then, and the sum of the SHA-256 of all of them (those that are gone count twice) modulo 2^256. */
  total: number;
  seal: string;
  /** All there is had been read. */
  complete?: true;
}

/** What the body of an audit row holds of jobs. */
export interface SealedJob {
  /** Missing where it is about several. */
  job?: string;
  run?: number;
  /** SHA-256 of the run as it was then. */
  seal?: string;
  log?: SealedDone;
  records?: SealedRecords[];
  /** SHA-256 of the keys of the records that got a task, in the order of the tasks; and how many had one already. */
  links?: string;
  known?: number;
  deleted?: number;
  pruned?: number[];
}

export interface JobRunStore {
  insert(run: RunDraft, definition: RunDefinition): number;
  get(id: number): StoredRun | undefined;
  /** Newest first. */
  list(query: z.output<typeof jobInputs.runs> & { limit: number }): StoredRun[];
  /** The run of the job that is not over. */
  active(job: string): number | undefined;
  /** A later run of the same job that was begun. */
  begunAfter(job: string, id: number): number | undefined;
  update(run: StoredRun): void;
  /** Sets the end of leases this worker holds; answers those. */
  renew(worker: string, ids: readonly number[], until: number): number[];
  definition(id: number): RunDefinition;
  setInputs(id: number, inputs: Inputs): void;
  /** JSON. */
  checkpoint(id: number): string | null;
  setCheckpoint(id: number, checkpoint: string): void;

  /** SHA-256 of the run as it is now, with its checkpoint. Not of the end of its lease, which moves unaudited. */
  seal(id: number): string | undefined;
  /** Notes that an audit row concerns the run. Answers what the row is to seal of what was done; what is too large for it is kept beside. */
  sealDone(id: number, revision: number, done: Done): SealedDone;
  log(id: number, after: number, limit: number): RunLog;
  files(id: number): { files: RunFile[]; healed: Healed };
  /** Revisions of a run's audit rows, in order, from one on. */
  revisions(id: number, from: number, limit: number): number[];

  /** Runs that ended before a time, except the newest ones of each job. */
  ended(before: number, keepPerJob: number): number[];
  forget(ids: readonly number[]): void;

  ids(): number[];
  /** Whether the definition is the one that the run was given. */
  definitionIntact(id: number): boolean;
  /** Whether what was done is there as it was sealed: all of it, or at least its place when its text was `forgotten`. */
  doneIntact(id: number, revision: number, sealed: SealedDone): 'whole' | 'forgotten' | 'changed';
  trailLength(): number;
}

/** A record that may get a task. */
export interface TaskCandidate {
  key: string;
  data: JobRecord['data'];
}

export interface JobRecordStore {
  /** Takes in what a run has read. `added`: how many of the records this run had not read yet. */
  put(reading: { job: string; run: number; at: number; revision: number }, batch: RecordBatch): { sealed: SealedRecords; added: number };
  /** Removes the records of a job, or of one of its collections. */
  remove(job: string, collection: string | undefined): { deleted: number; sealed: SealedRecords[] };
  collections(job?: string): Collections;
  page(query: RecordsQuery & { limit: number }): RecordsPage | undefined;

  /** Records that ask for a task, in the order of their places, and how many of those asked for have one; undefined without the collection. */
  candidates(query: {
    job: string;
    collection: string;
    keys?: readonly string[] | undefined;
    changes: readonly JobRecord['change'][];
  }): { fresh: TaskCandidate[]; known: number } | undefined;
  link(links: { job: string; collection: string; revision: number }, pairs: readonly { key: string; task: number }[]): void;
  /** SHA-256 of the keys of records that got a task by this change, in the order of the tasks. */
  linksSeal(revision: number): string;

  /** Every collection as it was sealed last. */
  sealed(): { id: number; job: string; collection: string; revision: number }[];
  /**
   * Checks records of a collection, from a number on. Answers the keys of those that are not what their own hash says, what all of them
   * together add to the collection's seal, and the number to go on from; null at the end.
   */
  check(id: number, from: number, limit: number): { changed: string[]; seal: string; next: number | null };
}

/** A seal of no records. */
export const emptySeal = '0'.repeat(64);
const modulus = 1n << 256n;

/** A hash that somebody has made unreadable adds nothing; `audit.verify` tells. */
const numberOf = (hash: string) => (/^[0-9a-f]{64}$/.test(hash) ? BigInt(`0x${hash}`) : 0n);

/** Seals are sums, so that the seal of 100,000 records follows from the 25 that were read. `times` may be negative. */
export function addSeal(seal: string, hash: string, times = 1): string {
  const sum = (numberOf(seal) + numberOf(hash) * BigInt(times)) % modulus;
  return (sum < 0n ? sum + modulus : sum).toString(16).padStart(64, '0');
}
