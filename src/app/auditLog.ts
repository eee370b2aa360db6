import * as z from 'zod';
import { canonicalForm } from '../core/auditChain.ts';
import type { SealedHistory } from '../core/auditChain.ts';
import type { Done, SealedJob } from './jobs/jobStorePorts.ts';
import type { AuditAnchor } from './ports.ts';
import type { AuditBody, AuditRow, AuditStore, HistoryStore } from './storePorts.ts';
import type { Work } from './work.ts';

/** A short name for a text: SHA-256, in any encoding without blanks. */
export type Hash = (text: string) => string;

const sealedVersion = z.object({ id: z.int().positive(), version: z.int().positive(), hash: z.string().nullable() });
const sealedJob = z.object({
  job: z.string().optional(),
  run: z.int().optional(),
  seal: z.string().optional(),
  log: z
    .object({
      first: z.int(),
      count: z.int(),
      // What it holds is parsed by whoever reads it.
      done: z.union([z.string(), z.custom<Done>((value) => typeof value === 'object' && value !== null)]),
    })
    .optional(),
  records: z
    .array(
      z.object({
        collection: z.string(),
        rows: z.int(),
        sha256: z.string(),
        total: z.int(),
        seal: z.string(),
        complete: z.literal(true).optional(),
      }),
    )
    .optional(),
  links: z.string().optional(),
  known: z.int().optional(),
  deleted: z.int().optional(),
  pruned: z.array(z.int()).optional(),
});
const auditBody = z.object({
  tasks: z.array(z.int().positive()),
  madeRoom: z.array(z.int().positive()).optional(),
  overrode: z.string().optional(),
  documents: z.array(sealedVersion).optional(),
  job: z.custom<SealedJob>((value) => sealedJob.safeParse(value).success).optional(),
  webhook: z.int().positive().optional(),
});

/** What an audit row says it changed; undefined when it cannot be read. */
export function readBody(body: string): AuditBody | undefined {
  try {
    const { tasks, madeRoom, overrode, documents, job, webhook } = auditBody.parse(JSON.parse(body));
    return {
      tasks,
      ...(madeRoom === undefined ? {} : { madeRoom }),
      ...(overrode === undefined ? {} : { overrode }),
      ...(documents === undefined ? {} : { documents }),
      ...(job === undefined ? {} : { job }),
      ...(webhook === undefined ? {} : { webhook }),
    };
  } catch {
    return undefined;
  }
}

export const bodyOf = (row: AuditRow): AuditBody => readBody(row.body) ?? { tasks: [] };

/** The end of the hash chain, and what hangs the next row on it. */
export interface AuditLog {
  /** Revision of the newest change. */
  current(): number;
  /** The number the next change gets. */
  next(): number;
  anchor(): AuditAnchor | null;
  /** Writes what a change did, inside its transaction. Call `advance` with the answer once that is committed. */
  seal(work: Work, operation: string, requestId: string): AuditAnchor;
  advance(to: AuditAnchor): void;
}

export function createAuditLog(audit: AuditStore, history: HistoryStore, hash: Hash): AuditLog {
  /** Revision 0: nothing was ever written. */
  let end: AuditAnchor | undefined;
  let lastGiven = 0;

  function tail(): AuditAnchor {
    if (end !== undefined) return end;
    const newest = audit.newest();
    // A number whose row is gone is not given again: the gap tells that something was there.
    lastGiven = Math.max(audit.lastGiven(), newest?.revision ?? 0);
    end = { revision: newest?.revision ?? 0, hash: newest?.hash ?? '' };
    return end;
  }

  function given(): number {
    tail();
    return lastGiven;
  }

  return {
    current: given,
    next: () => given() + 1,
    anchor: () => (tail().revision === 0 ? null : tail()),
    seal(work, operation, requestId) {
      const entries: SealedHistory[] = work.history.map(({ taskId, changes, comment }) => ({
        taskId,
        changes: JSON.stringify(changes),
        comment,
      }));
      const body: AuditBody = {
        tasks: entries.map((entry) => entry.taskId),
        ...(work.madeRoom.size === 0 ? {} : { madeRoom: [...work.madeRoom] }),
        ...(work.overrode === undefined ? {} : { overrode: work.overrode }),
        ...(work.documents.length === 0
          ? {}
          : { documents: work.documents.map(({ id, version, hash: of }) => ({ id, version, hash: of })) }),
        ...(work.job === undefined ? {} : { job: work.job }),
        ...(work.webhook === undefined ? {} : { webhook: work.webhook }),
      };
      const row = {
        revision: work.revision,
        at: work.now,
        actor: work.actor,
        operation,
        requestId,
        summary: work.summary,
        body: JSON.stringify(body),
        undoOf: work.undoOf,
        redoOf: work.redoOf,
        previousHash: tail().hash,
      };
      const sealed = { ...row, hash: hash(canonicalForm(row, entries)) };
      history.append(row.revision, entries);
      audit.append(sealed);
      return { revision: sealed.revision, hash: sealed.hash };
    },
    advance(to) {
      end = to;
      lastGiven = to.revision;
    },
  };
}
