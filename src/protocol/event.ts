import * as z from 'zod';
import { actorKinds } from '../core/actor.ts';
import { documentChange } from './document.ts';
import { jobRun, runId } from './jobs/runs.ts';
import { taskRow } from './task.ts';
import type { StoreEvent } from './wire.ts';

/** One change of the store as programs are told it. */
export const storeEvent: z.ZodType<StoreEvent> = z.object({
  revision: z.int(),
  name: z.string(),
  body: z.object({
    actor: z.object({ kind: z.enum(actorKinds), name: z.string() }),
    tasks: z.array(taskRow),
    documents: z.array(documentChange).exactOptional(),
    runs: z.array(jobRun).exactOptional(),
    prunedRuns: z.array(runId).exactOptional(),
    records: z.array(z.object({ job: z.string(), collection: z.string() })).exactOptional(),
  }),
});
