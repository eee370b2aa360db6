import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../util/disposable.ts';
import type { WorkspaceStores } from './workspaceStores.ts';

export type ContextKey =
  | 'claudetask.ready'
  | 'claudetask.hasTasks'
  | 'claudetask.failed'
  | 'claudetask.filtered'
  | 'claudetask.agentsReady'
  | 'claudetask.instructionsReady'
  | 'claudetask.jobsReady'
  | 'claudetask.jobRunning'
  | 'claudetask.jobNeedsYou'
  | 'claudetask.recordingOpen'
  | 'claudetask.apiReady'
  | 'claudetask.serverOn';

/** Sets a key of `when` clauses, once per change: each set is a message to the window. */
export function createContextKeys(): (key: ContextKey, value: boolean) => void {
  const known = new Map<ContextKey, boolean>();
  return (key, value) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}

/** Keeps the keys that follow from the stores. `ready` comes last, so that no welcome text shows before its reason. */
export function followStores(stores: WorkspaceStores, set: (key: ContextKey, value: boolean) => void): Disposable {
  const subscriptions = new DisposableStore();
  const update = () => {
    set(
      'claudetask.hasTasks',
      stores.all.some((folder) => folder.total > 0),
    );
    set(
      'claudetask.failed',
      stores.all.some((folder) => folder.state.role === 'failed'),
    );
    set('claudetask.ready', stores.isReady);
  };
  subscriptions.add(stores.onDidChange(update));
  subscriptions.add(stores.onDidChangeState(update));
  subscriptions.add(stores.onDidChangeFolders(update));
  return subscriptions;
}
