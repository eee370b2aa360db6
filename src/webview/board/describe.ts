import type { TaskRow } from '../../core/task.ts';
import { dayOf, isOverdue } from '../../core/day.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { stateText, stepText } from './live.ts';
import { t } from '../shared/strings.ts';

const dayMs = 86_400_000;
const formats = new Map<string, Intl.RelativeTimeFormat>();

export function today(): string {
  return dayOf(Date.now());
}

/** Days from today until the day; negative when it has passed. */
export function daysUntil(due: string, day: string): number {
  return Math.round((Date.parse(due) - Date.parse(day)) / dayMs);
}

/** `tomorrow`, `in 3 days`, `2 weeks ago`, in the reader's language. */
export function relativeDay(due: string, day: string, locale: string): string {
  let format = formats.get(locale);
  if (format === undefined) {
    format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    formats.set(locale, format);
  }
  const days = daysUntil(due, day);
  if (Math.abs(days) < 14) return format.format(days, 'day');
  if (Math.abs(days) < 60) return format.format(Math.round(days / 7), 'week');
  return format.format(Math.round(days / 30), 'month');
}

export function isBlocked(row: TaskRow): boolean {
  return row.blockedReason !== null || row.openBlockers.length > 0;
}

export function blockedText(row: TaskRow): string {
  const [first] = row.openBlockers;
  if (first === undefined) return t('blocked');
  return row.openBlockers.length === 1 ? t('blocked by #{0}', first) : t('blocked by #{0} +{1}', first, row.openBlockers.length - 1);
}

/** All of a card in one sentence, for who cannot see it. */
export function sentence(
  row: TaskRow,
  live: JobRun | null,
  day: string,
  locale: string,
  index: number,
  count: number,
  selected: boolean,
): string {
  const parts = [`#${row.id} ${row.title}`, t(row.type), t('{0} priority', t(row.priority))];
  if (live !== null) parts.push(`${stateText(live)}, ${stepText(live)}`);
  if (isBlocked(row)) parts.push(row.blockedReason === null ? blockedText(row) : t('blocked: {0}', row.blockedReason));
  if (row.due !== null)
    parts.push(
      isOverdue(row, day) ? t('overdue, was due {0}', relativeDay(row.due, day, locale)) : t('due {0}', relativeDay(row.due, day, locale)),
    );
  if (row.checklistTotal > 0) parts.push(t('{0} of {1} checked', row.checklistDone, row.checklistTotal));
  if (row.assignee !== null) parts.push(t('assigned to {0}', row.assignee));
  if (row.labels.length > 0) parts.push(t('labels {0}', row.labels.join(', ')));
  if (selected) parts.push(t('selected'));
  parts.push(t('{0} of {1} in {2}', index + 1, count, t(row.status)));
  return `${parts.join(', ')}.`;
}

/** One of the eight label colours, the same for the same label everywhere. */
export function labelColour(label: string): number {
  let hash = 0;
  for (let i = 0; i < label.length; i++) hash = (hash * 31 + label.charCodeAt(i)) | 0;
  return Math.abs(hash) % 8;
}
