import type * as z from 'zod';
import { AppError } from '../../core/appError.ts';
import type { jobInputs } from '../../protocol/jobs/runs.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import type { Reading } from '../operation.ts';
import type { Work } from '../work.ts';
import type { SealedJob } from './jobStorePorts.ts';

type Input = { [N in keyof typeof jobInputs]: z.output<(typeof jobInputs)[N]> };

const defaultLimit = 100;

export const noCollection = (job: string, collection: string) =>
  new AppError('job.notFound', `${job} has read no records into ${collection} yet.`, { job, collection });

export function listCollections({ stores }: Reading, { job }: Input['collections']): OperationOutput<'job.collections'> {
  return { collections: stores.jobRecords.collections(job) };
}

export function listRecords({ stores }: Reading, input: Input['records']): OperationOutput<'job.records'> {
  const page = stores.jobRecords.page({ ...input, limit: input.limit ?? defaultLimit });
  if (page === undefined) throw noCollection(input.job, input.collection);
  return page;
}

/** Removes records. Which of them got a task stays known, so that they get no second one when they are read again. */
export function deleteRecords(work: Work, { job, collection }: Input['deleteRecords']): SealedJob {
  const run = work.stores.jobRuns.active(job);
  if (run !== undefined) {
    throw new AppError('job.active', `Run ${run} of ${job} reads records now. Cancel it before they are deleted.`, { run });
  }
  const { deleted, sealed: records } = work.stores.jobRecords.remove(job, collection);
  const sealed = { job, deleted, records };
  if (records.length === 0) return sealed;
  work.summary = `Delete ${deleted === 1 ? 'a record' : `${deleted} records`} of ${collection ?? job}`;
  work.job = sealed;
  return sealed;
}

export const deletedRecords = (
  { revision }: Pick<Reading, 'revision'>,
  { deleted = 0 }: SealedJob,
): OperationOutput<'job.deleteRecords'> => ({ revision, records: deleted });
