import * as vscode from 'vscode';
import { dayOf } from '../../../core/day.ts';
import { isOver, needsPerson, type RunState } from '../../../core/jobs/run.ts';
import type { JobRun } from '../../../protocol/jobs/runs.ts';
import { dayName, timeName } from '../../words.ts';

const colored = (name: string, color: string) => new vscode.ThemeIcon(name, new vscode.ThemeColor(color));

export const isLive = ({ state }: Pick<JobRun, 'state'>): boolean => state === 'running' || state === 'waiting' || state === 'queued';
export const isResumable = ({ state }: Pick<JobRun, 'state'>): boolean => state === 'lost' || state === 'failed' || state === 'cancelled';

/** The state as an icon in the theme's colours. */
export function runIcon(run: JobRun): vscode.ThemeIcon {
  switch (run.state) {
    case 'queued':
      return new vscode.ThemeIcon('clock');
    case 'waiting':
      return needsPerson(run) ? colored('bell-dot', 'list.warningForeground') : new vscode.ThemeIcon('cloud');
    case 'running':
      return new vscode.ThemeIcon('sync~spin');
    case 'done':
      return colored('pass', 'testing.iconPassed');
    case 'failed':
      return colored('error', 'list.errorForeground');
    case 'cancelled':
      return colored('circle-slash', 'disabledForeground');
    case 'lost':
      return colored('debug-disconnect', 'list.warningForeground');
  }
}

/** One word or two for a row. */
export function stateName(run: Pick<JobRun, 'state' | 'waitingFor'>): string {
  if (run.state !== 'waiting') return plainStateName(run.state);
  switch (run.waitingFor) {
    case 'network':
      return vscode.l10n.t('waits for the network');
    case 'signIn':
      return vscode.l10n.t('waits for a sign-in');
    case 'user':
    case null:
      return vscode.l10n.t('needs you');
  }
}

function plainStateName(state: Exclude<RunState, 'waiting'>): string {
  switch (state) {
    case 'queued':
      return vscode.l10n.t('queued');
    case 'running':
      return vscode.l10n.t('running');
    case 'done':
      return vscode.l10n.t('done');
    case 'failed':
      return vscode.l10n.t('failed');
    case 'cancelled':
      return vscode.l10n.t('cancelled');
    case 'lost':
      return vscode.l10n.t('interrupted');
  }
}

const countText = (count: number): string => count.toLocaleString(vscode.env.language);
export const recordsText = (count: number): string =>
  count === 1 ? vscode.l10n.t('1 record') : vscode.l10n.t('{0} records', countText(count));
const pagesText = (count: number): string => (count === 1 ? vscode.l10n.t('1 page') : vscode.l10n.t('{0} pages', countText(count)));

/** `48s`, `3m 05s`, `2h 10m`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) return vscode.l10n.t('{0}s', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return vscode.l10n.t('{0}m {1}s', minutes, two(seconds % 60));
  return vscode.l10n.t('{0}h {1}m', Math.floor(minutes / 60), two(minutes % 60));
}

/** How long it took, or takes since it was begun; undefined before. */
export function runSpan(run: JobRun, now = Date.now()): string | undefined {
  return run.startedAt === null ? undefined : spanText((run.endedAt ?? now) - run.startedAt);
}

/** Behind the name of a job: how its newest run stands. */
export function resultText(run: JobRun): string {
  if (run.state === 'done') return [recordsText(run.records), whenText(run)].join(' · ');
  if (isOver(run.state)) return [stateName(run), whenText(run)].join(' · ');
  return [stateName(run), run.step].filter(Boolean).join(' · ');
}

/** The moment that matters most of a run: rows have room for the time or the day, not for both. */
export function whenText(run: JobRun): string {
  const at = momentOf(run);
  return dayOf(at) === dayOf(Date.now())
    ? new Date(at).toLocaleTimeString(vscode.env.language, { timeStyle: 'short' })
    : dayName(dayOf(at));
}

const momentOf = (run: JobRun): number => run.endedAt ?? run.startedAt ?? run.createdAt;

/** What a run says of itself beside its time: never a secret, for inputs are not in it. */
export function runDescription(run: JobRun): string {
  const counts = [run.pages > 0 && pagesText(run.pages), run.records > 0 && recordsText(run.records)];
  const parts = isLive(run) ? [stateName(run), run.step, ...counts] : [stateName(run), ...counts, runSpan(run)];
  return parts.filter(Boolean).join(' · ');
}

/** The whole row as sentences, for a screen reader. */
export function runSentence(run: JobRun): string {
  return [
    vscode.l10n.t('Run {0} of {1}.', run.id, run.name),
    vscode.l10n.t('State: {0}.', stateName(run)),
    run.step !== null && run.state === 'running' && vscode.l10n.t('Step: {0}.', run.step.replace(/\.$/, '')),
    run.pages > 0 && `${pagesText(run.pages)}.`,
    run.records > 0 && `${recordsText(run.records)}.`,
    run.failure?.message ?? run.reason,
    vscode.l10n.t('From {0}.', timeName(momentOf(run))),
  ]
    .filter(Boolean)
    .join(' ');
}

function triggerText(run: JobRun): string {
  switch (run.trigger) {
    case 'user':
      return vscode.l10n.t('Started by {0}', run.actor.name);
    case 'schedule':
      return vscode.l10n.t('Started by its schedule');
    case 'agent':
      return vscode.l10n.t('Started by the agent {0}', run.actor.name);
    case 'job':
      return vscode.l10n.t('Started by the job {0}', run.actor.name);
  }
}

/** What a row has no room for. The texts come from pages and files of anyone: nothing of them is trusted. */
export function runTooltip(run: JobRun): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.supportHtml = false;
  text.isTrusted = false;
  text.appendMarkdown('**').appendText(run.name).appendMarkdown('**\n\n');
  const line = (icon: string, words: string) => text.appendMarkdown(icon).appendText(words).appendMarkdown('\n\n');
  line('', [runDescription(run), timeName(momentOf(run))].join(' · '));
  line('', triggerText(run));
  if (run.task !== null) line('', vscode.l10n.t('For task #{0}', run.task));
  if (run.attempts > 1) line('', vscode.l10n.t('Taken up {0} times', run.attempts));
  if (run.failure !== null) line('$(error) ', run.failure.message);
  else if (run.reason !== null) line('$(info) ', run.reason);
  return text;
}
