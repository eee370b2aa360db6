import * as vscode from 'vscode';
import { limits, priorities, statuses, type TaskRow } from '../../core/task.ts';
import type { OperationInput } from '../../protocol/operations.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { askTitle } from '../pick/askText.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { say } from '../say.ts';
import { statusName, taskName } from '../words.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { Handler } from './handler.ts';
import { askFolder, askTask, pageContext } from './target.ts';

type Create = OperationInput<'task.create'>;

async function create(folder: FolderTasks, input: Create): Promise<TaskRow | undefined> {
  const store = await folder.open();
  const { tasks } = await store.call('task.create', input);
  // The parent, when there is one, may be among the changed rows too.
  const row = tasks.reduce<TaskRow | undefined>((newest, task) => (newest && newest.id > task.id ? newest : task), undefined);
  if (row) say(vscode.l10n.t('Added {0} to {1}', taskName(row), statusName(row.status)));
  return row;
}

/** What a new task gets from the group or column it is added in. */
function fieldsOf(deps: CommandDeps, args: readonly unknown[]): Partial<Create> {
  const node = deps.view.tree.nodes.find(args[0]);
  const value = node?.kind === 'group' ? node.value : (pageContext(args[0])?.status ?? null);
  const by = node?.kind === 'group' ? node.by : 'status';
  if (value === null) return {};
  switch (by) {
    case 'status': {
      const status = statuses.find((one) => one === value);
      return status ? { status } : {};
    }
    case 'priority': {
      const priority = priorities.find((one) => one === value);
      return priority ? { priority } : {};
    }
    case 'assignee':
      return { assignee: value };
    case 'label':
      return { labels: [value] };
    case 'parent':
      return {};
  }
}

/** The first line with text in it, without the marks of a comment around it. */
export function titleFromText(text: string): string {
  const line = text.split(/\r?\n/).find((one) => /[\p{L}\p{N}]/u.test(one)) ?? '';
  const bare = line
    .trim()
    .replace(/^(?:\/\/+|\/\*+|#+|--+|<!--|\*+|;+|%+|')\s*/, '')
    .replace(/\s*(?:\*\/|-->)$/, '')
    .replace(/^(?:TODO|FIXME|XXX|HACK|BUG)\b(?:\([^)]*\))?\s*:?\s*/, '')
    .trim();
  return (bare === '' ? line.trim() : bare).replace(/\p{Cc}/gu, ' ').slice(0, limits.title);
}

/** A fence longer than any run of backticks in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\s+$/, '')}\n${fence}\n`;
}

async function createFromSelection(deps: CommandDeps): Promise<TaskRow | undefined> {
  const title = vscode.l10n.t('Add Task from Selection');
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no selection: no text editor is active. Open a file and select some text, or use Add Task.'),
    );
    return undefined;
  }
  const { document, selection } = editor;
  const own = vscode.workspace.getWorkspaceFolder(document.uri);
  const folder = (own && deps.stores.get(own.uri.toString())) ?? (await pickFolder(deps.stores, title));
  if (!folder) return undefined;
  const text = selection.isEmpty ? document.lineAt(selection.start.line).text : document.getText(selection);
  const name = await askTitle(title, titleFromText(text));
  if (name === undefined) return undefined;
  const line = selection.start.line + 1;
  // Only a file of this folder has a path that means the same to everyone who works in it.
  const file = own && own.uri.toString() === folder.key ? vscode.workspace.asRelativePath(document.uri, false) : undefined;
  const description = selection.isEmpty ? '' : fenced(text.slice(0, limits.text / 2), document.languageId);
  const bug = /\b(?:BUG|FIXME)\b/.test(text);
  return create(folder, {
    title: name.trim(),
    description,
    ...(bug ? { type: 'Bug' } : {}),
    ...(file === undefined ? {} : { origin: { file, line } }),
  });
}

export function taskCreateHandlers(
  deps: CommandDeps,
): Record<`claudetask.task.${'create' | 'createFromSelection' | 'createHere' | 'createSubtask'}`, Handler> {
  const createHere: Handler = async (...args) => {
    const title = vscode.l10n.t('Add Task');
    const folder = await askFolder(deps, args, title);
    if (!folder) return undefined;
    const name = await askTitle(title, '');
    return name === undefined ? undefined : create(folder, { title: name.trim(), ...fieldsOf(deps, args) });
  };
  return {
    'claudetask.task.create': createHere,
    'claudetask.task.createHere': createHere,
    'claudetask.task.createFromSelection': () => createFromSelection(deps),
    'claudetask.task.createSubtask': async (...args) => {
      const title = vscode.l10n.t('Add Subtask');
      const parent = await askTask(deps, args, title);
      if (!parent) return undefined;
      const name = await askTitle(vscode.l10n.t('Add Subtask of #{0}', parent.id), '');
      return name === undefined ? undefined : create(parent.folder, { title: name.trim(), parentId: parent.id });
    },
  };
}
