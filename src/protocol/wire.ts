import * as z from 'zod';
import type { ErrorBody } from '../core/appError.ts';
import type { DocumentChange } from '../core/document.ts';
import type { TaskRow } from '../core/task.ts';
import { actorKinds } from '../core/actor.ts';
import type { Actor } from '../core/actor.ts';
import type { JobRun } from './jobs/runs.ts';
import { actorName } from './task.ts';

/** One change of the store, told to everyone. Revisions are consecutive: a gap means something was missed. */
export interface StoreEvent {
  revision: number;
  /** Name of the operation, such as `task.move`. */
  name: string;
  body: {
    actor: Actor;
    /** Light rows as they are now, deleted and archived ones included (`deletedAt`, `archivedAt` say so). */
    tasks: TaskRow[];
    /** Versions of files that were recorded; then there are no tasks. */
    documents?: DocumentChange[];
    /** Runs of jobs that changed, as they are now. */
    runs?: JobRun[];
    /** Runs that are no longer kept. */
    prunedRuns?: number[];
    /** Collections whose records changed. */
    records?: RecordsChange[];
  };
}

export interface RecordsChange {
  job: string;
  collection: string;
}

/** What this window is to its database. The user interface shows it. */
export type StoreState =
  | { role: 'starting' }
  | { role: 'owner' }
  /** Another process owns the database; this one works through it. */
  | { role: 'client'; ownerPid: number }
  /** The owner died and this process is becoming the owner; calls wait. */
  | { role: 'takingOver' }
  | { role: 'readOnly'; error: ErrorBody }
  | { role: 'failed'; error: ErrorBody }
  | { role: 'closed' };

/** Something a person should know: rescued data, a replaced file, a backup that failed. `message` is ready to show. */
export interface StoreNotice {
  severity: 'info' | 'warning' | 'error';
  message: string;
  /** A file to reveal, such as the damaged copy that was kept aside. */
  file?: string;
}

/** What any request is answered with. */
export type Reply<T = unknown> = { ok: true; value: T } | { ok: false; error: ErrorBody };

/** Who calls, as a storage thread accepts it: the name is stored, hashed and shown. */
export const callingActor = z.object({
  kind: z.enum(actorKinds),
  name: actorName,
});
