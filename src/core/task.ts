/** The seven columns, in the order the board shows them. */
export const statuses = ['Backlog', 'Analysis', 'Ready', 'In Progress', 'Testing', 'Code Review', 'Done'] as const;
export type Status = (typeof statuses)[number];

export const taskTypes = ['Feature', 'Bug'] as const;
export type TaskType = (typeof taskTypes)[number];

export const priorities = ['High', 'Medium', 'Low'] as const;
export type Priority = (typeof priorities)[number];

export const limits = {
  /** Characters of a title. */
  title: 500,
  /** Characters of a description or an analysis: 1 MB. */
  text: 1_000_000,
  labels: 50,
  label: 60,
  checklist: 200,
  checklistText: 1000,
  /** Ids in one bulk call. */
  bulk: 5000,
} as const;

export interface ChecklistItem {
  /** Unique within its task. */
  id: number;
  text: string;
  done: boolean;
}

/** Execution contract of a task (T2): what an agent is held to. */
export interface TaskContract {
  surface: string;
  success: string;
  constraints: string[];
  invariants: string[];
  nonGoals: string[];
  acceptance: string[];
  followUps: string[];
  risks: string[];
}

export interface StageResult {
  stage: Status;
  /** Milliseconds since 1970. */
  at: number;
  outcome: 'passed' | 'failed';
  summary: string;
}

/** Where in the workspace a task was made from. */
export interface TaskOrigin {
  /** Path relative to the workspace folder, with `/`. */
  file: string;
  /** First line, from 1. */
  line: number;
}

/** Where an imported task came from, with the untouched original so that export gives back what came in. */
export interface TaskSource {
  system: string;
  id: string;
  original: string;
}

/** What a card or a tree row shows. Lists carry nothing more. Times are milliseconds since 1970. */
export interface TaskRow {
  id: number;
  title: string;
  type: TaskType;
  priority: Priority;
  status: Status;
  /** Order within the column: compared as bytes, then by id. See `core/rank.ts`. */
  rank: string;
  labels: string[];
  /** `@name` is an agent, anything else a person; null when nobody. */
  assignee: string | null;
  /** `YYYY-MM-DD`, a day in the reader's own calendar. */
  due: string | null;
  /** Hours. */
  estimate: number | null;
  parentId: number | null;
  /** Why the task is blocked by hand; null when it is not. */
  blockedReason: string | null;
  /** Tasks this one waits for that are not done yet. */
  openBlockers: number[];
  checklistDone: number;
  checklistTotal: number;
  createdAt: number;
  updatedAt: number;
  completedAt: number | null;
  archivedAt: number | null;
  deletedAt: number | null;
  /** Goes up by one with every change of this task: the basis of optimistic locking. */
  version: number;
}

/** A whole task. */
export interface Task extends TaskRow {
  description: string;
  analysis: string | null;
  gitBranch: string | null;
  worktreePath: string | null;
  checklist: ChecklistItem[];
  contract: TaskContract | null;
  stageResults: StageResult[];
  testingUrls: string[];
  origin: TaskOrigin | null;
  source: TaskSource | null;
  /** Tasks this one waits for. */
  dependsOn: number[];
  /** Tasks that wait for this one. */
  blocks: number[];
}
