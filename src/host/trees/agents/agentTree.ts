import * as vscode from 'vscode';
import type { AgentModelChange } from '../../../app/agentModel.ts';
import { Burst } from '../../../util/burst.ts';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ClaudeFolder, ClaudeFolders } from '../../claude/claudeFolders.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import { groupAgents, knownName, type AgentGroups } from './agentGroups.ts';
import { AgentNodes, isFileNode, type AgentTreeNode, type FileNode, type GroupKey, type GroupNode, type MoreNode } from './agentNode.ts';
import { agentTooltip } from './agentRow.ts';
import { AgentRows, memoryOf, noteRow } from './agentRows.ts';
import { isIgnored, shortPath, stateSentence } from './agentWords.ts';
import { mainFile } from './memoryLook.ts';
import { moreItem } from '../moreItem.ts';
import { folderItem, groupDescription, groupItem, skillTooltip } from './otherRows.ts';

/** Changes that come within this time are drawn together; milliseconds. */
const burstTimes = { quiet: 60, longest: 250 } as const;
/** With more nodes than this to redraw, the whole tree is quicker. */
const manyNodes = 100;
/** Rows a group shows at first, and how many more each time. VS Code builds every child of an open group. */
const pageSize = 300;

type Touch = { folder: ClaudeFolder; change: AgentModelChange };

/** The Agents view's rows: folders when there are several, groups by scope, agents with what is known of them. */
export class AgentTree implements vscode.TreeDataProvider<AgentTreeNode>, Disposable {
  readonly #claude: ClaudeFolders;
  readonly #changed = new vscode.EventEmitter<AgentTreeNode[] | undefined>();
  readonly #subscriptions = new DisposableStore();
  readonly #followed = new Map<ClaudeFolder, Disposable>();
  readonly #groups = new Map<ClaudeFolder, AgentGroups>();
  readonly #shownRows = new Map<string, number>();
  readonly #descriptions = new Map<string, string>();
  readonly #rows = new AgentRows();
  readonly #burst = this.#subscriptions.add(new Burst<Touch>(burstTimes, (touches) => this.#redraw(touches)));

  readonly nodes = new AgentNodes();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(claude: ClaudeFolders, stores: WorkspaceStores) {
    this.#claude = claude;
    this.#subscriptions.add(stores.onDidChangeFolders(() => this.#reset()));
  }

  /** Agents that Claude Code ignores, of all folders shown. */
  get ignored(): number {
    let ignored = 0;
    const seen = new Set<string>();
    for (const folder of this.#followed.keys()) {
      for (const [path, item] of folder.agents.agents) {
        if (seen.has(path) || !isIgnored(item)) continue;
        // The home folder's agents are shown under every workspace folder.
        seen.add(path);
        ignored++;
      }
    }
    return ignored;
  }

  /** What the rows cannot say; empty when there is nothing. */
  get message(): string {
    const lines: string[] = [];
    for (const { agents, catalog } of this.#followed.keys()) {
      const { unreadable, incomplete } = catalog.gaps;
      if (unreadable.length > 0)
        lines.push(vscode.l10n.t('Not readable: {0}', unreadable.map((path) => shortPath(path, agents.places)).join(', ')));
      if (incomplete) lines.push(vscode.l10n.t('Some folders were not searched: there are more than 20,000.'));
      for (const { path, message } of agents.unreadableSettings) lines.push(`${shortPath(path, agents.places)}: ${message}`);
    }
    return [...new Set(lines)].join('\n');
  }

  get isEmpty(): boolean {
    return this.#claude.all.every((folder) => this.#groupsOf(folder).members.size === 0);
  }

  showMore(node: MoreNode): void {
    this.#shownRows.set(node.parent, (this.#shownRows.get(node.parent) ?? pageSize) + pageSize);
    const parent = this.nodes.get(node.parent);
    this.#changed.fire(parent ? [parent] : undefined);
  }

  async getChildren(node?: AgentTreeNode): Promise<AgentTreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return this.#roots();
      case 'folder':
        return this.#inFolder(node.folder);
      case 'group':
        return this.#inGroup(node);
      case 'agent':
        return this.#inAgent(node);
      case 'memory':
        return this.#inMemory(node);
      default:
        return [];
    }
  }

  async #roots(): Promise<AgentTreeNode[]> {
    const folders = await this.#claude.load();
    await Promise.all(folders.map((folder) => this.#follow(folder)));
    const [only] = folders;
    if (folders.length === 1 && only) return this.#inFolder(only);
    if (this.isEmpty) return [];
    return folders.map((folder) => this.nodes.folder(folder));
  }

  async #follow(folder: ClaudeFolder): Promise<void> {
    if (!this.#followed.has(folder) && !this.#subscriptions.isDisposed) {
      this.#followed.set(
        folder,
        folder.agents.onDidChange((change) => this.#burst.add([{ folder, change }])),
      );
    }
    await folder.agents.ready();
  }

  #inFolder(folder: ClaudeFolder): AgentTreeNode[] {
    const { members } = this.#groupsOf(folder);
    return [...members.keys()].filter((key) => !key.startsWith('plugin:')).map((key) => this.nodes.group(folder, key));
  }

  async #inGroup({ id, folder, group }: GroupNode): Promise<AgentTreeNode[]> {
    const { members, plugins } = this.#groupsOf(folder);
    if (group === 'plugins') return plugins.map((key) => this.nodes.group(folder, key));
    const paths = members.get(group) ?? [];
    const limit = this.#shownRows.get(id) ?? pageSize;
    const shown = paths.slice(0, limit);
    const kind = group === 'skills' ? 'skill' : group === 'commands' ? 'command' : group === 'memory' ? 'memory' : 'agent';
    // What the rows say comes as soon as it was read.
    void folder.agents.prefer(shown);
    const nodes: AgentTreeNode[] = shown.map((path) => this.nodes.file(kind, folder, path, id));
    if (paths.length > limit) nodes.push(this.nodes.more(folder, id, paths.length - limit));
    return nodes;
  }

  async #inAgent(node: FileNode): Promise<AgentTreeNode[]> {
    const { folder, path } = node;
    const model = folder.agents;
    const item = model.agents.get(path);
    if (item === undefined) return [];
    const children: AgentTreeNode[] = [];
    if (stateSentence(item.resolved?.state, model.places) !== undefined) children.push(this.nodes.note('reason', node, 0));
    item.problems?.forEach((problem, index) => {
      if (problem.severity !== 'hint') children.push(this.nodes.note('problem', node, index));
    });
    for (const memory of memoryOf(model, item)) {
      if (memory.files.includes(mainFile)) children.push(this.nodes.file('memory', folder, `${memory.path}/${mainFile}`, node.id));
      for (const file of memory.files) {
        if (file !== mainFile) children.push(this.nodes.file('topic', folder, `${memory.path}/${file}`, node.id));
      }
    }
    const log = model.logs.get(knownName(item));
    if (log !== undefined) children.push(this.nodes.file('log', folder, log.path, node.id));
    return children;
  }

  /** A memory folder without agent shows its files. */
  #inMemory({ id, folder, path }: FileNode): AgentTreeNode[] {
    const memory = folder.agents.memory.find((one) => one.path === path);
    return (memory?.files ?? []).map((file) => this.nodes.file(file === mainFile ? 'memory' : 'topic', folder, `${path}/${file}`, id));
  }

  async getTreeItem(node: AgentTreeNode): Promise<vscode.TreeItem> {
    switch (node.kind) {
      case 'folder':
        return folderItem(node);
      case 'group': {
        const paths = this.#groupsOf(node.folder).members.get(node.group) ?? [];
        const ignored = this.#ignoredOf(node, paths);
        this.#descriptions.set(node.id, groupDescription(paths.length, ignored));
        return groupItem(node, paths.length, ignored);
      }
      case 'more':
        return moreItem(node, Math.min(node.hidden, pageSize));
      case 'problem':
      case 'reason':
        return noteRow(node);
      default:
        return this.#rows.of(node);
    }
  }

  #ignoredOf({ folder }: GroupNode, paths: readonly string[]): number {
    const { agents } = folder.agents;
    return paths.reduce((sum, path) => {
      const item = agents.get(path);
      return item !== undefined && isIgnored(item) ? sum + 1 : sum;
    }, 0);
  }

  resolveTreeItem(item: vscode.TreeItem, node: AgentTreeNode): vscode.TreeItem {
    const { agents, skills, commands, places } = node.folder.agents;
    const agent = node.kind === 'agent' ? agents.get(node.path) : undefined;
    const skill = node.kind === 'skill' ? skills.get(node.path) : node.kind === 'command' ? commands.get(node.path) : undefined;
    if (agent) item.tooltip = agentTooltip(agent, places);
    else if (skill) item.tooltip = skillTooltip(skill, places);
    else if (isFileNode(node)) item.tooltip = shortPath(node.path, places);
    return item;
  }

  getParent(node: AgentTreeNode): AgentTreeNode | undefined {
    switch (node.kind) {
      case 'folder':
        return undefined;
      case 'group':
        return node.group.startsWith('plugin:') ? this.nodes.group(node.folder, 'plugins') : this.#folderNode(node.folder);
      default:
        return this.nodes.get(node.parent);
    }
  }

  #folderNode(folder: ClaudeFolder): AgentTreeNode | undefined {
    return this.#claude.all.length > 1 ? this.nodes.folder(folder) : undefined;
  }

  /** The row of an agent or a skill, shown or not; undefined when the tree has no such file. */
  rowOf(folder: ClaudeFolder, path: string): AgentTreeNode | undefined {
    const { members } = this.#groupsOf(folder);
    for (const [key, paths] of members) {
      if (key === 'plugins' || key === 'memory' || !paths.includes(path)) continue;
      const parent = this.nodes.group(folder, key);
      return this.nodes.file(key === 'skills' ? 'skill' : key === 'commands' ? 'command' : 'agent', folder, path, parent.id);
    }
    return undefined;
  }

  #groupsOf(folder: ClaudeFolder): AgentGroups {
    let groups = this.#groups.get(folder);
    if (groups === undefined) this.#groups.set(folder, (groups = groupAgents(folder.agents)));
    return groups;
  }

  // ---- changes

  #redraw(touches: readonly Touch[]): void {
    const nodes = new Set<AgentTreeNode>();
    let all = false;
    const paths = new Map<ClaudeFolder, Set<string>>();
    for (const { folder, change } of touches) {
      const known = paths.get(folder) ?? new Set<string>();
      paths.set(folder, known);
      for (const path of change.paths) known.add(path);
    }
    for (const [folder, changed] of paths) {
      const groups = this.#regroup(folder);
      if (groups === 'all') all = true;
      else for (const key of groups) nodes.add(this.nodes.group(folder, key));
      for (const path of changed) this.#touch(folder, path, nodes);
      if (groups !== 'all') this.#touchGroups(folder, nodes);
    }
    if (all || nodes.size > manyNodes) this.#changed.fire(undefined);
    else if (nodes.size > 0) this.#changed.fire([...nodes]);
  }

  /** The groups that have other files now, or `all` when there are other groups. */
  #regroup(folder: ClaudeFolder): GroupKey[] | 'all' {
    const before = this.#groups.get(folder);
    const now = groupAgents(folder.agents);
    this.#groups.set(folder, now);
    const keys = [...now.members.keys()];
    if (before === undefined || keys.join('\n') !== [...before.members.keys()].join('\n')) return 'all';
    return keys.filter((key) => {
      const [old = [], own = []] = [before.members.get(key), now.members.get(key)];
      return old.length !== own.length || old.some((path, index) => path !== own[index]);
    });
  }

  #touch(folder: ClaudeFolder, path: string, nodes: Set<AgentTreeNode>): void {
    for (const node of this.nodes.at(path)) {
      if (node.folder !== folder) continue;
      // Which topics are orphans depends on the file beside them.
      const above = node.kind === 'memory' || node.kind === 'topic' ? this.nodes.get(node.parent) : undefined;
      nodes.add(above ?? node);
    }
    if (this.nodes.at(path).length > 0) return;
    // A new memory file or log belongs below an agent that is shown already.
    const entry = folder.catalog.get(path);
    if (entry?.kind !== 'memory' && entry?.kind !== 'agentLog') return;
    for (const [agentPath, item] of folder.agents.agents) {
      if (!path.includes(`/${knownName(item)}`)) continue;
      for (const node of this.nodes.at(agentPath)) if (node.folder === folder) nodes.add(node);
    }
  }

  #touchGroups(folder: ClaudeFolder, nodes: Set<AgentTreeNode>): void {
    for (const [key, paths] of this.#groupsOf(folder).members) {
      const node = this.nodes.group(folder, key);
      const shown = this.#descriptions.get(node.id);
      if (shown !== undefined && shown !== groupDescription(paths.length, this.#ignoredOf(node, paths))) nodes.add(node);
    }
  }

  #reset(): void {
    for (const [folder, subscription] of this.#followed) {
      if (this.#claude.all.includes(folder)) continue;
      subscription.dispose();
      this.#followed.delete(folder);
      this.#groups.delete(folder);
      // Rows of a folder that comes back must not speak of the one that was closed.
      this.nodes.clear();
    }
    this.#changed.fire(undefined);
  }

  dispose(): void {
    for (const subscription of this.#followed.values()) subscription.dispose();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
