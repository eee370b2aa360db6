import * as z from 'zod';
import { limits, priorities, statuses, taskTypes } from '../core/task.ts';
import { line, text, wellFormed } from './text.ts';

export const taskId = z.int().positive();
export const status = z.enum(statuses);
export const taskType = z.enum(taskTypes);
export const priority = z.enum(priorities);
export const title = line(limits.title).refine((s) => s.trim() !== '', 'is empty');
export const actorName = line(200).refine((s) => s !== '', 'is empty');
export const longText = text(limits.text);
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a day like 2026-11-30')
  .refine((s) => !Number.isNaN(Date.parse(s)) && new Date(s).toISOString().startsWith(s), 'is no day of the calendar');
const label = line(limits.label).refine((s) => s.trim() !== '', 'is empty');
const shortLine = line(500);

// Control characters may stay in what came from elsewhere, but half a surrogate pair has no bytes to be stored as.
const verbatim = wellFormed(limits.text);

const contract = z.strictObject({
  surface: line(500),
  success: line(500),
  constraints: z.array(shortLine).max(20),
  invariants: z.array(shortLine).max(20),
  nonGoals: z.array(shortLine).max(20),
  acceptance: z.array(shortLine).max(50),
  followUps: z.array(shortLine).max(3),
  risks: z.array(shortLine).max(3),
});
const stageResult = z.strictObject({ stage: status, at: z.int(), outcome: z.enum(['passed', 'failed']), summary: text(10_000) });
const origin = z.strictObject({ file: line(1000), line: z.int().positive() });
const source = z.strictObject({ system: line(100), id: line(500), original: verbatim });
const checklistItem = z.strictObject({ id: z.int().positive(), text: line(limits.checklistText), done: z.boolean() });

/** Fields a caller may set, on creation and by update. Unknown keys are refused: a typo must not vanish. */
export const taskPatch = z.strictObject({
  title: title.optional(),
  description: longText.optional(),
  type: taskType.optional(),
  priority: priority.optional(),
  labels: z.array(label).max(limits.labels).optional(),
  assignee: line(200).nullable().optional(),
  due: day.nullable().optional(),
  estimate: z.number().min(0).max(100_000).nullable().optional(),
  parentId: taskId.nullable().optional(),
  blockedReason: line(500).nullable().optional(),
  analysis: longText.nullable().optional(),
  gitBranch: line(500).nullable().optional(),
  worktreePath: line(2000).nullable().optional(),
  contract: contract.nullable().optional(),
  stageResults: z.array(stageResult).max(100).optional(),
  testingUrls: z
    .array(z.url({ protocol: /^https?$/ }).max(2000))
    .max(50)
    .optional(),
  origin: origin.nullable().optional(),
  source: source.nullable().optional(),
});
export type TaskPatch = z.infer<typeof taskPatch>;

/** Where in its column a task goes. Neither: the top. */
const place = { beforeId: taskId.optional(), afterId: taskId.optional() };
const comment = text(5000).optional();
const version = z.int().positive().optional();
const ids = z
  .array(taskId)
  .min(1, 'names no task')
  .max(limits.bulk, `names more than ${limits.bulk.toLocaleString('en')} tasks; split the call`)
  .refine((list) => new Set(list).size === list.length, 'names a task twice');

export const taskInput = {
  create: z.strictObject({
    ...taskPatch.shape,
    title,
    status: status.optional(),
    ...place,
    checklist: z.array(line(limits.checklistText)).max(limits.checklist).optional(),
    dependsOn: z.array(taskId).max(500).optional(),
    comment,
  }),
  get: z.strictObject({ id: taskId }),
  /** Filter, search text, sort and page over light rows. */
  list: z.strictObject({
    status: z.array(status).optional(),
    type: z.array(taskType).optional(),
    priority: z.array(priority).optional(),
    label: z.array(z.string()).optional(),
    assignee: z.array(z.string()).optional(),
    parentId: taskId.optional(),
    blocked: z.boolean().optional(),
    overdue: z.boolean().optional(),
    /** Live tasks unless asked: archived and deleted ones only by name. */
    scope: z.enum(['live', 'archived', 'deleted', 'all']).optional(),
    text: z.string().max(500).optional(),
    sort: z.enum(['board', 'created', 'updated', 'priority', 'due', 'relevance']).optional(),
    descending: z.boolean().optional(),
    offset: z.int().min(0).optional(),
    limit: z.int().min(1).max(1000).optional(),
  }),
  /** All live light rows, or the first `limitPerColumn` of each column with the totals. */
  snapshot: z.strictObject({ limitPerColumn: z.int().min(1).optional() }),
  /** Ids of live tasks whose words match, best first. */
  search: z.strictObject({ text: z.string().max(500), limit: z.int().min(1).max(1000).optional() }),
  history: z.strictObject({ id: taskId, limit: z.int().min(1).max(500).optional(), beforeRevision: z.int().positive().optional() }),
  update: z.strictObject({ id: taskId, version, patch: taskPatch, comment }),
  updateMany: z.strictObject({ ids, patch: taskPatch, comment }),
  move: z.strictObject({ id: taskId, version, status, ...place, override: z.boolean().optional(), comment }),
  moveMany: z.strictObject({ ids, status, ...place, override: z.boolean().optional(), comment }),
  /** delete, restore, archive, unarchive */
  one: z.strictObject({ id: taskId, version, comment }),
  /** deleteMany, restoreMany, archiveMany, unarchiveMany */
  many: z.strictObject({ ids, comment }),
  /** link, unlink: `id` waits for `dependsOnId`. */
  link: z.strictObject({ id: taskId, dependsOnId: taskId, comment }),
  /** Tasks that anybody may begin now: in Ready, waiting for none, blocked by nothing, with no assignee; in the order of the board. */
  ready: z.strictObject({
    type: z.array(taskType).optional(),
    priority: z.array(priority).optional(),
    label: z.array(z.string()).optional(),
    limit: z.int().min(1).max(1000).optional(),
  }),
  /**
   * Takes a task: it gets the assignee and goes to the top of In Progress, in one change. The assignee is the caller unless told, `@name` for an
   * agent. Without an id it is the first in Ready that is ready or assigned to them already, of those the filters let through; when there is
   * none, nothing changes and no task is answered. By its id it may be in any column but Done; in In Progress or behind, it stays where it is.
   * One that is theirs and begun is answered as it is, without a change.
   * Refused with `task.claimed` when it is somebody else's; with `workflow.refused` when the rules do not let it into In Progress, when it waits for
   * others (details.reason `blockers`) or is blocked by hand (`blocked`, details.blockedReason); with `input.invalid` when it is archived or done. A user
   * goes past the rules, as by an override of `task.move`, but not past what holds a task up.
   */
  claim: z.strictObject({
    id: taskId.optional(),
    type: z.array(taskType).optional(),
    priority: z.array(priority).optional(),
    label: z.array(z.string()).optional(),
    assignee: actorName.optional(),
    comment,
  }),
  /** Live tasks that speak of the same things as a task or a text, most alike first; never the task itself. A text's first line is read as a title. */
  similar: z
    .strictObject({ id: taskId.optional(), text: z.string().max(20_000).optional(), limit: z.int().min(1).max(50).optional() })
    .refine(({ id, text: words }) => (id === undefined) !== (words === undefined), 'needs either id or text'),
  /** Adds what a stage of the work came to, with the time; the oldest goes when there are 100. */
  appendStageResult: z.strictObject({
    id: taskId,
    version,
    stage: status,
    outcome: z.enum(['passed', 'failed']),
    summary: text(10_000),
    comment,
  }),
  addChecklistItem: z.strictObject({ id: taskId, text: line(limits.checklistText) }),
  checkChecklistItem: z.strictObject({ id: taskId, itemId: z.int().positive(), done: z.boolean() }),
  removeChecklistItem: z.strictObject({ id: taskId, itemId: z.int().positive() }),
  none: z.strictObject({}),
} as const;

export const taskRow = z.object({
  id: taskId,
  title: z.string(),
  type: taskType,
  priority,
  status,
  rank: z.string(),
  labels: z.array(z.string()),
  assignee: z.string().nullable(),
  due: z.string().nullable(),
  estimate: z.number().nullable(),
  parentId: taskId.nullable(),
  blockedReason: z.string().nullable(),
  openBlockers: z.array(taskId),
  checklistDone: z.int(),
  checklistTotal: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
  completedAt: z.int().nullable(),
  archivedAt: z.int().nullable(),
  deletedAt: z.int().nullable(),
  version: z.int(),
});
export const task = taskRow.extend({
  description: z.string(),
  analysis: z.string().nullable(),
  gitBranch: z.string().nullable(),
  worktreePath: z.string().nullable(),
  checklist: z.array(checklistItem),
  contract: contract.nullable(),
  stageResults: z.array(stageResult),
  testingUrls: z.array(z.string()),
  origin: origin.nullable(),
  source: source.nullable(),
  dependsOn: z.array(taskId),
  blocks: z.array(taskId),
});

/** The fields of a task that history speaks of, as they were stored. */
export const taskValues = task
  .omit({
    id: true,
    openBlockers: true,
    checklistDone: true,
    checklistTotal: true,
    createdAt: true,
    updatedAt: true,
    version: true,
    blocks: true,
  })
  .partial();

const actor = z.object({ kind: z.enum(['user', 'agent', 'job', 'client']), name: z.string() });
export const historyEntry = z.object({
  revision: z.int(),
  taskId,
  at: z.int(),
  actor,
  operation: z.string(),
  changes: z.array(z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })),
  comment: z.string().nullable(),
});

export const taskOutput = {
  task,
  /** What a mutation answers: the revision it made and the light rows it changed. */
  changed: z.object({ revision: z.int(), tasks: z.array(taskRow) }),
  list: z.object({ revision: z.int(), total: z.int(), tasks: z.array(taskRow) }),
  snapshot: z.object({ revision: z.int(), columns: z.array(z.object({ status, total: z.int(), tasks: z.array(taskRow) })) }),
  search: z.object({ ids: z.array(taskId) }),
  /** `score`: 1 for the most alike that there can be, above 0. */
  similar: z.object({ tasks: z.array(taskRow.extend({ score: z.number() })) }),
  history: z.object({ entries: z.array(historyEntry) }),
  /** `label` says in words what was undone or redone, such as `Move #12 to Testing`. */
  undone: z.object({ revision: z.int(), label: z.string(), tasks: z.array(taskRow) }),
} as const;
