import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ContextKey } from '../../contextKeys.ts';
import type { JobFolders } from '../../jobs/jobFolders.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import type { JobTreeNode } from './jobNode.ts';
import type { JobTree } from './jobTree.ts';

export interface JobViewDeps {
  folders: JobFolders;
  stores: WorkspaceStores;
  setContext(key: ContextKey, value: boolean): void;
}

export interface JobView extends Disposable {
  /** The row that VS Code handed to a command, when it is one of ours. */
  find(value: unknown): JobTreeNode | undefined;
  showMore(row: unknown): Promise<void>;
  /** How many runs wait for the person. */
  setBadge(waiting: number): void;
}

/** The Jobs view. What draws its rows is loaded when the view is first opened. */
export function createJobView({ folders, stores, setContext }: JobViewDeps): JobView {
  const subscriptions = new DisposableStore();
  const changed = new vscode.EventEmitter<JobTreeNode[] | undefined>();
  subscriptions.add(changed);
  let loading: Promise<JobTree> | undefined;
  let loaded: JobTree | undefined;

  const load = async (): Promise<JobTree> => {
    const made = subscriptions.add(new (await import('./jobTree.ts')).JobTree(folders));
    subscriptions.add(made.onDidChangeTreeData((nodes) => changed.fire(nodes)));
    loaded = made;
    return made;
  };
  const tree = () => (loading ??= load());

  const provider: vscode.TreeDataProvider<JobTreeNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (node) => {
      const children = await (await tree()).getChildren(node);
      // With it the welcome text may show; before the first look it would only flash.
      if (node === undefined && stores.isReady) setContext('claudetask.jobsReady', true);
      if (node === undefined) sayTrust(children.length > 0);
      return children;
    },
    getTreeItem: async (node) => (await tree()).getTreeItem(node),
    getParent: (node) => loaded?.getParent(node),
    resolveTreeItem: (item, node) => loaded?.resolveTreeItem(item, node) ?? item,
  };
  const view = subscriptions.add(vscode.window.createTreeView('claudetask.jobs', { treeDataProvider: provider, showCollapseAll: true }));

  // With a message VS Code keeps the welcome text back, which is needed where there is no row.
  const sayTrust = (hasRows: boolean) => {
    const message =
      vscode.workspace.isTrusted || !hasRows
        ? ''
        : vscode.l10n.t('Restricted Mode: jobs can be read and edited. None runs until you trust this workspace.');
    if ((view.message ?? '') !== message) view.message = message;
  };
  subscriptions.add(vscode.workspace.onDidGrantWorkspaceTrust(() => sayTrust(false)));

  return {
    find: (value) => loaded?.nodes.find(value),
    showMore: async (row) => {
      const node = loaded?.nodes.find(row);
      if (node?.kind === 'more') await loaded?.showMore(node);
    },
    setBadge: (waiting) => {
      const tooltip = waiting === 1 ? vscode.l10n.t('1 job needs you') : vscode.l10n.t('{0} jobs need you', waiting);
      if ((view.badge?.value ?? 0) !== waiting) view.badge = waiting === 0 ? undefined : { value: waiting, tooltip };
    },
    dispose: () => subscriptions.dispose(),
  };
}
