import * as vscode from 'vscode';
import { importRecording } from '../../app/jobs/importRecording.ts';
import { definitionOf, readJobFile } from '../../app/jobs/readJobFile.ts';
import { writeJob } from '../../app/jobs/writeJob.ts';
import { nameOf } from '../../core/filePath.ts';
import type { FolderJobs } from '../jobs/folderJobs.ts';
import { say } from '../say.ts';
import { fileNameOf, makeJobFile } from './jobsFile.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { startJob } from './jobsStart.ts';
import { askJobFolder } from './jobsTarget.ts';

interface Imported {
  jobs: FolderJobs;
  name: string;
  /** Of a job file. */
  text: string;
  remarks: readonly string[];
}

async function readRecording(deps: JobCommandDeps, uri: vscode.Uri, title: string): Promise<Imported | undefined> {
  const jobs = (await deps.folders.of(uri)) ?? (await askJobFolder(deps, [], title));
  if (jobs === undefined) return undefined;
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  const json = open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const { source, remarks } = importRecording(json);
  return { jobs, name: String(source['name']), text: writeJob(source), remarks };
}

/** A recording of the Recorder of Chrome's DevTools becomes a job file, with what is to be looked at in its first lines. */
export async function importRecordingFile(deps: JobCommandDeps, [first]: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Import Recording');
  const uri =
    first instanceof vscode.Uri
      ? first
      : (await vscode.window.showOpenDialog({ title, canSelectMany: false, filters: { JSON: ['json'] } }))?.[0];
  if (uri === undefined) return;
  const read = await readRecording(deps, uri, title);
  if (read === undefined) return;
  const { jobs, name, text, remarks } = read;
  // What a file says to those who read it later is not translated.
  const head = [`Imported from ${nameOf(uri.path)}.`, ...remarks].map((line) => `# ${line.replaceAll(/[\r\n]+/g, ' ')}\n`);
  await makeJobFile(jobs, name, `${head.join('')}${text}`);
  say(
    remarks.length === 0
      ? vscode.l10n.t('Imported {0}.', name)
      : vscode.l10n.t('Imported {0}. Its first lines say what was not taken over as it was.', name),
  );
}

/** Runs a recording as the job it would be imported as, without making a file. */
export async function runRecording(deps: JobCommandDeps, uri: vscode.Uri): Promise<void> {
  const read = await readRecording(deps, uri, vscode.l10n.t('Run Job'));
  if (read === undefined) return;
  const { jobs, name, text } = read;
  await startJob(deps, { jobs, job: fileNameOf(name), definition: definitionOf(name, readJobFile(text)), text });
}
