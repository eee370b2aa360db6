import type { Dispatcher, OperationOutcome } from '../app/ports.ts';
import { AppError } from '../core/appError.ts';
import type { Reply, StoreEvent } from '../protocol/wire.ts';
import type { PendingCall } from './caller.ts';

/** What the queue needs of the open database; it changes when the file is reopened. */
export interface QueueTarget {
  dispatcher: Dispatcher;
  /** Throws `store.replaced` when the files are no longer the ones we opened. */
  guard(): void;
  /** Runs several calls as one transaction, in which each has a savepoint: pages that many of them touch are logged once. */
  together(body: () => void): void;
  /** Makes everything dispatched so far durable, with one flush. */
  flush(): void;
  /** The same while more is dispatched. */
  flushBeside(): Promise<void>;
}

export interface CommitQueueDeps {
  /** Undefined while the database is closed or being exchanged: calls then wait. */
  target(): QueueTarget | undefined;
  broadcast(event: StoreEvent): void;
  /** Maintenance runs beside the queue, one at a time. */
  maintain(call: PendingCall): void;
  /** The database cannot go on as it is; nothing of the current batch was answered. The queue waits for `resume`. */
  trouble(error: AppError, batch: readonly Handled[]): void;
  /** The batch is durable and answered. */
  committed(mutations: number): void;
}

export interface CommitQueue {
  push(call: PendingCall): void;
  readonly length: number;
  /** After `trouble`, or when a target appeared. Calls given go to the front. */
  resume(again?: readonly PendingCall[]): void;
  /** Handles all that waits, now. */
  drainAll(): void;
  /** Takes out all that waits. */
  takeAll(): PendingCall[];
}

/** A call of a batch with its result, before the flush. */
export interface Handled {
  call: PendingCall;
  outcome?: OperationOutcome;
  reply: Reply;
}

/** How long a batch may grow before it is flushed and answered, in milliseconds. */
const batchTime = 8;
/** How many calls. A batch of this size is a crowd: while the disk works on it the next one runs, and the callers of the one before go on. */
const batchSize = 24;

/** Failures after which the database must be reopened or rescued before anything else runs on it: SQLite has given up the transaction. */
const breaking = new Set(['store.damaged', 'store.replaced', 'store.diskFull', 'store.io']);

export const failure = (error: AppError): Reply => ({ ok: false, error: error.toBody() });

function asAppError(error: unknown): AppError {
  if (AppError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('internal', `ClaudeTask failed unexpectedly: ${reason}. The log has details; please report it.`, {}, error);
}

/**
 * Group commit: everything that waits runs, each call all or nothing, then one flush makes all of it durable, and only then is
 * anyone answered. A few callers are served soonest by a flush in this thread. In a crowd the disk and this thread work at the same
 * time: one flush is on its way, and what has run meanwhile is made durable by the next.
 */
export function createCommitQueue(deps: CommitQueueDeps): CommitQueue {
  let waiting: PendingCall[] = [];
  let scheduled = false;
  /** On its way to the disk. */
  let flushing: readonly Handled[] | undefined;
  /** Has run since that flush began. */
  let ran: Handled[] = [];

  function drainScheduled(): void {
    scheduled = false;
    drain();
  }

  /** After the message that the calls came in: whoever asks together comes in one. */
  function drainSoon(): void {
    if (scheduled) return;
    scheduled = true;
    process.nextTick(drainScheduled);
  }

  /** After the event loop had its turn: long work must not keep it from new messages, such as a cancellation. */
  function drainLater(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(drainScheduled);
  }

  /** Answers with the error when the database needs care before anything else runs. */
  function run(target: QueueTarget, call: PendingCall, batch: Handled[]): AppError | undefined {
    if (call.dropped) {
      call.answer(failure(new AppError('cancelled', `${call.request.operation} was cancelled before it began.`)));
      return undefined;
    }
    try {
      const outcome = target.dispatcher.dispatch(call.request);
      batch.push({ call, outcome, reply: { ok: true, value: outcome.value } });
    } catch (cause) {
      const error = asAppError(cause);
      batch.push({ call, reply: failure(error) });
      if (breaking.has(error.code)) return error;
    }
    return undefined;
  }

  /** Runs what waits until the batch has grown enough. Maintenance is only set apart: it must not begin inside a transaction. */
  function runBatch(target: QueueTarget, batch: Handled[], upkeep: PendingCall[]): void {
    const until = performance.now() + batchTime;
    let taken = 0;
    let broken: AppError | undefined;
    for (const call of waiting) {
      taken++;
      if (!call.dropped && target.dispatcher.isMaintenance(call.request.operation)) upkeep.push(call);
      else broken = run(target, call, batch);
      if (broken !== undefined || taken === batchSize || performance.now() > until) break;
    }
    waiting = waiting.slice(taken);
    if (broken !== undefined) throw broken;
  }

  function drain(): void {
    const target = deps.target();
    if (target === undefined || waiting.length === 0) return;
    const batch: Handled[] = [];
    const upkeep: PendingCall[] = [];
    try {
      target.guard();
      if (waiting.length > 1) target.together(() => runBatch(target, batch, upkeep));
      else runBatch(target, batch, upkeep);
      if (flushing !== undefined) ran.push(...batch);
      else if (batch.length < batchSize) {
        target.flush();
        answer(batch);
      } else void flushBeside(target, batch);
    } catch (error) {
      waiting = [...upkeep, ...waiting];
      return fail(target, asAppError(error), batch);
    }
    for (const call of upkeep) deps.maintain(call);
    if (waiting.length > 0) drainLater();
  }

  async function flushBeside(target: QueueTarget, batch: readonly Handled[]): Promise<void> {
    flushing = batch;
    let failed: AppError | undefined;
    try {
      await target.flushBeside();
    } catch (error) {
      failed = asAppError(error);
    }
    // A flush in this thread may have come first.
    if (flushing !== batch) return;
    const next = ran;
    ran = [];
    flushing = undefined;
    if (failed !== undefined) return deps.trouble(failed, [...batch, ...next]);
    if (next.length > 0) void flushBeside(target, next);
    answer(batch);
  }

  /** Waits for the disk, in this thread. What was not made durable is in the answer, with the reason. */
  function settle(target: QueueTarget): { error: AppError; batch: readonly Handled[] } | undefined {
    const batch = [...(flushing ?? []), ...ran];
    flushing = undefined;
    ran = [];
    if (batch.length === 0) return undefined;
    try {
      target.flush();
    } catch (error) {
      return { error: asAppError(error), batch };
    }
    answer(batch);
    return undefined;
  }

  /** What ran before the trouble is durable all the same, when the disk takes it. */
  function fail(target: QueueTarget, error: AppError, batch: readonly Handled[]): void {
    const unsettled = settle(target);
    if (unsettled === undefined) deps.trouble(error, batch);
    else deps.trouble(unsettled.error, [...unsettled.batch, ...batch]);
  }

  function answer(batch: readonly Handled[]): void {
    let mutations = 0;
    for (const { outcome } of batch) {
      if (outcome === undefined || outcome.event === null) continue;
      mutations++;
      deps.broadcast(outcome.event);
    }
    for (const { call, reply } of batch) call.answer(reply);
    deps.committed(mutations);
  }

  return {
    push(call) {
      waiting.push(call);
      drainSoon();
    },
    get length() {
      return waiting.length + (flushing?.length ?? 0) + ran.length;
    },
    resume(again = []) {
      waiting = [...again, ...waiting];
      if (waiting.length > 0) drainSoon();
    },
    drainAll() {
      while (waiting.length > 0 && deps.target() !== undefined) drain();
      const target = deps.target();
      const unsettled = target === undefined ? undefined : settle(target);
      if (unsettled !== undefined) deps.trouble(unsettled.error, unsettled.batch);
    },
    takeAll() {
      const calls = waiting;
      waiting = [];
      return calls;
    },
  };
}
