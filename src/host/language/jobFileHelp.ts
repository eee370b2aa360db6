// Loaded when a job file is open: with it come YAML and the schema of jobs.
import * as vscode from 'vscode';
import { suggestJob, hoverJob } from '../../app/jobs/jobSuggestions.ts';
import { readJobFile, type JobReading } from '../../app/jobs/readJobFile.ts';
import type { Log } from '../../app/ports.ts';
import type { Problem } from '../../core/problem.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import { jobNameOf } from '../commands/jobsTarget.ts';
import type { FolderJobs } from '../jobs/folderJobs.ts';
import type { JobFolders } from '../jobs/jobFolders.ts';
import { isLive, resultText } from '../trees/jobs/runWords.ts';
import { diagnosticSource } from './diagnosticsOf.ts';
import { TextPlaces } from './textPlaces.ts';

/** Milliseconds after the last keystroke. */
const pause = 150;

interface Checked {
  version: number;
  text: string;
  reading: JobReading;
}

export interface JobFileHelpDeps {
  folders: JobFolders;
  log: Log;
  isJobFile(document: vscode.TextDocument): boolean;
}

/** Problems, completion, hovers, fixes and lenses of job files. */
export class JobFileHelp implements Disposable {
  readonly #deps: JobFileHelpDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #lensesChanged = new Emitter<void>();
  readonly #diagnostics: vscode.DiagnosticCollection;
  readonly #checked = new Map<string, Checked>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  readonly onDidChangeLenses = this.#lensesChanged.event;

  constructor(deps: JobFileHelpDeps) {
    this.#deps = deps;
    this.#diagnostics = this.#subscriptions.add(vscode.languages.createDiagnosticCollection('claudetask-jobs'));
    this.#subscriptions.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#changed(document)));
    this.#subscriptions.add(vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)));
    this.#subscriptions.add(deps.folders.onDidChange(() => this.#lensesChanged.fire()));
  }

  opened(document: vscode.TextDocument): void {
    this.#report(document);
  }

  #changed(document: vscode.TextDocument): void {
    if (!this.#deps.isJobFile(document)) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#timers.delete(key);
        if (!document.isClosed) this.#report(document);
      }, pause),
    );
  }

  #forget({ uri }: vscode.TextDocument): void {
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#checked.delete(key);
    this.#diagnostics.delete(uri);
  }

  #check(document: vscode.TextDocument): Checked {
    const key = document.uri.toString();
    const known = this.#checked.get(key);
    if (known?.version === document.version) return known;
    const text = document.getText();
    const checked = { version: document.version, text, reading: readJobFile(text) };
    this.#checked.set(key, checked);
    return checked;
  }

  #report(document: vscode.TextDocument): void {
    const { text, reading } = this.#check(document);
    this.#diagnostics.set(document.uri, diagnosticsOf(text, reading.problems));
  }

  complete(document: vscode.TextDocument, position: vscode.Position): vscode.CompletionItem[] {
    const text = document.getText();
    const places = new TextPlaces(text);
    return suggestJob(text, document.offsetAt(position)).map((suggestion, index) => {
      const item = new vscode.CompletionItem(suggestion.label, kinds[suggestion.kind]);
      item.range = places.range(suggestion.span);
      item.insertText = suggestion.isSnippet ? new vscode.SnippetString(suggestion.insert) : suggestion.insert;
      item.sortText = String(index).padStart(4, '0');
      if (suggestion.detail !== undefined) item.detail = suggestion.detail;
      if (suggestion.documentation !== undefined) item.documentation = suggestion.documentation;
      return item;
    });
  }

  hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const text = document.getText();
    const found = hoverJob(text, document.offsetAt(position));
    if (found === undefined) return undefined;
    return new vscode.Hover(new vscode.MarkdownString(found.text), new TextPlaces(text).range(found.span));
  }

  actions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const { text, reading } = this.#check(document);
    const places = new TextPlaces(text);
    return reading.problems
      .filter(({ span }) => places.range(span).intersection(range) !== undefined)
      .flatMap((problem) =>
        (problem.fixes ?? []).flatMap((fix) => {
          if (!('edits' in fix)) return [];
          const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
          action.diagnostics = diagnosticsOf(text, [problem]);
          action.isPreferred = fix.preferred === true;
          action.edit = new vscode.WorkspaceEdit();
          action.edit.set(
            document.uri,
            fix.edits.map((one) => vscode.TextEdit.replace(places.range(one), one.text)),
          );
          return [action];
        }),
      );
  }

  async lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const jobs = await this.#deps.folders.of(document.uri);
    const job = jobs && jobNameOf(jobs, document.uri);
    if (jobs === undefined || job === undefined) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    return commandsOf(jobs, job, this.#check(document).reading).map((command) => new vscode.CodeLens(top, command));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscriptions.dispose();
    this.#lensesChanged.dispose();
  }
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
} as const;

function diagnosticsOf(text: string, problems: readonly Problem[]): vscode.Diagnostic[] {
  if (problems.length === 0) return [];
  const places = new TextPlaces(text);
  return problems.map(({ span, message, severity, code }) => {
    const diagnostic = new vscode.Diagnostic(places.range(span), message, severities[severity]);
    diagnostic.source = diagnosticSource;
    diagnostic.code = code;
    return diagnostic;
  });
}

const kinds = {
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  step: vscode.CompletionItemKind.Snippet,
  name: vscode.CompletionItemKind.Variable,
} as const;

/** Run or stop, what would happen, and what came of the last run. */
function commandsOf(jobs: FolderJobs, job: string, { definition }: JobReading): vscode.Command[] {
  const address = { folder: jobs.tasks.key, job };
  const [newest] = jobs.runsOf(job);
  const commands: vscode.Command[] = [];
  if (newest !== undefined && isLive(newest))
    commands.push({ title: vscode.l10n.t('$(debug-stop) Cancel'), command: 'claudetask.job.cancel', arguments: [address] });
  else if (definition) commands.push({ title: vscode.l10n.t('$(play) Run'), command: 'claudetask.job.run', arguments: [address] });
  if (definition) commands.push({ title: vscode.l10n.t('Dry run'), command: 'claudetask.job.dryRun', arguments: [address] });
  if (newest !== undefined) commands.push({ title: resultText(newest), command: 'claudetask.job.showRun', arguments: [address] });
  if (jobs.healedOf(job) !== undefined)
    commands.push({ title: vscode.l10n.t('Apply healed locators'), command: 'claudetask.job.applyHealed', arguments: [address] });
  return commands;
}
