import { findDropReasons } from '../../core/agents/dropped.ts';
import type { AgentEntry, ResolvedAgent } from '../../core/agents/precedence.ts';
import { claudeFolder, type ClaudePlaces, type FileScope } from '../../core/claudePlaces.ts';
import { isInside, relativeInside } from '../../core/filePath.ts';
import { placeOf } from '../../core/skills/skill.ts';
import type { AgentContent } from '../agentModel.ts';
import type { FileEntry } from '../filePorts.ts';

type Place = Pick<FileEntry, 'path' | 'scope'>;

/** The folder that holds `agents`, `skills` and `commands` of a scope. */
export function claudeFolderOf(path: string, scope: FileScope, places: ClaudePlaces): string {
  switch (scope.kind) {
    case 'project':
      return `${scope.directory.replace(/\/$/, '')}/${claudeFolder}`;
    case 'user':
      return places.claudeHome;
    case 'managed':
      return `${places.managed}/${claudeFolder}`;
    case 'plugin':
      return places.plugins.find(({ root }) => isInside(root, path))?.root ?? '';
  }
}

/** The folder `agents` that a file is of; also of a file that is not there yet. */
export const agentTree = ({ path, scope }: Place, places: ClaudePlaces): string => `${claudeFolderOf(path, scope, places)}/agents`;

/** What Claude Code gets to see of the file when it decides which agents there are. */
export function definitionOf(entry: FileEntry, { document, agent }: AgentContent, places: ClaudePlaces): AgentEntry {
  const { path, scope } = entry;
  const tree = agentTree(entry, places);
  const folders = (relativeInside(tree, path) ?? '').split('/').slice(0, -1);
  return {
    scope: scope.kind,
    path,
    name: agent.name,
    tree,
    dropped: findDropReasons(document, path),
    ...(scope.kind === 'project' ? { directory: scope.directory } : {}),
    ...(scope.kind === 'plugin' ? { plugin: { name: scope.name, folders } } : {}),
  };
}

/** What a skill or a slash command is called by, without the slash. */
export function calledBy({ path, scope }: Place, places: ClaudePlaces): string {
  const place = placeOf(path);
  const own = 'command' in place ? place.command : '';
  if (scope.kind === 'plugin') return `${scope.name}:${own}`;
  const below = scope.kind === 'project' && place.kind === 'skill' ? relativeInside(places.folder, scope.directory) : undefined;
  return below === undefined || below === '' ? own : `${below}:${own}`;
}

/** Whether two looks at an agent say the same of it. */
export function isSameState(a: ResolvedAgent | undefined, b: ResolvedAgent | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [one, other] = [a.state, b.state];
  if (a.id !== b.id || a.entry !== b.entry || one.state !== other.state) return false;
  if (one.state === 'shadowed' && other.state === 'shadowed') return one.by.path === other.by.path;
  if (one.state === 'duplicate' && other.state === 'duplicate')
    return one.of.length === other.of.length && one.of.every(({ path }, at) => path === other.of[at]?.path);
  if (one.state === 'disabled' && other.state === 'disabled')
    return one.by.path === other.by.path && one.by.span.start === other.by.span.start;
  return true;
}
