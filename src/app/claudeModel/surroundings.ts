import type { KnownSkill } from '../../core/agents/agentContext.ts';
import { readDisabledAgents } from '../../core/agents/disabling.ts';
import { builtInAgents, resolveAgents, type AgentEntry, type DenyRule, type ResolvedAgent } from '../../core/agents/precedence.ts';
import type { ClaudePlaces } from '../../core/claudePlaces.ts';
import { placeOf } from '../../core/skills/skill.ts';
import type { AgentItem, SkillItem, UnreadableSettings } from '../agentModel.ts';
import type { CatalogText } from '../claudeCatalog.ts';

/** Of the settings files found, those that Claude Code heeds when it is started in the workspace folder. */
export const isHeeded = ({ scope }: CatalogText['entry'], { folder }: ClaudePlaces): boolean =>
  scope.kind === 'user' || scope.kind === 'managed' || (scope.kind === 'project' && scope.directory === folder);

export interface Forbidden {
  denied: DenyRule[];
  unreadable: UnreadableSettings[];
}

/** The agents that the settings files forbid. */
export function readForbidden(settings: readonly CatalogText[]): Forbidden {
  const forbidden: Forbidden = { denied: [], unreadable: [] };
  for (const { entry, text } of settings) {
    const { path } = entry;
    const read = readDisabledAgents(text);
    if (read.ok) forbidden.denied.push(...read.agents.map(({ name, span }) => ({ name, path, span })));
    else forbidden.unreadable.push({ path, message: read.message, span: read.span });
  }
  return forbidden;
}

/** What is known once all agents and skills were read: what each needs to know of the others. */
export interface Surroundings {
  resolved: ReadonlyMap<string, ResolvedAgent>;
  /** Every agent that some session could call. */
  agentNames: ReadonlySet<string>;
  /** By folder `agents` and name. */
  trees: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  skills: ReadonlyMap<string, KnownSkill>;
  /** As they are called from the workspace folder. */
  skillNames: ReadonlySet<string>;
}

export function survey(
  definitions: Iterable<AgentEntry>,
  skillItems: Iterable<SkillItem>,
  { folder }: ClaudePlaces,
  denied: readonly DenyRule[],
): Surroundings {
  const all = resolveAgents([...definitions], { workingDirectory: folder, denied });
  const resolved = new Map(all.map((agent) => [agent.entry.path, agent]));
  const agentNames = new Set(builtInAgents);
  const trees = new Map<string, Map<string, string[]>>();
  for (const { entry, id, state } of all) {
    if (state.state !== 'dropped') agentNames.add(id);
    if (entry.name === null) continue;
    const tree = trees.get(entry.tree) ?? new Map<string, string[]>();
    trees.set(entry.tree, tree);
    const paths = tree.get(entry.name);
    if (paths === undefined) tree.set(entry.name, [entry.path]);
    else paths.push(entry.path);
  }
  const skills = new Map<string, KnownSkill>();
  const skillNames = new Set<string>();
  for (const { name, content, entry } of skillItems) {
    if (content === undefined || placeOf(entry.path).kind !== 'skill') continue;
    const known = { manualOnly: content.skill.manualOnly };
    skillNames.add(name);
    skills.set(name, known);
    // Agents of a folder below name its skills without the folder.
    if (entry.scope.kind === 'project' && !skills.has(content.skill.command)) skills.set(content.skill.command, known);
  }
  return { resolved, agentNames, trees, skills, skillNames };
}

/** The agents about which there may be something else to say than before, because others have changed. */
export function* affectedAgents(
  agents: ReadonlyMap<string, AgentItem>,
  before: Surroundings | undefined,
  now: Surroundings,
): Generator<string> {
  if (before === undefined) return;
  const otherAgents = !hasSame(before.agentNames, now.agentNames);
  const otherSkills = !isSameSkills(before.skills, now.skills);
  for (const [path, { content }] of agents) {
    if (content === undefined) continue;
    const { agent } = content;
    const namesAgents = otherAgents && agent.tools?.some(({ argument }) => argument !== null) === true;
    const namesSkills = otherSkills && agent.skills.length > 0;
    const tree = now.resolved.get(path)?.entry.tree ?? '';
    const rivals = agent.name === null ? undefined : now.trees.get(tree)?.get(agent.name);
    const rivalsBefore = agent.name === null ? undefined : before.trees.get(tree)?.get(agent.name);
    if (namesAgents || namesSkills || rivals?.join('\n') !== rivalsBefore?.join('\n')) yield path;
  }
}

/** The skills and commands about which there may be something else to say than before, because others have changed. */
export function* affectedSkills(
  kinds: readonly ReadonlyMap<string, SkillItem>[],
  before: Surroundings | undefined,
  now: Surroundings,
): Generator<string> {
  if (before === undefined) return;
  const otherAgents = !hasSame(before.agentNames, now.agentNames);
  const otherSkills = !hasSame(before.skillNames, now.skillNames);
  if (!otherAgents && !otherSkills) return;
  for (const items of kinds) {
    for (const [path, { content, entry }] of items) {
      if ((otherAgents && content !== undefined && content.skill.agent !== null) || (otherSkills && entry.kind === 'command')) yield path;
    }
  }
}

const hasSame = (a: ReadonlySet<string>, b: ReadonlySet<string>) => a.size === b.size && [...a].every((name) => b.has(name));

const isSameSkills = (a: ReadonlyMap<string, KnownSkill>, b: ReadonlyMap<string, KnownSkill>) =>
  a.size === b.size && [...a].every(([name, skill]) => b.get(name)?.manualOnly === skill.manualOnly);
