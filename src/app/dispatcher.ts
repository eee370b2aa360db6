import type { Actor, ActorKind } from '../core/actor.ts';
import { AppError } from '../core/appError.ts';
import type { DocumentChange } from '../core/document.ts';
import type { TaskRow } from '../core/task.ts';
import { dayOf } from '../core/day.ts';
import { scopes } from '../protocol/operations.ts';
import type { OperationName, Scope } from '../protocol/operations.ts';
import { callingActor } from '../protocol/wire.ts';
import { bodyOf, createAuditLog } from './auditLog.ts';
import type { Hash } from './auditLog.ts';
import { eventOf, jobNews } from './eventLog.ts';
import { parseInput } from './input.ts';
import type { SealedJob } from './jobs/jobStorePorts.ts';
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';
import type { Clock, DatabaseMaintenance, Dispatcher, OperationOutcome, OperationRequest } from './ports.ts';
import type { AuditRow, Stores } from './storePorts.ts';
import { createUndoStacks } from './undoStacks.ts';
import { changedRows, startWork } from './work.ts';
import type { Work } from './work.ts';

export interface DispatcherDeps {
  stores: Stores;
  clock: Clock;
  hash: Hash;
  maintenance: DatabaseMaintenance;
}

const content: readonly Scope[] = ['tasks:read', 'tasks:write', 'documents:read', 'documents:write'];
const granted: Readonly<Record<ActorKind, readonly Scope[]>> = {
  user: scopes,
  job: [...content, 'jobs:read', 'jobs:write'],
  // What an agent or another client may of that is written in its token: the server looks before it calls.
  agent: [...content, 'jobs:read', 'jobs:write'],
  client: scopes,
};

const table: ReadonlyMap<string, Operation> = new Map<OperationName, Operation>(
  (Object.keys(operations) satisfies string[]).flatMap((name) => (isOperationName(name) ? [[name, operations[name]] as const] : [])),
);

function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

function find(name: string, actor: Actor): Operation {
  const operation = table.get(name);
  if (operation === undefined)
    throw new AppError('operation.unknown', `There is no operation called ${name.slice(0, 100)}.`, { operation: name.slice(0, 100) });
  const { scope } = operation.contract;
  // Undo belongs to people: whoever else wants a change back says which.
  const personal = name === 'task.undo' || name === 'task.redo';
  if (!granted[actor.kind].includes(scope) || (personal && actor.kind !== 'user')) {
    throw new AppError('operation.forbidden', `${name} is not allowed to a caller of the kind ${actor.kind}. Ask the user to do it.`, {
      operation: name,
      scope,
    });
  }
  return operation;
}

/** The operation table at work on one database. */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { stores, clock, hash, maintenance } = deps;
  const log = createAuditLog(stores.audit, stores.history, hash);
  const stacks = createUndoStacks(stores.audit);

  function mutate(operation: Operation & { kind: 'mutation' }, request: OperationRequest, actor: Actor): OperationOutcome {
    const before = stores.audit.byRequest(request.requestId);
    if (before !== undefined) return answeredBefore(before, request);
    const { work, label, sealed } = stores.transaction(() => {
      const begun = startWork(stores, actor, request.workflow, clock.now(), log.next());
      const said = operation.mutate(begun, stacks, request.input);
      // What changes nothing leaves no trace.
      const written = begun.history.length > 0 || said !== undefined ? log.seal(begun, request.operation, request.requestId) : undefined;
      return { work: begun, label: said, sealed: written };
    });
    if (sealed === undefined) return { value: { revision: log.current(), tasks: [...work.rows.values()] }, event: null };
    log.advance(sealed);
    remember(work);
    const tasks = changedRows(work);
    const { revision } = work;
    return {
      value: label === undefined ? { revision, tasks } : { revision, label, tasks },
      event: { revision, name: request.operation, body: { actor, tasks } },
    };
  }

  function record(operation: Operation & { kind: 'recording' }, request: OperationRequest, actor: Actor): OperationOutcome {
    const before = stores.audit.byRequest(request.requestId);
    if (before !== undefined) return answeredBefore(before, request);
    const { work, known, sealed } = stores.transaction(() => {
      const begun = startWork(stores, actor, request.workflow, clock.now(), log.next());
      const answer = operation.record(begun, request.input);
      return {
        work: begun,
        known: answer,
        sealed: begun.documents.length > 0 ? log.seal(begun, request.operation, request.requestId) : undefined,
      };
    });
    if (sealed === undefined) return { value: known, event: null };
    log.advance(sealed);
    return recordedOutcome(
      operation,
      sealed.revision,
      request.operation,
      actor,
      work.documents.map(({ change }) => change),
    );
  }

  const recordedOutcome = (
    operation: Operation & { kind: 'recording' },
    revision: number,
    name: string,
    actor: Actor,
    documents: DocumentChange[],
  ): OperationOutcome => ({
    value: operation.answer(revision, documents),
    event: { revision, name, body: { actor, tasks: [], documents } },
  });

  function changeJob(operation: Operation & { kind: 'job' }, request: OperationRequest, actor: Actor): OperationOutcome {
    const before = stores.audit.byRequest(request.requestId);
    if (before !== undefined) return answeredBefore(before, request);
    const { work, unchanged, sealed } = stores.transaction(() => {
      const begun = startWork(stores, actor, request.workflow, clock.now(), log.next());
      const job = operation.change(begun, request.input);
      return {
        work: begun,
        unchanged: job,
        sealed: begun.job === undefined ? undefined : log.seal(begun, request.operation, request.requestId),
      };
    });
    if (sealed === undefined) return { value: operation.answer({ stores, revision: log.current() }, unchanged, []), event: null };
    log.advance(sealed);
    if (operation.contract.undoable) remember(work);
    const tasks = work.history.map(({ taskId }) => taskId);
    return jobOutcome(
      operation,
      { revision: work.revision, operation: request.operation, actor },
      work.job ?? unchanged,
      tasks,
      changedRows(work),
    );
  }

  function changeWebhook(operation: Operation & { kind: 'webhook' }, request: OperationRequest, actor: Actor): OperationOutcome {
    const before = stores.audit.byRequest(request.requestId);
    if (before !== undefined) return answeredBefore(before, request);
    const { id, sealed } = stores.transaction(() => {
      const begun = startWork(stores, actor, request.workflow, clock.now(), log.next());
      const changed = operation.change(begun, request.input);
      return { id: changed, sealed: begun.webhook === undefined ? undefined : log.seal(begun, request.operation, request.requestId) };
    });
    if (sealed === undefined) return { value: operation.answer({ stores, revision: log.current() }, id), event: null };
    log.advance(sealed);
    const { revision } = sealed;
    return {
      value: operation.answer({ stores, revision }, id),
      event: { revision, name: request.operation, body: { actor, tasks: [] } },
    };
  }

  function jobOutcome(
    { answer }: Operation & { kind: 'job' },
    { revision, operation: name, actor }: Pick<AuditRow, 'revision' | 'operation' | 'actor'>,
    sealed: SealedJob,
    made: readonly number[],
    tasks: TaskRow[],
  ): OperationOutcome {
    return {
      value: answer({ stores, revision }, sealed, made),
      event: { revision, name, body: { actor, tasks, ...jobNews(stores, sealed) } },
    };
  }

  function remember(work: Work): void {
    const { actor, revision, undoOf, redoOf } = work;
    if (actor.kind !== 'user') return;
    if (undoOf !== null) stacks.undid(actor, undoOf, revision);
    else if (redoOf !== null) stacks.redid(actor, redoOf, revision);
    else stacks.did(actor, revision);
  }

  /** The answer to a call that was done before, from what the database holds of it now. */
  function outcomeOf(row: AuditRow): OperationOutcome {
    const { revision, operation } = row;
    const body = bodyOf(row);
    const event = eventOf(stores, row, body);
    const known = table.get(operation);
    if (known?.kind === 'recording') return { value: known.answer(revision, event.body.documents ?? []), event };
    if (known?.kind === 'job' && body.job !== undefined) return { value: known.answer({ stores, revision }, body.job, body.tasks), event };
    if (known?.kind === 'webhook' && body.webhook !== undefined) return { value: known.answer({ stores, revision }, body.webhook), event };
    const target = row.undoOf ?? row.redoOf;
    const label = target === null ? undefined : (stores.audit.get(target)?.summary ?? row.summary);
    const { tasks } = event.body;
    return { value: label === undefined ? { revision, tasks } : { revision, label, tasks }, event };
  }

  function answeredBefore(row: AuditRow, request: OperationRequest): OperationOutcome {
    if (row.operation !== request.operation) {
      throw new AppError('input.invalid', `requestId was used before, for ${row.operation}. Make a new one for every call.`, {
        field: 'requestId',
      });
    }
    return { value: outcomeOf(row).value, event: null };
  }

  return {
    isMaintenance: (name) => table.get(name)?.kind === 'upkeep',
    dispatch(request) {
      const actor = parseInput('actor', callingActor, request.actor);
      const operation = find(request.operation, actor);
      switch (operation.kind) {
        case 'query':
          return { value: operation.query({ stores, revision: log.current(), today: dayOf(clock.now()) }, request.input), event: null };
        case 'mutation':
          return mutate(operation, request, actor);
        case 'recording':
          return record(operation, request, actor);
        case 'job':
          return changeJob(operation, request, actor);
        case 'webhook':
          return changeWebhook(operation, request, actor);
        case 'lease':
          return { value: stores.transaction(() => operation.keep({ stores, now: clock.now() }, request.input)), event: null };
        case 'upkeep':
          throw new AppError('internal', `${request.operation} was dispatched, but works on the whole database.`);
      }
    },
    async maintain(request) {
      const operation = find(request.operation, parseInput('actor', callingActor, request.actor));
      if (operation.kind !== 'upkeep') throw new AppError('internal', `${request.operation} does not work on the whole database.`);
      return await operation.maintain({ stores, maintenance, hash, revision: log.current }, request.input);
    },
    replay(requestId) {
      const row = stores.audit.byRequest(requestId);
      return row === undefined ? undefined : outcomeOf(row);
    },
    auditAnchor: log.anchor,
    idle: stores.tidy,
  };
}
