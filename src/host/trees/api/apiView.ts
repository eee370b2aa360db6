import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ContextKey } from '../../contextKeys.ts';
import { LastSeen } from '../../server/lastSeen.ts';
import type { LocalApi } from '../../server/localApi.ts';
import type { WebhookSecrets } from '../../server/webhookSecrets.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import type { ApiNode } from './apiNode.ts';
import type { ApiTree } from './apiTree.ts';

export interface ApiViewDeps {
  api: LocalApi;
  stores: WorkspaceStores;
  secrets: WebhookSecrets;
  memory: vscode.Memento;
  setContext(key: ContextKey, value: boolean): void;
}

export interface ApiView extends Disposable {
  /** The row that VS Code handed to a command, when it is one of ours. */
  find(value: unknown): ApiNode | undefined;
}

/** The API view. What draws its rows is loaded when the view is first opened. */
export function createApiView({ api, stores, secrets, memory, setContext }: ApiViewDeps): ApiView {
  const subscriptions = new DisposableStore();
  const changed = subscriptions.add(new vscode.EventEmitter<ApiNode[] | undefined>());
  let loading: Promise<ApiTree> | undefined;
  let loaded: ApiTree | undefined;

  const load = async (): Promise<ApiTree> => {
    const made = subscriptions.add(new (await import('./apiTree.ts')).ApiTree({ api, stores, secrets, seen: new LastSeen(memory) }));
    subscriptions.add(made.onDidChangeTreeData((nodes) => changed.fire(nodes)));
    loaded = made;
    return made;
  };
  const tree = () => (loading ??= load());

  const provider: vscode.TreeDataProvider<ApiNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: async (node) => {
      const children = await (await tree()).getChildren(node);
      // With it the welcome text may show; before the first look it would only flash.
      if (node === undefined) setContext('claudetask.apiReady', true);
      return children;
    },
    getTreeItem: async (node) => (await tree()).getTreeItem(node),
    resolveTreeItem: (item, node) => loaded?.resolveTreeItem(item, node) ?? item,
  };
  const view = subscriptions.add(vscode.window.createTreeView('claudetask.api', { treeDataProvider: provider }));
  subscriptions.add(
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) loaded?.refreshWebhooks();
    }),
  );
  subscriptions.add(
    view.onDidExpandElement(({ element }) => {
      if (element.kind === 'webhook') loaded?.refreshWebhooks();
    }),
  );

  return {
    find: (value) => loaded?.nodes.find(value),
    dispose: () => subscriptions.dispose(),
  };
}
