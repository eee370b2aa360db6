import * as vscode from 'vscode';
import type { AgentModel } from '../../app/agentModel.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { HostLog } from '../log.ts';
import { webviewHtml } from '../webviewHtml.ts';

export const agentFormViewType = 'claudetask.agentForm';

export interface AgentFormsDeps {
  log: HostLog;
  dist: vscode.Uri;
  /** The agents and skills around a file; undefined when it belongs to no folder of the workspace. */
  modelOf(uri: vscode.Uri): Promise<AgentModel | undefined>;
}

/** Forms over the files of agents. The text document has the truth, so that undo, save, backups and conflicts are VS Code's own. */
export class AgentForms implements vscode.CustomTextEditorProvider, Disposable {
  readonly #deps: AgentFormsDeps;
  /** One for each open form. */
  readonly #open = new Set<DisposableStore>();

  constructor(deps: AgentFormsDeps) {
    this.#deps = deps;
  }

  async resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): Promise<void> {
    const { log, dist, modelOf } = this.#deps;
    const { webview } = panel;
    const subscriptions = new DisposableStore();
    this.#open.add(subscriptions);
    subscriptions.add(
      panel.onDidDispose(() => {
        this.#open.delete(subscriptions);
        subscriptions.dispose();
      }),
    );
    // The page may speak before the code that listens is loaded.
    const early: unknown[] = [];
    let receive = (message: unknown): void => void early.push(message);
    subscriptions.add(webview.onDidReceiveMessage((message: unknown) => receive(message)));
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const title = vscode.l10n.t('Agent form');
    webview.html = webviewHtml({ webview, dist, title, script: 'agent.js', styles: ['codicon.css', 'agent.css'] });

    const { AgentFormEditor } = await import('./agentFormEditor.ts');
    if (subscriptions.isDisposed) return;
    const editor = subscriptions.add(
      new AgentFormEditor(
        {
          log,
          modelOf,
          post: (message) => void webview.postMessage(message),
          isActive: () => panel.active,
          viewColumn: () => panel.viewColumn,
        },
        document,
      ),
    );
    receive = (message) => void editor.receive(message);
    for (const message of early) receive(message);
    subscriptions.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) editor.forgetPage();
      }),
    );
  }

  dispose(): void {
    for (const one of this.#open) one.dispose();
    this.#open.clear();
  }
}

/** Registers the form as an editor of its own; a file opens as text unless the form is asked for. */
export function registerAgentForms(deps: AgentFormsDeps): Disposable {
  const subscriptions = new DisposableStore();
  const forms = subscriptions.add(new AgentForms(deps));
  subscriptions.add(vscode.window.registerCustomEditorProvider(agentFormViewType, forms, { supportsMultipleEditorsPerDocument: true }));
  return subscriptions;
}
