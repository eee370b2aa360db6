import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { FileView } from '../../core/instructions/sourceFiles.ts';
import type { CheckedFile, FileChecks } from './fileChecks.ts';
import { viewOf } from './sourceDisk.ts';
import type { Subjects } from './subjects.ts';

/** Milliseconds after the last keystroke. */
const pause = 150;

interface Open {
  document: vscode.TextDocument;
  timer?: ReturnType<typeof setTimeout>;
  running?: { version: number; round: number; result: Promise<CheckedFile | undefined>; abort: AbortController };
  /** Goes up when something outside of the document makes its result old. */
  round: number;
}

/** With the byte order mark that an editor hides. */
export function wholeView(document: vscode.TextDocument): FileView {
  const view = viewOf(document);
  return document.encoding === 'utf8bom' ? { ...view, text: `\uFEFF${view.text}` } : view;
}

/** The documents in editors that concern us, each checked a moment after it has changed. */
export class OpenFiles implements Disposable {
  readonly #checks: FileChecks;
  readonly #subjects: Subjects;
  readonly #fail: (error: unknown) => void;
  readonly #subscriptions = new DisposableStore();
  readonly #open = new Map<string, Open>();
  readonly #checked = new Emitter<{ document: vscode.TextDocument; file: CheckedFile | undefined }>();
  readonly #closed = new Emitter<vscode.Uri>();

  /** `file` is undefined when the document does not concern us. */
  readonly onDidCheck = this.#checked.event;
  readonly onDidClose = this.#closed.event;

  constructor({ checks, subjects, fail }: { checks: FileChecks; subjects: Subjects; fail: (error: unknown) => void }) {
    this.#checks = checks;
    this.#subjects = subjects;
    this.#fail = fail;
    this.#subscriptions.add(vscode.workspace.onDidOpenTextDocument((document) => this.#opened(document)));
    this.#subscriptions.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)));
    this.#subscriptions.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const open = contentChanges.length > 0 ? this.#open.get(document.uri.toString()) : undefined;
        if (open !== undefined) this.#schedule(open, pause);
      }),
    );
    this.#subscriptions.add(
      subjects.onDidChangeImported((paths) => {
        for (const document of vscode.workspace.textDocuments)
          if (paths.has(document.uri.fsPath.replaceAll('\\', '/'))) this.#opened(document);
      }),
    );
    // A document may outlive its editor for minutes, and come back without being opened.
    this.#subscriptions.add(
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor !== undefined && !this.#open.has(editor.document.uri.toString())) this.#opened(editor.document);
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.#opened(document);
  }

  #opened(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    if (document.isClosed || (!this.#subjects.mayBe(document.uri) && !this.#open.has(key))) return;
    const open = this.#open.get(key) ?? { document, round: 0 };
    open.document = document;
    this.#open.set(key, open);
    open.round++;
    this.#schedule(open, 0);
  }

  #forget(uri: vscode.Uri): void {
    const open = this.#open.get(uri.toString());
    if (open === undefined) return;
    clearTimeout(open.timer);
    open.running?.abort.abort();
    this.#open.delete(uri.toString());
    this.#closed.fire(uri);
  }

  #schedule(open: Open, delay: number): void {
    clearTimeout(open.timer);
    open.timer = setTimeout(() => {
      this.now(open.document).then(undefined, this.#fail);
    }, delay);
  }

  /** The file is gone: a document that nobody sees goes with it. */
  fileRemoved(uri: vscode.Uri): void {
    if (!vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === uri.toString())) this.#forget(uri);
  }

  has(uri: vscode.Uri): boolean {
    return this.#open.has(uri.toString());
  }

  /** Something other than the documents has changed: those that it concerns are checked again. */
  recheck(concerns: (file: CheckedFile) => boolean): void {
    for (const open of this.#open.values()) {
      const { running } = open;
      if (running === undefined) continue;
      void running.result.then(
        (file) => {
          if (open.running !== running || file === undefined || !concerns(file)) return;
          open.round++;
          this.#schedule(open, pause);
        },
        () => undefined,
      );
    }
  }

  /** The document as it is now, checked; undefined when it does not concern us, or was closed or changed meanwhile. */
  async now(document: vscode.TextDocument): Promise<CheckedFile | undefined> {
    const open = this.#open.get(document.uri.toString());
    if (open === undefined) return undefined;
    const { running, round } = open;
    if (running?.version === document.version && running.round === round) return await running.result;
    clearTimeout(open.timer);
    running?.abort.abort();
    const abort = new AbortController();
    const next = { version: document.version, round, abort, result: this.#check(document, abort.signal) };
    open.running = next;
    const file = await next.result;
    if (open.running === next && !abort.signal.aborted) this.#checked.fire({ document, file });
    return file;
  }

  async #check(document: vscode.TextDocument, signal: AbortSignal): Promise<CheckedFile | undefined> {
    try {
      const subject = await this.#subjects.of(document.uri);
      if (subject === undefined || signal.aborted || document.isClosed) return undefined;
      return await this.#checks.check(subject, wholeView(document), signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const { timer, running } of this.#open.values()) {
      clearTimeout(timer);
      running?.abort.abort();
    }
    this.#open.clear();
  }
}
