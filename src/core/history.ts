import type { Actor } from './actor.ts';

/** One field of one task as it was and as it became. Fields are those of `Task`, besides `created`. */
export interface FieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

/** What one operation did to one task. */
export interface HistoryEntry {
  revision: number;
  taskId: number;
  /** Milliseconds since 1970. */
  at: number;
  actor: Actor;
  /** Name of the operation, such as `task.move`. */
  operation: string;
  changes: FieldChange[];
  comment: string | null;
}
