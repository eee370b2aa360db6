import { readAgent } from '../../core/agents/agent.ts';
import type { AgentEntry } from '../../core/agents/precedence.ts';
import type { ClaudePlaces } from '../../core/claudePlaces.ts';
import type { DocumentKind } from '../../core/document.ts';
import { readMarkdown } from '../../core/markdown/frontmatter.ts';
import type { MemoryFolder } from '../../core/memory/agentMemory.ts';
import { placeOf, readSkill } from '../../core/skills/skill.ts';
import type { AgentItem, SkillItem } from '../agentModel.ts';
import type { CatalogText } from '../claudeCatalog.ts';
import type { FileEntry } from '../filePorts.ts';
import { calledBy, definitionOf } from './definitions.ts';
import { logsOf, memoryFoldersOf } from './memoryFiles.ts';

const kinds: ReadonlySet<DocumentKind> = new Set(['agent', 'skill', 'command', 'settings', 'memory', 'agentLog']);
/** Of a file that was not read yet. */
const unread = { content: undefined, resolved: undefined, problems: undefined } as const;

/** What a file that is new or has changed means for the others. */
export interface Placed {
  isNew: boolean;
  /** Its content is to be read. */
  isUnread: boolean;
  /** What all files together mean may be something else now. */
  isMeaning: boolean;
}

/** The files of one workspace folder that concern agents, with what was read of them, each kind in the order of the paths. */
export class Shelf {
  agents = new Map<string, AgentItem>();
  skills = new Map<string, SkillItem>();
  commands = new Map<string, SkillItem>();
  /** Of the agents that were read. */
  readonly definitions = new Map<string, AgentEntry>();
  /** Memory and logs, of which only the names count here. */
  readonly #others = new Map<string, FileEntry>();
  #memory: readonly MemoryFolder[] | undefined;
  #logs: ReadonlyMap<string, FileEntry> | undefined;

  holds({ kind }: FileEntry): boolean {
    return kinds.has(kind);
  }

  put(entry: FileEntry, places: ClaudePlaces): Placed {
    const { path, kind } = entry;
    if (kind === 'settings') return { isNew: false, isUnread: false, isMeaning: true };
    if (kind === 'memory' || kind === 'agentLog') {
      const isNew = !this.#others.has(path);
      this.#others.set(path, entry);
      this.#forgetLists();
      return { isNew, isUnread: false, isMeaning: false };
    }
    const isNew = this.item(path) === undefined;
    // What cannot be read says nothing; what can is shown as it was until it has been read again.
    const isReadable = entry.problem === undefined;
    if (kind === 'agent') this.agents.set(path, { ...unread, ...(isReadable && this.agents.get(path)), entry });
    else {
      const items = kind === 'skill' ? this.skills : this.commands;
      items.set(path, { ...unread, ...(isReadable && items.get(path)), name: calledBy(entry, places), entry });
    }
    if (!isReadable) this.definitions.delete(path);
    return { isNew, isUnread: isReadable, isMeaning: !isReadable };
  }

  remove({ path }: FileEntry): void {
    for (const files of [this.agents, this.skills, this.commands, this.definitions, this.#others]) files.delete(path);
    this.#forgetLists();
  }

  item(path: string): AgentItem | SkillItem | undefined {
    return this.agents.get(path) ?? this.skills.get(path) ?? this.commands.get(path);
  }

  /** After files were put that are new. */
  sort(): void {
    this.agents = sorted(this.agents);
    this.skills = sorted(this.skills);
    this.commands = sorted(this.commands);
  }

  /** Takes in what a file says; false when it says what it said before, or has gone. */
  read({ entry: { path, kind }, text, hash }: CatalogText, places: ClaudePlaces): boolean {
    const agent = this.agents.get(path);
    const items = kind === 'skill' ? this.skills : this.commands;
    const skill = items.get(path);
    const before = agent ?? skill;
    if (before === undefined || before.content?.hash === hash) return false;
    const document = readMarkdown(text);
    if (agent !== undefined) {
      const content = { hash, document, agent: readAgent(document) };
      this.agents.set(path, { ...agent, content });
      this.definitions.set(path, definitionOf(agent.entry, content, places));
    } else if (skill !== undefined) {
      const place = placeOf(path);
      const content = { hash, document, skill: readSkill(document, 'command' in place ? place.command : '') };
      items.set(path, { ...skill, content });
    }
    return true;
  }

  memory(places: ClaudePlaces): readonly MemoryFolder[] {
    this.#memory ??= memoryFoldersOf(this.#list('memory'), places);
    return this.#memory;
  }

  logs(places: ClaudePlaces): ReadonlyMap<string, FileEntry> {
    this.#logs ??= logsOf(this.#list('agentLog'), places);
    return this.#logs;
  }

  #forgetLists(): void {
    this.#memory = undefined;
    this.#logs = undefined;
  }

  #list(kind: DocumentKind): FileEntry[] {
    return [...this.#others.values()].filter((entry) => entry.kind === kind).sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

function sorted<T>(items: Map<string, T>): Map<string, T> {
  const all = [...items];
  if (all.every(([path], index) => index === 0 || (all[index - 1]?.[0] ?? '') < path)) return items;
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}
