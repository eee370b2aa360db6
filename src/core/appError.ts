/**
 * The codes of every failure a caller may want to tell apart. Borders map them: HTTP status, MCP error, toast.
 * A code is stable; the message beside it is for a person and may change.
 */
export type ErrorCode =
  | 'input.invalid' // details.field names the field
  | 'task.notFound' // details.ids
  | 'task.stale' // details.current holds the newer row
  | 'task.claimed' // details.assignee
  | 'task.cycle' // details.cycle holds the ids along the cycle
  | 'workflow.refused' // details.reason: 'wip' | 'move' | 'blockers' | 'checklist' | 'blocked'; details.overridable
  | 'event.gone' // details.revision: the newest; take a snapshot
  | 'undo.nothing'
  | 'undo.conflict' // details.ids: tasks changed since
  | 'operation.unknown'
  | 'operation.forbidden'
  | 'store.readOnly' // details.reason
  | 'store.unavailable' // starting, taking over, or closed
  | 'store.diskFull'
  | 'store.io' // details.errno
  | 'store.damaged'
  | 'store.newerVersion'
  | 'store.engineMismatch' // the shipped sql.js is not the one this build was written for
  | 'store.foreignLock' // another program holds the database file
  | 'store.replaced' // the file was replaced or deleted under us
  | 'document.notFound' // details.path, details.version
  | 'file.notFound' // details.path, as in all that follow
  | 'file.exists'
  | 'file.stale' // details.currentHash, details.content, details.encoding; null when the file is gone
  | 'file.unreadable' // details.errno
  | 'file.tooLarge' // details.limit, in bytes
  | 'file.outside' // not in the workspace folder or ~/.claude, or not of the kind the operation works on
  | 'file.io' // details.errno
  | 'job.invalid' // details.problems: each with message, path, line and column
  | 'job.active' // details.run: the run that is not over
  | 'job.leased' // details.run; another window works on it
  | 'job.state' // details.from, details.to: the run cannot become that
  | 'job.notFound' // details.run, details.job or details.collection
  | 'job.runner' // the runner's process could not be started, or died
  | 'job.browserMissing' // details.browser: no such browser is installed
  | 'job.browserLost' // the browser was closed, or the connection to it broke
  | 'job.profileInUse' // details.profile
  | 'job.attachRefused' // the browser does not let itself be attached to
  | 'job.network' // details.host
  | 'job.elementMissing' // details.step
  | 'job.elementAmbiguous' // details.step, details.count
  | 'job.signedOut' // nobody signed in within the time
  | 'job.blocked' // details.host or details.request: not allowed by the job file
  | 'job.badRecords' // details.problems
  | 'job.http' // details.status
  | 'job.limit' // details.limit: pages, records or time
  | 'job.template' // details.expression
  | 'job.assertion'
  | 'job.download'
  | 'api.unauthorized' // no token, or none that is known
  | 'api.refused' // details.rule: the request may come from a web page, or is not of the form the server takes
  | 'api.rateLimited' // details.retryAfter, in seconds
  | 'api.portTaken' // details.port: another program listens there, or the system does not give it away
  | 'api.notAvailable' // what is asked for is not part of this version
  | 'webhook.notFound' // details.webhook, details.revision
  | 'cancelled'
  | 'timeout'
  | 'internal';

/** What crosses a border: no stack, no cause. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  details?: Readonly<Record<string, unknown>>;
}

/** A failure that was foreseen. Its message says what failed, why, and what to do next. Anything else thrown is a bug. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }

  static is(error: unknown, code?: ErrorCode): error is AppError {
    return error instanceof AppError && (code === undefined || error.code === code);
  }

  static fromBody(body: ErrorBody): AppError {
    return new AppError(body.code, body.message, body.details ?? {});
  }

  toBody(): ErrorBody {
    return { code: this.code, message: this.message, details: this.details };
  }
}
