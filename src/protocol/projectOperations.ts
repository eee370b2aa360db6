import * as z from 'zod';
import { statuses } from '../core/task.ts';
import { jobInput } from './jobs/jobFile.ts';
import { jobName, jobRun, runId } from './jobs/runs.ts';
import { scalar } from './jobs/values.ts';
import type { Scope } from './operations.ts';
import { taskId } from './task.ts';
import { line } from './text.ts';

export interface ProjectOperationContract {
  input: z.ZodType;
  output: z.ZodType;
  mutates: boolean;
  scope: Scope;
}

const operation = <I extends z.ZodType, O extends z.ZodType>(scope: Scope, mutates: boolean, input: I, output: O) =>
  ({ input, output, mutates, scope }) as const;

/** The rules of the board, as in `core/workflow.ts`. A column without a rule is not named. */
const workflow = z.strictObject({
  wipLimits: z.partialRecord(z.enum(statuses), z.int().min(1).max(10_000)),
  allowedMoves: z.partialRecord(z.enum(statuses), z.array(z.enum(statuses)).max(statuses.length)),
  requireBlockersDone: z.boolean(),
  requireChecklistComplete: z.boolean(),
});
const settings = z.object({
  /** Name of the workspace folder. */
  name: z.string(),
  /** Absolute path of the workspace folder. */
  path: z.string(),
  workflow,
});
const problem = z.object({ severity: z.enum(['error', 'warning']), message: z.string(), line: z.int().nullable() });
const job = z.object({
  job: z.string(),
  path: z.string(),
  /** Null when the file cannot be run. */
  title: z.string().nullable(),
  /** What a run has to be given, by name. */
  inputs: z.record(z.string(), jobInput),
  problems: z.array(problem),
});
const run = z.object({ run: jobRun });

/**
 * What programs can do with the project around the tasks: its rules, its folder, and the jobs in it. A folder without rules of its own answers
 * those of its user.
 */
export const projectOperationContracts = {
  'project.settings': operation('tasks:read', false, z.strictObject({}), settings),
  /** Sets the rules that are named, for the folder. */
  'project.updateSettings': operation('database:admin', true, z.strictObject({ workflow: workflow.partial() }), settings),
  /** What a path is: relative ones are meant from the workspace folder. Looks at nothing outside of it. */
  'project.validatePath': operation(
    'documents:read',
    false,
    z.strictObject({ path: line(4096).min(1, 'is empty') }),
    z.object({
      path: z.string(),
      inside: z.boolean(),
      /** Null when it is not there, or outside. */
      kind: z.enum(['file', 'directory', 'other']).nullable(),
      isGitRepository: z.boolean(),
      hasInstructions: z.boolean(),
    }),
  ),
  'jobFile.list': operation('jobs:read', false, z.strictObject({}), z.object({ jobs: z.array(job) })),
  'jobFile.read': operation('jobs:read', false, z.strictObject({ job: jobName }), job.extend({ text: z.string() })),
  /**
   * Queues a run, in the browser session of the user. Inputs that are secret are asked for in the window. Refused with `operation.forbidden` for
   * what the user has not agreed to in the window before.
   */
  'jobFile.run': operation(
    'jobs:write',
    true,
    z.strictObject({ job: jobName, inputs: z.record(z.string().max(60), scalar).optional(), taskId: taskId.optional() }),
    run,
  ),
  'jobRun.cancel': operation('jobs:write', true, z.strictObject({ run: runId }), run),
  'jobRun.resume': operation('jobs:write', true, z.strictObject({ run: runId }), run),
} as const satisfies Record<string, ProjectOperationContract>;

export type ProjectOperationName = keyof typeof projectOperationContracts;
export type ProjectOperationInput<N extends ProjectOperationName> = z.input<(typeof projectOperationContracts)[N]['input']>;
export type ProjectOperationOutput<N extends ProjectOperationName> = z.output<(typeof projectOperationContracts)[N]['output']>;
export type ProjectSettings = ProjectOperationOutput<'project.settings'>;
