import { statuses } from './task.ts';
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

/** Why a move is refused. */
export type MoveRefusal =
  /** `incoming` tasks do not fit beside the `count` that are there. */
  | { reason: 'wip'; status: Status; limit: number; count: number; incoming: number }
  | { reason: 'move'; from: Status; to: Status; allowed: readonly Status[] }
  | { reason: 'blockers'; id: number; to: Status; openBlockers: readonly number[] }
  | { reason: 'checklist'; id: number; done: number; total: number };

/** What the rules need to know of a task that moves. `id` 0 and `from` null: it is about to be created. */
export interface MovingTask {
  id: number;
  from: Status | null;
  openBlockers: readonly number[];
  checklistDone: number;
  checklistTotal: number;
}

const started = statuses.indexOf('In Progress');

function refuseOne(workflow: Workflow, task: MovingTask, to: Status): MoveRefusal | undefined {
  const { from } = task;
  const allowed = from === null ? undefined : workflow.allowedMoves[from];
  if (from !== null && allowed !== undefined && !allowed.includes(to)) return { reason: 'move', from, to, allowed };
  const index = statuses.indexOf(to);
  // A task may always be taken back: the gates are on the way forward only.
  const forward = from === null || index > statuses.indexOf(from);
  if (workflow.requireBlockersDone && forward && index >= started && task.openBlockers.length > 0) {
    return { reason: 'blockers', id: task.id, to, openBlockers: task.openBlockers };
  }
  if (workflow.requireChecklistComplete && to === 'Done' && task.checklistDone < task.checklistTotal) {
    return { reason: 'checklist', id: task.id, done: task.checklistDone, total: task.checklistTotal };
  }
  return undefined;
}

/**
 * Why these tasks may not go to a column; undefined when they may. Tasks that are in it already are free to move within.
 * `count` is asked only where there is a limit, and tells how many live tasks the column holds.
 */
export function refuseMove(workflow: Workflow, tasks: readonly MovingTask[], to: Status, count: () => number): MoveRefusal | undefined {
  const incoming = tasks.filter((task) => task.from !== to);
  if (incoming.length === 0) return undefined;
  for (const task of incoming) {
    const refusal = refuseOne(workflow, task, to);
    if (refusal !== undefined) return refusal;
  }
  const limit = workflow.wipLimits[to];
  if (limit === undefined) return undefined;
  const held = count();
  return held + incoming.length > limit ? { reason: 'wip', status: to, limit, count: held, incoming: incoming.length } : undefined;
}

const list = (words: readonly string[]) => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
const named = (id: number) => (id === 0 ? 'The task' : `#${id}`);

/** What to do about it, with the way past the rule for those who may take it. */
function advice(choices: readonly string[], overridable: boolean): string {
  const text = overridable ? `${choices.join(', ')}, or move anyway` : list(choices);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The refusal in words. `overridable`: whoever asked may confirm and do it all the same. */
export function refusalText(refusal: MoveRefusal, overridable: boolean, what = 'Not moved'): string {
  switch (refusal.reason) {
    case 'wip': {
      const { status, limit, count, incoming } = refusal;
      const state =
        count >= limit || incoming === 1
          ? `is full (${count} of ${limit})`
          : `has room for ${limit - count} of the ${incoming} tasks (${count} of ${limit})`;
      return `${what}: ${status} ${state}. ${advice(['finish one', 'raise the limit'], overridable)}`;
    }
    case 'move': {
      const { from, to, allowed } = refusal;
      const ways = allowed.length === 0 ? 'nowhere' : `to ${list(allowed)}`;
      return `${what}: from ${from} tasks go ${ways}, not to ${to}. ${advice([allowed.length === 0 ? 'leave it where it is' : `move it to ${list(allowed)}`], overridable)}`;
    }
    case 'blockers': {
      const { id, openBlockers } = refusal;
      const shown = openBlockers.slice(0, 5).map((blocker) => `#${blocker}`);
      const more = openBlockers.length > shown.length ? ` and ${openBlockers.length - shown.length} more` : '';
      return `${what}: ${named(id)} waits for ${shown.join(', ')}${more}. ${advice([openBlockers.length === 1 ? 'finish it first' : 'finish them first', 'unlink'], overridable)}`;
    }
    case 'checklist': {
      const { id, done, total } = refusal;
      return `${what}: the checklist of ${named(id)} is not complete (${done} of ${total}). ${advice(['check the rest'], overridable)}`;
    }
  }
}
