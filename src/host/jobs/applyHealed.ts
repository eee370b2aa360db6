import * as vscode from 'vscode';
import { healedEdits } from '../../app/jobs/healedEdits.ts';
import { nameOf } from '../../core/filePath.ts';
import { applyEdits, type TextEdit } from '../../core/markdown/textEdit.ts';
import { TextPlaces } from '../language/textPlaces.ts';
import { say } from '../say.ts';
import type { FolderJobs } from './folderJobs.ts';
import type { JobTexts } from './jobTexts.ts';

/** How a job's file would change, so that the locators which found their element come first. */
export interface HealedChange {
  jobs: FolderJobs;
  job: string;
  document: vscode.TextDocument;
  edits: readonly TextEdit[];
}

/** Undefined when the run found everything as the file says, or the file says something else by now. */
export async function healedChange(jobs: FolderJobs, run: number): Promise<HealedChange | undefined> {
  const store = await jobs.tasks.open();
  const { healed, run: of } = await store.call('job.run', { run });
  const file = (await jobs.engine.jobs.list()).find(({ name }) => name === of.job);
  if (healed.length === 0 || file === undefined) return undefined;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file.path));
  const edits = healedEdits(document.getText(), healed);
  return edits.length === 0 ? undefined : { jobs, job: of.job, document, edits };
}

/** Shows the file beside what it would become, and changes it when the person says so. The file is left unsaved. */
export async function offerHealed({ jobs, job, document, edits }: HealedChange, texts: JobTexts): Promise<void> {
  const { uri, version } = document;
  const before = document.getText();
  const name = nameOf(uri.path);
  const healed = texts.put(vscode.l10n.t('Healed {0}', name), applyEdits(before, edits));
  await vscode.commands.executeCommand('vscode.diff', uri, healed, vscode.l10n.t('{0} ↔ with healed locators', name));
  const apply = vscode.l10n.t('Apply');
  const message = vscode.l10n.t('The last run of {0} found elements another way than its file says.', job);
  if ((await vscode.window.showInformationMessage(message, apply)) !== apply) return;
  if (document.version !== version && document.getText() !== before) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Nothing was changed: {0} was edited in the meantime. Offer the locators again.', name),
    );
    return;
  }
  const places = new TextPlaces(before);
  const edit = new vscode.WorkspaceEdit();
  for (const one of edits) edit.replace(uri, places.range(one), one.text);
  await vscode.workspace.applyEdit(edit);
  jobs.forgetHealed(job);
  await vscode.window.showTextDocument(document);
  say(vscode.l10n.t('Changed in the editor. The file is not saved yet.'));
}
