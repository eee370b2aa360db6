import type { MarkdownDocument } from '../markdown/frontmatter.ts';
import type { Agent } from './agent.ts';

/** What a check must know beyond the file. Null where it is not known: then nothing is said about it. */
export interface AgentContext {
  isPlugin: boolean;
  /** Name to paths of the files in the same folder tree, this one among them. */
  sameTree: ReadonlyMap<string, readonly string[]>;
  /** Every agent that can be called, built-in ones too. */
  agentNames: ReadonlySet<string> | null;
  /** By the name they are called by. */
  skills: ReadonlyMap<string, KnownSkill> | null;
  /** Absolute; where a missing skill would be made. */
  skillsFolder: string | null;
  /** Full model ids known besides the aliases. */
  models: readonly string[];
}

export interface KnownSkill {
  /** `disable-model-invocation: true`: agents do not get it. */
  manualOnly: boolean;
}

export interface AgentFile {
  /** Absolute. */
  path: string;
  document: MarkdownDocument;
  agent: Agent;
}
