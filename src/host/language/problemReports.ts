import * as vscode from 'vscode';
import type { Problem } from '../../core/problem.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { catalogPath, type ClaudeFolders } from '../claude/claudeFolders.ts';
import type { Settings } from '../settings.ts';
import type { ClosedFiles } from './closedFiles.ts';
import { diagnosticsOf } from './diagnosticsOf.ts';
import type { OpenFiles } from './openFiles.ts';
import type { SubjectKind } from './subjects.ts';

interface Report {
  uri: vscode.Uri;
  kind: SubjectKind;
  text: string;
  problems: readonly Problem[];
}

/** Puts problems into the Problems panel: those of open documents as they are typed, of other files as they are on the disk. */
export class ProblemReports implements Disposable {
  readonly #settings: Pick<Settings, 'validates' | 'onDidChange'>;
  readonly #subscriptions = new DisposableStore();
  readonly #collection: vscode.DiagnosticCollection;
  /** By path. What is said of an open document hides what is said of its file. */
  readonly #open = new Map<string, Report>();
  readonly #closed = new Map<string, Report>();

  constructor(deps: {
    claude: ClaudeFolders;
    openFiles: OpenFiles;
    closedFiles: ClosedFiles;
    settings: Pick<Settings, 'validates' | 'onDidChange'>;
  }) {
    const { claude, openFiles, closedFiles } = deps;
    this.#settings = deps.settings;
    this.#collection = this.#subscriptions.add(vscode.languages.createDiagnosticCollection('claudetask'));
    this.#subscriptions.add(
      openFiles.onDidCheck(({ document: { uri }, file }) => {
        const path = catalogPath(uri);
        if (file === undefined) this.#open.delete(path);
        else this.#open.set(path, { uri, kind: file.subject.kind, text: file.text, problems: file.problems });
        this.#show(path);
      }),
    );
    this.#subscriptions.add(
      openFiles.onDidClose((uri) => {
        const path = catalogPath(uri);
        this.#open.delete(path);
        this.#show(path, uri);
        const folder = claude.all.find(({ catalog }) => catalog.get(path) !== undefined);
        if (folder !== undefined) closedFiles.again(folder, path);
      }),
    );
    this.#subscriptions.add(
      closedFiles.onDidCheck(({ path, kind, text, problems }) => {
        const before = this.#closed.get(path);
        if (problems.length === 0 && before === undefined) return;
        if (problems.length === 0) this.#closed.delete(path);
        else this.#closed.set(path, { uri: vscode.Uri.file(path), kind, text, problems });
        this.#show(path);
      }),
    );
    this.#subscriptions.add(
      closedFiles.onDidRemove((path) => {
        this.#closed.delete(path);
        openFiles.fileRemoved(vscode.Uri.file(path));
        this.#show(path);
      }),
    );
    this.#subscriptions.add(
      deps.settings.onDidChange((affects) => {
        if (affects('claudetask.validation.enabled'))
          for (const path of new Set([...this.#open.keys(), ...this.#closed.keys()])) this.#show(path);
      }),
    );
  }

  #show(path: string, uri = vscode.Uri.file(path)): void {
    const report = this.#open.get(path) ?? this.#closed.get(path);
    if (report === undefined || !this.#settings.validates(report.uri)) this.#collection.delete(report?.uri ?? uri);
    else this.#collection.set(report.uri, diagnosticsOf(report.kind, report.text, report.problems));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#open.clear();
    this.#closed.clear();
  }
}
