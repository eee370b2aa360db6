import type * as z from 'zod';
import type { HistoryEntry } from '../core/history.ts';
import type { Task } from '../core/task.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type { taskInput } from '../protocol/task.ts';
import type { Reading } from './operation.ts';
import { taskNotFound } from './work.ts';

type Input = { [N in keyof typeof taskInput]: z.output<(typeof taskInput)[N]> };

const defaults = { search: 50, history: 100 } as const;

/** A whole task, also one that was deleted: who wants it back may look at it first. */
export function getTask({ stores }: Reading, { id }: Input['get']): Task {
  const task = stores.tasks.task(id);
  if (task === undefined) throw taskNotFound([id]);
  return task;
}

export function listTasks({ stores, revision, today }: Reading, input: Input['list']): OperationOutput<'task.list'> {
  return { revision, ...stores.tasks.list(input, today) };
}

export function snapshot({ stores, revision }: Reading, { limitPerColumn }: Input['snapshot']): OperationOutput<'task.snapshot'> {
  return { revision, columns: stores.tasks.snapshot(limitPerColumn) };
}

export function searchTasks({ stores }: Reading, { text, limit = defaults.search }: Input['search']): OperationOutput<'task.search'> {
  return { ids: stores.tasks.search(text, limit) };
}

export function taskHistory({ stores }: Reading, input: Input['history']): { entries: HistoryEntry[] } {
  if (stores.tasks.row(input.id) === undefined) throw taskNotFound([input.id]);
  return { entries: stores.history.ofTask(input.id, input.limit ?? defaults.history, input.beforeRevision) };
}
