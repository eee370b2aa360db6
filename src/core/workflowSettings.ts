import { statuses } from './task.ts';
import type { Status } from './task.ts';
import type { Workflow } from './workflow.ts';

const isStatus = (value: unknown): value is Status => statuses.some((status) => status === value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The rules as settings give them. They are typed by hand: what has the wrong shape counts as not set. */
export function toWorkflow(wip: unknown, moves: unknown, blockers: unknown, checklist: unknown): Workflow {
  const wipLimits: Partial<Record<Status, number>> = {};
  const allowedMoves: Partial<Record<Status, readonly Status[]>> = {};
  for (const status of statuses) {
    const limit = isObject(wip) ? wip[status] : undefined;
    if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1) wipLimits[status] = limit;
    const targets = isObject(moves) ? moves[status] : undefined;
    if (Array.isArray(targets)) allowedMoves[status] = targets.filter(isStatus);
  }
  return { wipLimits, allowedMoves, requireBlockersDone: blockers === true, requireChecklistComplete: checklist === true };
}
