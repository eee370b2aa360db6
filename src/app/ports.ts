import type { Actor } from '../core/actor.ts';
import type { Workflow } from '../core/workflow.ts';
import type { OperationInput, OperationName, OperationOutput } from '../protocol/operations.ts';
import type { StoreEvent, StoreNotice, StoreState } from '../protocol/wire.ts';
import type { Disposable } from '../util/disposable.ts';
import type { Event } from '../util/emitter.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

export interface CallOptions {
  actor?: Actor;
  signal?: AbortSignal;
  /** Milliseconds until the call fails with `timeout`; 30,000 unless told. */
  timeout?: number;
}

/**
 * The database of one workspace folder as all code outside the storage thread sees it, whoever owns the file.
 * A call that mutates is acknowledged only when it is durable. Failures are `AppError`s.
 */
export interface Store extends Disposable {
  readonly state: StoreState;
  readonly onDidChangeState: Event<StoreState>;
  /** Every committed change in order, from this or any other process. */
  readonly onDidChange: Event<StoreEvent>;
  /** Events may have been missed (a new owner took over, the file was restored): read again what you show. */
  readonly onDidReset: Event<void>;
  readonly onDidNotice: Event<StoreNotice>;
  call<N extends OperationName>(name: N, input: OperationInput<N>, options?: CallOptions): Promise<OperationOutput<N>>;
  /** Rules that hold for calls from this process from now on. */
  setWorkflow(workflow: Workflow): void;
  /** Flushes, checkpoints, frees the lock. */
  close(): Promise<void>;
}

/** One call as the storage thread receives it, from this process or through the owner's socket. */
export interface OperationRequest {
  /** A UUID made by the caller: a retried mutation with the same id is answered with its first result and not done twice. */
  requestId: string;
  operation: string;
  input: unknown;
  actor: Actor;
  workflow: Workflow;
}

export interface OperationOutcome {
  value: unknown;
  /** What to tell everyone once the change is durable; null for a query. */
  event: StoreEvent | null;
}

/**
 * The operation table at work, inside the storage thread. Throws `AppError`; a mutation that throws has changed nothing.
 * It remembers the end of the audit chain: when a transaction around its calls was rolled back, or the file was opened anew, make another.
 */
export interface Dispatcher {
  /** True for `database.*` and `audit.verify`, which go through `maintain`. */
  isMaintenance(operation: string): boolean;
  /** Parses, runs in one transaction with history and audit, and answers. Synchronous. Not yet durable when it returns. */
  dispatch(request: OperationRequest): OperationOutcome;
  maintain(request: OperationRequest): Promise<unknown>;
  /** The outcome of a mutation that was committed before under this id, decided from the database; undefined when it never was. */
  replay(requestId: string): OperationOutcome | undefined;
  /** The newest audit row, to be kept outside the database too. */
  auditAnchor(): AuditAnchor | null;
  /** Small pieces of work to do when nobody waits, such as merging search segments; true while more is left. */
  idle(): boolean;
}

/** Number and hash of the newest audit row. */
export interface AuditAnchor {
  revision: number;
  hash: string;
}

/** Work on the database file itself, done by the storage thread between transactions. */
export interface DatabaseMaintenance {
  status(): Omit<OperationOutput<'database.status'>, 'tasks' | 'revision'>;
  backup(): Promise<OperationOutput<'database.backup'>>;
  export(path: string): Promise<OperationOutput<'database.export'>>;
  restore(path: string): Promise<OperationOutput<'database.restore'>>;
  /** The audit position last written beside the database, to find a cut tail. */
  recordedAnchor(): AuditAnchor | null;
  /** Lets waiting callers in between two slices of long work. */
  pause(): Promise<void>;
}
