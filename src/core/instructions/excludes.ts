import picomatch from 'picomatch';

const matchers = new WeakMap<readonly string[], (path: string) => boolean>();

/** Whether `claudeMdExcludes`, globs over absolute paths, leave a file out. */
export function isExcluded(path: string, globs: readonly string[]): boolean {
  if (globs.length === 0) return false;
  let matcher = matchers.get(globs);
  if (matcher === undefined) {
    matcher = picomatch(
      globs.map((glob) => glob.replaceAll('\\', '/')),
      { dot: true, windows: false },
    );
    matchers.set(globs, matcher);
  }
  return matcher(path);
}
