import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../../util/disposable.ts';
import type { ClaudeFolders } from '../../claude/claudeFolders.ts';
import type { InstructionModels } from '../../claude/instructionModels.ts';
import type { ContextKey } from '../../contextKeys.ts';
import type { WorkspaceStores } from '../../workspaceStores.ts';
import { InstructionTree } from './instructionTree.ts';

export interface InstructionViewDeps {
  stores: WorkspaceStores;
  folders: ClaudeFolders;
  models: InstructionModels;
  setContext(key: ContextKey, value: boolean): void;
}

export interface InstructionView extends Disposable {
  readonly tree: InstructionTree;
  /** The file that a row of this view stands for. */
  fileOf(row: unknown): vscode.Uri | undefined;
}

export function createInstructionView({ stores, folders, models, setContext }: InstructionViewDeps): InstructionView {
  const subscriptions = new DisposableStore();
  const onReady = () => setContext('claudetask.instructionsReady', true);
  const tree = subscriptions.add(new InstructionTree({ stores, folders, models, onReady }));
  const view = subscriptions.add(
    vscode.window.createTreeView('claudetask.instructions', { treeDataProvider: tree, showCollapseAll: true }),
  );
  subscriptions.add(
    view.onDidChangeVisibility(({ visible }) => {
      tree.isVisible = visible;
    }),
  );
  return {
    tree,
    fileOf: (value) => {
      const row = tree.rows.find(value);
      if (row?.kind === 'file') return vscode.Uri.file(row.path);
      return row?.kind === 'import' ? vscode.Uri.file(row.node.path) : undefined;
    },
    dispose: () => subscriptions.dispose(),
  };
}
