import { folderOf, isAbsolutePath, isInside, resolvePath, withSlashes } from '../core/filePath.ts';
import type { ProjectOperationOutput } from '../protocol/projectOperations.ts';

/** What a path is, links followed; null when there is nothing. Paths are absolute, with `/`. */
export type Look = (path: string) => Promise<{ real: string; kind: 'file' | 'directory' | 'other' } | null>;

type Report = ProjectOperationOutput<'project.validatePath'>;

const onWindows = /^([A-Za-z]:\/|\/\/)/;

/** Windows does not tell apart the cases of letters. */
function holds(folder: string, path: string): boolean {
  return onWindows.test(folder) ? isInside(folder.toLowerCase(), path.toLowerCase()) : isInside(folder, path);
}

/** Absolute, with `/`; undefined when it is meant from somewhere else than the folder. */
function absolute(folder: string, path: string): string | undefined {
  if (path.startsWith('~')) return undefined;
  // Elsewhere `\` is a letter like any other, but nobody means a file called `C:\work`.
  const slashed = onWindows.test(folder) || /^([A-Za-z]:\\|\\\\)/.test(path) ? withSlashes(path) : path;
  if (/^[A-Za-z]:(?!\/)/.test(slashed) && onWindows.test(folder)) return undefined;
  return isAbsolutePath(slashed) ? resolvePath('/', slashed) : resolvePath(folder, slashed);
}

/** Where a path really is, which may be nowhere: then its folder tells, or that one's. */
async function realPlace(folder: string, path: string, look: Look): Promise<string | undefined> {
  for (let at = path; holds(folder, at) && at.length > folder.length; at = folderOf(at)) {
    const found = await look(at);
    if (found !== null) return found.real;
  }
  return undefined;
}

/** Refuses nothing: a path that leads out, also by a link on its way, is answered as outside, and not told of whether it exists. */
export async function pathReport(folder: string, path: string, look: Look): Promise<Report> {
  // Either name will do: on macOS what is opened as `/tmp/app` is really `/private/tmp/app`.
  const real = (await look(folder))?.real ?? folder;
  const whole = absolute(folder, path);
  const outside: Report = { path: whole ?? path, inside: false, kind: null, isGitRepository: false, hasInstructions: false };
  const named = [folder, real].find((one) => whole !== undefined && holds(one, whole));
  if (whole === undefined || named === undefined) return outside;
  const found = await look(whole);
  if (!holds(real, found?.real ?? (await realPlace(named, folderOf(whole), look)) ?? real)) return outside;
  const isThere = async (name: string, kind?: 'file') => {
    const entry = found?.kind === 'directory' ? await look(resolvePath(whole, name)) : null;
    return entry !== null && (kind === undefined || entry.kind === kind);
  };
  return {
    path: whole,
    inside: true,
    kind: found?.kind ?? null,
    isGitRepository: await isThere('.git'),
    hasInstructions: (await isThere('CLAUDE.md', 'file')) || (await isThere('.claude/CLAUDE.md', 'file')),
  };
}
