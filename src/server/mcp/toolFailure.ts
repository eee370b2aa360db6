import { AppError } from '../../core/appError.ts';
import type { ErrorCode } from '../../core/appError.ts';
import type { Log } from '../../app/ports.ts';
import type { ToolAnswer } from './tool.ts';

/** What to do next, where the message of the error does not say it in the words of the tools. */
const advice: Partial<Record<ErrorCode, string>> = {
  'task.notFound': 'search_tasks and get_task_queue list the tasks there are.',
  'task.stale': 'Look at details.current, the task as it is now, and call again with its version.',
  'task.claimed': 'claim_task without task_id takes one that is free; ready lists those.',
  'task.cycle': 'Unlink one of the tasks in details.cycle first.',
  'file.stale': 'Work your change into what the file holds now, and write with the hash in details.currentHash.',
  'store.unavailable': 'Try again in a moment.',
  timeout: 'Look whether it has happened before you try again.',
};

/** A failed call, for the model to read: what failed, why, and what to do. What was not foreseen is logged, and told without its particulars. */
export function failureOf(error: unknown, tool: string, log: Log): { message: string; body: ToolAnswer } {
  if (!AppError.is(error)) {
    log.error(`The MCP tool ${tool} failed`, error);
    const message = `${tool} failed for a reason that was not foreseen. The log of ClaudeTask has it; try again, or tell the user.`;
    return { message, body: { code: 'internal', message } };
  }
  const { code, message: said, details } = error;
  const next = advice[code];
  const message = next === undefined ? said : `${said} ${next}`;
  return { message, body: Object.keys(details).length === 0 ? { code, message } : { code, message, details } };
}
