import * as fs from 'node:fs';
import * as os from 'node:os';
import { basename, join } from 'node:path';
import { AppError } from '../../core/appError.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { fileError } from './fileErrors.ts';
import { openInMemory } from './memoryDatabase.ts';
import { loadForReading, loadSqlJs } from './sqlJs.ts';
import type { EngineAssets } from './sqlJs.ts';

/**
 * A copy of a database that cannot be opened where it is: in a read-only folder, of a newer version, or because the engine is not the
 * pinned one. With the pinned engine the copy lies in a temporary folder and holds all that was committed; without, it is in memory and
 * holds the last checkpoint, and a notice says so. Whatever is done to it is lost when it is closed.
 */
export async function openCopy(assets: EngineAssets, path: string): Promise<Database> {
  try {
    const sqlJs = await loadSqlJs(assets);
    return openTemporaryCopy(path, (copy) => openDatabase(sqlJs, copy, { create: false }));
  } catch (error) {
    if (!AppError.is(error, 'store.engineMismatch')) throw error;
    return openInMemory(await loadForReading(assets), path, readFile(path), {
      severity: 'warning',
      message: `${error.message} Shown is the state of the last checkpoint: the newest changes may be missing here, but they are not lost.`,
    });
  }
}

function openTemporaryCopy(path: string, open: (copy: string) => Database): Database {
  const folder = fs.mkdtempSync(join(os.tmpdir(), 'claudetask-copy-'));
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, basename(path));
    copyQuietly(path, copy);
    const database = open(copy);
    const { abandon } = database;
    const end = () => {
      abandon();
      remove();
    };
    return Object.defineProperties(database, { close: { value: end }, abandon: { value: end } });
  } catch (error) {
    remove();
    throw AppError.is(error) ? error : fileError('Copying the database', error);
  }
}

/** Copies file and log. As long as the file stays as it is, any state of the log goes with it. */
function copyQuietly(path: string, copy: string): void {
  const look = () => {
    const { ino, size, mtimeMs } = fs.statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  };
  for (let attempt = 1; ; attempt++) {
    const before = look();
    copyOne(path, copy);
    if (fs.existsSync(`${path}-wal`)) copyOne(`${path}-wal`, `${copy}-wal`);
    if (before === look()) return;
    if (attempt === 5)
      throw new AppError('store.unavailable', `${basename(path)} is being written by another program. Try again in a moment.`, {});
  }
}

function copyOne(from: string, to: string): void {
  fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
  fs.chmodSync(to, 0o600);
}

function readFile(path: string): Uint8Array {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    throw fileError('Reading the database', error);
  }
}
