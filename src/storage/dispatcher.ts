import { createDispatcher as createAppDispatcher } from '../app/dispatcher.ts';
import type { Hash } from '../app/auditLog.ts';
import type { Clock, DatabaseMaintenance, Dispatcher } from '../app/ports.ts';
import { createAuditRepository } from './auditRepository.ts';
import { createDocumentRepository } from './documentRepository.ts';
import { createHistoryRepository } from './historyRepository.ts';
import { createJobRecordRepository } from './jobRecordRepository.ts';
import { createJobRunRepository } from './jobRunRepository.ts';
import { createSearchIndex } from './searchIndex.ts';
import type { Sql } from './sql.ts';
import { createTaskRepository } from './taskRepository.ts';
import { createWebhookRepository } from './webhookRepository.ts';

export interface DispatcherDeps {
  /** A database whose schema is current. */
  sql: Sql;
  clock: Clock;
  hash: Hash;
  maintenance: DatabaseMaintenance;
}

/** The operation table over the repositories of one open database. */
export function createDispatcher({ sql, clock, hash, maintenance }: DispatcherDeps): Dispatcher {
  const search = createSearchIndex(sql);
  const stores = {
    tasks: createTaskRepository(sql, search),
    history: createHistoryRepository(sql),
    audit: createAuditRepository(sql),
    documents: createDocumentRepository(sql),
    jobRuns: createJobRunRepository(sql),
    jobRecords: createJobRecordRepository(sql),
    webhooks: createWebhookRepository(sql),
    transaction: sql.transaction,
    tidy: search.merge,
  };
  return createAppDispatcher({ stores, clock, hash, maintenance });
}

/** Fills the search index anew from the tasks, after a rescue. */
export function rebuildSearch(sql: Sql): void {
  createSearchIndex(sql).rebuild();
}
