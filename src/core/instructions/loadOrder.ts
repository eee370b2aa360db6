import type { ClaudePlaces } from '../claudePlaces.ts';
import { ruleMatches } from '../rules/rule.ts';
import { isExcluded } from './excludes.ts';
import { folderOf, foldersDownTo, isInside, nameOf, relativeInside } from '../filePath.ts';
import { resolveImport } from './importGraph.ts';
import { instructionTextOf } from './instructionText.ts';
import { globsOf } from './ruleGlobs.ts';
import { importsOf, maxInstructionBytes, realPathOf, type SourceFiles } from './sourceFiles.ts';
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
  /** Read only where no CLAUDE.md is; listed in any case so that its author is told. */
  | 'agentsMd';

export type WhenLoaded =
  | { kind: 'always' }
  /** When Claude reads a file in that folder or below it. */
  | { kind: 'inFolder'; folder: string }
  /** When Claude reads a file that matches; globs are relative to `base`. */
  | { kind: 'matching'; globs: readonly string[]; base: string }
  /** `unapproved`: a link leads to it out of the workspace, which the user has not allowed. */
  | { kind: 'never'; reason: 'excluded' | 'tooLarge' | 'unreadable' | 'agentsMd' | 'unapproved' };

export interface InstructionFile {
  path: string;
  role: InstructionRole;
  /** The folder it belongs to: the one around it or its `.claude`. The workspace folder for files of the user and of an administrator. */
  base: string;
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
  /** As in `ImportContext`. */
  outsideApproved?: boolean;
}

interface Entry {
  path: string;
  role: InstructionRole;
  base: string;
  when: WhenLoaded;
}

const always: WhenLoaded = { kind: 'always' };

/**
 * All instruction files in the order Claude Code looks at them: folder by folder from the root down, in each CLAUDE.md, .claude/CLAUDE.md, the rules
 * and CLAUDE.local.md; then those of the folders below, where the rules come last (measured with CLI 2.1.330). Rules come by path: Claude Code takes
 * those of a folder as the file system lists them.
 */
export function instructionFiles({ places, files, found }: InstructionLayout, options: LoadOptions = {}): InstructionFile[] {
  const { folder } = places;
  const above = foldersDownTo(folder);
  const { userRules, rulesIn } = findRules(places, found, files);
  const seen = new Set<string>();
  const measure = (entries: readonly Entry[]) => {
    const fresh = entries.filter(({ path }) => files.exists(path) === 'file' && !seen.has(path));
    for (const { path } of fresh) seen.add(path);
    return fresh.map((entry) => measured(entry, places, files, options));
  };
  const says = (file: InstructionFile) => {
    const view = file.when.kind === 'never' ? undefined : files.read(file.path);
    return file.role !== 'rule' && view !== undefined && instructionTextOf(view).text !== '';
  };

  const machine = measure([
    { path: `${places.managed}/CLAUDE.md`, role: 'managed', base: folder, when: always },
    { path: `${places.claudeHome}/CLAUDE.md`, role: 'user', base: folder, when: always },
    ...userRules,
  ]);
  const start = above.map((base) => ({ base, files: measure([...sharedIn(base, always), ...rulesIn(base), localIn(base, always)]) }));
  // Where no CLAUDE.md says anything, here or above, Claude Code takes AGENTS.md, for folders below as well.
  const takesAgents = !start.some((one) => one.files.some(says));
  const atStart = start.flatMap(({ base, files: own }) => [...own, ...(takesAgents ? measure(agentsIn(base, always)) : [])]);
  const folders = foldersBelow(folder, found);
  const below = folders.flatMap((base) => {
    const when: WhenLoaded = { kind: 'inFolder', folder: base };
    const own = measure([...sharedIn(base, when), localIn(base, when), ...rulesIn(base)]);
    return [...own, ...(takesAgents && !own.some(says) ? measure(agentsIn(base, when)) : [])];
  });
  const read = [...machine, ...atStart, ...below];
  const unread = [...above, ...folders].flatMap((base) => agentsIn(base, { kind: 'never', reason: 'agentsMd' }));
  return [...read, ...measure(unimported(unread, read, places.home, files))];
}

const inFolder = (folder: string, name: string) => (folder.endsWith('/') ? folder + name : `${folder}/${name}`);

function sharedIn(base: string, when: WhenLoaded): Entry[] {
  const role = when.kind === 'always' ? 'project' : 'nested';
  return ['CLAUDE.md', '.claude/CLAUDE.md'].map((name) => ({ path: inFolder(base, name), role, base, when }));
}

function localIn(base: string, when: WhenLoaded): Entry {
  return { path: inFolder(base, 'CLAUDE.local.md'), role: when.kind === 'always' ? 'local' : 'nested', base, when };
}

function agentsIn(base: string, when: WhenLoaded): Entry[] {
  return ['AGENTS.md', '.claude/AGENTS.md'].map((name) => ({ path: inFolder(base, name), role: 'agentsMd', base, when }));
}

/** Folders below that hold instructions, the upper first. */
function foldersBelow(folder: string, found: readonly string[]): string[] {
  const bases = new Set<string>();
  for (const path of found) {
    const holder = folderOf(path);
    const base = baseOfRule(path) ?? (nameOf(holder) === '.claude' ? folderOf(holder) : holder);
    if (base !== folder && isInside(folder, base)) bases.add(base);
  }
  return [...bases].sort(byPath);
}

function baseOfRule(path: string): string | undefined {
  const at = path.lastIndexOf('/.claude/rules/');
  return at === -1 ? undefined : path.slice(0, at) || '/';
}

function findRules(places: ClaudePlaces, found: readonly string[], files: SourceFiles) {
  const userRules: Entry[] = [];
  const byBase = new Map<string, Entry[]>();
  const userFolder = `${places.claudeHome}/rules`;
  for (const path of [...found].sort(byPath)) {
    const isUsers = isInside(userFolder, path);
    const base = isUsers ? places.folder : baseOfRule(path);
    if (base === undefined || !path.endsWith('.md')) continue;
    const view = files.read(path);
    const globs = view === undefined ? null : globsOf(view);
    const isBelow = base !== places.folder && isInside(places.folder, base);
    const unconditional: WhenLoaded = isBelow ? { kind: 'inFolder', folder: base } : always;
    const when: WhenLoaded = globs === null ? unconditional : { kind: 'matching', globs, base };
    if (isUsers) userRules.push({ path, role: 'userRule', base, when });
    else byBase.set(base, [...(byBase.get(base) ?? []), { path, role: 'rule', base, when }]);
  }
  return { userRules, rulesIn: (base: string): readonly Entry[] => byBase.get(base) ?? [] };
}

/** Folders before what they hold, as a tree shows them: plain comparison would put `a-b` between `a` and `a/c`. */
function byPath(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  const split = left.findIndex((part, index) => part !== right[index]);
  if (split === -1) return left.length - right.length;
  return right.length <= split || (left[split] ?? '') > (right[split] ?? '') ? 1 : -1;
}

function measured({ path, role, base, when }: Entry, { folder }: ClaudePlaces, files: SourceFiles, options: LoadOptions): InstructionFile {
  const { excludes = [], outsideApproved } = options;
  const view = files.read(path);
  const entry = { path, role, base, bytes: view?.bytes ?? 0, lines: 0, tokens: 0, imports: 0 };
  if (view === undefined || view.binary === true) return { ...entry, when: { kind: 'never', reason: 'unreadable' } };
  if (view.bytes > maxInstructionBytes) return { ...entry, when: { kind: 'never', reason: 'tooLarge' } };
  const real = realPathOf(files, path);
  // An administrator's file cannot be excluded (memory.md). A rule can be by where it is, and by a link to it.
  const excluded = role !== 'managed' && (isExcluded(path, excludes) || (role === 'rule' && isExcluded(real, excludes)));
  const linkedOut = role === 'rule' && outsideApproved === false && leadsOut(path, real, base, folder, files);
  return {
    ...entry,
    when: excluded ? { kind: 'never', reason: 'excluded' } : linkedOut ? { kind: 'never', reason: 'unapproved' } : when,
    lines: countLines(view.text),
    tokens: estimateTokens(view.text),
    imports: importsOf(view).filter((ref) => ref.suspicion === null).length,
  };
}

/** A link on the way to the workspace itself leads nowhere else. */
function leadsOut(path: string, real: string, base: string, folder: string, files: SourceFiles): boolean {
  const isLink = real !== realPathOf(files, base) + path.slice(base.length);
  return isLink && !isInside(realPathOf(files, folder), real);
}

/** Those of `agents` that no instruction file imports. */
function unimported(agents: readonly Entry[], read: readonly InstructionFile[], home: string, files: SourceFiles): Entry[] {
  const present = agents.filter(({ path }) => files.exists(path) === 'file');
  if (present.length === 0) return [];
  const imported = new Set<string>();
  for (const { path } of read) {
    const view = files.read(path);
    if (view !== undefined) for (const ref of importsOf(view)) imported.add(resolveImport(ref, path, home));
  }
  return present.filter(({ path }) => !imported.has(path));
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
    case 'matching':
      return forFile !== undefined && isMatching(when.globs, when.base, forFile);
  }
}

/** Whether globs relative to `base` match a file. */
export function isMatching(globs: readonly string[], base: string, forFile: string): boolean {
  const relative = relativeInside(base, forFile);
  return relative !== undefined && ruleMatches({ paths: globs }, relative);
}
