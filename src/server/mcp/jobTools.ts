import * as z from 'zod';
import { isOver, needsPerson, recordChanges } from '../../core/jobs/run.ts';
import { projectOperationContracts } from '../../protocol/projectOperations.ts';
import { jobName, runId } from '../../protocol/jobs/runs.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { cutText, pageOf } from './answerSize.ts';
import { defaultLimit, offsetArg, pageArgs, taskIdArg } from './arguments.ts';
import { isoTime } from './taskViews.ts';
import { tool } from './tool.ts';
import type { Tool, ToolCall } from './tool.ts';

const runView = (run: JobRun) => ({
  id: run.id,
  job: run.job,
  state: run.state,
  waiting_for: run.waitingFor,
  step: run.step,
  pages: run.pages,
  records: run.records,
  created_at: isoTime(run.createdAt),
  ended_at: isoTime(run.endedAt),
  failure: run.failure === null ? null : { code: run.failure.code, message: cutText(run.failure.message, 1000) },
  reason: run.reason,
});

const isSettled = (run: JobRun) => isOver(run.state) || run.state === 'lost' || needsPerson(run);

/** Waits until the run is over, or can go on by the user's doing only, and tells of each change on the way. */
async function waitFor({ api, call, signal, progress }: ToolCall, run: number, milliseconds: number): Promise<JobRun> {
  const store = await api.store();
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(milliseconds)]);
  const subscription = store.onDidChange(({ body }) => {
    const now = body.runs?.find(({ id }) => id === run);
    if (now === undefined) return;
    progress(now.records, [now.state, now.step].filter((part) => part !== null).join(': '));
    if (isSettled(now)) ended.abort();
  });
  try {
    // What happened before there was a listener.
    if (!isSettled((await call('job.run', { run })).run)) {
      await new Promise<void>((resolve) => (over.aborted ? resolve() : over.addEventListener('abort', () => resolve(), { once: true })));
    }
  } finally {
    subscription.dispose();
  }
  return (await call('job.run', { run })).run;
}

/** The tools for browser jobs. */
export const jobTools: readonly Tool[] = [
  tool({
    name: 'list_jobs',
    title: 'List browser jobs',
    description: 'Lists the browser jobs of the project: what a run has to be given, what is wrong with their files, what they have read.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({}),
    run: async ({ call }) => {
      const [{ jobs }, { collections }] = await Promise.all([call('jobFile.list', {}), call('job.collections', {})]);
      return {
        jobs: jobs.map(({ problems, ...job }) => ({ ...job, problems: problems.slice(0, 5) })),
        collections: collections.map(({ job, collection, total, counts, readAt }) => ({
          job,
          collection,
          total,
          counts,
          read_at: isoTime(readAt),
        })),
      };
    },
  }),
  tool({
    name: 'run_job',
    title: 'Run a browser job',
    description:
      'Runs a browser job in the browser session of the user. With wait_seconds the answer comes when the run is over, needs the user, or after that time; the run goes on when the call is cancelled.',
    tier: 'more',
    scope: 'jobs',
    effect: 'adds',
    input: z.strictObject({
      job: jobName,
      inputs: projectOperationContracts['jobFile.run'].input.shape.inputs,
      task_id: taskIdArg.optional(),
      wait_seconds: z.int().min(0).max(600).optional(),
    }),
    run: async (call, { job, inputs, task_id: taskId, wait_seconds: seconds = 0 }) => {
      const { run } = await call.call('jobFile.run', { job, inputs, taskId });
      return { run: runView(seconds === 0 ? run : await waitFor(call, run.id, seconds * 1000)) };
    },
  }),
  tool({
    name: 'get_job_run',
    title: 'Get a run of a job',
    description: 'Answers where a run of a browser job is, and the last things it did.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({ run_id: runId }),
    run: async ({ call }, { run_id }) => {
      const { run } = await call('job.run', { run: run_id });
      const { entries } = await call('job.log', { run: run_id, after: Math.max(0, run.actions - 20), limit: 20 });
      const log = entries.map(({ at, what, result, message }) => ({ at: isoTime(at), what, result, message }));
      return { run: runView(run), log };
    },
  }),
  tool({
    name: 'get_job_records',
    title: 'Get what a job has read',
    description:
      'Lists records that a browser job has read; changes compares them with the run before. next is the offset of the next page.',
    tier: 'more',
    scope: 'read',
    effect: 'reads',
    input: z.strictObject({
      job: jobName,
      collection: z.string().min(1, 'is empty').max(200),
      changes: z.array(z.enum(recordChanges)).optional(),
      search: z.string().max(500).optional(),
      offset: offsetArg,
      limit: pageArgs.limit,
    }),
    run: async ({ call }, { offset = 0, limit = defaultLimit, ...input }) => {
      const { total, fields, records } = await call('job.records', { ...input, offset, limit });
      const rows = records.map(({ change, data, url, task, problems }) => ({ change, data, url, task, problems }));
      const page = pageOf(rows, offset, total);
      return { total, next: page.next, fields, records: page.rows };
    },
  }),
];
