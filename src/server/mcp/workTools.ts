import * as z from 'zod';
import { longText as longTextSchema } from '../../protocol/task.ts';
import { partOf } from './answerSize.ts';
import { commentArg, offsetArg, outcomeArg, priorityList, statusArg, taskIdArg, textList, typeList, versionArg } from './arguments.ts';
import { changedTask, longFields, longText, wholeTask } from './taskViews.ts';
import { tool } from './tool.ts';
import type { Tool, ToolAnswer, ToolCall } from './tool.ts';

const restOfTask = 'get_task with field and offset answers a long field from where it was cut.';

const noneReady: ToolAnswer = {
  task: null,
  message:
    'No task is ready: a ready one is in Ready, has no assignee, and waits for nothing. get_task_queue lists the others; update_status moves one to Ready.',
};

async function firstReady(call: ToolCall): Promise<ToolAnswer> {
  const [first] = (await call.call('task.ready', { limit: 1 })).tasks;
  if (first === undefined) return noneReady;
  return { task: wholeTask(await call.call('task.get', { id: first.id })), message: 'Nobody has it yet: claim_task takes it.' };
}

/** The tools an agent needs to do a task from beginning to end. */
export const workTools: readonly Tool[] = [
  tool({
    name: 'claim_task',
    title: 'Claim a task',
    description:
      'Takes a task for you and moves it to In Progress: the one named, or the first that is ready. Two callers never get the same one. Answers the whole task.',
    tier: 'core',
    scope: 'write',
    effect: 'adds',
    input: z.strictObject({
      task_id: taskIdArg.optional(),
      type: typeList.optional(),
      priority: priorityList.optional(),
      label: textList.optional(),
      comment: commentArg,
    }),
    rest: restOfTask,
    run: async (call, { task_id: id, ...input }) => {
      const [row] = (await call.call('task.claim', { id, ...input })).tasks;
      return row === undefined ? noneReady : { task: wholeTask(await call.call('task.get', { id: row.id })) };
    },
  }),
  tool({
    name: 'get_task',
    title: 'Get a task',
    description: 'Answers one task whole; empty fields are left out. With field, the text of that field alone, from offset.',
    tier: 'core',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ task_id: taskIdArg, field: z.enum(longFields).optional(), offset: offsetArg }),
    rest: restOfTask,
    run: async (call, { task_id: id, field, offset }) => {
      const task = await call.call('task.get', { id });
      return field === undefined ? { task: wholeTask(task) } : { task_id: id, field, ...partOf(longText(task, field), offset) };
    },
  }),
  tool({
    name: 'get_next_task',
    title: 'Get the next task',
    description: 'Answers the first task that is ready, without taking it.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({}),
    rest: restOfTask,
    run: firstReady,
  }),
  tool({
    name: 'update_status',
    title: 'Move a task',
    description: 'Moves a task to another column, held to the rules of the board.',
    tier: 'core',
    scope: 'write',
    effect: 'sets',
    input: z.strictObject({ task_id: taskIdArg, status: statusArg, comment: commentArg, version: versionArg }),
    run: async (call, { task_id: id, ...input }) => await changed(call, id, call.call('task.move', { id, ...input })),
  }),
  tool({
    name: 'append_stage_result',
    title: 'Add the result of a stage',
    description: 'Adds what a stage of the work came to: status names the stage. It passed unless outcome says failed.',
    tier: 'core',
    scope: 'write',
    effect: 'adds',
    input: z.strictObject({
      task_id: taskIdArg,
      status: statusArg,
      summary: z.string().min(1, 'is empty').max(10_000),
      details: z.string().max(10_000).optional(),
      outcome: outcomeArg.optional(),
    }),
    run: async (call, { task_id: id, status, summary, details, outcome = 'passed' }) => {
      const text = details === undefined || details.trim() === '' ? summary : `${summary}\n\n${details}`;
      return await changed(call, id, call.call('task.appendStageResult', { id, stage: status, outcome, summary: text }));
    },
  }),
  tool({
    name: 'update_task_analysis',
    title: 'Write the analysis of a task',
    description: 'Replaces the analysis of a task: Markdown, for whoever does the task.',
    tier: 'core',
    scope: 'write',
    effect: 'sets',
    input: z.strictObject({ task_id: taskIdArg, analysis: longTextSchema, version: versionArg }),
    run: async (call, { task_id: id, analysis, version }) =>
      await changed(call, id, call.call('task.update', { id, version, patch: { analysis } })),
  }),
  tool({
    name: 'analyze_task',
    title: 'Analyze a task',
    description: 'Answers a task with the tasks around it, for you to analyze it and call update_task_analysis.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ task_id: taskIdArg }),
    rest: restOfTask,
    run: async (call, { task_id: id }) => {
      const [task, { tasks: similar }] = await Promise.all([call.call('task.get', { id }), call.call('task.similar', { id, limit: 5 })]);
      const instruction = `Read the code that task ${id} concerns. Then call update_task_analysis with task_id ${id} and the analysis in Markdown: what is to change and where, in which order, what could go wrong, and how to test it. Change no code yet.`;
      return { instruction, task: wholeTask(task), similar: similar.map((row) => ({ id: row.id, title: row.title, status: row.status })) };
    },
  }),
  tool({
    name: 'set_testing_urls',
    title: 'Set where a task can be tested',
    description: 'Replaces the addresses at which the work on a task can be tried out: by name, as {"frontend": "http://localhost:3000"}.',
    tier: 'more',
    scope: 'write',
    effect: 'sets',
    input: z.strictObject({
      task_id: taskIdArg,
      urls: z.preprocess(
        (raw) => (Array.isArray(raw) ? Object.fromEntries(raw.map((url: unknown, index) => [`${index + 1}`, url])) : raw),
        z.record(z.string().max(100), z.string().max(2000)),
      ),
    }),
    run: async (call, { task_id: id, urls }) => {
      const names = Object.entries(urls).filter(([name]) => !/^\d+$/.test(name));
      const comment =
        names.length === 0
          ? undefined
          : names
              .map(([name, url]) => `${name}: ${url}`)
              .join('\n')
              .slice(0, 5000);
      return await changed(call, id, call.call('task.update', { id, patch: { testingUrls: Object.values(urls) }, comment }));
    },
  }),
];

/** The task after a change, also when it was that already: then the change answers no row. */
export async function changed(
  call: ToolCall,
  id: number,
  change: Promise<{ tasks: readonly Parameters<typeof changedTask>[0][] }>,
): Promise<ToolAnswer> {
  const row = (await change).tasks.find((one) => one.id === id);
  return changedTask(row ?? (await call.call('task.get', { id })));
}
