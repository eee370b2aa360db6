import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FileView, MoveOutcome, RemoveOutcome, WriteOptions, WriteOutcome } from '../app/filePorts.ts';
import { AppError } from '../core/appError.ts';
import { documentLimit } from '../core/document.ts';
import { hasNoLinks, restore } from './exchange.ts';
import { errnoOf, fileError, isMissing, notFound, tooLarge } from './fileError.ts';
import type { Aside, LateWrites } from './lateWrites.ts';
import { openAside } from './lateWrites.ts';
import { PathQueue } from './pathQueue.ts';
import { hashOf, readFile } from './readFile.ts';
import { isLink, realPathOf } from './realPath.ts';
import { replaceFile } from './replaceFile.ts';
import { Rivals } from './rivals.ts';
import { nameBeside, syncFolderOf, writeBeside } from './temporary.ts';

const newFileMode = 0o666;

const exists = (file: string) =>
  new AppError('file.exists', `${file} exists already. Choose another name, or look at what is there.`, { path: file });

/** The one place where files of the user are written, moved and removed. */
export class FileWriter {
  readonly #late: LateWrites;
  readonly #queue = new PathQueue();
  readonly #rivals = new Rivals();

  constructor(late: LateWrites) {
    this.#late = late;
  }

  async write(file: string, bytes: Uint8Array, { expected, mode = newFileMode }: WriteOptions): Promise<WriteOutcome> {
    if (bytes.length > documentLimit) throw tooLarge(file);
    try {
      const target = await realPathOf(file);
      return await this.#queue.run([target], () =>
        expected === null ? this.#create(file, target, bytes, mode) : this.#replace(file, target, bytes, expected),
      );
    } catch (error) {
      throw fileError('Writing', file, error);
    }
  }

  async #create(file: string, target: string, bytes: Uint8Array, mode: number): Promise<WriteOutcome> {
    await fs.promises.mkdir(path.dirname(target), { recursive: true });
    const temporary = await writeBeside(target, bytes, { new: mode });
    try {
      putNew(temporary, target);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      return { kind: 'conflict', theirs: await readFile(file), ours: bytes, passedOver: [] };
    } finally {
      await fs.promises.rm(temporary, { force: true });
    }
    return await this.#written(file, target, bytes);
  }

  async #replace(file: string, target: string, bytes: Uint8Array, expected: string): Promise<WriteOutcome> {
    const seen = await readFile(target);
    if (seen === undefined || seen.hash !== expected) return await this.#conflict(file, target, bytes, []);
    // A rename would replace a file that its owner has made read-only.
    await fs.promises.access(target, fs.constants.W_OK);
    if (seen.hash === hashOf(bytes)) return { kind: 'written', file: { ...seen, path: file, isSymlink: await isLink(file) } };
    const contended = this.#rivals.isContended(target, seen);
    const source = await writeBeside(target, bytes, { exact: seen.mode });
    try {
      const replaced = await replaceFile({ path: file, target, source, bytes, expected, contended }, this.#late);
      if (replaced.kind === 'replaced') return await this.#written(file, target, bytes);
      await syncFolderOf(target);
      return await this.#conflict(file, target, bytes, replaced.held);
    } finally {
      await fs.promises.rm(source, { force: true });
    }
  }

  async #written(file: string, target: string, bytes: Uint8Array): Promise<WriteOutcome> {
    await syncFolderOf(target);
    const hash = hashOf(bytes);
    this.#rivals.wrote(target, hash);
    // Somebody may have written again by now: what is told is what was written.
    const stat = await fs.promises.stat(target).catch(() => undefined);
    const view: FileView = {
      path: file,
      bytes,
      hash,
      mode: (stat?.mode ?? newFileMode) & 0o777,
      modifiedAt: stat?.mtimeMs ?? Date.now(),
      isSymlink: await isLink(file),
      realPath: target,
    };
    return { kind: 'written', file: view };
  }

  async #conflict(file: string, target: string, ours: Uint8Array, held: readonly Uint8Array[]): Promise<WriteOutcome> {
    this.#rivals.met(target);
    const theirs = await readFile(file);
    return { kind: 'conflict', theirs, ours, passedOver: held.filter((content) => hashOf(content) !== theirs?.hash) };
  }

  async remove(file: string, expected: string): Promise<RemoveOutcome> {
    try {
      return await this.#queue.run([file], async () => {
        const seen = await readFile(file);
        if (seen === undefined) throw notFound(file);
        if (seen.hash !== expected) return { kind: 'conflict', theirs: seen, passedOver: [] };
        if (seen.isSymlink) {
          await fs.promises.unlink(file);
        } else {
          const taken = await takeOut(file);
          if (taken === undefined) throw notFound(file);
          if (taken.hash !== expected) return await this.#giveBack(taken, file);
          await this.#late.letGo(taken, file);
        }
        await syncFolderOf(file);
        return { kind: 'removed' };
      });
    } catch (error) {
      throw fileError('Removing', file, error);
    }
  }

  /** What was taken out is not what the caller has seen. */
  async #giveBack(taken: Aside, file: string): Promise<{ kind: 'conflict'; theirs: FileView | undefined; passedOver: Uint8Array[] }> {
    this.#rivals.met(file);
    const isBack = restore(taken.name, file);
    if (isBack) await taken.handle.close();
    else await this.#late.letGo(taken, file);
    const theirs = await readFile(file);
    return { kind: 'conflict', theirs, passedOver: theirs?.hash === taken.hash ? [] : [taken.bytes] };
  }

  async move(from: string, to: string, expected: string): Promise<MoveOutcome> {
    try {
      return await this.#queue.run([from, to], async () => {
        const seen = await readFile(from);
        if (seen === undefined) throw notFound(from);
        if (seen.hash !== expected) return { kind: 'conflict', theirs: seen, passedOver: [] };
        if (await isSameEntry(from, to)) {
          await fs.promises.rename(from, to);
          return { kind: 'moved' };
        }
        await fs.promises.mkdir(path.dirname(to), { recursive: true });
        return seen.isSymlink ? await moveLink(from, to) : await this.#moveFile(from, to, seen);
      });
    } catch (error) {
      throw fileError('Moving', from, error);
    }
  }

  async #moveFile(from: string, to: string, seen: FileView): Promise<MoveOutcome> {
    const taken = await takeOut(from);
    if (taken === undefined) throw notFound(from);
    if (taken.hash !== seen.hash) return await this.#giveBack(taken, from);
    let isCopy: boolean;
    try {
      isCopy = await putMoved(taken.name, to, seen);
    } catch (error) {
      if (!restore(taken.name, from)) return await this.#giveBack(taken, from);
      await taken.handle.close();
      throw errnoOf(error) === 'EEXIST' ? exists(to) : error;
    }
    if (isCopy) {
      await this.#late.letGo(taken, from);
    } else {
      // It is the same file still: what is written into it late is not lost.
      await fs.promises.rm(taken.name, { force: true });
      await taken.handle.close();
    }
    await Promise.all([syncFolderOf(from), syncFolderOf(to)]);
    this.#rivals.wrote(to, seen.hash);
    return { kind: 'moved' };
  }
}

/** Gives a finished file its name unless that is taken: then EEXIST. The source may stay. */
function putNew(source: string, target: string): void {
  try {
    fs.linkSync(source, target);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    fs.copyFileSync(source, target, fs.constants.COPYFILE_EXCL);
  }
}

/** Answers whether it had to be copied, to another disk. */
async function putMoved(source: string, to: string, { bytes, mode }: FileView): Promise<boolean> {
  try {
    fs.linkSync(source, to);
    return false;
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV' && !hasNoLinks(error)) throw error;
    const temporary = await writeBeside(to, bytes, { exact: mode });
    try {
      putNew(temporary, to);
      return true;
    } finally {
      await fs.promises.rm(temporary, { force: true });
    }
  }
}

/** Takes a file away from its name, so that nobody can write to it by that name any more. Undefined when there is none. */
async function takeOut(file: string): Promise<Aside | undefined> {
  const aside = nameBeside(file, 'aside');
  try {
    await fs.promises.rename(file, aside);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return await openAside(aside);
}

/** Two names of one file that differ in case only, on a disk that does not tell them apart. */
async function isSameEntry(from: string, to: string): Promise<boolean> {
  if (from === to) return true;
  if (from.toLowerCase() !== to.toLowerCase()) return false;
  try {
    const [a, b] = await Promise.all([fs.promises.lstat(from, { bigint: true }), fs.promises.lstat(to, { bigint: true })]);
    return a.ino === b.ino && a.dev === b.dev && a.nlink === 1n;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function moveLink(from: string, to: string): Promise<MoveOutcome> {
  try {
    const target = await fs.promises.readlink(from);
    const whole = path.resolve(path.dirname(from), target);
    await fs.promises.symlink(path.isAbsolute(target) ? target : path.relative(path.dirname(to), whole), to);
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? exists(to) : error;
  }
  await fs.promises.unlink(from);
  return { kind: 'moved' };
}
