import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AuditAnchor, DatabaseMaintenance } from '../app/ports.ts';
import { AppError } from '../core/appError.ts';
import type { Backups } from './backup.ts';
import { copyQuietly, publish } from './copyFile.ts';
import type { Database } from './engine/database.ts';
import { fileError } from './engine/fileErrors.ts';
import { freeName, stamp } from './folder.ts';
import { pragma } from './migrate.ts';
import type { StoreNames } from './names.ts';
import { bindFileOf } from './names.ts';
import type { Verified } from './verifyThread.ts';

export interface MaintenanceDeps {
  names: StoreNames;
  database: Database;
  backups: Backups;
  newestSchema: number;
  verify(file: string): Promise<Verified>;
  recordedAnchor(): AuditAnchor | null;
  /** Closes the database, lets `swap` exchange the files, opens what is there then, and tells everyone. Calls wait meanwhile. */
  exchange(swap: () => void, undo: () => void): Promise<void>;
  now(): number;
}

const fileSize = (file: string) => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;

export function createMaintenance(deps: MaintenanceDeps): DatabaseMaintenance {
  const { names, database, backups } = deps;

  /** Brings the file to be restored here as one file, and makes sure that it is whole before anything is touched. */
  async function stage(source: string): Promise<string> {
    const staged = path.join(names.folder, `.restore-${randomBytes(4).toString('hex')}.db`);
    try {
      await copyQuietly(source, staged);
      // A database that was copied while it was open has its newest rows beside it.
      if (fs.existsSync(`${source}-wal`)) await copyQuietly(`${source}-wal`, `${staged}-wal`);
      const { schemaVersion } = await deps.verify(staged);
      if (schemaVersion > deps.newestSchema) {
        throw new AppError(
          'store.newerVersion',
          `${path.basename(source)} was written by a newer version of ClaudeTask. Update the extension to restore it.`,
          { version: schemaVersion },
        );
      }
      return staged;
    } catch (error) {
      removeStaged(staged);
      throw fileError(`Restoring ${source}`, error);
    }
  }

  function removeStaged(staged: string): void {
    for (const ending of ['', '-wal', '-bind.json']) fs.rmSync(staged + ending, { force: true });
  }

  function clearBeside(): void {
    fs.rmSync(names.wal, { force: true });
    fs.rmSync(bindFileOf(names), { force: true });
  }

  return {
    status: () => ({
      file: names.database,
      bytes: fileSize(names.database),
      walBytes: database.walSize,
      schemaVersion: pragma(database, 'user_version'),
      sqlite: database.prepare<{ v: string }>('SELECT sqlite_version() AS v').get()?.v ?? '',
      lastBackup: backups.latest(),
    }),
    backup: async () => ({ file: await backups.make() }),
    async export(target) {
      if (path.resolve(target).startsWith(names.folder + path.sep)) {
        throw new AppError(
          'input.invalid',
          `An export cannot go into ${names.folder}, which ClaudeTask keeps for itself. Choose another folder.`,
          { field: 'path' },
        );
      }
      return await backups.copyTo(path.resolve(target));
    },
    async restore(source) {
      const staged = await stage(path.resolve(source));
      const aside = freeName(names.folder, `claudetask.${stamp(deps.now())}.replaced`, '.db');
      try {
        await deps.exchange(
          () => {
            fs.renameSync(names.database, aside);
            // Left only by a log that could not be emptied: it goes with its database.
            if (fileSize(names.wal) > 0) fs.renameSync(names.wal, `${aside}-wal`);
            clearBeside();
            publish(staged, names.database);
          },
          () => {
            if (!fs.existsSync(aside)) return;
            clearBeside();
            fs.rmSync(names.database, { force: true });
            publish(aside, names.database);
            if (fs.existsSync(`${aside}-wal`)) fs.renameSync(`${aside}-wal`, names.wal);
          },
        );
      } finally {
        removeStaged(staged);
      }
      return { keptAside: aside };
    },
    recordedAnchor: deps.recordedAnchor,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
