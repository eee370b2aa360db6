import type { DocumentKind } from './document.ts';
import { folderOf, foldersDownTo, isAbsolutePath, isInside, relativeInside, relativePath, resolvePath } from './filePath.ts';

/**
 * Where Claude Code looks for files. Paths are absolute and have `/` between their parts on every platform (`C:/work/x` on Windows);
 * none ends in `/` but a root itself.
 */
export interface ClaudePlaces {
  /** The workspace folder. */
  folder: string;
  /** The folder of the git repository around it; the workspace folder when there is none. */
  repositoryRoot: string;
  home: string;
  /** `~/.claude`, or what `CLAUDE_CONFIG_DIR` names. */
  claudeHome: string;
  /** The folder for files that an administrator deploys. */
  managed: string;
  plugins: readonly ClaudePlugin[];
}

export interface ClaudePlugin {
  name: string;
  root: string;
}

export type FileScope =
  | { kind: 'managed' }
  /** `directory` holds the `.claude` folder or the CLAUDE.md. */
  | { kind: 'project'; directory: string }
  | { kind: 'user' }
  | { kind: 'plugin'; name: string };

/** What a file is to Claude Code, by where it lies; undefined for a file that it does not look for. */
export function classify(path: string, places: ClaudePlaces): { kind: DocumentKind; scope: FileScope } | undefined {
  // A workspace folder may be, or be in, any of the others: what is most particular comes first.
  const plugin = places.plugins.find(({ root }) => isInside(root, path));
  if (plugin !== undefined) {
    const kind = inPlugin(relativeInside(plugin.root, path) ?? '');
    return kind === undefined ? undefined : { kind, scope: { kind: 'plugin', name: plugin.name } };
  }
  const user = relativeInside(places.claudeHome, path);
  if (user !== undefined) {
    const kind = inClaudeFolder(user);
    return kind === undefined ? undefined : { kind, scope: { kind: 'user' } };
  }
  const managed = relativeInside(places.managed, path);
  if (managed !== undefined) {
    const kind = managed === 'managed-settings.json' ? 'settings' : inProject(managed);
    return kind === undefined ? undefined : { kind, scope: { kind: 'managed' } };
  }
  return inProjects(path, places);
}

function inProjects(path: string, places: ClaudePlaces): { kind: DocumentKind; scope: FileScope } | undefined {
  const below = relativeInside(places.folder, path);
  if (below !== undefined) {
    const claude = below.startsWith(`${claudeFolder}/`) ? 0 : below.indexOf(`/${claudeFolder}/`) + 1;
    const inside = claude > 0 || below.startsWith(`${claudeFolder}/`);
    const project = inside ? below.slice(0, claude) : below.slice(0, below.lastIndexOf('/') + 1);
    const kind = inProject(below.slice(project.length));
    if (kind === undefined || project.split('/').some((part) => neverSearched.has(part))) return undefined;
    return { kind, scope: { kind: 'project', directory: project === '' ? places.folder : join(places.folder, project.slice(0, -1)) } };
  }
  // Above the workspace folder: the nearest folder around both.
  const directory = foldersDownTo(folderOf(path)).findLast((folder) => isInside(folder, places.folder));
  const kind = directory === undefined ? undefined : inProject(relativeInside(directory, path) ?? '');
  if (directory === undefined || kind === undefined || (kind !== 'instructions' && !isInside(places.repositoryRoot, directory)))
    return undefined;
  return { kind, scope: { kind: 'project', directory } };
}

/** Folders in which no project of the user's lies. */
export const neverSearched: ReadonlySet<string> = new Set(['node_modules', '.git', 'dist', 'out']);
export const claudeFolder = '.claude';
/** Folders in a `.claude` that are looked through with all below them. */
export const searchedFolders = ['agents', 'commands', 'rules', 'agent-memory', 'agent-memory-local', 'memory/agent-logs'] as const;
/** AGENTS.md is read only when no CLAUDE.md here or above has text (measured with CLI 2.1.330); it is found in any case so that its author can be told. */
export const instructionNames: ReadonlySet<string> = new Set(['CLAUDE.md', 'CLAUDE.local.md', 'AGENTS.md']);
/** Those that Claude Code looks for in a `.claude`. */
export const innerInstructionNames: ReadonlySet<string> = new Set(['CLAUDE.md', 'AGENTS.md']);

const join = (folder: string, rest: string) => (folder.endsWith('/') ? folder + rest : `${folder}/${rest}`);

function inProject(rest: string): DocumentKind | undefined {
  if (instructionNames.has(rest)) return 'instructions';
  return rest.startsWith(`${claudeFolder}/`) ? inClaudeFolder(rest.slice(claudeFolder.length + 1)) : undefined;
}

function inClaudeFolder(rest: string): DocumentKind | undefined {
  if (innerInstructionNames.has(rest)) return 'instructions';
  if (rest === 'settings.json' || rest === 'settings.local.json') return 'settings';
  if (!rest.endsWith('.md')) return undefined;
  if (/^agent-memory(-local)?\/[^/]+\//.test(rest)) return 'memory';
  if (rest.startsWith('memory/agent-logs/')) return 'agentLog';
  if (rest.startsWith('rules/')) return 'rule';
  return inPlugin(rest);
}

function inPlugin(rest: string): DocumentKind | undefined {
  if (!rest.endsWith('.md')) return undefined;
  if (rest.startsWith('agents/')) return 'agent';
  if (rest.startsWith('commands/')) return 'command';
  // A file beside the folders of skills never loads: it is found so that its author can be told.
  return /^skills\/([^/]+\/SKILL\.md|[^/]+\.md)$/.test(rest) ? 'skill' : undefined;
}

/**
 * The path by which the database knows a file: from the workspace folder, else from the home folder after `~/`, else from the workspace
 * folder through `../`. Undefined on another drive. What `CLAUDE_CONFIG_DIR` names counts as `~/.claude`, wherever it is.
 */
export function toDocumentPath(path: string, places: ClaudePlaces): string | undefined {
  const user = relativeInside(places.claudeHome, path);
  if (user !== undefined) return user === '' ? userFolder : `${userFolder}/${user}`;
  const relative = relativePath(places.folder, path);
  if (!relative.startsWith('../')) return isAbsolutePath(relative) ? undefined : relative;
  const home = relativeInside(places.home, path);
  return home === undefined ? relative : `~/${home}`;
}

/** The inverse of `toDocumentPath`. */
export function fromDocumentPath(path: string, places: ClaudePlaces): string {
  const user = relativeInside(userFolder, path);
  if (user !== undefined) return user === '' ? places.claudeHome : join(places.claudeHome, user);
  return path.startsWith('~/') ? join(places.home, path.slice(2)) : resolvePath(places.folder, path);
}

const userFolder = `~/${claudeFolder}`;
