import type { Status } from '../core/task.ts';
import type { TaskChanges } from '../core/taskFields.ts';

/** The summaries of the audit log, which undo shows too. */

/** `#12`, or `5 tasks`. */
export const tasksText = (ids: readonly number[]) => (ids.length === 1 ? `#${ids[0]}` : `${ids.length} tasks`);

const fieldWords: Readonly<Record<string, string>> = {
  parentId: 'parent',
  blockedReason: 'blocked',
  gitBranch: 'branch',
  worktreePath: 'worktree',
  stageResults: 'stage results',
  testingUrls: 'testing URLs',
  dependsOn: 'what it waits for',
  deletedAt: 'deleted',
  archivedAt: 'archived',
};
export const fieldText = (field: string) => fieldWords[field] ?? field;

/** `Edit title and due of #12`. */
export function editText(changes: TaskChanges, ids: readonly number[]): string {
  const fields = Object.keys(changes).map(fieldText);
  if (fields.length === 0) return `Comment on ${tasksText(ids)}`;
  if (fields.length > 3) return `Edit ${tasksText(ids)}`;
  const list = fields.length === 1 ? fields[0] : `${fields.slice(0, -1).join(', ')} and ${fields.at(-1)}`;
  return `Edit ${list} of ${tasksText(ids)}`;
}

export const moveText = (ids: readonly number[], status: Status, within: boolean) =>
  within ? `Move ${tasksText(ids)} within ${status}` : `Move ${tasksText(ids)} to ${status}`;
