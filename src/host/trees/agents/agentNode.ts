import type { ClaudeFolder } from '../../claude/claudeFolders.ts';

/** What a group gathers. `project` has the folder that holds `.claude` behind the colon, `plugin` the plugin's name. */
export type GroupKey = `project:${string}` | 'user' | 'plugins' | `plugin:${string}` | 'managed' | 'skills' | 'commands' | 'memory';

interface Node {
  id: string;
  folder: ClaudeFolder;
}
export interface FolderNode extends Node {
  kind: 'folder';
}
export interface GroupNode extends Node {
  kind: 'group';
  group: GroupKey;
}
/** A file; what it stands under is in `parent`. */
export interface FileNode extends Node {
  kind: 'agent' | 'skill' | 'command' | 'memory' | 'topic' | 'log';
  path: string;
  parent: string;
}
/** Something to know about the file it stands under: a problem by its number, or what keeps the agent from being called. */
export interface NoteNode extends Node {
  kind: 'problem' | 'reason';
  path: string;
  parent: string;
  index: number;
}
/** Stands for the rows of a long group that are not shown yet. */
export interface MoreNode extends Node {
  kind: 'more';
  parent: string;
  hidden: number;
}
export type AgentTreeNode = FolderNode | GroupNode | FileNode | NoteNode | MoreNode;

export const isFileNode = (node: AgentTreeNode): node is FileNode => 'path' in node && !('index' in node);

/** Hands out one object per id: VS Code knows an element by its identity, and only a known one can be refreshed alone. */
export class AgentNodes {
  readonly #nodes = new Map<string, AgentTreeNode>();
  readonly #byPath = new Map<string, FileNode[]>();

  /** The node that VS Code handed back, when it is one of ours. */
  find(value: unknown): AgentTreeNode | undefined {
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return undefined;
    const node = this.#nodes.get(value.id);
    return node === value ? node : undefined;
  }

  get(id: string): AgentTreeNode | undefined {
    return this.#nodes.get(id);
  }

  /** The rows of a file that were shown so far. */
  at(path: string): readonly FileNode[] {
    return this.#byPath.get(path) ?? [];
  }

  folder(folder: ClaudeFolder): FolderNode {
    const id = folder.tasks.key;
    const node = this.#nodes.get(id);
    return node?.kind === 'folder' ? node : this.#keep({ kind: 'folder', id, folder });
  }

  group(folder: ClaudeFolder, group: GroupKey): GroupNode {
    const id = `${folder.tasks.key}?${group}`;
    const node = this.#nodes.get(id);
    return node?.kind === 'group' ? node : this.#keep({ kind: 'group', id, folder, group });
  }

  file(kind: FileNode['kind'], folder: ClaudeFolder, path: string, parent: string): FileNode {
    const id = `${parent}#${path}`;
    const node = this.#nodes.get(id);
    if (node !== undefined && isFileNode(node) && node.kind === kind) return node;
    const made: FileNode = { kind, id, folder, path, parent };
    this.#byPath.set(path, [...this.at(path).filter((other) => other.id !== id), made]);
    return this.#keep(made);
  }

  note(kind: NoteNode['kind'], parent: FileNode, index: number): NoteNode {
    const id = `${parent.id}?${kind}=${index}`;
    const node = this.#nodes.get(id);
    if (node?.kind === 'problem' || node?.kind === 'reason') return node;
    return this.#keep({ kind, id, folder: parent.folder, path: parent.path, parent: parent.id, index });
  }

  more(folder: ClaudeFolder, parent: string, hidden: number): MoreNode {
    const id = `${parent}/more`;
    const node = this.#nodes.get(id);
    if (node?.kind !== 'more') return this.#keep({ kind: 'more', id, folder, parent, hidden });
    node.hidden = hidden;
    return node;
  }

  clear(): void {
    this.#nodes.clear();
    this.#byPath.clear();
  }

  #keep<T extends AgentTreeNode>(node: T): T {
    this.#nodes.set(node.id, node);
    return node;
  }
}
