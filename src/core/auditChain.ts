import type { Actor } from './actor.ts';

/** One row of the audit log as its hash covers it: with the hash of the row before, and with the history written beside it. */
export interface SealedRow {
  revision: number;
  /** Milliseconds since 1970. */
  at: number;
  actor: Actor;
  operation: string;
  requestId: string | null;
  summary: string;
  /** JSON, as stored. */
  body: string;
  undoOf: number | null;
  redoOf: number | null;
  /** Hash of the row before; empty for the first. */
  previousHash: string;
}

/** What one operation did to one task, as stored. */
export interface SealedHistory {
  taskId: number;
  /** JSON, as stored. */
  changes: string;
  comment: string | null;
}

/**
 * The canonical form of a row: what is hashed. JSON of an array, so that no two different rows share one form, and the texts
 * exactly as stored, so that it does not depend on anybody's JSON. Never change it: every sealed row would seem edited.
 */
export function canonicalForm(row: SealedRow, history: readonly SealedHistory[]): string {
  return JSON.stringify([
    row.previousHash,
    row.revision,
    row.at,
    row.actor.kind,
    row.actor.name,
    row.operation,
    row.requestId,
    row.summary,
    row.body,
    row.undoOf,
    row.redoOf,
    history.map((entry) => [entry.taskId, entry.changes, entry.comment]),
  ]);
}
