import type { Task, TaskRow } from '../../core/task.ts';
import { pageOf } from './answerSize.ts';
import type { ToolAnswer } from './tool.ts';

export const isoTime = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** Why a task cannot be worked on now; null when it can. */
function blockedBy({ blockedReason, openBlockers }: TaskRow): string | null {
  if (blockedReason !== null) return blockedReason;
  if (openBlockers.length === 0) return null;
  const more = openBlockers.length > 10 ? ` and ${openBlockers.length - 10} more` : '';
  return `waits for ${openBlockers
    .slice(0, 10)
    .map((id) => `#${id}`)
    .join(', ')}${more}`;
}

export function briefRow(row: TaskRow) {
  const { id, title, status, priority, type, assignee } = row;
  return { id, title, status, priority, type, assignee, blocked: blockedBy(row) };
}

/** What is null or empty says nothing. */
const withoutEmpty = (value: ToolAnswer): ToolAnswer =>
  Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null && one !== '' && one !== undefined && !(Array.isArray(one) && one.length === 0)),
  );

function fullRow(row: TaskRow): ToolAnswer {
  return {
    ...briefRow(row),
    ...withoutEmpty({
      labels: row.labels,
      due: row.due,
      estimate: row.estimate,
      parent_id: row.parentId,
      waits_for: row.openBlockers,
      checklist: row.checklistTotal === 0 ? null : `${row.checklistDone} of ${row.checklistTotal}`,
      created_at: isoTime(row.createdAt),
      updated_at: isoTime(row.updatedAt),
      completed_at: isoTime(row.completedAt),
      archived_at: isoTime(row.archivedAt),
      deleted_at: isoTime(row.deletedAt),
    }),
    version: row.version,
  };
}

export const rowView = (detail: 'brief' | 'full' | undefined): ((row: TaskRow) => ToolAnswer) => (detail === 'full' ? fullRow : briefRow);

/** A page of tasks as it is answered. */
export function taskPage(rows: readonly ToolAnswer[], offset: number, total: number): ToolAnswer {
  const page = pageOf(rows, offset, total);
  return { total: page.total, next: page.next, tasks: page.rows };
}

/** What a change has made of a task. */
export const changedTask = (row: TaskRow): ToolAnswer => ({ task: { ...briefRow(row), version: row.version } });

/** The long parts of a task, each to be read in full by itself. */
export const longFields = ['description', 'analysis', 'checklist', 'contract', 'stage_results', 'source'] as const;
export type LongField = (typeof longFields)[number];

const stageResults = (task: Task) => task.stageResults.map((result) => ({ ...result, at: isoTime(result.at) }));

export function longText(task: Task, field: LongField): string {
  const asText = (value: unknown) => JSON.stringify(value, null, 1);
  switch (field) {
    case 'description':
      return task.description;
    case 'analysis':
      return task.analysis ?? '';
    case 'checklist':
      return asText(task.checklist);
    case 'contract':
      return asText(task.contract);
    case 'stage_results':
      return asText(stageResults(task));
    case 'source':
      return task.source?.original ?? '';
  }
}

/** A whole task. What it was imported from is named, not repeated. */
export function wholeTask(task: Task): ToolAnswer {
  const { checklist: _, ...row } = fullRow(task);
  return {
    ...row,
    ...withoutEmpty({
      description: task.description,
      analysis: task.analysis,
      checklist: task.checklist,
      contract: task.contract,
      // Newest first: of many the oldest are cut.
      stage_results: stageResults(task).toReversed(),
      testing_urls: task.testingUrls,
      git_branch: task.gitBranch,
      worktree_path: task.worktreePath,
      depends_on: task.dependsOn,
      blocks: task.blocks,
      origin: task.origin,
      source: task.source === null ? null : { system: task.source.system, id: task.source.id },
    }),
  };
}
