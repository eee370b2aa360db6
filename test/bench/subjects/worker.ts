// Our store as the product uses it: a client in this thread, the storage thread behind it.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Store } from '../../../src/app/ports.ts';
import { applicationId } from '../../../src/storage/engine/openFiles.ts';
import { eventually } from '../../rig/eventually.ts';
import { openStore } from '../../../src/storage/storeClient.ts';
import type { OpenOptions, OpenSubject, Subject } from '../subject.ts';
import { statusFor } from '../workload.ts';
import { noMaintenance, request } from '../productData.ts';
import { createDispatcher } from '../../../src/storage/dispatcher.ts';
import { sha256 } from '../../../src/storage/sha256.ts';
import { buildFolder as build } from '../assets.ts';
import { nativeSql, type NativeDatabase } from './native.ts';

export const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: (m: string) => console.error(m),
  error: (m: string, e?: unknown) => console.error(m, e),
};

/** Answers when the thread has done what it does after a start. The extension host listens to events too: a listener is part of the cost. */
export async function startStore(directory: string, worker: string): Promise<Store> {
  const store = openStore({
    directory,
    workerFile: path.join(build(), worker),
    assets: build(),
    actor: { kind: 'user', name: 'bench' },
    log: quiet,
  });
  store.onDidChange(() => undefined);
  store.onDidNotice((notice) => console.error(notice.message));
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (store.state.role === 'owner') resolve();
      else if (store.state.role === 'failed' || store.state.role === 'readOnly') reject(new Error(store.state.error.message));
    };
    store.onDidChangeState(look);
    look();
  });
  // A second after it opened the thread prepares the log and makes the day's backup, which another thread then checks.
  const backups = path.join(directory, '.claudetask', 'backups');
  await eventually('the first backup', () => fs.existsSync(backups) && fs.readdirSync(backups).some((f) => f.endsWith('.db')), 60_000);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return store;
}

function subjectOf(store: Store, move = false): Subject {
  return {
    async commit(id, text) {
      if (move) await store.call('task.move', { id, status: statusFor(text) });
      else await store.call('task.update', { id, patch: { description: text } });
    },
    // A log above 16 MB is moved 50 ms after the last commit: wait for that here, not in the next subject's turn.
    settle: () => new Promise((resolve) => setTimeout(resolve, 60)),
    close: () => store.close(),
  };
}

export async function openWorker({ dir }: OpenOptions): Promise<Subject> {
  const folder = path.join(dir, '.claudetask');
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'claudetask.db');
  fs.renameSync(path.join(dir, 'seed.db'), file);
  const { DatabaseSync } = createRequire(__filename)('node:sqlite') as { DatabaseSync: new (f: string) => NativeDatabase };
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 1;
    CREATE TABLE migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
    INSERT INTO migration VALUES (1, 'bench', 0)`);
  db.close();
  return subjectOf(await startStore(dir, 'rawWorker.cjs'));
}

/** The whole operation through the store: parsed, checked, with history, search index, audit chain and event. */
async function openWhole({ dir }: OpenOptions, move: boolean): Promise<Subject> {
  const folder = path.join(dir, '.claudetask');
  fs.mkdirSync(folder, { recursive: true });
  fs.renameSync(path.join(dir, 'seed.db'), path.join(folder, 'claudetask.db'));
  return subjectOf(await startStore(dir, 'productWorker.cjs'), move);
}

/** The same operation in this thread over better-sqlite3, one flush per transaction: what a native store would cost. */
function openWholeNative({ dir }: OpenOptions, move: boolean): Subject {
  const { sql, close } = nativeSql(path.join(dir, 'seed.db'));
  const dispatcher = createDispatcher({ sql, maintenance: noMaintenance, clock: { now: () => Date.now() }, hash: sha256 });
  return {
    commit(id, text) {
      if (move) dispatcher.dispatch(request('task.move', { id, status: statusFor(text) }));
      else dispatcher.dispatch(request('task.update', { id, patch: { description: text } }));
    },
    close,
  };
}

export const openUpdate: OpenSubject = (options) => openWhole(options, false);
export const openMove: OpenSubject = (options) => openWhole(options, true);
export const openUpdateNative: OpenSubject = (options) => openWholeNative(options, false);
export const openMoveNative: OpenSubject = (options) => openWholeNative(options, true);
