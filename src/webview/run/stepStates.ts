import type { ShownEntry } from '../../protocol/jobs/pageMessages.ts';

/** What became of a step, from its log entries. */
export interface StepResult {
  /** How often it was done, and how long that took in all. */
  times: number;
  ms: number;
  last: ShownEntry['result'];
  healed: boolean;
  /** Why it failed, while it stands as failed. */
  message: string | null;
}

/** Adds log entries, in their order, to what is known of the steps. */
export function addEntries(results: Map<string, StepResult>, entries: readonly ShownEntry[]): void {
  for (const { step, result, ms, message } of entries) {
    const before = results.get(step);
    results.set(step, {
      times: (before?.times ?? 0) + 1,
      ms: (before?.ms ?? 0) + ms,
      last: result,
      healed: before?.healed === true || result === 'healed',
      message: result === 'failed' || result === 'blocked' ? message : null,
    });
  }
}

export type StepState = 'disabled' | 'open' | 'running' | 'waiting' | 'done' | 'skipped' | 'failed';

/** `current`: path of the step that is being done, and of none once the run is over. */
export function stepState(
  path: string,
  isDisabled: boolean,
  result: StepResult | undefined,
  current: string | null,
  isWaiting: boolean,
): StepState {
  if (isDisabled) return 'disabled';
  if (current !== null && (current === path || current.startsWith(`${path}.`))) return isWaiting ? 'waiting' : 'running';
  switch (result?.last) {
    case undefined:
      return 'open';
    case 'skipped':
      return 'skipped';
    case 'failed':
    case 'blocked':
      return 'failed';
    case 'ok':
    case 'healed':
    case 'retried':
    case 'asked':
    case 'answered':
      return 'done';
  }
}
