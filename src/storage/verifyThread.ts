import * as path from 'node:path';
import { parentPort, Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { ErrorBody } from '../core/appError.ts';
import { AppError } from '../core/appError.ts';
import { openDatabase } from './engine/database.ts';
import { loadSqlJs } from './engine/sqlJs.ts';
import { pragma } from './migrate.ts';
import { engineAssets } from './names.ts';

/** What the thread that checks a copy is started with. */
export interface VerifyThreadData {
  task: 'verify';
  file: string;
  assets: string;
}

/** What a copy was found to be. */
export interface Verified {
  schemaVersion: number;
}

const answer = z.union([
  z.object({ ok: z.literal(true), schemaVersion: z.int() }),
  z.object({ ok: z.literal(false), error: z.custom<ErrorBody>((value) => typeof value === 'object' && value !== null && 'code' in value) }),
]);

const limit = 10 * 60_000;

/**
 * Reads every page of a copy, in a thread of its own that owns nothing else, so that callers do not wait. The file may be
 * written to: a log that lies beside it is moved into it. Throws `store.damaged` when it is not a whole ClaudeTask database.
 */
export function verifyCopy(workerFile: string, assets: string, file: string): Promise<Verified> {
  const data: VerifyThreadData = { task: 'verify', file, assets };
  return new Promise((resolve, reject) => {
    const thread = new Worker(workerFile, { workerData: data, name: 'claudetask verify' });
    const timer = setTimeout(() => void thread.terminate(), limit);
    const unreadable = (cause?: unknown) =>
      reject(new AppError('store.damaged', `${path.basename(file)} could not be checked. Try again; the log says more.`, { file }, cause));
    thread.once('message', (message) => {
      const result = answer.safeParse(message);
      if (!result.success) unreadable(result.error);
      else if (result.data.ok) resolve({ schemaVersion: result.data.schemaVersion });
      else reject(AppError.fromBody(result.data.error));
    });
    thread.once('error', unreadable);
    thread.once('exit', () => {
      clearTimeout(timer);
      unreadable();
    });
  });
}

async function check({ file, assets }: VerifyThreadData): Promise<Verified> {
  const sqlJs = await loadSqlJs(engineAssets(assets));
  const database = openDatabase(sqlJs, file, { create: false, cacheKiB: 8192 });
  try {
    const found = database.prepare<{ quick_check: string }>('PRAGMA quick_check(5)').all();
    const problems = found.map((row) => row.quick_check).filter((text) => text !== 'ok');
    if (problems.length > 0) throw new AppError('store.damaged', `${path.basename(file)} is damaged: ${problems.join('; ')}`, { problems });
    const version = pragma(database, 'user_version');
    if (version === 0) throw new AppError('store.damaged', `${path.basename(file)} holds no tasks of ClaudeTask.`, { reason: 'empty' });
    return { schemaVersion: version };
  } finally {
    database.close();
  }
}

/** The life of that thread. */
export async function runVerifyThread(data: VerifyThreadData): Promise<void> {
  try {
    parentPort?.postMessage({ ok: true, ...(await check(data)) });
  } catch (error) {
    const body = AppError.is(error)
      ? error.toBody()
      : { code: 'store.damaged', message: error instanceof Error ? error.message : String(error) };
    parentPort?.postMessage({ ok: false, error: body });
  }
}
