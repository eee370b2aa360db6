import { AppError } from '../../core/appError.ts';
import { plainLine } from '../../core/jobs/plainText.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';
import type { LogEntry } from '../../protocol/jobs/runs.ts';
import type { RunDeps } from './runDeps.ts';

type Rule = NonNullable<JobDefinition['tasks']>[number];
type Retried = <T>(call: () => Promise<T>) => Promise<T>;

const changesOf = { new: ['new'], changed: ['changed'], any: ['new', 'changed', 'same'] } as const;

/** Makes the tasks that a job file asks for of the records of its run. Repeated, it makes none twice. Answers the log entries of that. */
export async function createTasks(rules: readonly Rule[], { store, clock }: RunDeps, job: string, retried: Retried): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (const [index, rule] of rules.entries()) {
    const { from: collection, when = 'new', title, description, labels, priority, due } = rule;
    const at = clock.now();
    const input = { job, collection, changes: [...changesOf[when]], title, description, labels, priority, due };
    const entry = { step: `tasks.${index}`, kind: 'tasks', what: `Make tasks of ${collection}`, where: null, at, sha256: null } as const;
    try {
      const { tasks } = await retried(() => store.call('job.createTasks', input, { actor: { kind: 'job', name: job } }));
      entries.push({ ...entry, result: 'ok', ms: Math.max(0, clock.now() - at), count: tasks.length, message: null });
    } catch (error) {
      // What was read is not lost because of a template that names a field that is not there.
      if (!AppError.is(error) || error.code === 'cancelled') throw error;
      const message = plainLine(error.message, 2000);
      entries.push({ ...entry, result: 'failed', ms: Math.max(0, clock.now() - at), count: 0, message });
    }
  }
  return entries;
}
