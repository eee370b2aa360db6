import { AppError } from '../core/appError.ts';
import type { OperationOutput } from '../protocol/operations.ts';
import type { StoreEvent } from '../protocol/wire.ts';
import { readBody } from './auditLog.ts';
import { shownRun } from './jobs/jobRuns.ts';
import type { SealedJob } from './jobs/jobStorePorts.ts';
import type { Reading } from './operation.ts';
import type { AuditBody, AuditRow, Stores } from './storePorts.ts';

const defaultLimit = 200;
/** Light rows in one answer, so that a few changes of thousands of tasks each do not make it hundreds of megabytes. */
const mostRows = 5000;

/** What an event says of jobs. */
export function jobNews(
  stores: Stores,
  { job, run: id, records, pruned }: SealedJob,
): Pick<StoreEvent['body'], 'runs' | 'prunedRuns' | 'records'> {
  const run = id === undefined ? undefined : stores.jobRuns.get(id);
  return {
    ...(run === undefined ? {} : { runs: [shownRun(run)] }),
    ...(pruned === undefined ? {} : { prunedRuns: pruned }),
    ...(job === undefined || records === undefined ? {} : { records: records.map(({ collection }) => ({ job, collection })) }),
  };
}

/** What a change did, as everyone is told it, with rows as they are now. What is no longer there is left out. */
export function eventOf(
  stores: Stores,
  { revision, actor, operation: name }: AuditRow,
  { tasks: changed, madeRoom = [], documents, job }: AuditBody,
): StoreEvent {
  const waiting = changed.length === 0 ? [] : stores.tasks.dependents(changed);
  return {
    revision,
    name,
    body: {
      actor,
      tasks: stores.tasks.rows([...new Set([...changed, ...waiting, ...madeRoom])]),
      ...(documents === undefined ? {} : { documents: stores.documents.changes(documents) }),
      ...(job === undefined ? {} : jobNews(stores, job)),
    },
  };
}

/** Whoever is told less than everything up to `revision` asks again from the last event. */
export function eventsSince(
  { stores, revision }: Reading,
  { since, limit = defaultLimit }: { since: number; limit?: number | undefined },
): OperationOutput<'event.since'> {
  const events: StoreEvent[] = [];
  let rows = 0;
  for (const row of stores.audit.page(since + 1, limit)) {
    const body = readBody(row.body);
    // What is behind a gap, or a row that cannot be read, would not be the next thing that happened.
    if (row.revision !== since + events.length + 1 || body === undefined || rows >= mostRows) break;
    const event = eventOf(stores, row, body);
    rows += event.body.tasks.length;
    events.push(event);
  }
  if (since > revision || (since < revision && events.length === 0)) {
    throw new AppError('event.gone', `What happened after revision ${since} is not known here. Take a snapshot.`, { revision });
  }
  return { revision, events };
}
