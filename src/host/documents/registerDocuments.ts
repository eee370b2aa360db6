import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { ClaudeFolders } from '../claude/claudeFolders.ts';
import type { InstructionModels } from '../claude/instructionModels.ts';
import { previewScheme, versionScheme } from './folderUri.ts';
import type { PreviewDocuments } from './previewDocuments.ts';

export interface DocumentDeps {
  folders: ClaudeFolders;
  models: InstructionModels;
}

/** Previews and versions as documents. What fills them is loaded when the first one is opened. */
export function registerDocuments({ folders, models }: DocumentDeps): Disposable {
  const subscriptions = new DisposableStore();
  const changed = subscriptions.add(new vscode.EventEmitter<vscode.Uri>());

  let loading: Promise<PreviewDocuments> | undefined;
  const load = async () => {
    const { PreviewDocuments: Previews } = await import('./previewDocuments.ts');
    const previews = subscriptions.add(new Previews(folders, models));
    subscriptions.add(previews.onDidChange((uri) => changed.fire(uri)));
    return previews;
  };
  const previews = () => (loading ??= load());

  subscriptions.add(
    vscode.workspace.registerTextDocumentContentProvider(previewScheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) => await (await previews()).provideTextDocumentContent(uri),
    }),
  );
  const selector = { scheme: previewScheme };
  subscriptions.add(
    vscode.languages.registerCodeLensProvider(selector, {
      provideCodeLenses: async (document) => (await previews()).provideCodeLenses(document),
    }),
  );
  subscriptions.add(
    vscode.languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: async (document) => (await previews()).provideDocumentLinks(document),
    }),
  );
  subscriptions.add(
    vscode.workspace.registerTextDocumentContentProvider(versionScheme, {
      provideTextDocumentContent: async (uri) => await (await import('./versions.ts')).versionText(folders, uri),
    }),
  );
  return subscriptions;
}
