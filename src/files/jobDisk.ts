import type { JobDisk } from '../app/jobs/ports.ts';
import * as fs from 'node:fs';
import { AppError } from '../core/appError.ts';
import { isInside } from '../core/filePath.ts';
import { fileError, isMissing, notFound } from './fileError.ts';
import { list, look } from './listing.ts';
import { placeFile } from './placeFile.ts';
import { realPathOf } from './realPath.ts';

const isJobFile = (name: string) => /^[^.].*\.job\.(ya?ml|json)$/i.test(name);
const mostDepth = 12;
const mostFiles = 5000;

/** Links are not followed: a job file that is shared comes with the project. */
async function jobFilesBelow(folder: string, depth: number, found: string[]): Promise<void> {
  const entries = await list(folder);
  if (!Array.isArray(entries) || depth > mostDepth) return;
  for (const entry of entries) {
    if (found.length >= mostFiles) return;
    if (entry.isDirectory() && !entry.name.startsWith('.')) await jobFilesBelow(`${folder}/${entry.name}`, depth + 1, found);
    else if (entry.isFile() && isJobFile(entry.name)) found.push(`${folder}/${entry.name}`);
  }
}

export function createJobDisk(): JobDisk {
  return {
    async list(folder) {
      const found: string[] = [];
      await jobFilesBelow(folder, 0, found);
      return found.sort();
    },
    async makeFolder(path) {
      try {
        await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
      } catch (error) {
        throw fileError('Writing', path, error);
      }
    },
    async removeFolder(path) {
      try {
        await fs.promises.rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
      } catch (error) {
        throw fileError('Removing', path, error);
      }
    },
    async publish(source, place) {
      const file = `${source.folder}/${source.path}`;
      const found = await look(file);
      if (found instanceof Error) throw isMissing(found) ? notFound(file) : fileError('Reading', file, found);
      const [folder, real] = await Promise.all([realPathOf(source.folder), realPathOf(file)]);
      if (!isInside(folder, real) || !found.isFile()) {
        throw new AppError('file.outside', `${file} is not a file of this run. Nothing was put into the workspace.`, { path: file });
      }
      return await placeFile(fs.createReadStream(real), place);
    },
    write: placeFile,
  };
}
