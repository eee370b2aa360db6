import * as z from 'zod';
import { taskInput, taskPatch } from '../../protocol/task.ts';
import { commentArg, priorityArg, statusArg, taskIdArg, typeArg, versionArg } from './arguments.ts';
import { changedTask } from './taskViews.ts';
import { changed } from './workTools.ts';
import { tool } from './tool.ts';
import type { Tool } from './tool.ts';

const { title, description, labels, assignee, due, estimate, blockedReason, gitBranch, worktreePath } = taskPatch.shape;
const fields = {
  description,
  type: typeArg.optional(),
  priority: priorityArg.optional(),
  labels,
  assignee,
  due,
  estimate,
  parent_id: taskIdArg.nullable().optional(),
};

/** The tools that make and change tasks. */
export const editTools: readonly Tool[] = [
  tool({
    name: 'create_task',
    title: 'Create a task',
    description:
      'Makes a task, in Backlog unless status says otherwise. depends_on names the tasks it waits for; due is a day like 2026-11-30.',
    tier: 'core',
    scope: 'write',
    effect: 'adds',
    input: z.strictObject({
      title: taskInput.create.shape.title,
      ...fields,
      status: statusArg.optional(),
      depends_on: z.array(taskIdArg).max(500).optional(),
      checklist: taskInput.create.shape.checklist,
      comment: commentArg,
    }),
    run: async (call, { parent_id: parentId, depends_on: dependsOn, ...input }) => {
      const [row] = (await call.call('task.create', { ...input, parentId, dependsOn })).tasks;
      return row === undefined ? {} : changedTask(row);
    },
  }),
  tool({
    name: 'update_task',
    title: 'Update a task',
    description:
      'Sets the fields that are named; null empties one. With version it is refused when the task was changed since. Columns are changed by update_status.',
    tier: 'core',
    scope: 'write',
    effect: 'sets',
    input: z.strictObject({
      task_id: taskIdArg,
      version: versionArg,
      title,
      ...fields,
      blocked_reason: blockedReason,
      git_branch: gitBranch,
      worktree_path: worktreePath,
      comment: commentArg,
    }),
    run: async (call, input) => {
      const { task_id: id, version, comment, parent_id: parentId, blocked_reason, git_branch, worktree_path, ...rest } = input;
      const patch = { ...rest, parentId, blockedReason: blocked_reason, gitBranch: git_branch, worktreePath: worktree_path };
      return await changed(call, id, call.call('task.update', { id, version, comment, patch }));
    },
  }),
  tool({
    name: 'check_item',
    title: 'Check an item of a checklist',
    description: 'Checks an item of the checklist of a task, or unchecks it when done is false. get_task answers the ids of items.',
    tier: 'more',
    scope: 'write',
    effect: 'sets',
    input: z.strictObject({ task_id: taskIdArg, item_id: z.int().positive(), done: z.boolean().optional() }),
    run: async (call, { task_id: id, item_id: itemId, done = true }) =>
      await changed(call, id, call.call('task.checkChecklistItem', { id, itemId, done })),
  }),
  tool({
    name: 'link_tasks',
    title: 'Link two tasks',
    description: 'Makes a task wait for another one, or no longer when remove is true.',
    tier: 'more',
    scope: 'write',
    effect: 'sets',
    input: z.strictObject({ task_id: taskIdArg, depends_on: taskIdArg, remove: z.boolean().optional(), comment: commentArg }),
    run: async (call, { task_id: id, depends_on: dependsOnId, remove = false, comment }) =>
      await changed(call, id, call.call(remove ? 'task.unlink' : 'task.link', { id, dependsOnId, comment })),
  }),
  tool({
    name: 'delete_task',
    title: 'Delete a task',
    description: 'Deletes a task. The user can restore it.',
    tier: 'more',
    scope: 'write',
    effect: 'destroys',
    input: z.strictObject({ task_id: taskIdArg, version: versionArg, comment: commentArg }),
    run: async (call, { task_id: id, ...input }) => {
      await call.call('task.delete', { id, ...input });
      return { deleted: id };
    },
  }),
];
