import { operationContracts } from '../protocol/operations.ts';
import type { OperationName } from '../protocol/operations.ts';
import { listDocuments, readVersion, record, recordMany, recorded, recordedMany, versionsOf } from './documents.ts';
import { eventsSince } from './eventLog.ts';
import { deletedRecords, deleteRecords, listCollections, listRecords } from './jobs/jobRecords.ts';
import * as runs from './jobs/jobRuns.ts';
import { createdTasks, createTasks } from './jobs/jobTasks.ts';
import { jobChange, lease, mutation, query, recording, stepBack, upkeep, webhookChange } from './operation.ts';
import type { Operation } from './operation.ts';
import { claim, readyTasks } from './taskClaim.ts';
import {
  addChecklistItem,
  appendStageResult,
  checkChecklistItem,
  create,
  link,
  removeChecklistItem,
  unlink,
  update,
  updateMany,
} from './taskEdits.ts';
import { archiving, deletion, move, moveMany, restoration, unarchiving } from './taskMoves.ts';
import { getTask, listTasks, searchTasks, snapshot, taskHistory } from './taskQueries.ts';
import { similarTasks } from './taskSimilar.ts';
import { redo, undo } from './undo.ts';
import { verifyAudit } from './verifyAudit.ts';
import * as webhooks from './webhooks.ts';

const c = operationContracts;

/** A handler for every contract: one that is missing, or answers something else, does not compile. */
export const operations = {
  'task.create': mutation(c['task.create'], create),
  'task.get': query(c['task.get'], getTask),
  'task.list': query(c['task.list'], listTasks),
  'task.snapshot': query(c['task.snapshot'], snapshot),
  'task.search': query(c['task.search'], searchTasks),
  'task.ready': query(c['task.ready'], readyTasks),
  'task.similar': query(c['task.similar'], similarTasks),
  'task.history': query(c['task.history'], taskHistory),
  'task.update': mutation(c['task.update'], update),
  'task.updateMany': mutation(c['task.updateMany'], updateMany),
  'task.move': mutation(c['task.move'], move),
  'task.moveMany': mutation(c['task.moveMany'], moveMany),
  'task.claim': mutation(c['task.claim'], claim),
  'task.appendStageResult': mutation(c['task.appendStageResult'], appendStageResult),
  'task.delete': mutation(c['task.delete'], deletion.one),
  'task.deleteMany': mutation(c['task.deleteMany'], deletion.many),
  'task.restore': mutation(c['task.restore'], restoration.one),
  'task.restoreMany': mutation(c['task.restoreMany'], restoration.many),
  'task.archive': mutation(c['task.archive'], archiving.one),
  'task.archiveMany': mutation(c['task.archiveMany'], archiving.many),
  'task.unarchive': mutation(c['task.unarchive'], unarchiving.one),
  'task.unarchiveMany': mutation(c['task.unarchiveMany'], unarchiving.many),
  'task.link': mutation(c['task.link'], link),
  'task.unlink': mutation(c['task.unlink'], unlink),
  'task.addChecklistItem': mutation(c['task.addChecklistItem'], addChecklistItem),
  'task.checkChecklistItem': mutation(c['task.checkChecklistItem'], checkChecklistItem),
  'task.removeChecklistItem': mutation(c['task.removeChecklistItem'], removeChecklistItem),
  'task.undo': stepBack(c['task.undo'], (work, stacks) => undo(work, stacks.topOfUndo(work.actor))),
  'task.redo': stepBack(c['task.redo'], (work, stacks) => redo(work, stacks.topOfRedo(work.actor))),
  'document.record': recording(c['document.record'], record, recorded),
  'document.recordMany': recording(c['document.recordMany'], recordMany, recordedMany),
  'document.list': query(c['document.list'], listDocuments),
  'document.versions': query(c['document.versions'], versionsOf),
  'document.version': query(c['document.version'], readVersion),
  'job.enqueue': jobChange(c['job.enqueue'], runs.enqueue, runs.changedRun),
  'job.claim': jobChange(c['job.claim'], runs.claim, runs.claimedRun),
  'job.renew': lease(c['job.renew'], runs.renew),
  'job.advance': jobChange(c['job.advance'], runs.advance, runs.changedRun),
  'job.cancel': jobChange(c['job.cancel'], runs.cancel, runs.changedRun),
  'job.resume': jobChange(c['job.resume'], runs.resume, runs.changedRun),
  'job.prune': jobChange(c['job.prune'], runs.prune, runs.prunedRuns),
  'job.deleteRecords': jobChange(c['job.deleteRecords'], deleteRecords, deletedRecords),
  'job.createTasks': jobChange(c['job.createTasks'], createTasks, createdTasks),
  'job.runs': query(c['job.runs'], runs.listRuns),
  'job.run': query(c['job.run'], runs.getRun),
  'job.log': query(c['job.log'], runs.runLog),
  'job.collections': query(c['job.collections'], listCollections),
  'job.records': query(c['job.records'], listRecords),
  'job.auditTrail': query(c['job.auditTrail'], runs.auditTrail),
  'event.since': query(c['event.since'], eventsSince),
  'webhook.list': query(c['webhook.list'], webhooks.list),
  'webhook.add': webhookChange(c['webhook.add'], webhooks.add, webhooks.changed),
  'webhook.update': webhookChange(c['webhook.update'], webhooks.update, webhooks.changed),
  'webhook.remove': webhookChange(c['webhook.remove'], webhooks.remove, webhooks.changed),
  'webhook.deliveries': query(c['webhook.deliveries'], webhooks.deliveries),
  'webhook.replay': webhookChange(c['webhook.replay'], webhooks.replay, webhooks.changed),
  'webhook.next': query(c['webhook.next'], webhooks.next),
  'webhook.claim': lease(c['webhook.claim'], webhooks.claim),
  'webhook.settle': lease(c['webhook.settle'], webhooks.settle),
  'audit.verify': upkeep(c['audit.verify'], verifyAudit),
  'database.status': upkeep(c['database.status'], async ({ maintenance, stores, revision }) => ({
    ...maintenance.status(),
    tasks: stores.tasks.total(),
    revision: revision(),
  })),
  'database.backup': upkeep(c['database.backup'], ({ maintenance }) => maintenance.backup()),
  'database.export': upkeep(c['database.export'], ({ maintenance }, { path }) => maintenance.export(path)),
  'database.restore': upkeep(c['database.restore'], ({ maintenance }, { path }) => maintenance.restore(path)),
} as const satisfies Record<OperationName, Operation>;
