import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ClaudeFolders } from '../../claude/claudeFolders.ts';
import type { ContextKey } from '../../contextKeys.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import { isFileNode, type AgentTreeNode } from './agentNode.ts';
import type { AgentTree } from './agentTree.ts';

export interface AgentViewDeps {
  claude: ClaudeFolders;
  stores: WorkspaceStores;
  setContext(key: ContextKey, value: boolean): void;
}

export interface AgentView extends Disposable {
  /** The row that VS Code handed to a command, when it is one of ours. */
  find(value: unknown): AgentTreeNode | undefined;
  /** The file that a row stands for. */
  fileOf(row: unknown): vscode.Uri | undefined;
  showMore(row: unknown): void;
  /** Selects the row of a file and scrolls to it, when the view can be seen. */
  reveal(path: string): Promise<void>;
}

/** The Agents view. What draws its rows is loaded when the view is first opened. */
export function createAgentView({ claude, stores, setContext }: AgentViewDeps): AgentView {
  const subscriptions = new DisposableStore();
  const changed = new vscode.EventEmitter<AgentTreeNode[] | undefined>();
  subscriptions.add(changed);
  let loading: Promise<AgentTree> | undefined;
  let loaded: AgentTree | undefined;

  const load = async (): Promise<AgentTree> => {
    const made = new (await import('./agentTree.ts')).AgentTree(claude, stores);
    subscriptions.add(made);
    subscriptions.add(
      made.onDidChangeTreeData((nodes) => {
        changed.fire(nodes);
        describe(made);
      }),
    );
    loaded = made;
    return made;
  };
  const tree = () => (loading ??= load());

  const provider: vscode.TreeDataProvider<AgentTreeNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (node) => {
      const all = await tree();
      const children = await all.getChildren(node);
      if (node === undefined) {
        describe(all);
        // With it the welcome text may show; before the first look it would only flash.
        if (stores.isReady) setContext('claudetask.agentsReady', true);
      }
      return children;
    },
    getTreeItem: async (node) => (await tree()).getTreeItem(node),
    getParent: (node) => loaded?.getParent(node),
    resolveTreeItem: (item, node) => loaded?.resolveTreeItem(item, node) ?? item,
  };
  const view = subscriptions.add(
    vscode.window.createTreeView('claudetask.agents', { treeDataProvider: provider, canSelectMany: true, showCollapseAll: true }),
  );

  const describe = (all: AgentTree) => {
    const { ignored, message } = all;
    const badge =
      ignored === 0
        ? undefined
        : {
            value: ignored,
            tooltip:
              ignored === 1 ? vscode.l10n.t('Claude Code ignores 1 agent') : vscode.l10n.t('Claude Code ignores {0} agents', ignored),
          };
    if (view.badge?.value !== badge?.value) view.badge = badge;
    if ((view.message ?? '') !== message) view.message = message;
  };

  return {
    find: (value) => loaded?.nodes.find(value),
    fileOf: (row) => {
      const node = loaded?.nodes.find(row);
      return node !== undefined && isFileNode(node) ? vscode.Uri.file(node.path) : undefined;
    },
    showMore: (row) => {
      const node = loaded?.nodes.find(row);
      if (node?.kind === 'more') loaded?.showMore(node);
    },
    reveal: async (path) => {
      if (!view.visible || loaded === undefined) return;
      for (const folder of claude.all) {
        const row = loaded.rowOf(folder, path);
        if (row !== undefined) {
          await view.reveal(row, { select: true, focus: false });
          return;
        }
      }
    },
    dispose: () => subscriptions.dispose(),
  };
}
