import * as vscode from 'vscode';
import type { FolderJobs } from '../jobs/folderJobs.ts';
import { jobsPath } from '../jobs/jobFolders.ts';

/** A name as part of a file name: lower case, words joined by hyphens. */
export function fileNameOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-');
  return words.replace(/^-+|-+$/g, '').slice(0, 60) || 'job';
}

/** Makes a job file under a name that no other has, and opens it. */
export async function makeJobFile(jobs: FolderJobs, name: string, text: string): Promise<vscode.Uri> {
  const taken = new Set((await jobs.engine.jobs.list()).map((file) => file.name.toLowerCase()));
  const base = fileNameOf(name);
  let free = base;
  for (let number = 2; taken.has(free); number++) free = `${base}-${number}`;
  const uri = vscode.Uri.joinPath(jobs.tasks.folder.uri, jobsPath, `${free}.job.yaml`);
  const edit = new vscode.WorkspaceEdit();
  // Without `overwrite`, a file that has appeared meanwhile stays as it is.
  edit.createFile(uri, { ignoreIfExists: true, contents: Buffer.from(text) });
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri);
  return uri;
}

/** What a new job is called. */
export function askJobName(title: string, value = ''): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t('What the job is called'),
    placeHolder: vscode.l10n.t('Open RFIs'),
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.length > 200) return vscode.l10n.t('A name has at most {0} characters.', 200);
      return text !== '' && text.trim() === '' ? vscode.l10n.t('A job needs a name.') : undefined;
    },
  });
}

/** An address to begin with; `https://` may be left out. */
export async function askAddress(title: string, value = ''): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t('Address of the page to begin with'),
    placeHolder: 'https://app.example.com/',
    ignoreFocusOut: true,
    validateInput: (typed) => (typed === '' || addressOf(typed) !== undefined ? undefined : vscode.l10n.t('Not an address of a web page.')),
  });
  return text === undefined ? undefined : addressOf(text);
}

function addressOf(typed: string): string | undefined {
  const text = typed.trim();
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
