import type { AgentItem, AgentModel } from '../../../app/agentModel.ts';
import { stemOf } from '../../../core/agents/names.ts';
import { builtInAgents } from '../../../core/agents/precedence.ts';
import type { FileScope } from '../../../core/claudePlaces.ts';
import { isInside } from '../../../core/filePath.ts';
import { orphanFolders, type MemoryFolder } from '../../../core/memory/agentMemory.ts';
import type { GroupKey } from './agentNode.ts';

/** What an agent's memory and log are found by. */
export const knownName = (item: AgentItem): string => item.content?.agent.name ?? stemOf(item.entry.path);

/** How the files of one folder stand in the tree. Worked out anew when files come or go; names and states may change meanwhile. */
export interface AgentGroups {
  /** Paths of each group's files, groups in reading order. Groups without files are not there. */
  members: ReadonlyMap<GroupKey, readonly string[]>;
  /** Of each kind of group below "Plugins". */
  plugins: readonly GroupKey[];
}

function groupOf(scope: FileScope): GroupKey {
  switch (scope.kind) {
    case 'project':
      return `project:${scope.directory}`;
    case 'plugin':
      return `plugin:${scope.name}`;
    case 'user':
    case 'managed':
      return scope.kind;
  }
}

/** The workspace folder first, then the folders below it, then those around it from the nearest on. */
function byProject(folder: string): (a: string, b: string) => number {
  const place = (directory: string) => (directory === folder ? 0 : isInside(folder, directory) ? 1 : 2);
  return (a, b) => {
    if (place(a) !== place(b)) return place(a) - place(b);
    return place(a) === 2 ? b.length - a.length : a < b ? -1 : 1;
  };
}

export function groupAgents(model: AgentModel): AgentGroups {
  const byGroup = new Map<GroupKey, string[]>();
  const projects = new Set<string>();
  for (const [path, { entry }] of model.agents) {
    const key = groupOf(entry.scope);
    if (entry.scope.kind === 'project') projects.add(entry.scope.directory);
    const paths = byGroup.get(key);
    if (paths === undefined) byGroup.set(key, [path]);
    else paths.push(path);
  }
  const plugins = [...byGroup.keys()].filter((key) => key.startsWith('plugin:')).sort();
  byGroup.set(
    'plugins',
    plugins.flatMap((key) => byGroup.get(key) ?? []),
  );
  byGroup.set('skills', [...model.skills.keys()]);
  byGroup.set('commands', [...model.commands.keys()]);
  byGroup.set(
    'memory',
    orphans(model).map(({ path }) => path),
  );
  const order: GroupKey[] = [
    ...[...projects].sort(byProject(model.places.folder)).map((directory): GroupKey => `project:${directory}`),
    'user',
    'plugins',
    ...plugins,
    'managed',
    'skills',
    'commands',
    'memory',
  ];
  const members = order.flatMap((key): [GroupKey, readonly string[]][] => {
    const paths = byGroup.get(key) ?? [];
    return paths.length === 0 ? [] : [[key, paths]];
  });
  return { members: new Map(members), plugins };
}

/** Memory of agents that are not there. Nothing is said before all names are known. */
function orphans(model: AgentModel): readonly MemoryFolder[] {
  if (!model.isLoaded) return [];
  const names = new Set(builtInAgents);
  for (const item of model.agents.values()) names.add(knownName(item)).add(stemOf(item.entry.path));
  return orphanFolders(model.memory, names);
}
