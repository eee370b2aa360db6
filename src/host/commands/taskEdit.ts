import * as vscode from 'vscode';
import { limits, type Task } from '../../core/task.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { moveTasks } from '../moveTasks.ts';
import { askPriority, askStatus, askTitle, askType } from '../pick/askText.ts';
import { pickTask } from '../pick/pickTask.ts';
import { dayName, priorityName, statusName, typeName } from '../words.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { Handler } from './handler.ts';
import { askTask } from './target.ts';
import { patchTask, type Edit } from './taskPatch.ts';
import { editChecklist, editDependencies, editLabels } from './taskLists.ts';

interface Field extends vscode.QuickPickItem {
  /** Asks and saves; nothing happens when the person goes away. */
  edit(edit: Edit): Promise<unknown>;
}

interface TextField {
  value: string;
  prompt: string;
  problem?: (text: string) => string | undefined;
}

async function askText({ title }: Edit, { value, prompt, problem }: TextField): Promise<string | undefined> {
  return vscode.window.showInputBox({ title, value, prompt, ignoreFocusOut: true, ...(problem ? { validateInput: problem } : {}) });
}

function dayProblem(text: string): string | undefined {
  const day = text.trim();
  if (day === '') return undefined;
  const real = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return real ? undefined : vscode.l10n.t('A day is written like 2026-11-30.');
}

function hoursProblem(text: string): string | undefined {
  const hours = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || (hours >= 0 && hours <= 100_000) ? undefined : vscode.l10n.t('Hours are a number such as 4 or 0.5.');
}

const tooLong = (max: number) => (text: string) =>
  text.length > max ? vscode.l10n.t('At most {0} characters; this has {1}.', max, text.length) : undefined;

async function editAssignee(edit: Edit): Promise<void> {
  const assignee = await askText(edit, {
    value: edit.task.assignee ?? '',
    prompt: vscode.l10n.t('A name, or @name for an agent. Empty: nobody.'),
    problem: tooLong(200),
  });
  if (assignee !== undefined) await patchTask(edit, { assignee: assignee.trim() || null });
}

async function editDue(edit: Edit): Promise<void> {
  const due = await askText(edit, {
    value: edit.task.due ?? '',
    prompt: vscode.l10n.t('Day the task is due, like 2026-11-30. Empty: none.'),
    problem: dayProblem,
  });
  if (due !== undefined) await patchTask(edit, { due: due.trim() || null });
}

async function editEstimate(edit: Edit): Promise<void> {
  const text = await askText(edit, {
    value: edit.task.estimate === null ? '' : String(edit.task.estimate),
    prompt: vscode.l10n.t('Hours the task will take. Empty: not estimated.'),
    problem: hoursProblem,
  });
  if (text !== undefined) await patchTask(edit, { estimate: text.trim() === '' ? null : Number(text.trim().replace(',', '.')) });
}

async function editBlocked(edit: Edit): Promise<void> {
  const reason = await askText(edit, {
    value: edit.task.blockedReason ?? '',
    prompt: vscode.l10n.t('Why the task cannot go on. Empty: it is not blocked.'),
    problem: tooLong(500),
  });
  if (reason !== undefined) await patchTask(edit, { blockedReason: reason.trim() || null });
}

async function editParent(edit: Edit): Promise<void> {
  const { folder, task, title } = edit;
  if (task.parentId !== null) {
    const remove = { label: vscode.l10n.t('Remove the parent #{0}', task.parentId), remove: true };
    const choose = { label: vscode.l10n.t('Choose another parent...'), remove: false };
    const picked = await vscode.window.showQuickPick([choose, remove], { title });
    if (!picked) return;
    if (picked.remove) return patchTask(edit, { parentId: null });
  }
  const parent = await pickTask({ folder, title, placeHolder: vscode.l10n.t('Task that this one is part of'), except: new Set([task.id]) });
  if (parent) await patchTask(edit, { parentId: parent.id });
}

async function editDescription(edit: Edit): Promise<void> {
  // A box has one line: line ends are written as \n in it, so that none is lost.
  const escaped = edit.task.description.replaceAll('\\', '\\\\').replaceAll('\r\n', '\n').replaceAll('\n', '\\n');
  const text = await askText(edit, {
    value: escaped,
    prompt: vscode.l10n.t('Description in Markdown. A line break is written \\n.'),
    problem: tooLong(limits.text),
  });
  if (text === undefined || text === escaped) return;
  const description = text.replace(/\\(n|\\)/g, (_, char: string) => (char === 'n' ? '\n' : '\\'));
  await patchTask(edit, { description });
}

function fields(task: Task): Field[] {
  const none = vscode.l10n.t('none');
  const field = (label: string, icon: string, description: string, edit: Field['edit']): Field => ({
    label,
    iconPath: new vscode.ThemeIcon(icon),
    description,
    edit,
  });
  return [
    field(vscode.l10n.t('Title'), 'symbol-string', task.title, async (edit) => {
      const text = await askTitle(edit.title, task.title);
      if (text !== undefined) await patchTask(edit, { title: text.trim() });
    }),
    field(vscode.l10n.t('Description'), 'note', task.description.replace(/\s+/g, ' ').slice(0, 80) || none, editDescription),
    field(vscode.l10n.t('Status'), 'project', statusName(task.status), async ({ folder, title }) => {
      const status = await askStatus(title, task.status);
      if (status) await moveTasks({ folder, ids: [task.id], status });
    }),
    field(vscode.l10n.t('Type'), 'bug', typeName(task.type), async (edit) => {
      const type = await askType(edit.title, task.type);
      if (type) await patchTask(edit, { type });
    }),
    field(vscode.l10n.t('Priority'), 'flame', priorityName(task.priority), async (edit) => {
      const priority = await askPriority(edit.title, task.priority);
      if (priority) await patchTask(edit, { priority });
    }),
    field(vscode.l10n.t('Labels'), 'tag', task.labels.join(', ') || none, editLabels),
    field(vscode.l10n.t('Assignee'), 'person', task.assignee ?? none, editAssignee),
    field(vscode.l10n.t('Due'), 'calendar', task.due === null ? none : dayName(task.due), editDue),
    field(vscode.l10n.t('Estimate'), 'clock', task.estimate === null ? none : vscode.l10n.t('{0} h', task.estimate), editEstimate),
    field(vscode.l10n.t('Blocked'), 'circle-slash', task.blockedReason ?? none, editBlocked),
    field(vscode.l10n.t('Parent'), 'type-hierarchy-super', task.parentId === null ? none : `#${task.parentId}`, editParent),
    field(vscode.l10n.t('Waits for'), 'git-merge', task.dependsOn.map((id) => `#${id}`).join(', ') || none, editDependencies),
    field(
      vscode.l10n.t('Checklist'),
      'checklist',
      task.checklistTotal === 0 ? none : `${task.checklistDone}/${task.checklistTotal}`,
      editChecklist,
    ),
  ];
}

async function load(folder: FolderTasks, id: number): Promise<Edit> {
  const store = await folder.open();
  const task = await store.call('task.get', { id });
  return { folder, task, title: vscode.l10n.t('Edit #{0}', id) };
}

/** Asks for the description of one task. */
export async function openDescription(folder: FolderTasks, id: number): Promise<void> {
  await editDescription(await load(folder, id));
}

export function taskEditHandlers(deps: CommandDeps): Record<`claudetask.task.${'edit' | 'editDescription'}`, Handler> {
  return {
    'claudetask.task.edit': async (...args) => {
      const target = await askTask(deps, args, vscode.l10n.t('Edit Task'));
      if (!target) return;
      // Back to the list after each field, until Escape.
      for (;;) {
        const edit = await load(target.folder, target.id);
        const picked = await vscode.window.showQuickPick(fields(edit.task), {
          title: edit.title,
          placeHolder: vscode.l10n.t('What to change; Escape when done'),
          matchOnDescription: true,
        });
        if (!picked) return;
        await picked.edit(edit);
      }
    },
    'claudetask.task.editDescription': async (...args) => {
      const target = await askTask(deps, args, vscode.l10n.t('Edit Description'));
      if (target) await openDescription(target.folder, target.id);
    },
  };
}
