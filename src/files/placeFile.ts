import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Place, Placed } from '../app/jobs/ports.ts';
import { AppError } from '../core/appError.ts';
import { relativeInside } from '../core/filePath.ts';
import { hasNoLinks } from './exchange.ts';
import { errnoOf, fileError } from './fileError.ts';
import { look } from './listing.ts';
import { realPathOf } from './realPath.ts';
import { nameBeside, syncFolderOf } from './temporary.ts';

type Content = Pick<Placed, 'bytes' | 'sha256'>;

/** Names tried beside one that is taken. */
const mostNames = 10_000;

/** Writes a content of any length beside its place, durably, and then puts it there at once: as a new file, or over the one that is there. */
export async function placeFile(content: AsyncIterable<string | Uint8Array>, place: Place): Promise<Placed> {
  const wanted = `${place.folder}/${place.path}`;
  try {
    const folder = await realPathOf(place.folder);
    const target = await realTarget(folder, wanted);
    await fs.promises.mkdir(path.dirname(target), { recursive: true });
    // A link may have been put in the way of what was missing before.
    if ((await realTarget(folder, wanted)) !== target) throw outside(wanted);
    const temporary = nameBeside(target, 'tmp');
    try {
      const written = await writeAll(temporary, content);
      const name = await put(temporary, target, place.ifExists, written);
      if (name === undefined) throw exists(wanted);
      await syncFolderOf(name);
      return { path: relativeInside(folder, name) ?? place.path, ...written };
    } finally {
      await fs.promises.rm(temporary, { force: true });
    }
  } catch (error) {
    throw fileError('Writing', wanted, error);
  }
}

const exists = (file: string) =>
  new AppError('file.exists', `${file} exists already. Choose another name, or let the job replace it or keep both (ifExists).`, {
    path: file,
  });
const outside = (file: string) =>
  new AppError('file.outside', `${file} leads out of its folder through a symbolic link. Nothing was written there.`, { path: file });

const steers = (file: string) =>
  new AppError(
    'file.outside',
    `${file} lies in a folder that steers programs, such as .git. Jobs and exports do not write there: choose another.`,
    {
      path: file,
    },
  );

/** Folders that steer programs: what is written there is run. Our database is in one of them. */
const steering = /(^|\/)\.(git|claudetask|claude|vscode)(\/|$)/i;

async function realTarget(folder: string, wanted: string): Promise<string> {
  const target = await realPathOf(wanted);
  const inside = relativeInside(folder, target) ?? '';
  if (inside === '') throw outside(wanted);
  if (steering.test(inside)) throw steers(wanted);
  return target;
}

async function writeAll(file: string, content: AsyncIterable<string | Uint8Array>): Promise<Content> {
  const handle = await fs.promises.open(file, 'wx', 0o666);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const part of content) {
      const chunk = typeof part === 'string' ? Buffer.from(part) : part;
      hash.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Answers under which name it is; undefined when the name is taken. */
async function put(temporary: string, target: string, ifExists: Place['ifExists'], written: Content): Promise<string | undefined> {
  if (ifExists === 'replace') {
    await fs.promises.rename(temporary, target);
    return target;
  }
  const { dir, name, ext } = path.parse(target);
  for (let n = 1; n <= mostNames; n++) {
    const candidate = n === 1 ? target : `${dir}/${name} (${n - 1})${ext}`;
    // A job that is taken up again may put there once more what it has put there before.
    if ((await putNew(temporary, candidate)) || (await holds(candidate, written))) return candidate;
    if (ifExists === 'fail') return undefined;
  }
  return undefined;
}

async function holds(file: string, { bytes, sha256 }: Content): Promise<boolean> {
  const found = await look(file, false);
  if (found instanceof Error || !found.isFile() || found.size !== bytes) return false;
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file)) hash.update(chunk);
  return hash.digest('hex') === sha256;
}

/** Answers false when the name is taken. */
async function putNew(temporary: string, target: string): Promise<boolean> {
  try {
    await fs.promises.link(temporary, target);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    if (!hasNoLinks(error)) throw error;
  }
  try {
    await fs.promises.copyFile(temporary, target, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}
