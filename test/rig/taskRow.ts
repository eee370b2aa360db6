import type { TaskRow } from '../../src/core/task.ts';

/** A plain light row, with what a test cares about put in. */
export function taskRow(fields: Partial<TaskRow> = {}): TaskRow {
  const { id = 1 } = fields;
  return {
    id,
    title: `Task ${id}`,
    type: 'Feature',
    priority: 'Medium',
    status: 'Backlog',
    rank: `a${String(id).padStart(6, '0')}`,
    labels: [],
    assignee: null,
    due: null,
    estimate: null,
    parentId: null,
    blockedReason: null,
    openBlockers: [],
    checklistDone: 0,
    checklistTotal: 0,
    createdAt: 0,
    updatedAt: 0,
    completedAt: null,
    archivedAt: null,
    deletedAt: null,
    version: 1,
    ...fields,
  };
}
