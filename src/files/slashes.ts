/** Paths of ours have `/` on every platform; Windows takes them as they are. */
export const toSlashes: (path: string) => string = process.platform === 'win32' ? (path) => path.replaceAll('\\', '/') : (path) => path;
