import type { Span } from '../markdown/textEdit.ts';
import type { DropReason } from './dropped.ts';
import { stemOf } from './names.ts';

/** From the strongest to the weakest. */
export const agentScopes = ['managed', 'cli', 'project', 'user', 'plugin'] as const;
export type AgentScope = (typeof agentScopes)[number];

/** Agents that Claude Code brings along; a file with the same name takes their place. */
export const builtInAgents: readonly string[] = ['Explore', 'Plan', 'general-purpose'];

/** One definition of an agent, wherever it comes from. */
export interface AgentEntry {
  scope: AgentScope;
  /** Absolute; empty for agents given by `--agents`. */
  path: string;
  /** As the file says; null when it says nothing. */
  name: string | null;
  /** The folder `agents` the file was found under, at any depth. */
  tree: string;
  /** Project scope: the folder that holds `.claude`. */
  directory?: string;
  /** Project scope: from `--add-dir` or `permissions.additionalDirectories`. */
  added?: boolean;
  /** Plugin scope: its name, and the folders between `agents` and the file. */
  plugin?: { name: string; folders: readonly string[] };
  dropped: readonly DropReason[];
}

/** The line of a settings file that forbids an agent. */
export interface DenyRule {
  name: string;
  /** Absolute path of the settings file. */
  path: string;
  span: Span;
}

export type AgentState =
  | { state: 'active' }
  | { state: 'shadowed'; by: AgentEntry }
  /** Which of these files Claude Code takes is not defined. */
  | { state: 'duplicate'; of: readonly AgentEntry[] }
  | { state: 'dropped'; reasons: readonly DropReason[] }
  /** In a folder that is no ancestor of the working directory. */
  | { state: 'outside'; directory: string }
  | { state: 'disabled'; by: DenyRule };

export interface ResolvedAgent {
  entry: AgentEntry;
  /** What the agent is called by: `plugin:sub:name` for those of plugins. */
  id: string;
  overridesBuiltIn: boolean;
  state: AgentState;
}

export interface Surroundings {
  /** Absolute: where `claude` is started. */
  workingDirectory: string;
  denied: readonly DenyRule[];
}

const normal = (path: string) => path.replaceAll('\\', '/').replace(/\/+$/, '');

/** How many folders the working directory lies below `directory`; null when it does not. */
function levelsBelow(workingDirectory: string, directory: string): number | null {
  const inner = normal(workingDirectory);
  const outer = normal(directory);
  if (inner === outer) return 0;
  return inner.startsWith(`${outer}/`) ? inner.slice(outer.length + 1).split('/').length : null;
}

export function agentId(entry: AgentEntry): string {
  const name = entry.name ?? stemOf(entry.path);
  return entry.plugin === undefined ? name : [entry.plugin.name, ...entry.plugin.folders, name].join(':');
}

/** Smaller wins; null when it does not take part. Added folders come after the ancestors of the working directory. */
function strength(entry: AgentEntry, workingDirectory: string): readonly [number, number] | null {
  const scope = agentScopes.indexOf(entry.scope);
  if (entry.scope !== 'project' || entry.directory === undefined) return [scope, 0];
  if (entry.added === true) return [scope, Number.MAX_SAFE_INTEGER];
  const levels = levelsBelow(workingDirectory, entry.directory);
  return levels === null ? null : [scope, levels];
}

interface Contender {
  entry: AgentEntry;
  id: string;
  strength: readonly [number, number];
}

const stronger = (a: Contender, b: Contender) => a.strength[0] - b.strength[0] || a.strength[1] - b.strength[1];

/** `group` holds all that have the same id, the strongest first. */
function standing(contender: Contender, group: readonly Contender[]): AgentState {
  const first = group[0];
  if (first !== undefined && stronger(first, contender) < 0) return { state: 'shadowed', by: first.entry };
  const equals = group.filter((other) => other !== contender && stronger(other, contender) === 0);
  return equals.length === 0 ? { state: 'active' } : { state: 'duplicate', of: equals.map((other) => other.entry) };
}

/** What Claude Code, started in the working directory, makes of each definition. In the order given. */
export function resolveAgents(entries: readonly AgentEntry[], { workingDirectory, denied }: Surroundings): ResolvedAgent[] {
  const groups = new Map<string, Contender[]>();
  const contenders = new Map<AgentEntry, Contender>();
  for (const entry of entries) {
    const power = strength(entry, workingDirectory);
    if (power === null || (entry.dropped.length > 0 && entry.scope !== 'plugin')) continue;
    const contender = { entry, id: agentId(entry), strength: power };
    contenders.set(entry, contender);
    const group = groups.get(contender.id);
    if (group === undefined) groups.set(contender.id, [contender]);
    else group.push(contender);
  }
  for (const group of groups.values()) group.sort(stronger);
  const rules = new Map(denied.map((rule) => [rule.name, rule]));
  return entries.map((entry) => {
    const id = agentId(entry);
    const contender = contenders.get(entry);
    const rule = rules.get(id);
    return { entry, id, overridesBuiltIn: builtInAgents.includes(id), state: stateOf(entry, contender, groups.get(id) ?? [], rule) };
  });
}

function stateOf(entry: AgentEntry, contender: Contender | undefined, group: readonly Contender[], rule: DenyRule | undefined): AgentState {
  if (entry.dropped.length > 0 && entry.scope !== 'plugin') return { state: 'dropped', reasons: entry.dropped };
  if (contender === undefined) return { state: 'outside', directory: entry.directory ?? '' };
  const state = standing(contender, group);
  return rule !== undefined && state.state !== 'shadowed' ? { state: 'disabled', by: rule } : state;
}
