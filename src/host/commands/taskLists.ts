import * as vscode from 'vscode';
import { limits } from '../../core/task.ts';
import { pickTask } from '../pick/pickTask.ts';
import { patchTask, type Edit } from './taskPatch.ts';

/** Labels in use come first; a new one is typed. */
export async function editLabels(edit: Edit): Promise<void> {
  const { folder, task, title } = edit;
  await folder.loadRows();
  const known = new Set(task.labels);
  for (const row of folder.rows?.values() ?? []) for (const label of row.labels) known.add(label);
  const fresh = { label: vscode.l10n.t('New label...'), iconPath: new vscode.ThemeIcon('add'), isNew: true };
  const items = [...known]
    .sort((a, b) => a.localeCompare(b))
    .map((label) => ({ label, picked: task.labels.includes(label), isNew: false }));
  const picked = await vscode.window.showQuickPick([fresh, ...items], {
    title,
    canPickMany: true,
    placeHolder: vscode.l10n.t('Labels of the task'),
  });
  if (!picked) return;
  const labels = picked.filter((item) => !item.isNew).map((item) => item.label);
  if (picked.some((item) => item.isNew)) {
    const text = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('New labels, separated by commas'),
      validateInput: (value) =>
        value.split(',').some((one) => one.trim().length > limits.label)
          ? vscode.l10n.t('A label has at most {0} characters.', limits.label)
          : undefined,
    });
    for (const label of text?.split(',').map((one) => one.trim()) ?? []) if (label !== '' && !labels.includes(label)) labels.push(label);
  }
  await patchTask(edit, { labels });
}

export async function editDependencies({ folder, task, title }: Edit): Promise<void> {
  const add = { label: vscode.l10n.t('Wait for another task...'), iconPath: new vscode.ThemeIcon('add'), id: 0 };
  const items = task.dependsOn.map((id) => ({
    label: vscode.l10n.t('No longer wait for #{0}', id),
    description: folder.rows?.get(id)?.title ?? '',
    iconPath: new vscode.ThemeIcon('close'),
    id,
  }));
  const picked = task.dependsOn.length === 0 ? add : await vscode.window.showQuickPick([add, ...items], { title });
  if (!picked) return;
  const store = await folder.open();
  if (picked.id !== 0) {
    await store.call('task.unlink', { id: task.id, dependsOnId: picked.id });
    return;
  }
  const other = await pickTask({
    folder,
    title,
    placeHolder: vscode.l10n.t('Task that must be done first'),
    except: new Set([task.id, ...task.dependsOn]),
  });
  if (other) await store.call('task.link', { id: task.id, dependsOnId: other.id });
}

export async function editChecklist({ folder, task, title }: Edit): Promise<void> {
  const store = await folder.open();
  const add = { label: vscode.l10n.t('Add an item...'), iconPath: new vscode.ThemeIcon('add'), id: 0, done: false };
  const trash = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Remove') };
  const items = task.checklist.map((item) => ({
    label: item.text,
    iconPath: new vscode.ThemeIcon(item.done ? 'pass' : 'circle-large-outline'),
    description: item.done ? vscode.l10n.t('done') : '',
    buttons: [trash],
    id: item.id,
    done: item.done,
  }));
  const pick = vscode.window.createQuickPick<(typeof items)[number] | typeof add>();
  pick.title = title;
  pick.placeholder = vscode.l10n.t('Enter checks or clears an item');
  pick.items = [add, ...items];
  try {
    const chosen = await new Promise<{ id: number; done: boolean; remove: boolean } | undefined>((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        resolve(item && { id: item.id, done: item.done, remove: false });
      });
      pick.onDidTriggerItemButton(({ item }) => resolve({ id: item.id, done: item.done, remove: true }));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
    if (!chosen) return;
    if (chosen.remove) await store.call('task.removeChecklistItem', { id: task.id, itemId: chosen.id });
    else if (chosen.id !== 0) await store.call('task.checkChecklistItem', { id: task.id, itemId: chosen.id, done: !chosen.done });
    else {
      const text = await vscode.window.showInputBox({ title, prompt: vscode.l10n.t('What must be true for the task to be done') });
      if (text !== undefined && text.trim() !== '') await store.call('task.addChecklistItem', { id: task.id, text: text.trim() });
    }
  } finally {
    pick.dispose();
  }
}
