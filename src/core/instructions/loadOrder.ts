import picomatch from 'picomatch';
import type { ClaudePlaces } from '../claudePlaces.ts';
import { readMarkdown } from '../markdown/frontmatter.ts';
import { readRule, ruleMatches } from '../rules/rule.ts';
import { folderOf, foldersDownTo, isInside, nameOf, relativeInside } from './filePath.ts';
import { resolveImport } from './importGraph.ts';
import { importsOf, maxInstructionBytes, type SourceFiles } from './sourceFiles.ts';
import { countLines, estimateTokens } from './tokens.ts';

export type InstructionRole =
  | 'managed'
  | 'user'
  | 'userRule'
  /** `CLAUDE.md` or `.claude/CLAUDE.md` of the folder or one above it. */
  | 'project'
  /** `CLAUDE.local.md` of the folder or one above it. */
  | 'local'
  | 'rule'
  /** In a folder below. */
  | 'nested'
  /** Not read by Claude Code: listed so that its author is told. */
  | 'agentsMd';

export type WhenLoaded =
  | { kind: 'always' }
  /** When Claude reads a file in that folder or below it. */
  | { kind: 'inFolder'; folder: string }
  /** When Claude reads a file that matches; globs are relative to `base`. */
  | { kind: 'matching'; globs: readonly string[]; base: string }
  | { kind: 'never'; reason: 'excluded' | 'tooLarge' | 'unreadable' | 'agentsMd' };

export interface InstructionFile {
  path: string;
  role: InstructionRole;
  when: WhenLoaded;
  bytes: number;
  lines: number;
  /** An estimate: see `tokens.ts`. */
  tokens: number;
  /** Imports written in it, without those that are likely something else. */
  imports: number;
}

export interface InstructionLayout {
  places: ClaudePlaces;
  files: SourceFiles;
  /** Every rule, and every `CLAUDE.md`, `CLAUDE.local.md` and `AGENTS.md` below the folder, that a search has found, in any order. */
  found: readonly string[];
}

export interface LoadOptions {
  /** `claudeMdExcludes` of all settings levels together: globs over absolute paths. */
  excludes?: readonly string[];
}

interface Entry {
  path: string;
  role: InstructionRole;
  when: WhenLoaded;
}

const always: WhenLoaded = { kind: 'always' };

/** All instruction files in the order Claude Code loads them (memory.md); what is loaded on demand comes behind what always is. */
export function instructionFiles({ places, files, found }: InstructionLayout, options: LoadOptions = {}): InstructionFile[] {
  const above = foldersDownTo(places.folder);
  const { userRules, projectRules } = rules(places, found, files);
  const entries: Entry[] = [
    { path: `${places.managed}/CLAUDE.md`, role: 'managed', when: always },
    { path: `${places.claudeHome}/CLAUDE.md`, role: 'user', when: always },
    ...userRules,
    ...above.flatMap((folder) => instructionsOf(folder, always)),
    ...projectRules,
    ...nested(places.folder, found),
  ];
  const seen = new Set<string>();
  const known = entries.filter(({ path }) => {
    if (seen.has(path) || files.exists(path) !== 'file') return false;
    seen.add(path);
    return true;
  });
  const isExcluded = excluder(options.excludes ?? []);
  const order = known.map((entry) => measured(entry, files, isExcluded));
  const notes = [
    ...above.map((folder) => `${folder === '/' ? '' : folder}/AGENTS.md`),
    ...found.filter((path) => nameOf(path) === 'AGENTS.md'),
  ];
  return [...inOrder(order), ...unreadAgents(new Set(notes), order, places.home, files)];
}

const inOrder = (files: readonly InstructionFile[]) => [
  ...files.filter(({ when }) => when.kind === 'always' || when.kind === 'never'),
  ...files.filter(({ when }) => when.kind === 'inFolder' || when.kind === 'matching'),
];

function instructionsOf(folder: string, when: WhenLoaded): Entry[] {
  const base = folder.endsWith('/') ? folder : `${folder}/`;
  const role = when.kind === 'always' ? 'project' : 'nested';
  return [
    { path: `${base}CLAUDE.md`, role, when },
    { path: `${base}.claude/CLAUDE.md`, role, when },
    { path: `${base}CLAUDE.local.md`, role: when.kind === 'always' ? 'local' : 'nested', when },
  ];
}

/** Folders below that hold instructions, the upper first. */
function nested(folder: string, found: readonly string[]): Entry[] {
  const folders = new Set<string>();
  for (const path of found) {
    if (nameOf(path) !== 'CLAUDE.md' && nameOf(path) !== 'CLAUDE.local.md') continue;
    const holder = folderOf(path);
    const below = nameOf(holder) === '.claude' ? folderOf(holder) : holder;
    if (below !== folder && isInside(folder, below)) folders.add(below);
  }
  return [...folders].sort(byPath).flatMap((below) => instructionsOf(below, { kind: 'inFolder', folder: below }));
}

function rules(places: ClaudePlaces, found: readonly string[], files: SourceFiles): { userRules: Entry[]; projectRules: Entry[] } {
  const userRules: Entry[] = [];
  const projectRules: Entry[] = [];
  const userFolder = `${places.claudeHome}/rules`;
  for (const path of [...found].sort(byPath)) {
    if (!path.endsWith('.md')) continue;
    const inUser = isInside(userFolder, path);
    const base = inUser ? places.folder : path.slice(0, Math.max(0, path.lastIndexOf('/.claude/rules/')));
    if (!inUser && (base === '' || !(isInside(base, places.folder) || isInside(places.folder, base)))) continue;
    const view = files.read(path);
    const globs = view === undefined ? [] : (readRule(readMarkdown(view.text)).paths ?? []);
    const below = base !== places.folder && isInside(places.folder, base);
    const unconditional: WhenLoaded = below ? { kind: 'inFolder', folder: base } : always;
    const when: WhenLoaded = globs.length > 0 ? { kind: 'matching', globs, base } : unconditional;
    (inUser ? userRules : projectRules).push({ path, role: inUser ? 'userRule' : 'rule', when });
  }
  return { userRules, projectRules };
}

/** Folders before what they hold, as a tree shows them: plain comparison would put `a-b` between `a` and `a/c`. */
function byPath(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  const split = left.findIndex((part, index) => part !== right[index]);
  if (split === -1) return left.length - right.length;
  return right.length <= split || (left[split] ?? '') > (right[split] ?? '') ? 1 : -1;
}

function excluder(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  return picomatch(
    globs.map((glob) => glob.replaceAll('\\', '/')),
    { dot: true, windows: false },
  );
}

function measured({ path, role, when }: Entry, files: SourceFiles, isExcluded: (path: string) => boolean): InstructionFile {
  const view = files.read(path);
  const entry = { path, role, bytes: view?.bytes ?? 0, lines: 0, tokens: 0, imports: 0 };
  if (view === undefined || view.binary === true) return { ...entry, when: { kind: 'never', reason: 'unreadable' } };
  if (view.bytes > maxInstructionBytes) return { ...entry, when: { kind: 'never', reason: 'tooLarge' } };
  return {
    ...entry,
    // An administrator's file cannot be excluded (memory.md).
    when: role !== 'managed' && isExcluded(path) ? { kind: 'never', reason: 'excluded' } : when,
    lines: countLines(view.text),
    tokens: estimateTokens(view.text),
    imports: importsOf(view).filter((ref) => ref.suspicion === null).length,
  };
}

/** Every `AGENTS.md` that no instruction file imports. */
function unreadAgents(paths: ReadonlySet<string>, order: readonly InstructionFile[], home: string, files: SourceFiles): InstructionFile[] {
  const present = [...paths].filter((path) => files.exists(path) === 'file');
  if (present.length === 0) return [];
  const bridged = new Set<string>();
  for (const { path } of order) {
    const view = files.read(path);
    if (view !== undefined) for (const ref of importsOf(view)) bridged.add(resolveImport(ref, path, home));
  }
  return present
    .filter((path) => !bridged.has(path))
    .map((path) => measured({ path, role: 'agentsMd', when: { kind: 'never', reason: 'agentsMd' } }, files, () => false));
}

/** Whether a file is loaded once Claude has read `forFile` (absolute); without one, whether it is loaded at the start of a session. */
export function isLoaded({ when }: InstructionFile, forFile?: string): boolean {
  switch (when.kind) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'inFolder':
      return forFile !== undefined && isInside(when.folder, forFile);
    case 'matching': {
      const relative = forFile === undefined ? undefined : relativeInside(when.base, forFile);
      return relative !== undefined && ruleMatches({ paths: when.globs }, relative);
    }
  }
}
