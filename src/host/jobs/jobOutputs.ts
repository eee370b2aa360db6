import * as vscode from 'vscode';
import type { RunLine } from '../../app/jobs/jobEngine.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { FolderJobs } from './folderJobs.ts';

/** Where the lines of runs are read. */
export interface Outputs extends Disposable {
  write(jobs: FolderJobs, line: RunLine): void;
  show(jobs: FolderJobs, job: string): void;
}

/** One output channel per job, made with its first line or when it is asked for. */
export class JobOutputs implements Outputs {
  readonly #subscriptions = new DisposableStore();
  readonly #channels = new Map<string, vscode.LogOutputChannel>();

  write(jobs: FolderJobs, { job, run, level, text }: RunLine): void {
    const channel = this.#channel(jobs, job);
    const line = `#${run} ${text}`;
    if (level === 'error') channel.error(line);
    else if (level === 'warning') channel.warn(line);
    else channel.info(line);
  }

  show(jobs: FolderJobs, job: string): void {
    this.#channel(jobs, job).show(true);
  }

  #channel({ tasks }: FolderJobs, job: string): vscode.LogOutputChannel {
    const key = `${tasks.key}#${job}`;
    const known = this.#channels.get(key);
    if (known) return known;
    const isAlone = vscode.workspace.workspaceFolders?.length === 1;
    const name = isAlone ? vscode.l10n.t('Job: {0}', job) : vscode.l10n.t('Job: {0} ({1})', job, tasks.folder.name);
    const made = this.#subscriptions.add(vscode.window.createOutputChannel(name, { log: true }));
    this.#channels.set(key, made);
    return made;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#channels.clear();
  }
}
