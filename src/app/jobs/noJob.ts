import { AppError } from '../../core/appError.ts';

/** `job`: the name that was asked for. */
export const noJob = (job: string) => new AppError('job.notFound', `There is no job file ${job}.job.yaml below .claudetask/jobs.`, { job });
