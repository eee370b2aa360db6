import type { LiveRun, StepAt } from './liveRun.ts';

/** Whether it may change something on the site. */
export function isWrite(run: LiveRun, { step, kind }: Pick<StepAt, 'step' | 'kind'>): boolean {
  if (step.write !== undefined) return step.write;
  if (run.gate.mode !== 'write') return false;
  if ('request' in step) return step.method !== undefined && step.method !== 'GET' && step.method !== 'HEAD';
  return kind === 'click' || kind === 'press' || kind === 'upload';
}
