import type * as z from 'zod';
import { AppError } from '../core/appError.ts';
import { cycleText, findCycle } from '../core/dependencies.ts';
import { limits } from '../core/task.ts';
import type { TaskRow } from '../core/task.ts';
import { withoutUndefined } from '../core/taskFields.ts';
import type { TaskChanges, TaskValues } from '../core/taskFields.ts';
import type { TaskPatch, taskInput } from '../protocol/task.ts';
import { placeRank } from './places.ts';
import { assertMoves } from './taskMoves.ts';
import { editText, tasksText } from './taskWords.ts';
import { assertVersion, edit, insert, liveTask, liveTasks, taskNotFound } from './work.ts';
import type { Work } from './work.ts';

type Input = { [N in keyof typeof taskInput]: z.output<(typeof taskInput)[N]> };

/** What a caller wants changed, without the fields it did not name. */
function changesOf(patch: TaskPatch): TaskChanges {
  const changes = withoutUndefined(patch);
  return changes.labels === undefined ? changes : { ...changes, labels: [...new Set(changes.labels)] };
}

const said = (comment: string | undefined) => (comment === undefined || comment === '' ? null : comment);

/** A parent must exist, and no task may be above itself. */
export function assertParent(work: Work, id: number, parentId: number | null | undefined): void {
  if (parentId === null || parentId === undefined) return;
  if (work.tasks.existing([parentId]).size === 0) throw taskNotFound([parentId], 'The parent does not exist:');
  const parentOf = (child: number) => {
    const above = work.tasks.row(child)?.parentId;
    return above === null || above === undefined ? [] : [above];
  };
  const cycle = findCycle(id, parentId, parentOf);
  if (cycle !== undefined) {
    throw new AppError(
      'task.cycle',
      `#${parentId} cannot be the parent of #${id}: ${cycleText(cycle, 'would be under')}. Choose another parent.`,
      { cycle },
    );
  }
}

function assertBlockers(work: Work, ids: readonly number[]): void {
  const found = work.tasks.existing(ids);
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw taskNotFound(missing);
}

export function assertNoCycle(work: Work, id: number, dependsOn: number): void {
  const cycle = findCycle(id, dependsOn, (task) => work.tasks.dependsOn(task));
  if (cycle === undefined) return;
  const text =
    id === dependsOn
      ? `#${id} cannot wait for itself.`
      : `#${id} cannot wait for #${dependsOn}: ${cycleText(cycle)}. Unlink one of them first.`;
  throw new AppError('task.cycle', text, { cycle });
}

const plain: TaskValues = {
  title: '',
  type: 'Feature',
  priority: 'Medium',
  status: 'Backlog',
  rank: '',
  labels: [],
  assignee: null,
  due: null,
  estimate: null,
  parentId: null,
  blockedReason: null,
  completedAt: null,
  archivedAt: null,
  deletedAt: null,
  description: '',
  analysis: null,
  gitBranch: null,
  worktreePath: null,
  checklist: [],
  contract: null,
  stageResults: [],
  testingUrls: [],
  origin: null,
  source: null,
  dependsOn: [],
};

export function create(work: Work, input: Input['create']): void {
  const { status = 'Backlog', beforeId, afterId, checklist = [], dependsOn = [], comment, ...patch } = input;
  const blockers = [...new Set(dependsOn)];
  assertBlockers(work, blockers);
  if (patch.parentId !== null && patch.parentId !== undefined) assertBlockers(work, [patch.parentId]);
  const values: TaskValues = {
    ...plain,
    ...changesOf(patch),
    status,
    dependsOn: blockers,
    completedAt: status === 'Done' ? work.now : null,
  };
  values.checklist = checklist.map((text, i) => ({ id: i + 1, text, done: false }));
  // Nothing asks a user for a confirmation here, and a full column says so by itself: only others are held to the rules.
  if (work.actor.kind !== 'user') {
    const openBlockers = work.tasks.openAmong(blockers);
    assertMoves(
      work,
      [{ id: 0, from: null, openBlockers, checklistDone: 0, checklistTotal: checklist.length }],
      status,
      false,
      'Not created',
    );
  }
  values.rank = placeRank(work, null, status, { beforeId, afterId });
  const row = insert(work, values, said(comment));
  work.summary = `Create #${row.id}`;
}

export function update(work: Work, input: Input['update']): void {
  const row = liveTask(work, input.id);
  assertVersion(row, input.version);
  const changes = changesOf(input.patch);
  assertParent(work, row.id, changes.parentId);
  work.summary = editText(changes, [row.id]);
  edit(work, row, changes, said(input.comment));
}

/** Characters that one call may write into the history: all of it is in one transaction, and sealed as one text. */
const mostText = 50_000_000;

export function updateMany(work: Work, input: Input['updateMany']): void {
  if (JSON.stringify(input.patch).length * input.ids.length > mostText) {
    throw new AppError('input.invalid', `ids names too many tasks for so long a text. Split the call.`, { field: 'ids' });
  }
  const changes = changesOf(input.patch);
  work.summary = editText(changes, input.ids);
  for (const row of liveTasks(work, input.ids)) {
    assertParent(work, row.id, changes.parentId);
    edit(work, row, changes, said(input.comment));
  }
}

export function link(work: Work, input: Input['link']): void {
  const row = liveTask(work, input.id);
  liveTask(work, input.dependsOnId);
  const before = work.tasks.dependsOn(row.id);
  work.summary = `Make ${tasksText([row.id])} wait for #${input.dependsOnId}`;
  if (!before.includes(input.dependsOnId)) assertNoCycle(work, row.id, input.dependsOnId);
  const dependsOn = [...new Set([...before, input.dependsOnId])].sort((a, b) => a - b);
  edit(work, row, { dependsOn }, said(input.comment));
}

export function unlink(work: Work, input: Input['link']): void {
  const row = liveTask(work, input.id);
  const dependsOn = work.tasks.dependsOn(row.id).filter((id) => id !== input.dependsOnId);
  work.summary = `Stop ${tasksText([row.id])} from waiting for #${input.dependsOnId}`;
  edit(work, row, { dependsOn }, said(input.comment));
}

const mostStageResults = 100;

export function appendStageResult(work: Work, input: Input['appendStageResult']): void {
  const { stage, outcome, summary, comment } = input;
  const row = liveTask(work, input.id);
  assertVersion(row, input.version);
  const kept = work.tasks.details(row.id).stageResults.slice(1 - mostStageResults);
  work.summary = `Note for #${row.id} that ${stage} ${outcome}`;
  edit(work, row, { stageResults: [...kept, { stage, at: work.now, outcome, summary }] }, said(comment));
}

export function addChecklistItem(work: Work, input: Input['addChecklistItem']): void {
  const row = liveTask(work, input.id);
  const { checklist } = work.tasks.details(row.id);
  if (checklist.length >= limits.checklist) {
    throw new AppError(
      'input.invalid',
      `checklist of #${row.id} has ${limits.checklist} items already. Remove one, or make a second task.`,
      { field: 'checklist' },
    );
  }
  const id = work.tasks.lastChecklistId(row.id) + 1;
  work.summary = `Add a checklist item to #${row.id}`;
  edit(work, row, { checklist: [...checklist, { id, text: input.text, done: false }] });
}

function checklistWith(work: Work, row: TaskRow, itemId: number) {
  const { checklist } = work.tasks.details(row.id);
  if (checklist.some((item) => item.id === itemId)) return checklist;
  throw new AppError(
    'input.invalid',
    `itemId ${itemId} is not on the checklist of #${row.id}. It may have been removed; look at the task again.`,
    { field: 'itemId' },
  );
}

export function checkChecklistItem(work: Work, input: Input['checkChecklistItem']): void {
  const row = liveTask(work, input.id);
  const checklist = checklistWith(work, row, input.itemId).map((item) => (item.id === input.itemId ? { ...item, done: input.done } : item));
  work.summary = `${input.done ? 'Check' : 'Uncheck'} a checklist item of #${row.id}`;
  edit(work, row, { checklist });
}

export function removeChecklistItem(work: Work, input: Input['removeChecklistItem']): void {
  const row = liveTask(work, input.id);
  const checklist = checklistWith(work, row, input.itemId).filter((item) => item.id !== input.itemId);
  work.summary = `Remove a checklist item of #${row.id}`;
  edit(work, row, { checklist });
}
