import { AppError } from '../../core/appError.ts';
import { relativeInside } from '../../core/filePath.ts';
import type { OperationInput } from '../../protocol/operations.ts';
import { checkInputs } from './checkInputs.ts';
import type { JobCatalog } from './jobCatalog.ts';
import type { StartRequest } from './jobEngine.ts';
import { definitionOf, readJobFile } from './readJobFile.ts';
import { collectJobs } from './runDefinition.ts';

/** What is queued for a request: the job's text with those of the jobs it runs, and its inputs as they were checked. */
export async function inputOf(request: StartRequest, jobs: JobCatalog, folder: string): Promise<OperationInput<'job.enqueue'>> {
  const { job, inputs = {}, trigger = 'user', fromStep, task } = request;
  const file = request.text === undefined ? await jobs.read(job) : undefined;
  if (request.text === undefined && file === undefined) {
    throw new AppError('job.notFound', `There is no job file ${job}.job.yaml below .claudetask/jobs.`, { job });
  }
  const text = request.text ?? file?.text ?? '';
  const definition = definitionOf(job, file?.reading ?? readJobFile(text));
  return {
    job,
    name: definition.name,
    file: (file && relativeInside(folder, file.path)) ?? null,
    inputs: checkInputs(definition, inputs),
    definition: await collectJobs(job, text, definition, async (name) => {
      const found = await jobs.read(name);
      return found && { text: found.text, definition: found.reading.definition };
    }),
    trigger,
    ...(fromStep === undefined ? {} : { fromStep }),
    ...(task === undefined ? {} : { task }),
  };
}
