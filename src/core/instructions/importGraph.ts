import { isInside, folderOf, resolvePath } from './filePath.ts';
import type { ImportRef } from './imports.ts';
import { importsOf, maxInstructionBytes, type SourceFiles } from './sourceFiles.ts';

export type ImportState =
  | 'loaded'
  | 'missing'
  /** One of the files it is imported by. */
  | 'circular'
  /** Loaded already, by an earlier import. */
  | 'duplicate'
  | 'tooDeep'
  | 'folder'
  | 'tooLarge'
  | 'binary'
  | 'unreadable';

export interface ImportNode {
  ref: ImportRef;
  /** Absolute. */
  path: string;
  /** 1 for what the file itself imports. */
  depth: number;
  state: ImportState;
  /** Paths along the circle, with the same path at both ends; only when `state` is circular. */
  cycle?: readonly string[];
  /** A file of the workspace reaches out of it: Claude Code asks once before it loads such a file. */
  outside: boolean;
  imports: readonly ImportNode[];
}

export interface ImportContext {
  files: SourceFiles;
  /** The user's home folder, for `@~/`. */
  home: string;
  /** The folder Claude Code works in. */
  workspace: string;
}

/** Hops that Claude Code documents (memory.md): what takes more is not promised to load. */
export const maxHops = 4;

export function resolveImport(ref: ImportRef, from: string, home: string): string {
  return ref.path.startsWith('~/') ? resolvePath(home, ref.path.slice(2)) : resolvePath(folderOf(from), ref.path);
}

/**
 * What a file imports, and what those import in turn, depth first in the order Claude Code takes. Each file is expanded once; `loaded` holds
 * those that have been, and grows.
 */
export function readImports(path: string, context: ImportContext, loaded: Set<string> = new Set([path])): ImportNode[] {
  const { files, home, workspace } = context;
  const fromWorkspace = isInside(workspace, path);
  const trail = [path];

  const stateOf = (target: string): ImportState => {
    if (trail.includes(target)) return 'circular';
    if (loaded.has(target)) return 'duplicate';
    const kind = files.exists(target);
    if (kind !== 'file') return kind ?? 'missing';
    if (trail.length > maxHops) return 'tooDeep';
    const file = files.read(target);
    if (file === undefined) return 'unreadable';
    if (file.binary === true) return 'binary';
    return file.bytes > maxInstructionBytes ? 'tooLarge' : 'loaded';
  };

  const expand = (from: string): ImportNode[] => {
    const file = files.read(from);
    if (file === undefined) return [];
    return importsOf(file).map((ref) => {
      const target = resolveImport(ref, from, home);
      const state = stateOf(target);
      const node = { ref, path: target, depth: trail.length, state, outside: fromWorkspace && !isInside(workspace, target) };
      if (state === 'circular') return { ...node, cycle: [...trail.slice(trail.indexOf(target)), target], imports: [] };
      if (state !== 'loaded') return { ...node, imports: [] };
      loaded.add(target);
      trail.push(target);
      const imports = expand(target);
      trail.pop();
      return { ...node, imports };
    });
  };
  return expand(path);
}
