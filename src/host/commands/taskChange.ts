import * as vscode from 'vscode';
import type { TaskRow } from '../../core/task.ts';
import type { TaskPatch } from '../../protocol/task.ts';
import { moveTasks } from '../moveTasks.ts';
import { askPriority, askStatus, askTitle, askType } from '../pick/askText.ts';
import { taskQuickItem } from '../pick/pickTask.ts';
import { say } from '../say.ts';
import { priorityName, statusName, taskName, timeName, typeName } from '../words.ts';
import type { CommandDeps } from './commandDeps.ts';
import type { Handler } from './handler.ts';
import { askFolder, askTarget, askTask, currentRow, type Target } from './target.ts';

/** `#12 Login fails`, or how many they are. */
function subject(tasks: readonly TaskRow[], count: number): string {
  const [only] = tasks;
  return count === 1 && only ? taskName(only) : vscode.l10n.t('{0} tasks', count);
}

async function update({ folder, ids }: Target, patch: TaskPatch, value: string): Promise<void> {
  const store = await folder.open();
  const { tasks } = await store.call('task.updateMany', { ids: [...ids], patch });
  say(vscode.l10n.t('{0}: {1}', subject(tasks, ids.length), value));
}

async function sharedRow({ folder, ids }: Target): Promise<TaskRow | undefined> {
  const [only] = ids;
  return ids.length === 1 && only !== undefined ? currentRow(folder, only) : undefined;
}

type Name = 'move' | 'rename' | 'setPriority' | 'setType' | 'archive' | 'unarchive' | 'delete' | 'restore';

/** Commands that change tasks that exist. All of them can be undone, so none asks whether one is sure. */
export function taskChangeHandlers(deps: CommandDeps): Record<`claudetask.task.${Name}`, Handler> {
  const bringBack = async (args: readonly unknown[], scope: 'deleted' | 'archived', title: string, none: string): Promise<void> => {
    const folder = await askFolder(deps, args, title);
    if (!folder) return;
    const store = await folder.open();
    const { tasks } = await store.call('task.list', { scope, sort: 'updated', descending: true, limit: 500 });
    if (tasks.length === 0) {
      void vscode.window.showInformationMessage(none);
      return;
    }
    const items = tasks.map((row) => ({ ...taskQuickItem(row), detail: timeName(row.deletedAt ?? row.archivedAt ?? row.updatedAt) }));
    const picked = await vscode.window.showQuickPick(items, {
      title,
      canPickMany: true,
      matchOnDescription: true,
      placeHolder: vscode.l10n.t('Tasks to bring back'),
    });
    if (!picked || picked.length === 0) return;
    const ids = picked.map(({ row }) => row.id);
    const result = await store.call(scope === 'deleted' ? 'task.restoreMany' : 'task.unarchiveMany', { ids });
    say(vscode.l10n.t('Brought back {0}', subject(result.tasks, ids.length)));
  };

  return {
    'claudetask.task.move': async (...args) => {
      const title = vscode.l10n.t('Move Task');
      const target = await askTarget(deps, args, title);
      if (!target) return;
      const { folder } = target;
      const { wipLimits } = deps.settings.workflow(folder.folder.uri);
      const status = await askStatus(title, (await sharedRow(target))?.status, (one) => {
        const limit = wipLimits[one];
        return limit === undefined ? undefined : `${folder.counts[one]}/${limit}`;
      });
      if (!status) return;
      const moved = await moveTasks({ ...target, status });
      if (moved) say(vscode.l10n.t('Moved {0} to {1}', subject(moved.tasks, target.ids.length), statusName(status)));
    },
    'claudetask.task.rename': async (...args) => {
      const title = vscode.l10n.t('Rename Task');
      const target = await askTask(deps, args, title);
      if (!target) return;
      const row = await currentRow(target.folder, target.id);
      const name = await askTitle(vscode.l10n.t('Rename #{0}', row.id), row.title);
      if (name === undefined || name.trim() === row.title) return;
      const store = await target.folder.open();
      await store.call('task.update', { id: row.id, version: row.version, patch: { title: name.trim() } });
    },
    'claudetask.task.setPriority': async (...args) => {
      const title = vscode.l10n.t('Set Priority');
      const target = await askTarget(deps, args, title);
      if (!target) return;
      const priority = await askPriority(title, (await sharedRow(target))?.priority);
      if (priority) await update(target, { priority }, vscode.l10n.t('{0} priority', priorityName(priority)));
    },
    'claudetask.task.setType': async (...args) => {
      const title = vscode.l10n.t('Set Type');
      const target = await askTarget(deps, args, title);
      if (!target) return;
      const type = await askType(title, (await sharedRow(target))?.type);
      if (type) await update(target, { type }, typeName(type));
    },
    'claudetask.task.archive': async (...args) => {
      const target = await askTarget(deps, args, vscode.l10n.t('Archive Task'));
      if (!target) return;
      const store = await target.folder.open();
      const { tasks } = await store.call('task.archiveMany', { ids: [...target.ids] });
      say(vscode.l10n.t('Archived {0}. ClaudeTask: Undo brings it back.', subject(tasks, target.ids.length)));
    },
    'claudetask.task.delete': async (...args) => {
      const target = await askTarget(deps, args, vscode.l10n.t('Delete Task'));
      if (!target) return;
      const store = await target.folder.open();
      const { tasks } = await store.call('task.deleteMany', { ids: [...target.ids] });
      say(vscode.l10n.t('Deleted {0}. ClaudeTask: Undo brings it back.', subject(tasks, target.ids.length)));
    },
    'claudetask.task.unarchive': (...args) =>
      bringBack(args, 'archived', vscode.l10n.t('Restore Archived Task'), vscode.l10n.t('No task is archived.')),
    'claudetask.task.restore': (...args) =>
      bringBack(args, 'deleted', vscode.l10n.t('Restore Deleted Task'), vscode.l10n.t('No task is deleted.')),
  };
}
