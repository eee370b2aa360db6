/**
 * Where a run is.
 * - `queued`: nobody works on it yet.
 * - `waiting`: for the network, for a sign-in, or for an answer of the user; `waitingFor` says which.
 * - `lost`: whoever worked on it is gone (crash, reload, browser closed); it can be resumed from its checkpoint.
 */
export const runStates = ['queued', 'waiting', 'running', 'done', 'failed', 'cancelled', 'lost'] as const;
export type RunState = (typeof runStates)[number];

export const runWaits = ['network', 'signIn', 'user'] as const;
export type RunWait = (typeof runWaits)[number];

export const runTriggers = ['user', 'schedule', 'agent', 'job'] as const;
export type RunTrigger = (typeof runTriggers)[number];

const next: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['waiting', 'running', 'cancelled', 'failed'],
  waiting: ['queued', 'running', 'done', 'failed', 'cancelled', 'lost'],
  running: ['waiting', 'done', 'failed', 'cancelled', 'lost'],
  // A failed run may be resumed where it failed, once the cause is gone.
  failed: ['queued'],
  lost: ['queued', 'cancelled', 'failed'],
  cancelled: ['queued'],
  done: [],
};

export const canBecome = (from: RunState, to: RunState): boolean => next[from].includes(to);
/** Whether it is over, so that the job may be started anew. A lost run is not: it wants to be resumed or cancelled. */
export const isOver = (state: RunState): boolean => state === 'done' || state === 'failed' || state === 'cancelled';
/** The states of runs that are not over. */
export const liveStates: readonly RunState[] = runStates.filter((state) => !isOver(state));
/** Nothing goes on before the person does something. */
export const needsPerson = ({ state, waitingFor }: { state: RunState; waitingFor: RunWait | null }): boolean =>
  state === 'waiting' && (waitingFor === 'signIn' || waitingFor === 'user');

/** How a record stands to the run before. `gone`: the last complete run did not find it any more. */
export const recordChanges = ['new', 'changed', 'same', 'gone'] as const;
export type RecordChange = (typeof recordChanges)[number];
