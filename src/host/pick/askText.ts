import * as vscode from 'vscode';
import { limits, priorities, statuses, taskTypes, type Priority, type Status, type TaskType } from '../../core/task.ts';
import { priorityName, statusName, typeName } from '../words.ts';

export function titleProblem(text: string): string | undefined {
  if (text.trim() === '') return vscode.l10n.t('A task needs a title.');
  if (text.length > limits.title) return vscode.l10n.t('A title has at most {0} characters; this one has {1}.', limits.title, text.length);
  return undefined;
}

export function askTitle(title: string, value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t('What is to be done'),
    ignoreFocusOut: true,
    // An empty box at the start is no mistake yet; Enter on it is.
    validateInput: (text) => (text === '' ? undefined : titleProblem(text)),
  });
}

/** One of a few fixed values; the current one is marked. */
async function askOne<T extends string>(
  title: string,
  values: readonly T[],
  current: T | undefined,
  name: (value: T) => string,
  note?: (value: T) => string | undefined,
): Promise<T | undefined> {
  const items = values.map((value) => {
    const description = [value === current ? vscode.l10n.t('current') : undefined, note?.(value)].filter(Boolean).join(' · ');
    return { label: name(value), value, ...(description === '' ? {} : { description }) };
  });
  const picked = await vscode.window.showQuickPick(items, { title });
  return picked?.value;
}

export function askStatus(title: string, current?: Status, note?: (status: Status) => string | undefined): Promise<Status | undefined> {
  return askOne(title, statuses, current, statusName, note);
}

export function askPriority(title: string, current?: Priority): Promise<Priority | undefined> {
  return askOne(title, priorities, current, priorityName);
}

export function askType(title: string, current?: TaskType): Promise<TaskType | undefined> {
  return askOne(title, taskTypes, current, typeName);
}
