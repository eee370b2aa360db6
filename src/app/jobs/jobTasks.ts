import type * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import { dayOf } from '../../core/day.ts';
import { renderTemplate } from '../../core/jobs/template.ts';
import { limits } from '../../core/task.ts';
import type { jobInputs } from '../../protocol/jobs/runs.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import { taskInput } from '../../protocol/task.ts';
import type { Reading } from '../operation.ts';
import { create } from '../taskEdits.ts';
import type { Work } from '../work.ts';
import type { SealedJob, TaskCandidate } from './jobStorePorts.ts';
import { noCollection } from './jobRecords.ts';

type Input = z.output<typeof jobInputs.createTasks>;

/** All of them are made in one transaction and taken back by one undo. */
const mostTasks = 10_000;

/** What a page showed may hold what a task must not: control characters, and line breaks in a title. */
const control = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const halfPair = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const cleanText = (text: string) => text.replaceAll('\r\n', '\n').replaceAll(control, '').replaceAll(halfPair, '');
const cleanLine = (text: string, most: number) => {
  const line = cleanText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${cleanText(line.slice(0, most - 1))}…`;
};

/** The day of a date or a time; none when it is neither. */
function dayIn(text: string): string | null {
  const day = text.trim().slice(0, 10);
  return taskInput.create.shape.due.safeParse(day).success ? day : null;
}

function taskOf({ key, data }: TaskCandidate, input: Input, now: number): z.output<typeof taskInput.create> {
  const scope = { item: data, job: input.job, date: dayOf(now) };
  const render = (template: string) => renderTemplate(template, scope);
  return {
    title: cleanLine(render(input.title), limits.title) || cleanLine(key, limits.title),
    ...(input.description === undefined ? {} : { description: cleanText(render(input.description).slice(0, limits.text)) }),
    ...(input.labels === undefined ? {} : { labels: input.labels }),
    ...(input.priority === undefined ? {} : { priority: input.priority }),
    ...(input.due === undefined ? {} : { due: dayIn(render(input.due)) }),
    comment: `From ${input.collection}: ${cleanLine(key, limits.title)}`,
  };
}

/** Makes a task of each record that never had one. The link stays when the task is deleted or the creation is undone. */
export function createTasks(work: Work, input: Input): SealedJob {
  const { job, collection, keys, changes = ['new', 'changed'] } = input;
  const { jobRecords } = work.stores;
  const found = jobRecords.candidates({ job, collection, keys, changes });
  if (found === undefined) throw noCollection(job, collection);
  const { fresh, known } = found;
  if (fresh.length > mostTasks) {
    throw new AppError('input.invalid', `keys would name ${fresh.length} records. Make at most ${mostTasks} tasks at a time.`, {
      field: 'keys',
    });
  }
  if (fresh.length === 0) return { job, known };
  const made: { key: string; task: number }[] = [];
  for (const candidate of fresh) {
    const above = made.at(-1)?.task;
    create(work, { ...taskOf(candidate, input, work.now), ...(above === undefined ? {} : { afterId: above }) });
    const task = work.history.at(-1)?.taskId;
    if (task !== undefined) made.push({ key: candidate.key, task });
  }
  jobRecords.link({ job, collection, revision: work.revision }, made);
  work.summary = `Create ${made.length === 1 ? `#${made[0]?.task}` : `${made.length} tasks`} from ${collection}`;
  work.job = { job, known, links: jobRecords.linksSeal(work.revision) };
  return work.job;
}

export const createdTasks = (
  { revision }: Pick<Reading, 'revision'>,
  { known = 0 }: SealedJob,
  tasks: readonly number[],
): OperationOutput<'job.createTasks'> => ({ revision, tasks: [...tasks], known });
