import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AppError } from '../core/appError.ts';
import type { StoreNotice } from '../protocol/wire.ts';
import { atomicWriteSync } from '../util/atomicWrite.ts';
import type { GuardResult } from './engine/guard.ts';
import { freeName, prepareFolder, stamp } from './folder.ts';
import type { LiveDatabase, OpenLiveDeps } from './liveDatabase.ts';
import { inodeOf, openLive, rescueInPlace } from './liveDatabase.ts';
import type { StoreNames } from './names.ts';

export interface RepairInput {
  names: StoreNames;
  broken: LiveDatabase;
  error: AppError;
  opening: OpenLiveDeps;
  /** Puts the shield up again. */
  raise(): Promise<void>;
}

export interface Repaired {
  live: LiveDatabase;
  /** What people see may be of another time. */
  reset: boolean;
  notice?: StoreNotice;
}

type Repair = (input: RepairInput) => Promise<Repaired>;

/** The flush failed: what is on disk counts. */
const reopen: Repair = async ({ broken, opening }) => {
  const { database } = broken;
  database.reopen();
  return { live: { ...broken, dispatcher: opening.domain.createDispatcher(database, opening.maintenance(database)) }, reset: false };
};

const rescued: Repair = async ({ broken, error, opening }) => {
  broken.database.abandon();
  await rescueInPlace(opening, error);
  return { live: await openLive(opening), reset: true };
};

/** The name is gone, the content is not: our descriptor keeps it. */
const writtenBack: Repair = async ({ names, broken, opening, raise }) => {
  const content = broken.database.export();
  broken.database.abandon();
  prepareFolder(names);
  await raise();
  atomicWriteSync(names.database, content, 0o644);
  const live = await openLive(opening);
  return {
    live,
    reset: false,
    notice: {
      severity: 'warning',
      message: 'The task database was deleted while it was open. It was written back with everything in it.',
      file: names.database,
    },
  };
};

/** Another file has our name. It is what the user wants to see; what we had is kept beside it. */
const replaced: Repair = async ({ names, broken, opening, raise }) => {
  const content = broken.database.export();
  broken.database.abandon();
  const kept = freeName(names.folder, `claudetask.${stamp(opening.now())}.replaced`, '.db');
  atomicWriteSync(kept, content, 0o644);
  // Our log is in the copy now. One that came with the new file stays.
  if (inodeOf(names.wal) === broken.walInode) fs.rmSync(names.wal, { force: true });
  await raise();
  const live = await openLive(opening);
  const message = `The task database was replaced by another file, and that one is open now. The one before was kept as ${path.basename(kept)}; "ClaudeTask: Restore Database" brings it back.`;
  return { live, reset: true, notice: { severity: 'warning', message, file: kept } };
};

/** The log's name, or the shield, is gone: everything goes into the main file, and both are made anew. */
const secured: Repair = async ({ broken, opening, raise }) => {
  broken.database.checkpoint('passive');
  broken.database.abandon();
  await raise();
  return {
    live: await openLive(opening),
    reset: false,
    notice: {
      severity: 'warning',
      message: 'Files beside the task database were deleted while it was open. They were made anew; nothing is lost.',
    },
  };
};

const byGuard: Record<Exclude<GuardResult, 'ok'>, Repair> = { deleted: writtenBack, replaced, walDeleted: secured, shieldGone: secured };
const isGuardResult = (found: unknown): found is keyof typeof byGuard => typeof found === 'string' && Object.hasOwn(byGuard, found);

/** What to do about a failure after which the open database cannot be used as it is. */
export function repairFor(error: AppError): Repair {
  if (error.code === 'store.damaged') return rescued;
  const found = error.details['found'];
  if (error.code === 'store.replaced' && isGuardResult(found)) return byGuard[found];
  return reopen;
}
