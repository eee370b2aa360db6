import { AppError } from '../../core/appError.ts';

// WASI numbers, which are what Emscripten's C library understands.
const wasiNumbers: Readonly<Record<string, number>> = {
  EACCES: 2,
  EAGAIN: 6,
  EBADF: 8,
  EBUSY: 10,
  EDQUOT: 19,
  EEXIST: 20,
  EFBIG: 22,
  EINTR: 27,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENFILE: 41,
  ENODEV: 43,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  EPERM: 63,
  EROFS: 69,
};
export const wasiEio = 29;

/** The code of a system error such as `ENOSPC`, or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function wasiNumber(error: unknown): number {
  return wasiNumbers[systemCode(error) ?? 'EIO'] ?? wasiEio;
}

/** An operating system's refusal in words for a person. */
export function fileError(what: string, error: unknown): AppError {
  if (AppError.is(error)) return error;
  const errno = systemCode(error);
  if (errno === undefined) {
    const why = error instanceof Error ? error.message : String(error);
    return new AppError('store.io', `${what} failed: ${why}. Try again; if it fails again, restart the window.`, { errno: 'EIO' }, error);
  }
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError(
        'store.diskFull',
        `${what} failed because the disk is full (${errno}). Nothing that was saved before is lost. Free some space; work goes on by itself.`,
        { errno },
        error,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError(
        'store.readOnly',
        `${what} failed because the file or its folder is write-protected (${errno}). Allow writing there and try again.`,
        { errno, reason: 'writeProtected' },
        error,
      );
    default:
      return new AppError(
        'store.io',
        `${what} failed: the operating system answered ${errno}. Check the disk and that the folder is still there.`,
        { errno },
        error,
      );
  }
}
