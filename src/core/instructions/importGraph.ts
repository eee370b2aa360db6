import { isExcluded } from './excludes.ts';
import { folderOf, isInside, nameOf, resolvePath } from '../filePath.ts';
import type { ImportRef } from './imports.ts';
import { importsOf, maxInstructionBytes, realPathOf, type SourceFiles } from './sourceFiles.ts';

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
  /** Its name does not end as that of a text: Claude Code goes by the name alone. */
  | 'binary'
  /** By `claudeMdExcludes`. */
  | 'excluded'
  /** Outside of the workspace, which the user has not allowed. */
  | 'unapproved'
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
  /** `claudeMdExcludes` of all settings levels together: they hold for imports, too. */
  excludes?: readonly string[];
  /** Whether the user has allowed imports from outside of the workspace, which Claude Code asks once per project. Taken for granted when unknown. */
  outsideApproved?: boolean;
}

export interface ReadOptions {
  /** Real paths of files that are expanded already and not again; it grows. */
  loaded?: Set<string>;
  /** A file of the user's own may import from everywhere. */
  isUsers?: boolean;
}

/** Files that are imported over more hops are not loaded (memory.md; measured with CLI 2.1.330). */
export const maxHops = 4;

const textNames = new Set(
  (
    'c f h r cc cs ex go hs js kt md ml pl pm py rb rs sh ts bat cfg cjs clj cmd cpp css csv cts cxx edn ejs elm env erb erl exs f90 f95 for gql hbs hpp ' +
    'hrl htm hxx ini jsx kts lhs log lua mjs mli mts org php ps1 pug pyi pyw rst sbt sql tex tsx txt vue xml yml zsh adoc bash cljc cljs conf dart diff ' +
    'fish html jade java json lock make proto rake sass scss svelte swift text toml yaml astro cmake latex less patch scala config gradle graphql ' +
    'asciidoc properties'
  ).split(' '),
);

/** Whether Claude Code would import a file of that name: one without an extension, or with one that it takes for text (measured with CLI 2.1.330). */
export function isImportable(path: string): boolean {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 || textNames.has(name.slice(dot + 1).toLowerCase());
}

/** An import in a file that a link leads to is relative to where that leads. */
export function resolveImport(ref: ImportRef, from: string, home: string): string {
  return ref.path.startsWith('~/') ? resolvePath(home, ref.path.slice(2)) : resolvePath(folderOf(from), ref.path);
}

/**
 * What a file imports, and what those import in turn, depth first in the order Claude Code takes. Each file is expanded once, whatever paths lead
 * to it.
 */
export function readImports(path: string, context: ImportContext, options: ReadOptions = {}): readonly ImportNode[] {
  const { files, home, workspace, excludes = [], outsideApproved } = context;
  const { loaded = new Set([realPathOf(files, path)]), isUsers = isInside(`${home}/.claude`, path) } = options;
  const realWorkspace = realPathOf(files, workspace);
  const trail = [{ path, real: realPathOf(files, path) }];

  const stateOf = (target: string, real: string, outside: boolean): ImportState => {
    if (trail.some((one) => one.real === real)) return 'circular';
    if (loaded.has(real)) return 'duplicate';
    const kind = files.exists(target);
    if (kind !== 'file') return kind ?? 'missing';
    if (!isImportable(target)) return 'binary';
    if (isExcluded(target, excludes)) return 'excluded';
    if (outside && outsideApproved === false) return 'unapproved';
    if (trail.length > maxHops) return 'tooDeep';
    const file = files.read(target);
    if (file === undefined) return 'unreadable';
    return file.bytes > maxInstructionBytes ? 'tooLarge' : 'loaded';
  };

  const expand = (from: { path: string; real: string }): readonly ImportNode[] => {
    const file = files.read(from.path);
    if (file === undefined) return [];
    return importsOf(file).map((ref) => {
      const target = resolveImport(ref, from.real, home);
      const real = realPathOf(files, target);
      // A link that leads in is no way in, and one that leads out is a way out.
      const outside = !isUsers && !((isInside(workspace, target) || isInside(realWorkspace, target)) && isInside(realWorkspace, real));
      const state = stateOf(target, real, outside);
      const node = { ref, path: target, depth: trail.length, state, outside };
      if (state === 'circular') {
        const first = trail.findIndex((one) => one.real === real);
        return { ...node, cycle: [...trail.slice(first).map((one) => one.path), target], imports: [] };
      }
      if (state !== 'loaded') return { ...node, imports: [] };
      loaded.add(real);
      trail.push({ path: target, real });
      const imports = expand({ path: target, real });
      trail.pop();
      return { ...node, imports };
    });
  };
  return expand({ path, real: realPathOf(files, path) });
}
