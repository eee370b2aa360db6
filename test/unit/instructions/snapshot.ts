import type { ImportContext } from '../../../src/core/instructions/importGraph.ts';
import type { FileView, SourceFiles } from '../../../src/core/instructions/sourceFiles.ts';

/** Files by absolute path; a number is the size of one that is too large to be made here. */
export function snapshot(contents: Readonly<Record<string, string | Partial<FileView>>>): SourceFiles {
  const files = new Map<string, FileView>();
  const folders = new Map<string, Set<string>>();
  for (const [path, content] of Object.entries(contents)) {
    const view = typeof content === 'string' ? { text: content } : { text: '', ...content };
    files.set(path, { bytes: Buffer.byteLength(view.text), ...view });
    for (let child = path, cut = child.lastIndexOf('/'); cut !== -1; child = child.slice(0, cut), cut = child.lastIndexOf('/')) {
      const folder = child.slice(0, cut) || '/';
      const names = folders.get(folder) ?? new Set<string>();
      folders.set(folder, names.add(child.slice(cut + 1)));
    }
  }
  return {
    read: (path) => files.get(path),
    exists: (path) => (files.has(path) ? 'file' : folders.has(path) ? 'folder' : undefined),
    list: (folder) => [...(folders.get(folder) ?? [])],
  };
}

export function contextOf(contents: Readonly<Record<string, string | Partial<FileView>>>): ImportContext {
  return { files: snapshot(contents), home: '/home/ann', workspace: '/work/app' };
}
