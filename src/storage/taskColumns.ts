import type { ChecklistItem, StageResult, TaskContract, TaskOrigin, TaskRow, TaskSource } from '../core/task.ts';
import type { DetailField, Details, RowField } from '../core/taskFields.ts';
import type { SqlValue } from './sql.ts';

/** The fields of a task and the columns that hold them. */

export const rowColumns: Readonly<Record<RowField, string>> = {
  title: 'title',
  type: 'type',
  priority: 'priority',
  status: 'status',
  rank: 'rank',
  labels: 'labels',
  assignee: 'assignee',
  due: 'due',
  estimate: 'estimate',
  parentId: 'parent_id',
  blockedReason: 'blocked_reason',
  completedAt: 'completed_at',
  archivedAt: 'archived_at',
  deletedAt: 'deleted_at',
};

export const detailColumns: Readonly<Record<DetailField, string>> = {
  description: 'description',
  analysis: 'analysis',
  gitBranch: 'git_branch',
  worktreePath: 'worktree_path',
  checklist: 'checklist',
  contract: 'contract',
  stageResults: 'stage_results',
  testingUrls: 'testing_urls',
  origin: 'origin',
  source: 'source',
};

/** A field's value as it is stored: lists and objects as JSON. */
export function toColumn(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}

/** What `lightColumns` selects: a light row but for its labels, which are JSON, and its blockers, which are elsewhere. */
export interface LightRecord extends Omit<TaskRow, 'labels' | 'openBlockers'> {
  labels: string;
}

export const lightColumns = `task.id, task.title, task.type, task.priority, task.status, task.rank, task.labels, task.assignee, task.due,
  task.estimate, task.parent_id AS parentId, task.blocked_reason AS blockedReason, task.checklist_done AS checklistDone,
  task.checklist_total AS checklistTotal, task.created_at AS createdAt, task.updated_at AS updatedAt, task.completed_at AS completedAt,
  task.archived_at AS archivedAt, task.deleted_at AS deletedAt, task.version`;

/** The tests of a live task, as an index can answer them. */
export const isLive = 'task.archived_at IS NULL AND task.deleted_at IS NULL';
/** Holds others up. */
export const isOpen = `task.status <> 'Done' AND ${isLive}`;

/** JSON of our own making. What somebody else has made unreadable must not take the whole board with it. */
function json<T>(text: string | null, otherwise: T): T {
  if (text === null) return otherwise;
  if (text === '[]' && Array.isArray(otherwise)) return otherwise;
  try {
    const value: T = JSON.parse(text);
    return value;
  } catch {
    return otherwise;
  }
}

export function toRow(record: LightRecord, openBlockers: number[]): TaskRow {
  return { ...record, labels: json<string[]>(record.labels, []), openBlockers };
}

/** What `detailColumnsList` selects. */
export interface DetailRecord {
  description: string;
  analysis: string | null;
  gitBranch: string | null;
  worktreePath: string | null;
  checklist: string;
  contract: string | null;
  stageResults: string;
  testingUrls: string;
  origin: string | null;
  source: string | null;
}

export const detailList = Object.entries(detailColumns)
  .map(([field, column]) => `${column} AS ${field}`)
  .join(', ');

const empty: DetailRecord = {
  description: '',
  analysis: null,
  gitBranch: null,
  worktreePath: null,
  checklist: '[]',
  contract: null,
  stageResults: '[]',
  testingUrls: '[]',
  origin: null,
  source: null,
};

/** A task whose details were lost in a rescue is shown without. */
export function toDetails(record: DetailRecord = empty): Details {
  return {
    ...record,
    checklist: json<ChecklistItem[]>(record.checklist, []),
    contract: json<TaskContract | null>(record.contract, null),
    stageResults: json<StageResult[]>(record.stageResults, []),
    testingUrls: json<string[]>(record.testingUrls, []),
    origin: json<TaskOrigin | null>(record.origin, null),
    source: json<TaskSource | null>(record.source, null),
  };
}
