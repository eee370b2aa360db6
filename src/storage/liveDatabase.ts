import * as fs from 'node:fs';
import type { DatabaseMaintenance, Dispatcher } from '../app/ports.ts';
import { AppError } from '../core/appError.ts';
import type { StoreNotice } from '../protocol/wire.ts';
import type { Database } from './engine/database.ts';
import { openDatabase } from './engine/database.ts';
import { loadSqlJs } from './engine/sqlJs.ts';
import type { Migration } from './migrate.ts';
import { migrate, schemaState } from './migrate.ts';
import type { StoreNames } from './names.ts';
import { bindFileOf, engineAssets } from './names.ts';
import { rescue } from './rescue.ts';

/** The open database with the operations at work on it. */
export interface LiveDatabase {
  database: Database;
  dispatcher: Dispatcher;
  /** Which file the log was when it was opened. */
  walInode: bigint | undefined;
}

/** What the storage thread is built of, from `worker.ts`. */
export interface DomainParts {
  migrations: readonly Migration[];
  createDispatcher(sql: Database, maintenance: DatabaseMaintenance): Dispatcher;
  /** Fills what is derived from other tables, such as search indexes, after a rescue. */
  rebuild(sql: Database): void;
}

export interface OpenLiveDeps {
  names: StoreNames;
  /** Folder of sql.js. */
  assets: string;
  domain: DomainParts;
  /** Whether the shield is up; the guard then watches it. */
  shielded: boolean;
  maintenance(database: Database): DatabaseMaintenance;
  latestBackup(): string | null;
  /** Copies the database before it is migrated. The database is open and nothing is unflushed. */
  backupBefore(database: Database, version: number): Promise<void>;
  notice(notice: StoreNotice): void;
  now(): number;
}

function sizeOf(file: string): number | undefined {
  return fs.statSync(file, { throwIfNoEntry: false })?.size;
}

export const inodeOf = (file: string): bigint | undefined => fs.statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;

const newer = (version: number, newest: number) =>
  new AppError(
    'store.newerVersion',
    `The task database was written by a newer version of ClaudeTask (schema ${version}; this version knows ${newest}). It is shown read-only. Update the extension to change tasks.`,
    { version, newest },
  );

async function openOnce(deps: OpenLiveDeps): Promise<LiveDatabase> {
  const { names, domain } = deps;
  const sqlJs = await loadSqlJs(engineAssets(deps.assets));
  const size = sizeOf(names.database);
  const backup = deps.latestBackup();
  if (size === 0 && backup !== null) {
    deps.notice({
      severity: 'error',
      message: 'The task database was found empty and is begun anew. "ClaudeTask: Restore Database" brings the newest backup back.',
      file: backup,
    });
  }
  const create = size === undefined || size === 0;
  const database = openDatabase(sqlJs, names.database, { create, ...(deps.shielded ? { shield: names.shield } : {}) });
  try {
    for (const notice of database.notices) deps.notice(notice);
    const state = schemaState(database, domain.migrations);
    if (state.kind === 'newer') throw newer(state.version, domain.migrations.length);
    if (state.kind === 'older') await deps.backupBefore(database, state.version);
    if (state.kind !== 'current') {
      migrate(database, domain.migrations, deps.now);
      database.flush();
    }
    // Binds the log to this file from its first row on.
    if (!fs.existsSync(bindFileOf(names))) database.checkpoint('passive');
    return { database, walInode: inodeOf(names.wal), dispatcher: domain.createDispatcher(database, deps.maintenance(database)) };
  } catch (error) {
    database.abandon();
    throw error;
  }
}

/** Damage that a rescue can help with; a database of another program or of an unknown past is left alone. */
const canRescue = (error: unknown): error is AppError => AppError.is(error, 'store.damaged') && error.details['reason'] === undefined;

/** Opens, rescues when damaged, migrates. Nothing is left open when it throws. */
export async function openLive(deps: OpenLiveDeps): Promise<LiveDatabase> {
  try {
    return await openOnce(deps);
  } catch (error) {
    if (!canRescue(error)) throw error;
    await rescueInPlace(deps, error);
    return await openOnce(deps);
  }
}

/** Puts the closed, damaged database aside and what could be read of it in its place. */
export async function rescueInPlace(deps: OpenLiveDeps, error: AppError): Promise<void> {
  const sqlJs = await loadSqlJs(engineAssets(deps.assets));
  const { names, domain } = deps;
  const why = typeof error.details['why'] === 'string' ? error.details['why'] : error.message;
  deps.notice(
    rescue(
      { sqlJs, names, migrations: domain.migrations, rebuild: domain.rebuild, latestBackup: deps.latestBackup(), now: deps.now() },
      why,
    ),
  );
}
