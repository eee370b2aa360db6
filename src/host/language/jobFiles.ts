import * as vscode from 'vscode';
import type { Log } from '../../app/ports.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { ContextKey } from '../contextKeys.ts';
import type { JobFolders } from '../jobs/jobFolders.ts';
import type { JobFileHelp } from './jobFileHelp.ts';

export interface JobFilesDeps {
  folders: JobFolders;
  log: Log;
  setContext(key: ContextKey, value: boolean): void;
}

// By place and not by language: without an extension for YAML the files are plain text to VS Code.
const jobFiles: vscode.DocumentSelector = { scheme: 'file', pattern: '**/.claudetask/jobs/**/*.job.{yaml,yml,json}' };
const json: vscode.DocumentSelector = { scheme: 'file', pattern: '**/*.json' };
const isJobFile = (document: vscode.TextDocument): boolean => vscode.languages.match(jobFiles, document) > 0;
/** A recording is short: what is longer is not looked at. */
const longestRecording = 2_000_000;

/** Whether a text looks like what the recorder of Chrome's DevTools exports. Its own reader has the last word. */
function looksLikeRecording(document: Pick<vscode.TextDocument, 'uri' | 'getText'>): boolean {
  const { path } = document.uri;
  if (!path.endsWith('.json') || path.endsWith('.job.json')) return false;
  const text = document.getText();
  return (
    text.length < longestRecording &&
    /"steps"\s*:\s*\[\s*\{/.test(text) &&
    /"type"\s*:\s*"(?:navigate|click|change|setViewport)"/.test(text)
  );
}

/** Registers what editors show of job files and recordings. Nothing of it is loaded before one is open. */
export function registerJobFiles({ folders, log, setContext }: JobFilesDeps): Disposable {
  const parts = new DisposableStore();
  const lensesChanged = new vscode.EventEmitter<void>();
  parts.add(lensesChanged);
  let loading: Promise<JobFileHelp> | undefined;
  const load = () => (loading ??= loadHelp());
  const loadHelp = async () => {
    const help = parts.add(new (await import('./jobFileHelp.ts')).JobFileHelp({ folders, log, isJobFile }));
    parts.add(help.onDidChangeLenses(() => lensesChanged.fire()));
    return help;
  };
  const { languages, workspace, window } = vscode;
  parts.add(
    languages.registerCompletionItemProvider(
      jobFiles,
      { provideCompletionItems: async (document, position) => (await load()).complete(document, position) },
      ' ',
      '{',
      '.',
    ),
  );
  parts.add(
    languages.registerHoverProvider(jobFiles, { provideHover: async (document, position) => (await load()).hover(document, position) }),
  );
  parts.add(
    languages.registerCodeActionsProvider(
      jobFiles,
      { provideCodeActions: async (document, range) => (await load()).actions(document, range) },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  parts.add(
    languages.registerCodeLensProvider(jobFiles, {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: async (document) => await (await load()).lenses(document),
    }),
  );
  parts.add(
    languages.registerCodeLensProvider(json, {
      provideCodeLenses: (document) => (looksLikeRecording(document) ? recordingLenses(document.uri) : []),
    }),
  );

  const fail = (error: unknown) => log.error('A job file could not be checked', error);
  const opened = (document: vscode.TextDocument) => {
    if (isJobFile(document)) load().then((help) => help.opened(document), fail);
  };
  parts.add(workspace.onDidOpenTextDocument(opened));
  for (const document of workspace.textDocuments) opened(document);
  const front = (editor: vscode.TextEditor | undefined) =>
    setContext('claudetask.recordingOpen', editor !== undefined && looksLikeRecording(editor.document));
  parts.add(window.onDidChangeActiveTextEditor(front));
  if (window.activeTextEditor) front(window.activeTextEditor);
  return parts;
}

function recordingLenses(uri: vscode.Uri): vscode.CodeLens[] {
  const top = new vscode.Range(0, 0, 0, 0);
  return [
    new vscode.CodeLens(top, { title: vscode.l10n.t('Run as job'), command: 'claudetask.job.run', arguments: [uri] }),
    new vscode.CodeLens(top, { title: vscode.l10n.t('Import as job'), command: 'claudetask.job.importRecording', arguments: [uri] }),
  ];
}
