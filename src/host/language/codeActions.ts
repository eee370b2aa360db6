import * as vscode from 'vscode';
import { fixesOfKind, joinFixes, preferredFixes } from '../../core/fixAll.ts';
import { applyEdits, trimEdit, type TextEdit } from '../../core/markdown/textEdit.ts';
import type { Fix, Problem } from '../../core/problem.ts';
import { appendLineEdit, type Line } from '../appendLine.ts';
import type { CheckedFile, FileChecks } from './fileChecks.ts';
import { diagnosticsOf } from './diagnosticsOf.ts';
import { fixAllKind } from './kinds.ts';
import type { OpenFiles } from './openFiles.ts';
import { TextPlaces } from './textPlaces.ts';

/** Fixes may make room for others, and bring others up; a few rounds reach what can be reached. */
const mostRounds = 8;

/** Lines to append, whose edit is made once it is asked for: it needs another file. */
const lines = new WeakMap<vscode.CodeAction, Line>();

export class CodeActions implements vscode.CodeActionProvider {
  readonly #openFiles: OpenFiles;
  readonly #checks: FileChecks;

  constructor({ openFiles, checks }: { openFiles: OpenFiles; checks: FileChecks }) {
    this.#openFiles = openFiles;
    this.#checks = checks;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[] | undefined> {
    const wantsAll = context.only !== undefined && context.only.contains(fixAllKind);
    const wantsFixes = context.only === undefined || context.only.contains(vscode.CodeActionKind.QuickFix);
    if (!wantsAll && !wantsFixes) return undefined;
    const { version } = document;
    const file = await this.#openFiles.now(document);
    if (file === undefined || token.isCancellationRequested || document.version !== version) return undefined;
    const actions = wantsFixes ? quickFixes(document, file, range) : [];
    if (!wantsAll) return actions;
    const all = await this.#fixAll(document, file, token);
    return document.version === version && all !== undefined ? [...actions, all] : actions;
  }

  async resolveCodeAction(action: vscode.CodeAction): Promise<vscode.CodeAction> {
    const line = lines.get(action);
    if (line !== undefined) action.edit = await appendLineEdit(line);
    return action;
  }

  /** All preferred fixes, of which those that get in each other's way are made one after another. */
  async #fixAll(document: vscode.TextDocument, file: CheckedFile, token: vscode.CancellationToken): Promise<vscode.CodeAction | undefined> {
    const seen = new Set([file.text]);
    let now = file;
    for (let round = 0; round < mostRounds; round++) {
      const edits = joinFixes(preferredFixes(now.problems).filter(isVisible));
      const text = applyEdits(now.text, edits);
      if (edits.length === 0 || seen.has(text)) break;
      seen.add(text);
      now = await this.#checks.check(file.subject, { text, bytes: Buffer.byteLength(text) });
      if (token.isCancellationRequested) return undefined;
    }
    if (now.text === file.text) return undefined;
    const action = new vscode.CodeAction(vscode.l10n.t('Fix everything that has a preferred fix'), fixAllKind);
    action.edit = editOf(document, file, trimEdit(file.text, { start: 0, end: file.text.length, text: now.text }));
    return action;
  }
}

/** A byte order mark is not part of what an editor holds. */
const isVisible = (fix: Fix) => fix.kind !== 'remove-bom';

function quickFixes(document: vscode.TextDocument, file: CheckedFile, range: vscode.Range): vscode.CodeAction[] {
  const places = new TextPlaces(file.text);
  const here = file.problems.filter(({ span }) => places.range(span).intersection(range) !== undefined);
  const actions: vscode.CodeAction[] = [];
  const kinds = new Set<string>();
  for (const problem of here) {
    const diagnostics = diagnosticsOf(file.subject.kind, file.text, [problem]);
    for (const fix of problem.fixes ?? []) {
      const action = isVisible(fix) ? actionOf(document, file, fix) : encodingAction(fix);
      action.diagnostics = diagnostics;
      actions.push(action);
      if ('edits' in fix && isVisible(fix)) kinds.add(fix.kind);
    }
  }
  for (const kind of kinds) {
    const action = allOfKind(document, file, kind, here);
    if (action !== undefined) actions.push(action);
  }
  return actions;
}

/** Only VS Code itself can save a document without its mark. */
function encodingAction({ title }: Fix): vscode.CodeAction {
  const action = new vscode.CodeAction(vscode.l10n.t('{0} (Save with Encoding, UTF-8)', title), vscode.CodeActionKind.QuickFix);
  action.command = { title, command: 'workbench.action.editor.changeEncoding' };
  return action;
}

function actionOf(document: vscode.TextDocument, file: CheckedFile, fix: Fix): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  if (fix.preferred === true) action.isPreferred = true;
  if ('edits' in fix) action.edit = editOf(document, file, fix.edits);
  else if ('create' in fix) action.edit = createFile(fix.create);
  else lines.set(action, fix.appendLine);
  return action;
}

function allOfKind(
  document: vscode.TextDocument,
  file: CheckedFile,
  kind: string,
  here: readonly Problem[],
): vscode.CodeAction | undefined {
  const fixes = fixesOfKind(file.problems, kind);
  const edits = joinFixes(fixes);
  if (fixes.length < 2) return undefined;
  const count = fixes.filter((fix) => fix.edits.every((edit) => edits.includes(edit))).length;
  if (count < 2) return undefined;
  const title = fixesOfKind(here, kind)[0]?.title ?? '';
  const action = new vscode.CodeAction(
    vscode.l10n.t('Fix all {0} problems of this kind in this file: {1}', count, title),
    vscode.CodeActionKind.QuickFix,
  );
  action.edit = editOf(document, file, edits);
  return action;
}

function editOf({ uri }: vscode.TextDocument, { text }: CheckedFile, edits: readonly TextEdit[]): vscode.WorkspaceEdit {
  const places = new TextPlaces(text);
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    uri,
    edits.map((one) => vscode.TextEdit.replace(places.range(one), one.text)),
  );
  return edit;
}

function createFile({ path, content }: { path: string; content: string }): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  // Without `overwrite`, a file that has appeared meanwhile stays as it is.
  edit.createFile(vscode.Uri.file(path), { ignoreIfExists: true, contents: Buffer.from(content) });
  return edit;
}
