import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { copyQuietly, markSelfContained, publish } from './copyFile.ts';
import { fileError } from './engine/fileErrors.ts';
import { freeName, stamp } from './folder.ts';
import type { StoreNames } from './names.ts';

export interface BackupDeps {
  names: StoreNames;
  /** Moves the log into the main file and keeps it untouched until the function that is answered is called. */
  holdMainFile(): () => void;
  /** Throws when a copy is not whole. */
  verify(file: string): Promise<unknown>;
  now(): number;
}

export interface Backups {
  /** Full path of the newest one. */
  latest(): string | null;
  /** True when the newest is older than a day. */
  due(): boolean;
  /** Makes and verifies one, and removes the oldest. Callers go on meanwhile. Answers its path. */
  make(suffix?: string): Promise<string>;
  /** A verified copy anywhere; a file that is there is replaced once the copy is whole. */
  copyTo(target: string): Promise<{ file: string; bytes: number }>;
}

/** How many backups stay. */
const kept = 5;
const day = 24 * 60 * 60 * 1000;
const pattern = /^claudetask\.(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})\b.*\.db$/;

function timeOf(name: string): number {
  const [, year, month, date, hour, minute, second] = pattern.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
}

export function createBackups(deps: BackupDeps): Backups {
  const { names } = deps;

  /** Oldest first. Two of the same second have names that do not sort by age, but files that do. */
  function list(): string[] {
    try {
      return fs
        .readdirSync(names.backups)
        .filter((name) => pattern.test(name))
        .map((name) => ({ name, time: timeOf(name), written: fs.statSync(path.join(names.backups, name)).mtimeMs }))
        .sort((a, b) => a.time - b.time || a.written - b.written)
        .map(({ name }) => name);
    } catch {
      return [];
    }
  }

  function prune(): void {
    for (const name of list().slice(0, -kept)) fs.rmSync(path.join(names.backups, name), { force: true });
  }

  /** The copy has its final name only when it is known to be whole. */
  async function copyTo(target: string): Promise<{ file: string; bytes: number }> {
    const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(4).toString('hex')}.tmp`);
    try {
      fs.mkdirSync(path.dirname(target), { recursive: true });
      const letGo = deps.holdMainFile();
      let bytes = 0;
      try {
        bytes = await copyQuietly(names.database, temporary);
      } finally {
        letGo();
      }
      await deps.verify(temporary);
      await markSelfContained(temporary);
      publish(temporary, target);
      return { file: target, bytes };
    } catch (error) {
      throw fileError(`Copying the task database to ${target}`, error);
    } finally {
      for (const ending of ['', '-wal', '-bind.json']) fs.rmSync(temporary + ending, { force: true });
    }
  }

  const latest = () => {
    const name = list().at(-1);
    return name === undefined ? null : path.join(names.backups, name);
  };

  return {
    latest,
    due() {
      const newest = latest();
      return newest === null || deps.now() - timeOf(path.basename(newest)) >= day;
    },
    async make(suffix = '') {
      const { file } = await copyTo(freeName(names.backups, `claudetask.${stamp(deps.now())}${suffix}`, '.db'));
      prune();
      return file;
    },
    copyTo,
  };
}
