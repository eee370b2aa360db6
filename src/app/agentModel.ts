import type { Agent } from '../core/agents/agent.ts';
import type { AgentContext } from '../core/agents/agentContext.ts';
import type { DenyRule, ResolvedAgent } from '../core/agents/precedence.ts';
import type { ClaudePlaces } from '../core/claudePlaces.ts';
import type { MarkdownDocument } from '../core/markdown/frontmatter.ts';
import type { Span } from '../core/markdown/textEdit.ts';
import type { MemoryFolder } from '../core/memory/agentMemory.ts';
import type { Problem } from '../core/problem.ts';
import type { Skill } from '../core/skills/skill.ts';
import type { SkillContext } from '../core/skills/skillProblems.ts';
import type { Disposable } from '../util/disposable.ts';
import type { Event } from '../util/emitter.ts';
import type { ClaudeCatalog } from './claudeCatalog.ts';
import type { FileEntry } from './filePorts.ts';
import type { Log } from './ports.ts';

export interface AgentContent {
  hash: string;
  document: MarkdownDocument;
  agent: Agent;
}

/** One file of an agent. A change makes a new item. */
export interface AgentItem {
  readonly entry: FileEntry;
  /** Undefined until it was read, and of a file that cannot be read: then `entry.problem` says why. */
  readonly content: AgentContent | undefined;
  /** What Claude Code, started in the workspace folder, makes of it. Undefined until all agents were read. */
  readonly resolved: ResolvedAgent | undefined;
  /** In the order of the file. Undefined until it was checked. */
  readonly problems: readonly Problem[] | undefined;
}

export interface SkillContent {
  hash: string;
  document: MarkdownDocument;
  skill: Skill;
}

/** One SKILL.md, or the file of a slash command. */
export interface SkillItem {
  readonly entry: FileEntry;
  readonly content: SkillContent | undefined;
  /** What it is called by, without the slash: `plugin:name` for those of plugins. */
  readonly name: string;
  readonly problems: readonly Problem[] | undefined;
}

export interface AgentModelChange {
  /** Files came or went. */
  structure: boolean;
  /** Files whose content, state or problems are others than before. */
  paths: ReadonlySet<string>;
}

/** A settings file that could not be read, so that what it forbids is not known. */
export interface UnreadableSettings {
  path: string;
  message: string;
  span: Span;
}

/**
 * The agents, skills and slash commands of one workspace folder as Claude Code sees them. Nothing is read before `ready` is called; then
 * files are read and checked in slices that leave the event loop free, each content once, and after a change only what it touches.
 */
export interface AgentModel extends Disposable {
  readonly onDidChange: Event<AgentModelChange>;
  /** The files are known; their contents are being read. */
  ready(): Promise<void>;
  /** All contents were read: names, states and contexts are known, also after the changes noticed so far. */
  loaded(): Promise<void>;
  /** All files were checked as well. */
  checked(): Promise<void>;
  /** `loaded` is over for the first time. */
  readonly isLoaded: boolean;
  readonly places: ClaudePlaces;
  /** By path; in the order of the paths. Empty before `ready`. */
  readonly agents: ReadonlyMap<string, AgentItem>;
  readonly skills: ReadonlyMap<string, SkillItem>;
  readonly commands: ReadonlyMap<string, SkillItem>;
  readonly memory: readonly MemoryFolder[];
  /** Logs of agents by the agent's name. */
  readonly logs: ReadonlyMap<string, FileEntry>;
  /** Agents that settings forbid. */
  readonly denied: readonly DenyRule[];
  readonly unreadableSettings: readonly UnreadableSettings[];
  /** `agents` folders that were not there when the files were first looked for. */
  readonly newFolders: readonly string[];
  /** For `findAgentProblems` of the file at the path, which need not exist. Parts that are not known yet are null. */
  contextFor(path: string): AgentContext;
  /** For `findSkillProblems`. */
  skillContextFor(path: string): SkillContext;
  /** Reads these before the others: they are being looked at. */
  prefer(paths: readonly string[]): Promise<void>;
}

export interface AgentModelDeps {
  catalog: ClaudeCatalog;
  log: Log;
}
