import * as vscode from 'vscode';
import type { TaskRow } from '../../core/task.ts';
import type { FolderTasks } from '../folderTasks.ts';
import { blockedText, statusName } from '../words.ts';

export interface TaskItem extends vscode.QuickPickItem {
  row: TaskRow;
}

export function taskQuickItem(row: TaskRow): TaskItem {
  const description = [`#${row.id}`, statusName(row.status), row.assignee, row.status === 'Done' ? undefined : blockedText(row)]
    .filter(Boolean)
    .join(' · ');
  return { label: row.title, description, iconPath: new vscode.ThemeIcon(row.type === 'Bug' ? 'bug' : 'checklist'), row };
}

const typing = 80;
const listed = 200;

export interface TaskPick {
  folder: FolderTasks;
  title: string;
  placeHolder: string;
  /** Tasks not to offer. */
  except?: ReadonlySet<number>;
}

/**
 * Lets a person pick a task: the last changed ones, and what the store finds for the typed words or a number. The
 * database searches, so that 100,000 tasks are as quick as ten.
 */
export async function pickTask({ folder, title, placeHolder, except }: TaskPick): Promise<TaskRow | undefined> {
  const store = await folder.open();
  const pick = vscode.window.createQuickPick<TaskItem>();
  pick.title = title;
  pick.placeholder = placeHolder;
  pick.matchOnDescription = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  const find = async (text: string): Promise<TaskRow[]> => {
    const number = /^#?(\d{1,15})$/.exec(text.trim())?.[1];
    const exact =
      number === undefined
        ? []
        : await store.call('task.get', { id: Number(number) }).then(
            (task): TaskRow[] => (task.deletedAt === null ? [task] : []),
            () => [],
          );
    const { tasks } =
      text.trim() === ''
        ? await store.call('task.list', { sort: 'updated', descending: true, limit: listed })
        : await store.call('task.list', { text, sort: 'relevance', limit: listed });
    return [...exact, ...tasks.filter((row) => row.id !== exact[0]?.id)];
  };
  const update = async (): Promise<void> => {
    const mine = ++asked;
    pick.busy = true;
    try {
      const rows = await find(pick.value);
      if (mine !== asked) return;
      // What the store found matches already, perhaps by its description: VS Code must not filter it again.
      pick.items = rows.filter((row) => !except?.has(row.id)).map((row) => ({ ...taskQuickItem(row), alwaysShow: true }));
    } finally {
      if (mine === asked) pick.busy = false;
    }
  };
  try {
    return await new Promise<TaskRow | undefined>((resolve, reject) => {
      pick.onDidChangeValue(() => {
        clearTimeout(timer);
        timer = setTimeout(() => void update().catch(reject), typing);
      });
      pick.onDidAccept(() => resolve(pick.selectedItems[0]?.row));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
      update().catch(reject);
    });
  } finally {
    asked++;
    clearTimeout(timer);
    pick.dispose();
  }
}
