import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { DatabaseMaintenance } from '../app/ports.ts';
import { AppError } from '../core/appError.ts';
import { operationContracts } from '../protocol/operations.ts';
import type { PendingCall } from './caller.ts';
import { failure } from './commitQueue.ts';
import { publish } from './copyFile.ts';
import type { Database } from './engine/database.ts';
import { openDatabase } from './engine/database.ts';
import { openCopy } from './engine/readOnlyCopy.ts';
import { loadSqlJs } from './engine/sqlJs.ts';
import type { EngineAssets } from './engine/sqlJs.ts';
import type { DomainParts } from './liveDatabase.ts';
import { migrate, pragma, schemaState } from './migrate.ts';
import { acquireMutex } from './mutex.ts';
import type { StoreNames } from './names.ts';
import { engineAssets } from './names.ts';
import { openPromise } from './role.ts';
import type { Audience, Role } from './role.ts';
import { isHeldElsewhere } from './shield.ts';

export interface ReaderDeps {
  names: StoreNames;
  assets: string;
  domain: DomainParts;
  audience: Audience;
  now(): number;
}

/** Milliseconds between two looks whether the cause is gone or the file has changed. */
const lookEvery = 2000;
/** How many looks until a cause that shows no end is simply tried again. */
const tryAfter = 15;

function fingerprint(names: StoreNames): string {
  return [names.database, names.wal]
    .map((file) => {
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      return `${stat?.ino} ${stat?.size} ${stat?.mtimeMs}`;
    })
    .join(' ');
}

function canWrite(names: StoreNames): boolean {
  try {
    for (const file of [path.dirname(names.folder), names.folder, names.database])
      if (fs.existsSync(file)) fs.accessSync(file, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function mutexIsTaken(names: StoreNames): Promise<boolean> {
  const mutex = await acquireMutex(names.mutex);
  await mutex?.release();
  return mutex === undefined;
}

/** Whether owning the database may work now. Undefined when only trying tells. */
async function causeIsGone(error: AppError, names: StoreNames): Promise<boolean | undefined> {
  switch (error.code) {
    case 'store.readOnly':
      return canWrite(names);
    case 'store.foreignLock':
      return !isHeldElsewhere(names);
    case 'store.newerVersion':
      // A newer window may have become the owner: then its copy is not needed, it serves us.
      return await mutexIsTaken(names);
    case 'store.engineMismatch':
      return false;
    default:
      return undefined;
  }
}

/** A copy of what is there, or an empty database where nothing is. It is gone when it is closed. */
async function openCopyOrNothing(deps: ReaderDeps): Promise<Database> {
  const { names, domain } = deps;
  const assets = engineAssets(deps.assets);
  const database = fs.existsSync(names.database) ? await openCopy(assets, names.database) : await openNothing(assets);
  try {
    const state = schemaState(database, domain.migrations);
    if (state.kind === 'older' || state.kind === 'empty') migrate(database, domain.migrations, deps.now);
    return database;
  } catch (error) {
    database.abandon();
    throw error;
  }
}

async function openNothing(assets: EngineAssets): Promise<Database> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'claudetask-none-'));
  const database = openDatabase(await loadSqlJs(assets), path.join(folder, 'none.db'), { create: true });
  const abandonFile = database.abandon;
  const abandon = () => {
    abandonFile();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return Object.defineProperties(database, { abandon: { value: abandon }, close: { value: abandon } });
}

/** Shows a copy of a database that cannot be owned, and refuses changes with the reason. Throws that reason when nothing can be read. */
export async function becomeReader(deps: ReaderDeps, error: AppError): Promise<Role> {
  const { names, audience } = deps;
  const before = fingerprint(names);
  let database: Database;
  try {
    database = await openCopyOrNothing(deps);
    for (const notice of database.notices) audience.notice(notice);
  } catch (cause) {
    audience.log('warn', `no read-only copy: ${cause instanceof Error ? cause.message : String(cause)}`);
    throw error;
  }
  const ended = openPromise();
  const dispatcher = deps.domain.createDispatcher(database, copyMaintenance(names, database, error));
  let looks = 0;
  let timer: NodeJS.Timeout | undefined = setTimeout(() => void look(), lookEvery);

  function close(): Promise<void> {
    if (timer === undefined) return ended.promise;
    clearTimeout(timer);
    timer = undefined;
    database.abandon();
    ended.keep();
    return ended.promise;
  }

  async function look(): Promise<void> {
    looks++;
    const gone = await causeIsGone(error, names).catch(() => undefined);
    if (timer === undefined) return;
    if (gone === true || (gone === undefined && looks >= tryAfter) || fingerprint(names) !== before) return void close();
    timer = setTimeout(() => void look(), lookEvery);
  }

  async function answer(call: PendingCall): Promise<unknown> {
    const { operation } = call.request;
    const contract = Object.entries(operationContracts).find(([name]) => name === operation)?.[1];
    if (contract?.mutates === true) throw error;
    if (dispatcher.isMaintenance(operation)) return await dispatcher.maintain(call.request);
    return dispatcher.dispatch(call.request).value;
  }

  return {
    state: { role: 'readOnly', error: error.toBody() },
    over: ended.promise,
    submit(call) {
      answer(call).then(
        (value) => call.answer({ ok: true, value }),
        (cause: unknown) =>
          call.answer(
            failure(AppError.is(cause) ? cause : new AppError('internal', `${call.request.operation} failed: ${String(cause)}`, {}, cause)),
          ),
      );
    },
    close,
  };
}

function copyMaintenance(names: StoreNames, database: Database, error: AppError): DatabaseMaintenance {
  const size = (file: string) => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return {
    status: () => ({
      file: names.database,
      bytes: size(names.database),
      walBytes: size(names.wal),
      schemaVersion: pragma(database, 'user_version'),
      sqlite: database.prepare<{ v: string }>('SELECT sqlite_version() AS v').get()?.v ?? '',
      lastBackup: null,
    }),
    backup: () => Promise.reject(error),
    async export(target) {
      const bytes = database.export();
      await fs.promises.writeFile(`${target}.tmp`, bytes, { flush: true });
      publish(`${target}.tmp`, target);
      return { file: target, bytes: bytes.length };
    },
    restore: () => Promise.reject(error),
    recordedAnchor: () => null,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
