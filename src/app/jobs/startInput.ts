import { relativeInside } from '../../core/filePath.ts';
import type { OperationInput } from '../../protocol/operations.ts';
import { assertAgreed } from './agreement.ts';
import type { Agreed } from './agreement.ts';
import { checkInputs } from './checkInputs.ts';
import type { JobCatalog } from './jobCatalog.ts';
import type { StartRequest } from './jobEngine.ts';
import { noJob } from './noJob.ts';
import { definitionOf, readJobFile } from './readJobFile.ts';
import { collectJobs } from './runDefinition.ts';

/** Where a job that is to be started is found, and what may be started. */
export interface StartPlace {
  jobs: JobCatalog;
  /** The workspace folder. */
  folder: string;
  agreed: Agreed;
}

/** What is queued for a request: the job's text with those of the jobs it runs, and its inputs as they were checked. */
export async function inputOf(request: StartRequest, { jobs, folder, agreed }: StartPlace): Promise<OperationInput<'job.enqueue'>> {
  const { job, inputs = {}, trigger = 'user', fromStep, task } = request;
  const file = request.text === undefined ? await jobs.read(job) : undefined;
  if (request.text === undefined && file === undefined) throw noJob(job);
  const text = request.text ?? file?.text ?? '';
  const definition = definitionOf(job, file?.reading ?? readJobFile(text));
  assertAgreed(definition, agreed);
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
