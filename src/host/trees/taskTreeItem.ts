import * as vscode from 'vscode';
import type { Status, Task, TaskRow } from '../../core/task.ts';
import type { GroupBy } from '../settings.ts';
import { blockedText, dayName, isLate, priorityName, statusName, timeName, typeName } from '../words.ts';
import type { TaskNode } from './taskNode.ts';

/** Shapes differ, so that no state is told by its colour alone. */
function statusIcon(status: Status): vscode.ThemeIcon {
  switch (status) {
    case 'Backlog':
      return new vscode.ThemeIcon('circle-large-outline');
    case 'Analysis':
      return new vscode.ThemeIcon('search');
    case 'Ready':
      return new vscode.ThemeIcon('arrow-circle-right');
    case 'In Progress':
      return new vscode.ThemeIcon('play-circle', new vscode.ThemeColor('charts.blue'));
    case 'Testing':
      return new vscode.ThemeIcon('beaker', new vscode.ThemeColor('charts.purple'));
    case 'Code Review':
      return new vscode.ThemeIcon('comment-discussion', new vscode.ThemeColor('charts.yellow'));
    case 'Done':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
  }
}

function icon(row: TaskRow): vscode.ThemeIcon {
  if (blockedText(row) !== undefined && row.status !== 'Done')
    return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('editorWarning.foreground'));
  return statusIcon(row.status);
}

/** `#id · who · what`: only what is true and what the group does not say already. */
function description(row: TaskRow, by: GroupBy): string {
  const parts = [`#${row.id}`];
  if (by !== 'status') parts.push(statusName(row.status));
  if (row.assignee !== null && by !== 'assignee') parts.push(row.assignee);
  const blocked = row.status === 'Done' ? undefined : blockedText(row);
  if (blocked !== undefined) parts.push(blocked);
  if (isLate(row)) parts.push(vscode.l10n.t('overdue'));
  if (row.checklistTotal > 0 && row.status !== 'Done') parts.push(`${row.checklistDone}/${row.checklistTotal}`);
  return parts.join(' · ');
}

/** The whole row as sentences, for a screen reader. */
export function spokenTask(row: TaskRow): string {
  const parts = [
    vscode.l10n.t('Task {0}: {1}.', row.id, row.title),
    vscode.l10n.t('{0}, {1} priority, {2}.', typeName(row.type), priorityName(row.priority), statusName(row.status)),
  ];
  if (row.assignee !== null) parts.push(vscode.l10n.t('Assigned to {0}.', row.assignee));
  const blocked = blockedText(row);
  if (blocked !== undefined) parts.push(`${blocked.charAt(0).toLocaleUpperCase()}${blocked.slice(1)}.`);
  if (row.due !== null)
    parts.push(isLate(row) ? vscode.l10n.t('Overdue since {0}.', dayName(row.due)) : vscode.l10n.t('Due {0}.', dayName(row.due)));
  if (row.checklistTotal > 0) parts.push(vscode.l10n.t('{0} of {1} checklist items done.', row.checklistDone, row.checklistTotal));
  return parts.join(' ');
}

export function taskItem(node: TaskNode, row: TaskRow, by: GroupBy, hasChildren: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(
    row.title,
    hasChildren ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  item.id = node.id;
  item.description = description(row, by);
  item.iconPath = icon(row);
  const done = row.status === 'Done';
  item.checkboxState = {
    state: done ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
    tooltip: done ? vscode.l10n.t('Done. Clear to take it up again.') : vscode.l10n.t('Check to move to Done.'),
    accessibilityInformation: { label: vscode.l10n.t('Done: {0}', row.title), role: 'checkbox' },
  };
  item.contextValue = ['task', `status:${row.status}`, ...(blockedText(row) === undefined ? [] : ['blocked'])].join(';');
  item.accessibilityInformation = { label: spokenTask(row) };
  return item;
}

const longestDescription = 1500;

/** What a row has no room for. Nothing of it is trusted: a title may be anyone's. */
export function taskTooltip(task: Task): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.supportHtml = false;
  text.isTrusted = false;
  text.appendMarkdown('**').appendText(task.title).appendMarkdown(`** #${task.id}\n\n`);
  const facts: string[] = [typeName(task.type), vscode.l10n.t('{0} priority', priorityName(task.priority)), statusName(task.status)];
  if (task.assignee !== null) facts.push(task.assignee);
  if (task.due !== null) facts.push(vscode.l10n.t('due {0}', dayName(task.due)));
  if (task.estimate !== null) facts.push(vscode.l10n.t('{0} h', task.estimate));
  text.appendText(facts.join(' · ')).appendMarkdown('\n\n');
  if (task.labels.length > 0) text.appendMarkdown('$(tag) ').appendText(task.labels.join(', ')).appendMarkdown('\n\n');
  const blocked = blockedText(task);
  if (blocked !== undefined) text.appendMarkdown('$(circle-slash) ').appendText(blocked).appendMarkdown('\n\n');
  for (const item of task.checklist.slice(0, 12))
    text
      .appendMarkdown(item.done ? '$(pass) ' : '$(circle-large-outline) ')
      .appendText(item.text)
      .appendMarkdown('\n\n');
  if (task.origin !== null)
    text.appendMarkdown('$(file-code) ').appendText(`${task.origin.file}:${task.origin.line}`).appendMarkdown('\n\n');
  if (task.description.trim() !== '') {
    const cut = task.description.length > longestDescription ? `${task.description.slice(0, longestDescription)}…` : task.description;
    // A picture would be fetched from wherever the description says.
    const shown = cut.replaceAll('![', '[');
    text.appendMarkdown(`---\n\n${shown}\n\n`);
  }
  text.appendMarkdown('---\n\n').appendText(vscode.l10n.t('Changed {0}', timeName(task.updatedAt)));
  return text;
}
