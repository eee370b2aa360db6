import { isOver, needsPerson } from '../../core/jobs/run.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { t } from '../shared/strings.ts';

/** The runs that work for tasks, by task, after some of them became others. The same map when none of it shows. */
export function withRuns(live: ReadonlyMap<number, JobRun>, runs: readonly JobRun[]): ReadonlyMap<number, JobRun> {
  const ofTasks = runs.filter(({ task }) => task !== null);
  if (ofTasks.length === 0) return live;
  const now = new Map(live);
  for (const run of ofTasks) {
    if (run.task === null) continue;
    if (!isOver(run.state)) now.set(run.task, run);
    // An older run that ends says nothing of the one that works now.
    else if (now.get(run.task)?.id === run.id) now.delete(run.task);
  }
  return now;
}

/** A run that was lost is told as one that calls, until somebody takes it up. */
export const isCalling = (run: JobRun): boolean => run.state === 'lost' || needsPerson(run);

/** What the run is about, in two words. */
export function stateText(run: JobRun): string {
  if (isCalling(run)) return t('needs you');
  switch (run.state) {
    case 'waiting':
      return t('waits for the network');
    case 'queued':
      return t('in line');
    default:
      return t('running');
  }
}

/** What it is doing, or why it is not. */
export function stepText({ name, step, state, reason }: JobRun): string {
  const what = state === 'running' ? step : (reason ?? step);
  return what === null || what === '' ? name : `${name}: ${what}`;
}
