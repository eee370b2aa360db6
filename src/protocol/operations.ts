import * as z from 'zod';
import { documentInput, documentOutput } from './document.ts';
import { jobInputs, jobOutputs } from './jobs/runs.ts';
import { storeEvent } from './event.ts';
import { taskInput, taskOutput } from './task.ts';
import { webhookInputs, webhookOutputs } from './webhook.ts';

/** What a caller must have been granted. A user has all of them. */
export const scopes = [
  'tasks:read',
  'tasks:write',
  'documents:read',
  'documents:write',
  'jobs:read',
  'jobs:write',
  'audit:read',
  'database:admin',
] as const;
export type Scope = (typeof scopes)[number];

export interface OperationContract {
  input: z.ZodType;
  output: z.ZodType;
  /** Runs in a transaction with history, audit and an event, and can be undone when `undoable`. A lease is kept without any trace. */
  mutates: boolean;
  undoable: boolean;
  scope: Scope;
}

const query = <I extends z.ZodType, O extends z.ZodType>(scope: Scope, input: I, output: O) =>
  ({ input, output, mutates: false, undoable: false, scope }) as const;
const mutation = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ input, output, mutates: true, undoable: true, scope: 'tasks:write' }) as const;

const recording = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ input, output, mutates: true, undoable: false, scope: 'documents:write' }) as const;

const jobChange = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ input, output, mutates: true, undoable: false, scope: 'jobs:write' }) as const;

const webhookChange = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) =>
  ({ input, output, mutates: true, undoable: false, scope: 'database:admin' }) as const;

const path = z.string().min(1).max(4096);
const auditProblem = z.object({
  kind: z.enum(['edited', 'gap', 'order', 'cutTail', 'unreadable']),
  /** Number of the first row concerned. */
  revision: z.int(),
  message: z.string(),
});

/**
 * Every action a person or program can take, with what it takes and answers. `app/operations.ts` has a handler for each;
 * REST routes, WebSocket calls, MCP tools, webview requests and VS Code commands are projections of this table.
 */
export const operationContracts = {
  'task.create': mutation(taskInput.create, taskOutput.changed),
  'task.get': query('tasks:read', taskInput.get, taskOutput.task),
  'task.list': query('tasks:read', taskInput.list, taskOutput.list),
  'task.snapshot': query('tasks:read', taskInput.snapshot, taskOutput.snapshot),
  'task.search': query('tasks:read', taskInput.search, taskOutput.search),
  'task.ready': query('tasks:read', taskInput.ready, taskOutput.list),
  'task.similar': query('tasks:read', taskInput.similar, taskOutput.similar),
  'task.history': query('tasks:read', taskInput.history, taskOutput.history),
  'task.update': mutation(taskInput.update, taskOutput.changed),
  'task.updateMany': mutation(taskInput.updateMany, taskOutput.changed),
  'task.move': mutation(taskInput.move, taskOutput.changed),
  'task.moveMany': mutation(taskInput.moveMany, taskOutput.changed),
  /** Answers the claimed task, before others that made room for it; no task when none is ready. */
  'task.claim': mutation(taskInput.claim, taskOutput.changed),
  'task.appendStageResult': mutation(taskInput.appendStageResult, taskOutput.changed),
  'task.delete': mutation(taskInput.one, taskOutput.changed),
  'task.deleteMany': mutation(taskInput.many, taskOutput.changed),
  'task.restore': mutation(taskInput.one, taskOutput.changed),
  'task.restoreMany': mutation(taskInput.many, taskOutput.changed),
  'task.archive': mutation(taskInput.one, taskOutput.changed),
  'task.archiveMany': mutation(taskInput.many, taskOutput.changed),
  'task.unarchive': mutation(taskInput.one, taskOutput.changed),
  'task.unarchiveMany': mutation(taskInput.many, taskOutput.changed),
  'task.link': mutation(taskInput.link, taskOutput.changed),
  'task.unlink': mutation(taskInput.link, taskOutput.changed),
  'task.addChecklistItem': mutation(taskInput.addChecklistItem, taskOutput.changed),
  'task.checkChecklistItem': mutation(taskInput.checkChecklistItem, taskOutput.changed),
  'task.removeChecklistItem': mutation(taskInput.removeChecklistItem, taskOutput.changed),
  'task.undo': { ...mutation(taskInput.none, taskOutput.undone), undoable: false },
  'task.redo': { ...mutation(taskInput.none, taskOutput.undone), undoable: false },
  /** Versions of files. Taking one back is done to the file: by writing an earlier version into it. */
  'document.record': recording(documentInput.record, documentOutput.recorded),
  'document.recordMany': recording(documentInput.recordMany, documentOutput.recordedMany),
  'document.list': query('documents:read', documentInput.list, documentOutput.list),
  'document.versions': query('documents:read', documentInput.versions, documentOutput.versions),
  'document.version': query('documents:read', documentInput.version, documentOutput.version),
  /** Runs of browser jobs: a queue with leases, and what the runs leave behind. */
  'job.enqueue': jobChange(jobInputs.enqueue, jobOutputs.changed),
  'job.claim': jobChange(jobInputs.claim, jobOutputs.claimed),
  'job.renew': jobChange(jobInputs.renew, jobOutputs.renewed),
  'job.advance': jobChange(jobInputs.advance, jobOutputs.changed),
  'job.cancel': jobChange(jobInputs.cancel, jobOutputs.changed),
  'job.resume': jobChange(jobInputs.resume, jobOutputs.changed),
  'job.prune': jobChange(jobInputs.prune, jobOutputs.pruned),
  'job.deleteRecords': jobChange(jobInputs.deleteRecords, jobOutputs.deleted),
  'job.createTasks': { ...jobChange(jobInputs.createTasks, jobOutputs.createdTasks), undoable: true },
  'job.runs': query('jobs:read', jobInputs.runs, jobOutputs.runs),
  'job.run': query('jobs:read', jobInputs.run, jobOutputs.run),
  'job.log': query('jobs:read', jobInputs.log, jobOutputs.log),
  'job.collections': query('jobs:read', jobInputs.collections, jobOutputs.collections),
  'job.records': query('jobs:read', jobInputs.records, jobOutputs.records),
  'job.auditTrail': query('audit:read', jobInputs.auditTrail, jobOutputs.auditTrail),
  /**
   * What happened after a revision, in order, with rows as they are now: 200 changes unless told, fewer when they concern many tasks. `revision` is
   * the newest: ask on from the last event until it is reached. Fails with `event.gone` when what is asked for is not known, as after a restore.
   */
  'event.since': query(
    'tasks:read',
    z.strictObject({ since: z.int().min(0), limit: z.int().min(1).max(1000).optional() }),
    z.object({ revision: z.int(), events: z.array(storeEvent) }),
  ),
  /** Addresses that are told of changes, and what became of that. The last three are for whoever sends. */
  'webhook.list': query('database:admin', webhookInputs.list, webhookOutputs.list),
  'webhook.add': webhookChange(webhookInputs.add, webhookOutputs.changed),
  'webhook.update': webhookChange(webhookInputs.update, webhookOutputs.changed),
  'webhook.remove': webhookChange(webhookInputs.remove, webhookOutputs.changed),
  'webhook.deliveries': query('database:admin', webhookInputs.deliveries, webhookOutputs.deliveries),
  'webhook.replay': webhookChange(webhookInputs.replay, webhookOutputs.changed),
  'webhook.next': query('database:admin', webhookInputs.next, webhookOutputs.next),
  'webhook.claim': webhookChange(webhookInputs.claim, webhookOutputs.claimed),
  'webhook.settle': webhookChange(webhookInputs.settle, webhookOutputs.claimed),
  'audit.verify': query('audit:read', z.strictObject({}), z.object({ rows: z.int(), problems: z.array(auditProblem) })),
  'database.status': query(
    'tasks:read',
    z.strictObject({}),
    z.object({
      file: z.string(),
      bytes: z.int(),
      walBytes: z.int(),
      tasks: z.int(),
      revision: z.int(),
      schemaVersion: z.int(),
      sqlite: z.string(),
      lastBackup: z.string().nullable(),
    }),
  ),
  'database.backup': query('database:admin', z.strictObject({}), z.object({ file: z.string() })),
  'database.export': query('database:admin', z.strictObject({ path }), z.object({ file: z.string(), bytes: z.int() })),
  'database.restore': query('database:admin', z.strictObject({ path }), z.object({ keptAside: z.string() })),
} as const satisfies Record<string, OperationContract>;

export type OperationName = keyof typeof operationContracts;
export type OperationInput<N extends OperationName> = z.input<(typeof operationContracts)[N]['input']>;
export type OperationOutput<N extends OperationName> = z.output<(typeof operationContracts)[N]['output']>;
