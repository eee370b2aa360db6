import * as vscode from 'vscode';
import type { FieldChange, HistoryEntry } from '../core/history.ts';

/** Field names a person reads; anything newer is shown by its own name. */
function fieldName(field: string): string {
  switch (field) {
    case 'title':
      return vscode.l10n.t('Title');
    case 'description':
      return vscode.l10n.t('Description');
    case 'type':
      return vscode.l10n.t('Type');
    case 'priority':
      return vscode.l10n.t('Priority');
    case 'status':
      return vscode.l10n.t('Status');
    case 'labels':
      return vscode.l10n.t('Labels');
    case 'assignee':
      return vscode.l10n.t('Assignee');
    case 'due':
      return vscode.l10n.t('Due');
    case 'estimate':
      return vscode.l10n.t('Estimate');
    case 'parentId':
      return vscode.l10n.t('Parent');
    case 'blockedReason':
      return vscode.l10n.t('Blocked');
    case 'dependsOn':
      return vscode.l10n.t('Waits for');
    case 'checklist':
      return vscode.l10n.t('Checklist');
    default:
      return field;
  }
}

const longest = 60;

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return vscode.l10n.t('none');
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value) && value.every((item) => typeof item !== 'object')
        ? value.join(', ') || vscode.l10n.t('none')
        : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

function checklistLine({ from, to }: FieldChange): string | undefined {
  if (!Array.isArray(to)) return undefined;
  const done = (list: unknown) =>
    Array.isArray(list)
      ? list.filter((item: unknown) => typeof item === 'object' && item !== null && 'done' in item && item.done === true).length
      : 0;
  const before = Array.isArray(from) ? from.length : 0;
  return vscode.l10n.t('Checklist: {0}/{1} → {2}/{3}', done(from), before, done(to), to.length);
}

function changeLine(change: FieldChange): string | undefined {
  const { field, from, to } = change;
  switch (field) {
    case 'created':
      return vscode.l10n.t('Created');
    // The order within a column says nothing to a reader.
    case 'rank':
    case 'completedAt':
      return undefined;
    case 'deletedAt':
      return to === null ? vscode.l10n.t('Brought back') : vscode.l10n.t('Deleted');
    case 'archivedAt':
      return to === null ? vscode.l10n.t('Taken out of the archive') : vscode.l10n.t('Archived');
    case 'checklist':
      return checklistLine(change);
    case 'description':
    case 'analysis':
      return vscode.l10n.t('{0} changed', fieldName(field));
    default:
      return vscode.l10n.t('{0}: {1} → {2}', fieldName(field), valueText(from), valueText(to));
  }
}

/** What one entry of the history says, in words; never empty. */
export function historyLines(entry: HistoryEntry): string[] {
  const created = entry.changes.some(({ field }) => field === 'created');
  const lines = created ? [vscode.l10n.t('Created')] : entry.changes.map(changeLine).filter((line) => line !== undefined);
  if (lines.length > 0) return lines;
  return [entry.changes.some(({ field }) => field === 'rank') ? vscode.l10n.t('Moved within its column') : entry.operation];
}
