import type { Status } from './task.ts';

/** The rules of the board (T4), as the settings give them. The default is `freeWorkflow`: it gets in nobody's way. */
export interface Workflow {
  /** Most tasks a column may hold; a column that is missing has no limit. */
  wipLimits: Readonly<Partial<Record<Status, number>>>;
  /** Where a task may go from a column; a column that is missing allows every move. */
  allowedMoves: Readonly<Partial<Record<Status, readonly Status[]>>>;
  /** Refuse to start or finish a task whose blockers are not done. */
  requireBlockersDone: boolean;
  /** Refuse Done while the acceptance checklist is incomplete. */
  requireChecklistComplete: boolean;
}

export const freeWorkflow: Workflow = {
  wipLimits: {},
  allowedMoves: {},
  requireBlockersDone: false,
  requireChecklistComplete: false,
};
