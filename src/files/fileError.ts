import { AppError } from '../core/appError.ts';
import { documentLimit } from '../core/document.ts';

/** The code that Node gives for what the system refused, such as ENOENT. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** No such file: also when a part of the path is a file where a folder should be. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errnoOf(error));

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not access it',
  EPERM: 'the system does not permit it',
  ELOOP: 'its symbolic links lead in a circle',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EBUSY: 'another program keeps it open',
  ENAMETOOLONG: 'its name is too long',
};

/** What `fs` threw, in words. `what` is what was tried, such as `Writing`. */
export function fileError(what: 'Reading' | 'Writing' | 'Moving' | 'Removing' | 'Watching', path: string, error: unknown): AppError {
  if (AppError.is(error)) return error;
  const errno = errnoOf(error);
  const reason = reasons[errno] ?? (error instanceof Error ? error.message : String(error));
  const code = what === 'Reading' ? 'file.unreadable' : 'file.io';
  return new AppError(code, `${what} ${path} failed: ${reason}.`, { path, errno }, error);
}

export const tooLarge = (path: string) =>
  new AppError('file.tooLarge', `${path} is larger than ${documentLimit / 1024 / 1024} MiB, more than Claude Code reads.`, {
    path,
    limit: documentLimit,
  });

export const notFound = (path: string) => new AppError('file.notFound', `${path} does not exist any more.`, { path });
