import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RunFile } from '../../protocol/jobs/runs.ts';
import type { LiveRun } from './liveRun.ts';

/** A name for a file of the run's folder: of the step, with letters, digits, points and hyphens only. */
export const fileName = (...parts: string[]): string =>
  parts
    .join('-')
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9.-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[.-]+/, '')
    .slice(-120);

/** The absolute path of a file in the run's folder, which is made when it is not there. */
export async function inRunFolder(run: Pick<LiveRun, 'surroundings'>, name: string): Promise<string> {
  const folder = run.surroundings.runFolder;
  await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
  return path.join(folder, name);
}

export async function measure(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(fs.createReadStream(file), hash);
  const { size } = await fs.promises.stat(file);
  return { bytes: size, sha256: hash.digest('hex') };
}

/** Writes a file that stays with the run, and reports it. */
export async function keep(run: LiveRun, kind: RunFile['kind'], name: string, content: string | Buffer): Promise<RunFile> {
  const file = await inRunFolder(run, name);
  await fs.promises.writeFile(file, content, { mode: 0o600 });
  const kept = { kind, path: name, ...(await measure(file)) };
  run.commits.file(kept);
  return kept;
}
