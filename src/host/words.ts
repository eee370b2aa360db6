import * as vscode from 'vscode';
import { dayOf, isOverdue } from '../core/day.ts';
import type { Priority, Status, TaskRow, TaskType } from '../core/task.ts';

/** The reader's words for the fixed values of a task. The stored values stay English. */
export function statusName(status: Status): string {
  switch (status) {
    case 'Backlog':
      return vscode.l10n.t('Backlog');
    case 'Analysis':
      return vscode.l10n.t('Analysis');
    case 'Ready':
      return vscode.l10n.t('Ready');
    case 'In Progress':
      return vscode.l10n.t('In Progress');
    case 'Testing':
      return vscode.l10n.t('Testing');
    case 'Code Review':
      return vscode.l10n.t('Code Review');
    case 'Done':
      return vscode.l10n.t('Done');
  }
}

export function priorityName(priority: Priority): string {
  switch (priority) {
    case 'High':
      return vscode.l10n.t('High');
    case 'Medium':
      return vscode.l10n.t('Medium');
    case 'Low':
      return vscode.l10n.t('Low');
  }
}

export function typeName(type: TaskType): string {
  return type === 'Bug' ? vscode.l10n.t('Bug') : vscode.l10n.t('Feature');
}

/** `#12 Login fails`, short enough for a message. */
export function taskName(row: Pick<TaskRow, 'id' | 'title'>): string {
  return `#${row.id} ${row.title.length > 60 ? `${row.title.slice(0, 59)}…` : row.title}`;
}

/** By the reader's own calendar. */
export function isLate(row: TaskRow): boolean {
  return isOverdue(row, dayOf(Date.now()));
}

/** A day in the reader's language. */
export function dayName(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).toLocaleDateString(vscode.env.language, { year: 'numeric', month: 'short', day: 'numeric' });
}

export function timeName(at: number): string {
  return new Date(at).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Why a task cannot go on; undefined when it can. */
export function blockedText(row: TaskRow): string | undefined {
  const parts: string[] = [];
  if (row.blockedReason !== null)
    parts.push(row.blockedReason === '' ? vscode.l10n.t('blocked') : vscode.l10n.t('blocked: {0}', row.blockedReason));
  if (row.openBlockers.length > 0) parts.push(vscode.l10n.t('waits for {0}', row.openBlockers.map((id) => `#${id}`).join(', ')));
  return parts.length > 0 ? parts.join(', ') : undefined;
}
