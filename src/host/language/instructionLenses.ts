import * as vscode from 'vscode';
import { countLines, estimateTokens } from '../../core/instructions/tokens.ts';
import { Emitter } from '../../util/emitter.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { Settings } from '../settings.ts';
import type { CheckedFile } from './fileChecks.ts';
import type { OpenFiles } from './openFiles.ts';

/** What stands above the first line of a CLAUDE.md or a rule. */
export class InstructionLenses implements vscode.CodeLensProvider, Disposable {
  readonly #openFiles: OpenFiles;
  readonly #settings: Pick<Settings, 'showsCodeLens' | 'onDidChange'>;
  readonly #subscriptions = new DisposableStore();
  readonly #changed = new Emitter<void>();

  constructor({ openFiles, settings }: { openFiles: OpenFiles; settings: Pick<Settings, 'showsCodeLens' | 'onDidChange'> }) {
    this.#openFiles = openFiles;
    this.#settings = settings;
    this.#subscriptions.add(openFiles.onDidCheck(({ file }) => void (hasLenses(file) && this.#changed.fire())));
    this.#subscriptions.add(settings.onDidChange((affects) => void (affects('claudetask.instructions.codeLens') && this.#changed.fire())));
  }

  readonly onDidChangeCodeLenses: vscode.Event<void> = (listener, self, disposables) => {
    const subscription = this.#changed.event(() => void listener.call(self));
    disposables?.push(subscription);
    return subscription;
  };

  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[] | undefined> {
    if (!this.#settings.showsCodeLens(document.uri)) return undefined;
    const file = await this.#openFiles.now(document);
    if (!hasLenses(file) || token.isCancellationRequested) return undefined;
    const top = new vscode.Range(0, 0, 0, 0);
    return commandsOf(document, file).map((command) => new vscode.CodeLens(top, command));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

export const hasLenses = (file: CheckedFile | undefined): file is CheckedFile =>
  file !== undefined && (file.subject.kind === 'instructions' || file.subject.kind === 'rule');

/** `1,234 lines` in the reader's own way of writing numbers. */
export const numberText = (count: number): string => count.toLocaleString(vscode.env.language);

function commandsOf(document: vscode.TextDocument, file: CheckedFile): vscode.Command[] {
  const { uri } = document;
  const lines = countLines(file.text);
  const tokens = numberText(estimateTokens(file.text));
  const imports = file.imports.filter(({ state, ref }) => state === 'loaded' || ref.suspicion === null);
  const problems = file.problems.length;
  const preview = { command: 'claudetask.instructions.preview', arguments: [uri] };
  const commands: vscode.Command[] = [
    {
      ...preview,
      title:
        lines === 1 ? vscode.l10n.t('1 line · ~{0} tokens', tokens) : vscode.l10n.t('{0} lines · ~{1} tokens', numberText(lines), tokens),
    },
  ];
  if (imports.length > 0) {
    commands.push({
      title: imports.length === 1 ? vscode.l10n.t('1 import') : vscode.l10n.t('{0} imports', numberText(imports.length)),
      command: 'editor.action.showReferences',
      arguments: [
        uri,
        new vscode.Position(0, 0),
        imports
          .filter(({ state }) => state !== 'missing' && state !== 'folder')
          .map(({ path }) => new vscode.Location(vscode.Uri.file(path), new vscode.Position(0, 0))),
      ],
    });
  }
  if (problems > 0) {
    commands.push({
      title: problems === 1 ? vscode.l10n.t('1 problem') : vscode.l10n.t('{0} problems', numberText(problems)),
      command: 'workbench.actions.view.problems',
    });
  }
  commands.push(
    { ...preview, title: vscode.l10n.t('Preview merged') },
    { title: vscode.l10n.t('Versions'), command: 'claudetask.document.history', arguments: [uri] },
  );
  return commands;
}
