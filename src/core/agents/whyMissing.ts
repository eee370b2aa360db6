import type { Span } from '../markdown/textEdit.ts';
import { nearest } from '../nearest.ts';
import type { Fix } from '../problem.ts';
import { stemOf } from './names.ts';
import { builtInAgents, resolveAgents } from './precedence.ts';
import type { AgentEntry, AgentScope, ResolvedAgent, Surroundings } from './precedence.ts';

/** A file that looks as if it were meant to be an agent and that Claude Code does not look at. */
export interface StrayFile {
  path: string;
  why: StrayReason;
}

export type StrayReason = 'extension' | 'agent-folder' | 'no-claude-folder' | 'commands' | 'skills' | 'directly-in-claude' | 'broken-link';

export interface MissingContext extends Surroundings {
  strays: readonly StrayFile[];
  /** `agents` folders made after the session began: Claude Code watches only those that were there. */
  newFolders: readonly string[];
  /** Paths of agents' files that are symbolic links. */
  links: readonly string[];
  /** Names of skills, by which an agent may be mistaken. */
  skillNames: ReadonlySet<string>;
  /** Settings files that could not be read, so that nothing is known of what they forbid. */
  unreadableSettings: readonly { path: string; message: string; span: Span }[];
}

export interface Reason {
  code: string;
  /** A whole sentence, or two. */
  message: string;
  path?: string;
  span?: Span;
  fixes?: readonly Fix[];
}

export interface Explanation {
  /** As asked. */
  name: string;
  /** `loads`: Claude Code has an agent of that name. */
  verdict: 'loads' | 'missing';
  summary: string;
  /** The deciding one first. */
  reasons: readonly Reason[];
}

const scopeNames: Readonly<Record<AgentScope, string>> = {
  managed: 'the managed folder',
  cli: 'the `--agents` option',
  project: 'the project',
  user: 'your own folder',
  plugin: 'a plugin',
};

/** What a path that is no agent's file may have been meant for; undefined when nothing speaks for an agent. */
export function strayReason(path: string): StrayReason | undefined {
  const parts = path.split(/[\\/]/);
  const file = parts.at(-1) ?? '';
  const claude = parts.lastIndexOf('.claude', -2);
  const folder = claude < 0 ? undefined : parts[claude + 1];
  if (folder === 'agents' && claude + 1 < parts.length - 1) return file.endsWith('.md') ? undefined : 'extension';
  if (!/\.(?:md|markdown|mdc|txt)$/i.test(file)) return undefined;
  if (folder === 'agent' || folder === 'subagents' || folder === 'Agents') return 'agent-folder';
  if (folder === 'commands') return 'commands';
  if (folder === 'skills' && file !== 'SKILL.md') return 'skills';
  if (claude >= 0 && claude === parts.length - 2) return 'directly-in-claude';
  return claude < 0 && /^agents?$/.test(parts.at(-2) ?? '') ? 'no-claude-folder' : undefined;
}

function strayText({ path, why }: StrayFile): string {
  const stem = stemOf(path).replace(/\.[^.]*$/, '');
  const move = `Move it to \`.claude/agents/${stem}.md\`.`;
  switch (why) {
    case 'extension':
      return `The file does not end in \`.md\`, so Claude Code does not read it. Rename it to \`${stem}.md\`.`;
    case 'agent-folder':
      return `The folder must be called \`agents\`. ${move}`;
    case 'no-claude-folder':
      return `The folder \`agents\` does not lie in \`.claude\`, so Claude Code does not look there. ${move}`;
    case 'commands':
      return `In \`commands\` the file is a slash command, not an agent. ${move}`;
    case 'skills':
      return `In \`skills\` the file is no agent. ${move}`;
    case 'directly-in-claude':
      return `It lies in \`.claude\` itself, where Claude Code looks for no agents. ${move}`;
    case 'broken-link':
      return 'It is a symbolic link whose target does not exist. Point it to the file.';
  }
}

const at = (entry: AgentEntry) => (entry.path === '' ? {} : { path: entry.path });
const whereOf = (entry: AgentEntry) => (entry.path === '' ? scopeNames[entry.scope] : `${scopeNames[entry.scope]} (${entry.path})`);

function stateReasons({ entry, id, state }: ResolvedAgent, workingDirectory: string): Reason[] {
  switch (state.state) {
    case 'active':
      return [];
    case 'dropped':
      return state.reasons.map(({ code, because, advice, span, fixes }) => ({
        code,
        message: `Claude Code will ignore this agent because ${because}. ${advice}`,
        span,
        fixes,
        ...at(entry),
      }));
    case 'shadowed':
      return [
        {
          code: 'shadowed',
          message: `The file has the name “${id}” as well, but ${whereOf(state.by)} comes first. Rename one of the two, or delete the other.`,
          ...at(entry),
        },
      ];
    case 'duplicate':
      return [
        {
          code: 'duplicate',
          message: `${state.of.map((other) => other.path).join(', ')} has the name “${id}” as well. Which of them Claude Code takes is not defined. Rename or delete one.`,
          ...at(entry),
        },
      ];
    case 'outside':
      return [
        {
          code: 'outside',
          message: `It belongs to ${state.directory}; Claude Code started in ${workingDirectory} looks only there and in the folders above. Start it in ${state.directory}.`,
          ...at(entry),
        },
      ];
    case 'disabled':
      return [
        {
          code: 'disabled',
          message: `\`permissions.deny\` forbids it: \`Agent(${state.by.name})\` in ${state.by.path}. Remove that line.`,
          path: state.by.path,
          span: state.by.span,
        },
      ];
  }
}

function circumstances(entry: AgentEntry, context: MissingContext): Reason[] {
  const reasons: Reason[] = [];
  if (context.newFolders.includes(entry.tree)) {
    const message = `The folder ${entry.tree} was made after the session began, and Claude Code watches only folders that were there. Start a new session.`;
    reasons.push({ code: 'restart', message, ...at(entry) });
  }
  if (entry.added === true) {
    reasons.push({
      code: 'restart-added',
      message: 'It comes from an added folder, whose changes Claude Code sees only when it starts. Start a new session after a change.',
      ...at(entry),
    });
  }
  if (context.links.includes(entry.path)) {
    const message = 'The file is a symbolic link. Claude Code’s own check does not follow links; a copy of the file is safer.';
    reasons.push({ code: 'link', message, ...at(entry) });
  }
  return reasons;
}

/** The order in which states decide: what loads first, then what is nearest to loading. */
const weight: Readonly<Record<ResolvedAgent['state']['state'], number>> = {
  active: 0,
  duplicate: 1,
  disabled: 2,
  dropped: 3,
  outside: 4,
  shadowed: 5,
};

/** Agents the name can mean: by their id, else by the name in the file, else by the name of the file. */
function candidates(name: string, agents: readonly ResolvedAgent[]): { found: ResolvedAgent[]; byFile: boolean } {
  const byId = agents.filter(({ id, entry }) => id === name || entry.name === name);
  const byFile = agents.filter(({ entry, id }) => entry.path !== '' && stemOf(entry.path) === name && id !== name);
  if (byId.length > 0) return { found: byId, byFile: false };
  return { found: byFile, byFile: byFile.length > 0 };
}

function unknownName(name: string, agents: readonly ResolvedAgent[], context: MissingContext): Explanation {
  const reasons: Reason[] = [];
  for (const stray of context.strays) {
    if (stemOf(stray.path).replace(/\.[^.]*$/, '') !== name) continue;
    reasons.push({ code: `stray-${stray.why}`, message: strayText(stray), path: stray.path });
  }
  if (context.skillNames.has(name)) {
    const message = `“${name}” is a skill, not an agent: it is called with /${name}, or listed under \`skills\` of an agent.`;
    reasons.push({ code: 'is-skill', message });
  }
  const known = new Map<string, AgentEntry | null>(builtInAgents.map((builtIn) => [builtIn, null]));
  for (const { id, entry } of agents) {
    known.set(id, entry);
    if (entry.path !== '') known.set(stemOf(entry.path), entry);
  }
  for (const near of nearest(name, known.keys(), 3)) {
    const entry = known.get(near);
    reasons.push({
      code: 'near-miss',
      message: `There is an agent “${near}”.`,
      ...(entry === null || entry === undefined ? {} : at(entry)),
    });
  }
  const summary = reasons.length === 0 ? `No file defines an agent “${name}”, and no name comes near.` : `No agent is called “${name}”.`;
  return { name, verdict: 'missing', summary, reasons };
}

/** Why an agent is missing, or is another than the file one looks at. The name may be that of a file, or a near miss. */
export function explainAgent(name: string, entries: readonly AgentEntry[], context: MissingContext): Explanation {
  const agents = resolveAgents(entries, context);
  const unreadable = context.unreadableSettings.map(({ path, message, span }) => ({
    code: 'settings-unreadable',
    message: `${message} What it forbids is not known.`,
    path,
    span,
  }));
  const { found, byFile } = candidates(name, agents);
  if (found.length === 0) {
    const explanation = builtInAgents.includes(name)
      ? { name, verdict: 'loads' as const, summary: `“${name}” is built into Claude Code.`, reasons: [] }
      : unknownName(name, agents, context);
    const rule = context.denied.find((denied) => denied.name === name);
    if (rule === undefined) return { ...explanation, reasons: [...explanation.reasons, ...unreadable] };
    const message = `\`permissions.deny\` forbids it: \`Agent(${name})\` in ${rule.path}. Remove that line.`;
    const denied: Reason = { code: 'disabled', message, path: rule.path, span: rule.span };
    const summary = explanation.verdict === 'loads' ? `“${name}” is built in, but the settings forbid it.` : explanation.summary;
    return { name, verdict: 'missing', summary, reasons: [denied, ...explanation.reasons, ...unreadable] };
  }
  const ordered = found.toSorted((a, b) => weight[a.state.state] - weight[b.state.state]);
  const reasons: Reason[] = [];
  for (const agent of ordered) {
    if (byFile && agent.entry.name !== null) {
      const message = `The file is called ${name}, but the agent in it “${agent.id}”: the name in the file counts.`;
      reasons.push({ code: 'other-name', message, ...at(agent.entry) });
    }
    reasons.push(...stateReasons(agent, context.workingDirectory), ...circumstances(agent.entry, context));
  }
  const first = ordered[0];
  const loads = first !== undefined && (first.state.state === 'active' || first.state.state === 'duplicate');
  return {
    name,
    verdict: loads && !byFile ? 'loads' : 'missing',
    summary: summaryOf(name, first, byFile),
    reasons: [...reasons, ...unreadable],
  };
}

function summaryOf(name: string, first: ResolvedAgent | undefined, byFile: boolean): string {
  if (first === undefined) return `No agent is called “${name}”.`;
  const { state, entry, id } = first;
  if (state.state === 'active') {
    return byFile ? `No agent is called “${name}”; that file defines “${id}”, which loads.` : `“${name}” loads from ${whereOf(entry)}.`;
  }
  if (state.state === 'duplicate') return `“${id}” loads, but from which of several files is not defined.`;
  if (state.state === 'disabled') return `“${id}” is there, but the settings forbid it.`;
  if (state.state === 'outside') return `“${id}” is defined in a folder Claude Code does not look into from here.`;
  if (state.state === 'shadowed') return `“${id}” is defined, but another agent of the same name comes first.`;
  return `Claude Code ignores the file that defines “${id}”.`;
}
