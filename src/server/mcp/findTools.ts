import * as z from 'zod';
import { statuses } from '../../core/task.ts';
import { cutText } from './answerSize.ts';
import { defaultLimit, detailArg, offsetArg, pageArgs, priorityList, statusList, taskIdArg, textList, typeList } from './arguments.ts';
import { briefRow, isoTime, rowView, taskPage } from './taskViews.ts';
import { tool } from './tool.ts';
import type { Tool, ToolAnswer, ToolCall } from './tool.ts';

const filters = { type: typeList.optional(), priority: priorityList.optional(), label: textList.optional() };
/** The columns of tasks that are not done. */
export const openStatuses = statuses.filter((status) => status !== 'Done');
/** Tasks looked at for those without an analysis: each must be read whole. */
const analysisReach = 200;

async function needingAnalysis(call: ToolCall, offset: number, limit: number): Promise<ToolAnswer> {
  const { tasks: rows, total } = await call.call('task.list', { status: ['Analysis'], sort: 'board', offset, limit: analysisReach });
  const found: ToolAnswer[] = [];
  let seen = 0;
  for (const row of rows) {
    if (found.length === limit) break;
    seen++;
    const task = await call.call('task.get', { id: row.id });
    if (task.analysis === null || task.analysis.trim() === '') found.push(briefRow(row));
  }
  return { next: seen > 0 && offset + seen < total ? offset + seen : null, tasks: found };
}

const shownValue = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.length > 300 ? cutText(text, 300) : value;
};

/** The tools that find tasks and tell of them. */
export const findTools: readonly Tool[] = [
  tool({
    name: 'get_task_queue',
    title: 'List tasks',
    description:
      'Lists tasks in the order of the board: all that are not done, unless status says otherwise. next is the offset of the next page.',
    tier: 'core',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ status: statusList.optional(), ...filters, assignee: textList.optional(), ...pageArgs }),
    run: async (call, { detail, offset = 0, limit = defaultLimit, status = openStatuses, ...filter }) => {
      const { tasks, total } = await call.call('task.list', { ...filter, status: [...status], sort: 'board', offset, limit });
      return taskPage(tasks.map(rowView(detail)), offset, total);
    },
  }),
  tool({
    name: 'ready',
    title: 'List ready tasks',
    description: 'Lists the tasks that anybody may begin now, in the order of the board: in Ready, without assignee, waiting for nothing.',
    tier: 'core',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ ...filters, detail: detailArg, limit: pageArgs.limit }),
    run: async (call, { detail, limit = defaultLimit, ...filter }) => {
      const { tasks, total } = await call.call('task.ready', { ...filter, limit });
      const page = taskPage(tasks.map(rowView(detail)), 0, total);
      return { total: page.total, tasks: page.tasks };
    },
  }),
  tool({
    name: 'search_tasks',
    title: 'Search tasks',
    description: 'Finds tasks by words of their title and description, best first. Done ones too, unless status says otherwise.',
    tier: 'core',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ text: z.string().min(1, 'is empty').max(500), status: statusList.optional(), ...pageArgs }),
    run: async (call, { text, status, detail, offset = 0, limit = defaultLimit }) => {
      const { tasks, total } = await call.call('task.list', { text, status, sort: 'relevance', offset, limit });
      return taskPage(tasks.map(rowView(detail)), offset, total);
    },
  }),
  tool({
    name: 'find_similar_tasks',
    title: 'Find similar tasks',
    description:
      'Finds tasks that speak of the same things as a task, or as a text: look before you create one. score is 1 for the most alike.',
    tier: 'core',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({
      task_id: taskIdArg.optional(),
      text: z.string().max(20_000).optional(),
      limit: z.int().min(1).max(50).optional(),
    }),
    run: async (call, { task_id: id, text, limit = 10 }) => {
      const { tasks } = await call.call('task.similar', { id, text, limit });
      return { tasks: tasks.map((row) => ({ ...briefRow(row), score: Math.round(row.score * 100) / 100 })) };
    },
  }),
  tool({
    name: 'get_tasks_needing_analysis',
    title: 'List tasks without analysis',
    description: 'Lists the tasks in Analysis that have no analysis yet. next is the offset to go on from.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ offset: offsetArg, limit: pageArgs.limit }),
    run: (call, { offset = 0, limit = defaultLimit }) => needingAnalysis(call, offset, limit),
  }),
  tool({
    name: 'get_history',
    title: 'Get the history of a task',
    description:
      'Lists what was changed on a task, by whom and when, newest first; long values are cut. next is before_revision of the next page.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ task_id: taskIdArg, limit: pageArgs.limit, before_revision: z.int().positive().optional() }),
    rest: 'Ask with a smaller limit.',
    run: async (call, { task_id: id, limit = defaultLimit, before_revision: beforeRevision }) => {
      const { entries } = await call.call('task.history', { id, limit, beforeRevision });
      return {
        task_id: id,
        next: entries.length === limit ? (entries.at(-1)?.revision ?? null) : null,
        entries: entries.map(({ revision, at, actor, operation, changes, comment }) => ({
          revision,
          at: isoTime(at),
          by: actor,
          operation,
          changes: changes.map(({ field, from, to }) => ({ field, from: shownValue(from), to: shownValue(to) })),
          comment,
        })),
      };
    },
  }),
];
