import { AppError } from '../core/appError.ts';
import type { AuditAnchor } from '../app/ports.ts';
import { createBackups } from './backup.ts';
import type { PendingCall } from './caller.ts';
import { createCommitQueue, failure } from './commitQueue.ts';
import type { Handled } from './commitQueue.ts';
import type { Database } from './engine/database.ts';
import { prepareFolder } from './folder.ts';
import { createIdleWork } from './idleWork.ts';
import type { DomainParts, LiveDatabase, OpenLiveDeps } from './liveDatabase.ts';
import { openLive } from './liveDatabase.ts';
import { createMaintenance } from './maintenance.ts';
import type { Mutex } from './mutex.ts';
import type { StoreNames } from './names.ts';
import { createOwnerPeers } from './ownerPeers.ts';
import { listenForPeers } from './ownerSocket.ts';
import { repairFor } from './repair.ts';
import { openPromise } from './role.ts';
import type { Audience, Role } from './role.ts';
import type { Shield } from './shield.ts';
import { heartbeat } from './shield.ts';
import { takeShield } from './takeShield.ts';
import { verifyCopy } from './verifyThread.ts';

export interface OwnerDeps {
  names: StoreNames;
  assets: string;
  /** This thread's own bundle: copies are checked in another thread of it. */
  workerFile: string;
  domain: DomainParts;
  audience: Audience;
  now(): number;
}

/** Bytes of the log above which it is checkpointed although nothing has changed. */
const leaseLog = 4 * 1024 * 1024;

export function toAppError(error: unknown, what: string): AppError {
  if (AppError.is(error)) return error;
  return new AppError(
    'internal',
    `${what}: ${error instanceof Error ? error.message : String(error)}. Please report this with the log.`,
    {},
    error,
  );
}

/** Opens the database with the mutex held and serves this process and the user's other windows. Leaves nothing behind when it throws. */
export async function becomeOwner(deps: OwnerDeps, mutex: Mutex): Promise<Role> {
  const { names, audience, domain } = deps;
  const ended = openPromise();
  let shield: Shield;
  let live: LiveDatabase | undefined;
  let anchor: AuditAnchor | null = null;
  let closing = false;
  let chores: Promise<void> = Promise.resolve();
  let repairing: Promise<unknown> = Promise.resolve();
  /** Size of the log after the last batch. */
  let logged = 0;

  prepareFolder(names);
  shield = await takeShield(names);

  const target = () => {
    const now = live;
    if (now === undefined) return undefined;
    return {
      dispatcher: now.dispatcher,
      guard() {
        const found = now.database.check();
        if (found !== 'ok')
          throw new AppError('store.replaced', `The files of the task database were changed from outside (${found}).`, { found });
      },
      together: (body: () => void) => now.database.transaction(body),
      flush: () => now.database.flush(),
      flushBeside: () => now.database.flushBeside(),
    };
  };

  const queue = createCommitQueue({
    target,
    broadcast: (event) => peers.event(event),
    maintain: (call) => chore(() => maintain(call)),
    trouble: repair,
    committed: (mutations) => {
      // Leases are kept every few seconds, perhaps all night, and are no change: the log must not grow of them. A query leaves it as it is.
      const used = live?.database.walSize ?? 0;
      if (mutations > 0 || (used > logged && used > leaseLog)) idle.committed();
      logged = used;
    },
  });

  const peers = createOwnerPeers(audience, { submit: queue.push });

  function checkpoint(database: Database, mode: 'passive' | 'truncate'): void {
    anchor = live?.dispatcher.auditAnchor() ?? anchor;
    if (anchor !== null) database.setAnchor(anchor);
    database.checkpoint(mode);
  }

  /** Runs work on the open database that nobody waits for; whatever goes wrong is repaired like for a caller. */
  function quietly<T>(otherwise: T, work: (now: LiveDatabase) => T): T {
    if (live === undefined) return otherwise;
    try {
      target()?.guard();
      const result = work(live);
      live.database.flush();
      return result;
    } catch (error) {
      repair(toAppError(error, 'The database could not be tended'), []);
      return otherwise;
    }
  }

  function prewrite(database: Database): boolean {
    try {
      return database.prewriteWal();
    } catch {
      // It only makes commits quicker; a full disk is told to the next caller whom it concerns.
      return false;
    }
  }

  const idle = createIdleWork({
    walBytes: () => live?.database.walSize ?? 0,
    checkpoint: () => quietly(undefined, ({ database }) => checkpoint(database, 'passive')),
    slice: () => quietly(false, ({ database, dispatcher }) => dispatcher.idle() || prewrite(database)),
    busy: () => queue.length > 0,
    rested: () => {
      if (!closing && live !== undefined && backups.due()) chore(rollingBackup);
    },
  });

  const verify = (file: string) => verifyCopy(deps.workerFile, deps.assets, file);
  const backupsOf = (database: () => Database | undefined) =>
    createBackups({
      names,
      holdMainFile() {
        const open = database();
        if (open === undefined) throw new AppError('store.unavailable', 'The task database is being opened again. Try again in a moment.');
        const unhold = idle.holdCheckpoints();
        checkpoint(open, 'passive');
        return unhold;
      },
      verify,
      now: deps.now,
    });
  const backups = backupsOf(() => live?.database);

  async function rollingBackup(): Promise<void> {
    try {
      audience.log('info', `backup: ${await backups.make()}`);
    } catch (error) {
      const { message } = toAppError(error, 'The backup failed');
      peers.notice({ severity: 'warning', message: `The daily backup of the task database failed. ${message}` });
    }
  }

  /** One after the other, beside the queue. */
  function chore(work: () => Promise<void>): void {
    chores = chores.then(work, work);
  }

  async function maintain(call: PendingCall): Promise<void> {
    try {
      if (live === undefined) throw new AppError('store.unavailable', 'The task database is being opened again. Try again in a moment.');
      const value = await live.dispatcher.maintain(call.request);
      live?.database.flush();
      call.answer({ ok: true, value });
    } catch (error) {
      const failed = toAppError(error, `${call.request.operation} failed`);
      call.answer(failure(failed));
      // Work on copies tells of damage in the copy; only this one reads the database itself.
      if (failed.code === 'store.damaged' && call.request.operation === 'audit.verify') repair(failed, []);
    }
  }

  const opening: OpenLiveDeps = {
    names,
    assets: deps.assets,
    domain,
    shielded: true,
    maintenance: (database) =>
      createMaintenance({
        names,
        database,
        backups,
        newestSchema: domain.migrations.length,
        verify,
        recordedAnchor: () => anchor ?? database.recordedAnchor,
        exchange,
        now: deps.now,
      }),
    latestBackup: () => backups.latest(),
    async backupBefore(database, version) {
      const file = await backupsOf(() => database).make(`.before-v${version + 1}`);
      audience.log('info', `backup before migration: ${file}`);
    },
    notice: peers.notice,
    now: deps.now,
  };

  async function exchange(swap: () => void, undo: () => void): Promise<void> {
    queue.drainAll();
    const old = live;
    if (old === undefined) throw new AppError('store.unavailable', 'The task database is being opened again. Try again in a moment.');
    live = undefined;
    anchor = null;
    try {
      old.database.close();
      try {
        swap();
        live = await openLive(opening);
      } catch (error) {
        undo();
        live = await openLive(opening);
        throw error;
      }
    } catch (error) {
      if (live === undefined) end(toAppError(error, 'The database could not be opened again'));
      throw error;
    } finally {
      peers.reset();
      queue.resume();
    }
  }

  /** Answers a batch whose flush failed, from what is found on disk. */
  function settle(batch: readonly Handled[], error: AppError): PendingCall[] {
    const again: PendingCall[] = [];
    for (const { call, outcome, reply } of batch) {
      if (outcome === undefined || outcome.event === null) {
        // A query may have seen what is gone now, and so may a refusal; an answer about damage has no second one.
        if (!reply.ok && reply.error.code === 'store.damaged') call.answer(reply);
        else again.push(call);
        continue;
      }
      const found = live?.dispatcher.replay(call.request.requestId);
      if (found === undefined) {
        call.answer(failure(error));
        continue;
      }
      if (found.event !== null) peers.event(found.event);
      call.answer({ ok: true, value: found.value });
    }
    return again;
  }

  function repair(error: AppError, batch: readonly Handled[]): void {
    const broken = live;
    if (broken === undefined || closing) return;
    live = undefined;
    audience.log('warn', `${error.code}: ${error.message}`);
    const mended = mend(broken, error, batch);
    repairing = mended;
    void endUnless(mended);
  }

  async function endUnless(mended: Promise<AppError | undefined>): Promise<void> {
    const why = await mended;
    if (why !== undefined) end(why);
  }

  /** Answers why it was not possible, if it was not: what is unanswered then goes to the next role. */
  async function mend(broken: LiveDatabase, error: AppError, batch: readonly Handled[]): Promise<AppError | undefined> {
    try {
      const result = await repairFor(error)({ names, broken, error, opening, raise: async () => void (shield = await takeShield(names)) });
      live = result.live;
      if (result.notice !== undefined) peers.notice(result.notice);
      const again = settle(batch, error);
      if (result.reset) peers.reset();
      queue.resume(again);
      return undefined;
    } catch (cause) {
      live = undefined;
      broken.database.abandon();
      return toAppError(cause, 'The database could not be opened again');
    }
  }

  /** Gives up the role, with what is unanswered left to the next one. */
  function end(error: AppError): void {
    audience.log('error', `${error.code}: ${error.message}`);
    void letGo();
  }

  async function letGo(): Promise<void> {
    if (closing) return await ended.promise;
    closing = true;
    idle.dispose();
    clearInterval(beat);
    try {
      await repairing;
      await chores;
      queue.drainAll();
      if (live !== undefined) {
        anchor = live.dispatcher.auditAnchor() ?? anchor;
        if (anchor !== null) live.database.setAnchor(anchor);
        live.database.close();
      }
    } catch (error) {
      audience.log('error', toAppError(error, 'The database was not closed cleanly').message);
    }
    live = undefined;
    await server.close();
    try {
      shield.release();
    } catch (error) {
      audience.log('warn', toAppError(error, 'The shield could not be removed').message);
    }
    await mutex.release();
    ended.keep();
  }

  const beat = setInterval(() => shield.beat(), heartbeat);
  beat.unref();
  const server = await listenForPeers(names.endpoint, {
    token: () => shield.token,
    refused: () => quietly(undefined, () => undefined),
    ...peers.hooks,
  }).catch((error: unknown) => {
    clearInterval(beat);
    shield.release();
    throw error;
  });

  try {
    live = await openLive(opening);
  } catch (error) {
    closing = true;
    clearInterval(beat);
    idle.dispose();
    await server.close();
    shield.release();
    throw error;
  }
  idle.committed();
  queue.resume();

  return {
    state: { role: 'owner' },
    over: ended.promise,
    submit: queue.push,
    close: letGo,
  };
}
