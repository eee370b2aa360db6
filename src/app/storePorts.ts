import type { Actor } from '../core/actor.ts';
import type { SealedHistory, SealedRow } from '../core/auditChain.ts';
import type { DocumentCause, DocumentChange, DocumentKind, DocumentRow, DocumentVersion } from '../core/document.ts';
import type { FieldChange, HistoryEntry } from '../core/history.ts';
import type { Status, Task, TaskRow } from '../core/task.ts';
import type { Details, TaskChanges, TaskValues } from '../core/taskFields.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type * as z from 'zod';
import type { JobRecordStore, JobRunStore, SealedJob } from './jobs/jobStorePorts.ts';
import type { WebhookStore } from './webhookPorts.ts';
import type { documentInput } from '../protocol/document.ts';
import type { taskInput } from '../protocol/task.ts';

/** Where a card is in its column. */
export interface Spot {
  id: number;
  rank: string;
}

export type ListQuery = z.output<typeof taskInput.list>;
export type ReadyFilter = Pick<ListQuery, 'type' | 'priority' | 'label'>;

/** What to compare tasks with. Either may be empty. */
export interface Likeness {
  title: string;
  description: string;
}

/** What is kept of every change besides its fields. */
export interface Stamp {
  updatedAt: number;
  version: number;
  revision: number;
}

/** The tasks of the database. Synchronous; no call reads more than it is asked for. */
export interface TaskStore {
  /** The light row, also of a deleted task. */
  row(id: number): TaskRow | undefined;
  rows(ids: readonly number[]): TaskRow[];
  spot(id: number): (Spot & { status: Status }) | undefined;
  details(id: number): Details;
  task(id: number): Task | undefined;
  /** Answers the id. */
  insert(values: TaskValues, createdAt: number, revision: number): number;
  update(id: number, changes: TaskChanges, stamp: Stamp): void;
  /** Changes nothing but the place: a neighbour that had to make room is not an edited task. */
  setRank(id: number, rank: string): void;
  /** The largest number ever given to an item of the task's checklist. */
  lastChecklistId(id: number): number;

  /** Cards behind a place, in order; deleted and archived ones too, for they may come back to theirs. */
  following(status: Status, after: Spot | null, limit: number): Spot[];
  /** Cards before a place, the nearest first. */
  preceding(status: Status, before: Spot | null, limit: number): Spot[];
  isRankTaken(status: Status, rank: string, exceptId: number): boolean;
  /** Live tasks of a column. */
  count(status: Status): number;

  dependsOn(id: number): number[];
  /** Tasks that wait for any of these. */
  dependents(ids: readonly number[]): number[];
  /** Those of the ids that exist and are not deleted. */
  existing(ids: readonly number[]): Set<number>;
  /** Those of the ids that are live and not done. */
  openAmong(ids: readonly number[]): number[];

  list(query: ListQuery, today: string): { total: number; tasks: TaskRow[] };
  snapshot(limitPerColumn: number | undefined): OperationOutput<'task.snapshot'>['columns'];
  /** The first card in Ready that this assignee may begin: nobody's or theirs, waiting for none, blocked by nothing. */
  firstReady(filter: ReadyFilter, assignee: string): TaskRow | undefined;
  search(text: string, limit: number): number[];
  /** Live tasks that share telling words with a text, most alike first. `score` as `taskOutput.similar` has it. */
  similar(text: Likeness, limit: number, except: number | undefined): { id: number; score: number }[];
  /** All tasks that are not deleted. */
  total(): number;
  largestId(): number;
}

/** History of one task by one operation, to be written. */
export interface HistoryDraft {
  taskId: number;
  changes: FieldChange[];
  comment: string | null;
}

export interface HistoryStore {
  append(revision: number, entries: readonly SealedHistory[]): void;
  /** What an operation did to a task. */
  changes(taskId: number, revision: number): FieldChange[];
  /** As stored, in the order of the ids; nothing for one that is missing. */
  sealed(revision: number, taskIds: readonly number[]): SealedHistory[];
  /** Newest first. */
  ofTask(taskId: number, limit: number, beforeRevision?: number): HistoryEntry[];
  /** Newest first. */
  since(taskId: number, revision: number): HistoryEntry[];
  /** Rows up to a revision, and the largest revision of all, for tasks in a range of ids. */
  tally(fromTask: number, toTask: number, upTo: number): { rows: number; newest: number };
}

/** A row of the audit log as it is stored. */
export interface AuditRow extends SealedRow {
  hash: string;
}

/** What the body of an audit row holds. */
export interface AuditBody {
  /** Tasks with a history row of this operation, in its order. */
  tasks: number[];
  /** Tasks that got another place in their column because one of `tasks` needed room. */
  madeRoom?: number[];
  /** The rule that a user has overridden. */
  overrode?: string;
  /** Versions of documents that this operation recorded, with the hash of their content: so it is sealed with the row. */
  documents?: SealedVersion[];
  /** What it changed of a job's run or records. */
  job?: SealedJob;
  /** The webhook it changed; the summary says how. */
  webhook?: number;
}

export interface SealedVersion {
  id: number;
  version: number;
  hash: string | null;
}

/** A saved content to be kept. */
export interface VersionDraft {
  path: string;
  kind: DocumentKind;
  /** Base64; null for a deletion. */
  content: string | null;
  cause: DocumentCause;
  note: string | null;
}

export type DocumentQuery = z.output<typeof documentInput.list>;

/** The versions of files in the database. */
export interface DocumentStore {
  /** Undefined when no version was ever recorded. */
  find(path: string): (DocumentRow & { id: number }) | undefined;
  /** Keeps a version unless the newest one has this content already: then undefined. Throws `file.tooLarge`, `input.invalid`. */
  record(draft: VersionDraft, actor: Actor, now: number): (SealedVersion & { change: DocumentChange }) | undefined;
  list(query: DocumentQuery): DocumentRow[];
  /** Newest first. */
  versions(id: number, limit: number, before?: number): DocumentVersion[];
  version(id: number, version: number): (DocumentVersion & { content: string | null }) | undefined;
  /** What events say of recorded versions; nothing for one that is gone. */
  changes(sealed: readonly SealedVersion[]): DocumentChange[];
  /** Of these versions those that are stored as they were sealed. */
  intact(sealed: readonly SealedVersion[]): number;
  /** All versions there are. */
  total(): number;
}

export interface StackRow {
  revision: number;
  operation: string;
  undoOf: number | null;
  redoOf: number | null;
}

export interface AuditStore {
  append(row: AuditRow): void;
  get(revision: number): AuditRow | undefined;
  byRequest(requestId: string): AuditRow | undefined;
  newest(): AuditRow | undefined;
  /** The largest revision ever given, also when its row is gone. */
  lastGiven(): number;
  /** The largest revision that tasks in a range of ids carry. */
  largestInTasks(fromTask: number, toTask: number): number;
  /** In order, from a revision on. */
  page(from: number, limit: number): AuditRow[];
  /** The same, without what was changed. */
  operations(from: number, limit: number): Pick<AuditRow, 'revision' | 'operation'>[];
  /** Of the last `window` rows those by one actor, oldest first. */
  recentOf(actor: Actor, window: number): StackRow[];
}

export interface Stores {
  tasks: TaskStore;
  history: HistoryStore;
  audit: AuditStore;
  documents: DocumentStore;
  jobRuns: JobRunStore;
  jobRecords: JobRecordStore;
  webhooks: WebhookStore;
  /** All or nothing. */
  transaction<T>(body: () => T): T;
  /** A slice of housekeeping; true while more is left. */
  tidy(): boolean;
}
