import * as vscode from 'vscode';
import type { Disposable } from '../../util/disposable.ts';

/** Texts that are kept, so that a tab behind others can be drawn again. */
const mostKept = 20;

/** Texts that are no files, such as what a dry run of a job says: read-only documents of a scheme of their own. */
export class JobTexts implements vscode.TextDocumentContentProvider, Disposable {
  readonly #scheme: string;
  readonly #registration: Disposable;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();

  readonly onDidChange = this.#changed.event;

  constructor(scheme = 'claudetask-job') {
    this.#scheme = scheme;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.#texts.get(uri.toString());
  }

  /** Shows a text under a name, in place of an earlier one of that name. */
  async show(name: string, text: string): Promise<void> {
    await vscode.window.showTextDocument(this.put(name, text), { preview: true });
  }

  /** The address of a text under a name. */
  put(name: string, text: string): vscode.Uri {
    // VS Code shows the path as the title and takes the language from it.
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${name.replaceAll('/', ' ')}` });
    const key = uri.toString();
    this.#texts.delete(key);
    this.#texts.set(key, text);
    for (const oldest of this.#texts.keys()) if (this.#texts.size > mostKept) this.#texts.delete(oldest);
    this.#changed.fire(uri);
    return uri;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
    this.#texts.clear();
  }
}
