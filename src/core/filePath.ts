// Paths here are absolute, with `/`, also on Windows (`C:/work`, `//server/share`). node:path is out of reach: core runs where there is no Node.

const driveRoot = /^[A-Za-z]:\//;

/** Length of what a path cannot climb above: `/`, `C:/` or `//server/share/`; 0 for a relative path. */
function rootLength(path: string): number {
  if (driveRoot.test(path)) return 3;
  if (path.startsWith('//')) {
    const share = path.indexOf('/', 2);
    if (share === -1) return path.length;
    const end = path.indexOf('/', share + 1);
    return end === -1 ? path.length : end + 1;
  }
  return path.startsWith('/') ? 1 : 0;
}

/** What Windows and VS Code give, as paths here are written. */
export function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

export function isAbsolutePath(path: string): boolean {
  return rootLength(path) > 0;
}

/** `path` as seen from `folder`, without `.` and `..`; an absolute `path` stays where it is. */
export function resolvePath(folder: string, path: string): string {
  const whole = isAbsolutePath(path) ? path : folder + (folder.endsWith('/') ? '' : '/') + path;
  const root = rootLength(whole);
  const parts: string[] = [];
  for (const part of whole.slice(root).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const start = whole.slice(0, root);
  return start + (start.endsWith('/') || parts.length === 0 ? '' : '/') + parts.join('/');
}

/** The folder that holds a path; a root holds itself. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  const root = rootLength(path);
  return cut < root ? path.slice(0, root) : path.slice(0, cut);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** True for the folder itself, too. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** `path` relative to `folder`, without a leading `./`; undefined when it is not inside. */
export function relativeInside(folder: string, path: string): string | undefined {
  if (!isInside(folder, path)) return undefined;
  return path.slice(folder.endsWith('/') ? folder.length : folder.length + 1);
}

/** `path` relative to `folder`, with `..` where it must climb; absolute when they share no root. */
export function relativePath(folder: string, path: string): string {
  let up = '';
  for (let base = folder; ; base = folderOf(base)) {
    const inside = relativeInside(base, path);
    if (inside !== undefined) return up + inside;
    if (folderOf(base) === base) return path;
    up += '../';
  }
}

/** The root, every folder down to `folder`, and `folder` itself. */
export function foldersDownTo(folder: string): string[] {
  const folders = [folder];
  for (let next = folderOf(folder); next !== folders[0]; next = folderOf(next)) folders.unshift(next);
  return folders;
}
