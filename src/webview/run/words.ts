import type { RunState } from '../../core/jobs/run.ts';
import type { JobRun, LogEntry } from '../../protocol/jobs/runs.ts';
import type { RunAsk } from '../../protocol/jobs/pageMessages.ts';
import { t } from '../shared/strings.ts';
import type { RunIcon } from './icons.ts';
import type { StepState } from './stepStates.ts';

export const stateIcons: Readonly<Record<RunState, RunIcon>> = {
  queued: 'clock',
  waiting: 'bell',
  running: 'play',
  done: 'pass',
  failed: 'error',
  cancelled: 'circle-slash',
  lost: 'warning',
};

export function stateWords({ state, waitingFor, cancelRequested }: JobRun): string {
  if (cancelRequested && (state === 'running' || state === 'waiting')) return t('Cancelling');
  switch (state) {
    case 'queued':
      return t('Queued');
    case 'running':
      return t('Running');
    case 'done':
      return t('Done');
    case 'failed':
      return t('Failed');
    case 'cancelled':
      return t('Cancelled');
    case 'lost':
      return t('Interrupted');
    case 'waiting':
      switch (waitingFor) {
        case 'network':
          return t('Waiting for the network');
        case 'signIn':
          return t('Waiting for you to sign in');
        case 'user':
          return t('Waiting for you');
        case null:
          return t('Waiting');
      }
  }
}

export const stepIcons: Readonly<Record<StepState, RunIcon>> = {
  disabled: 'circle-slash',
  open: 'circle-outline',
  running: 'play',
  waiting: 'bell',
  done: 'check',
  skipped: 'debug-step-over',
  failed: 'error',
};

export function stepWords(state: StepState): string {
  const words: Readonly<Record<StepState, string>> = {
    disabled: t('disabled'),
    open: t('not yet done'),
    running: t('running'),
    waiting: t('waiting'),
    done: t('done'),
    skipped: t('skipped'),
    failed: t('failed'),
  };
  return words[state];
}

export function resultWords(result: LogEntry['result']): string {
  const words: Readonly<Record<LogEntry['result'], string>> = {
    ok: '',
    skipped: t('skipped'),
    healed: t('healed'),
    retried: t('tried again'),
    failed: t('failed'),
    blocked: t('blocked'),
    asked: t('asked'),
    answered: t('answered'),
  };
  return words[result];
}

export function askTitle(about: RunAsk['about']): string {
  const titles: Readonly<Record<RunAsk['about'], string>> = {
    signIn: t('Sign in'),
    twoFactor: t('Second factor'),
    captcha: t('Prove that you are no robot'),
    pause: t('Paused'),
    question: t('A question'),
    confirm: t('To be confirmed'),
    replay: t('May have been done already'),
    locator: t('Element not found'),
    failure: t('A step failed'),
    step: t('Next step'),
    secrets: t('Secret values'),
  };
  return titles[about];
}

/** `340 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function spanWords(ms: number): string {
  if (ms < 1000) return t('{0} ms', Math.round(ms));
  if (ms < 10_000) return t('{0} s', Math.floor(ms / 100) / 10);
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return t('{0} s', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('{0} min {1} s', minutes, seconds % 60);
  return t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}
