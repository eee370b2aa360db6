import * as z from 'zod';
import { priority, status, taskId, taskType } from '../../protocol/task.ts';

const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]/g, '');

/** Takes `in_progress` and `IN PROGRESS` for `In Progress`: agents that were written for other boards say it so. */
function anyCase<E extends Readonly<Record<string, string>>>(schema: z.ZodEnum<E>) {
  const named = (raw: string) => schema.options.find((option) => plain(option) === plain(raw)) ?? raw;
  return z.preprocess((raw) => (typeof raw === 'string' ? named(raw) : raw), schema);
}

const listOf = <S extends z.ZodType>(item: S) => z.preprocess((raw) => (typeof raw === 'string' ? [raw] : raw), z.array(item));

/** 12, `"12"` or `"#12"`. */
export const taskIdArg = z.preprocess((raw) => {
  const digits = typeof raw === 'string' ? /^#?(\d{1,15})$/.exec(raw.trim())?.[1] : undefined;
  return digits === undefined ? raw : Number(digits);
}, taskId);
export const statusArg = anyCase(status);
export const priorityArg = anyCase(priority);
export const typeArg = anyCase(taskType);
export const outcomeArg = anyCase(z.enum(['passed', 'failed']));
export const statusList = listOf(statusArg);
export const priorityList = listOf(priorityArg);
export const typeList = listOf(typeArg);
export const textList = listOf(z.string().max(200));

/** The version of the task that the caller has read: when it is another by then, nothing is changed. */
export const versionArg = z.int().positive().optional();
export const commentArg = z.string().max(5000).optional();
/** Where to go on: `next` of the answer before. */
export const offsetArg = z.int().min(0).optional();
export const detailArg = z.enum(['brief', 'full']).optional();
const limitArg = z.int().min(1).max(100).optional();
export const pageArgs = { detail: detailArg, offset: offsetArg, limit: limitArg };
export const defaultLimit = 20;
