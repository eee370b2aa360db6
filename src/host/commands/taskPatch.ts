import type { Task } from '../../core/task.ts';
import type { TaskPatch } from '../../protocol/task.ts';
import type { FolderTasks } from '../folderTasks.ts';

/** A task being edited, as it was when its fields were shown. */
export interface Edit {
  folder: FolderTasks;
  task: Task;
  title: string;
}

/** Saves fields; refused when the task has changed since it was shown. */
export async function patchTask({ folder, task }: Edit, patch: TaskPatch): Promise<void> {
  const store = await folder.open();
  await store.call('task.update', { id: task.id, version: task.version, patch });
}
