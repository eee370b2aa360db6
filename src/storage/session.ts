import { AppError } from '../core/appError.ts';
import type { StoreState } from '../protocol/wire.ts';
import { ShortLived } from '../util/shortLived.ts';
import type { CallTaker, PendingCall } from './caller.ts';
import { failure } from './commitQueue.ts';
import { acquireMutex } from './mutex.ts';
import type { Mutex } from './mutex.ts';
import type { StoreNames } from './names.ts';
import { becomeClient } from './remoteRole.ts';
import { jitter, openPromise } from './role.ts';
import type { Audience, Role } from './role.ts';
import { readToken } from './shield.ts';

export interface SessionDeps {
  names: StoreNames;
  audience: Audience;
  /** Opens the database with the mutex held, or throws an `AppError` with nothing left open. The role frees the mutex at its end. */
  becomeOwner(mutex: Mutex): Promise<Role>;
  /** What to be when the database cannot be owned: a reader of a copy if there is one. */
  becomeReader(error: AppError): Promise<Role>;
}

export interface Session extends CallTaker {
  close(): Promise<void>;
}

/** How long an owner may take to answer a newcomer before callers are told instead of kept waiting. */
const patience = 1500;
/** How long until the database is tried again when there was none, after the first failure and at most. */
const firstRetry = 2000;
const lastRetry = 30_000;

/** Answers every call with the reason why there is no database. */
function failedRole(error: AppError, retryAfter: number): Role {
  const ended = openPromise();
  const timer = setTimeout(ended.keep, retryAfter);
  return {
    state: { role: 'failed', error: error.toBody() },
    over: ended.promise,
    submit: (call) => call.answer(failure(error)),
    close: () => {
      clearTimeout(timer);
      ended.keep();
      return ended.promise;
    },
  };
}

const asAppError = (error: unknown) =>
  AppError.is(error)
    ? error
    : new AppError(
        'internal',
        `The task database could not be opened: ${error instanceof Error ? error.message : String(error)}. Please report this with the log.`,
        {},
        error,
      );

/**
 * One process and one database over time. Whoever takes the mutex is the owner; the others work through the owner and try
 * the mutex again the moment the connection drops. Calls wait through changes of role, and each is answered once.
 */
export function startSession(deps: SessionDeps): Session {
  const { names, audience } = deps;
  // In the order they came, which a new role keeps.
  const unanswered = new ShortLived<PendingCall>();
  let lastCall = 0;
  let role: Role | undefined;
  let closing = false;
  let lastState = '';

  function tell(state: StoreState): void {
    const text = JSON.stringify(state);
    if (text === lastState) return;
    lastState = text;
    audience.state(state);
  }

  async function nextRole(): Promise<Role> {
    const began = performance.now();
    for (;;) {
      const mutex = await acquireMutex(names.mutex);
      if (mutex !== undefined) return await own(mutex);
      const token = readToken(names);
      const client = await becomeClient(names, token ?? '', audience).catch((error: unknown) => {
        // A new owner may be about to write a new token, or to write it again after its folder was deleted.
        if (!AppError.is(error, 'operation.forbidden')) throw error;
        return undefined;
      });
      if (client !== undefined) return client;
      if (performance.now() - began > patience) {
        throw new AppError(
          'store.unavailable',
          'Another ClaudeTask process holds the task database of this folder but does not answer. It is tried again by itself; close that window if this lasts.',
        );
      }
      await jitter(5, 30);
    }
  }

  async function own(mutex: Mutex): Promise<Role> {
    try {
      return await deps.becomeOwner(mutex);
    } catch (cause) {
      await mutex.release();
      const error = asAppError(cause);
      audience.log('warn', `${error.code}: ${error.message}`);
      return await deps.becomeReader(error);
    }
  }

  async function live(): Promise<void> {
    let before: StoreState['role'] | undefined;
    let failures = 0;
    while (!closing) {
      const next = await nextRole().catch((error: unknown) =>
        failedRole(asAppError(error), Math.min(firstRetry * 2 ** failures, lastRetry)),
      );
      role = next;
      tell(next.state);
      // What was shown may be of another time: the former owner's last events never came.
      if (before !== undefined && next.state.role !== 'failed') audience.reset();
      failures = next.state.role === 'failed' ? failures + 1 : 0;
      before = next.state.role;
      for (const call of unanswered.values()) next.submit(call);
      if (closing) await next.close();
      await next.over;
      role = undefined;
      if (!closing && before === 'client') tell({ role: 'takingOver' });
    }
  }

  const lived = live();
  return {
    submit(call) {
      const number = ++lastCall;
      const tracked: PendingCall = {
        request: call.request,
        get dropped() {
          return call.dropped;
        },
        answer(reply) {
          // A role that ended may still answer late; the next one has the call now, and the first answer counts.
          if (unanswered.take(number) !== undefined) call.answer(reply);
        },
      };
      call.onDropped = () => tracked.onDropped?.();
      unanswered.add(number, tracked);
      role?.submit(tracked);
    },
    async close() {
      closing = true;
      await role?.close();
      await lived;
      const error = new AppError('store.unavailable', 'The task database of this folder is closed. Open the folder again to use it.');
      for (const call of unanswered.values()) call.answer(failure(error));
    },
  };
}
