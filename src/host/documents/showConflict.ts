import * as vscode from 'vscode';
import { AppError } from '../../core/appError.ts';
import { nameOf } from '../../core/filePath.ts';
import type { Disposable } from '../../util/disposable.ts';

/** A write that did not happen, because the file was changed or removed by others in the meantime. */
export interface Conflict {
  file: vscode.Uri;
  /** What was to be written. */
  ours: string;
}

const scheme = 'claudetask-unwritten';

/** Texts that are kept, so that a comparison in a tab behind others can be drawn again. */
const mostKept = 20;

/** Shows what was not written beside the file as it is: on the left, from where each change can be brought into the file with a click. */
export class Conflicts implements vscode.TextDocumentContentProvider, Disposable {
  readonly #registration: Disposable;
  readonly #texts = new Map<string, string>();
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.#texts.get(uri.toString());
  }

  async show({ file, ours }: Conflict): Promise<void> {
    const name = nameOf(file.path);
    this.#count++;
    const unwritten = file.with({ scheme, authority: '', query: String(this.#count) });
    this.#texts.set(unwritten.toString(), ours);
    for (const oldest of this.#texts.keys()) if (this.#texts.size > mostKept) this.#texts.delete(oldest);
    if (await isThere(file)) {
      await vscode.commands.executeCommand('vscode.diff', unwritten, file, vscode.l10n.t('{0}: not written ↔ now', name), {
        preview: false,
      });
      tell(vscode.l10n.t('{0} was changed in the meantime, so nothing was written. Take over from the left what you want to keep.', name));
    } else {
      await vscode.window.showTextDocument(unwritten, { preview: false });
      tell(vscode.l10n.t('{0} was removed in the meantime, so nothing was written. This is what it would have become.', name));
    }
  }

  /** Runs a write. When the file is not what the writer has seen, shows both and answers undefined; other failures are thrown. */
  async guard<T>(conflict: Conflict, write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await write();
    } catch (error) {
      if (!AppError.is(error, 'file.stale')) throw error;
      await this.show(conflict);
      return undefined;
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#texts.clear();
  }
}

const tell = (message: string) => void vscode.window.showWarningMessage(message);

async function isThere(file: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(file)).type !== vscode.FileType.Directory;
  } catch {
    return false;
  }
}
