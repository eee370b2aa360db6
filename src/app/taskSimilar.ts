import type * as z from 'zod';
import type { OperationOutput } from '../protocol/operations.ts';
import type { taskInput } from '../protocol/task.ts';
import type { Reading } from './operation.ts';
import type { Likeness } from './storePorts.ts';
import { taskNotFound } from './work.ts';

type Input = z.output<typeof taskInput.similar>;

const defaultLimit = 10;

/** As in a commit message, the first line says what the rest is about. */
function likenessOf(text: string): Likeness {
  const [title = '', ...rest] = text.trimStart().split('\n');
  return { title, description: rest.join('\n') };
}

export function similarTasks({ stores }: Reading, { id, text = '', limit = defaultLimit }: Input): OperationOutput<'task.similar'> {
  const task = id === undefined ? undefined : stores.tasks.row(id);
  if (id !== undefined && task === undefined) throw taskNotFound([id]);
  const likeness = task === undefined ? likenessOf(text) : { title: task.title, description: stores.tasks.details(task.id).description };
  const found = stores.tasks.similar(likeness, limit, id);
  const scores = new Map(found.map(({ id: like, score }) => [like, score]));
  return { tasks: stores.tasks.rows([...scores.keys()]).map((row) => ({ ...row, score: scores.get(row.id) ?? 0 })) };
}
