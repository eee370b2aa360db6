import * as vscode from 'vscode';
import { targetLines } from '../../core/instructions/sizeProblems.ts';
import { countLines, estimateTokens } from '../../core/instructions/tokens.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { CheckedFile } from './fileChecks.ts';
import { hasLenses, numberText } from './instructionLenses.ts';
import type { OpenFiles } from './openFiles.ts';

/** Facts about the CLAUDE.md or rule in the active editor, in VS Code's language status. There is none for other documents. */
export class InstructionStatus implements Disposable {
  readonly #openFiles: OpenFiles;
  readonly #fail: (error: unknown) => void;
  readonly #subscriptions = new DisposableStore();
  #item: vscode.LanguageStatusItem | undefined;

  constructor({ openFiles, fail }: { openFiles: OpenFiles; fail: (error: unknown) => void }) {
    this.#openFiles = openFiles;
    this.#fail = fail;
    this.#subscriptions.add(openFiles.onDidCheck(({ document, file }) => this.#showActive(document, file)));
    this.#subscriptions.add(vscode.window.onDidChangeActiveTextEditor(() => this.#follow()));
    this.#follow();
  }

  #follow(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined || !this.#openFiles.has(document.uri)) {
      this.#hide();
      return;
    }
    this.#openFiles.now(document).then((file) => this.#showActive(document, file), this.#fail);
  }

  /** Never throws: a check also answers those who ask for problems and quick fixes. */
  #showActive(document: vscode.TextDocument, file: CheckedFile | undefined): void {
    if (vscode.window.activeTextEditor?.document !== document) return;
    try {
      this.#show(document, file);
    } catch (error) {
      this.#fail(error);
    }
  }

  #hide(): void {
    this.#item?.dispose();
    this.#item = undefined;
  }

  #show({ uri }: vscode.TextDocument, file: CheckedFile | undefined): void {
    if (!hasLenses(file)) {
      this.#hide();
      return;
    }
    const selector = { scheme: uri.scheme, pattern: new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), nameOf(uri)) };
    const item = (this.#item ??= vscode.languages.createLanguageStatusItem('claudetask.instructions', selector));
    item.selector = selector;
    const lines = countLines(file.text);
    const serious = file.problems.filter(({ severity }) => severity === 'error' || severity === 'warning').length;
    const imports = file.imports.filter(({ state }) => state === 'loaded').length;
    item.name = vscode.l10n.t('Claude instructions');
    item.text = vscode.l10n.t('{0} of {1} lines', numberText(lines), targetLines);
    item.detail = [
      vscode.l10n.t('~{0} tokens', numberText(estimateTokens(file.text))),
      imports === 1 ? vscode.l10n.t('1 import') : vscode.l10n.t('{0} imports', numberText(imports)),
      file.problems.length === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', numberText(file.problems.length)),
    ].join(' · ');
    item.severity = serious > 0 || lines > targetLines ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
    item.command = { title: vscode.l10n.t('Preview merged'), command: 'claudetask.instructions.preview', arguments: [uri] };
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#hide();
  }
}

const nameOf = ({ path }: vscode.Uri) => path.slice(path.lastIndexOf('/') + 1);
