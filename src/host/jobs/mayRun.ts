import * as vscode from 'vscode';
import { agreementsOf, browserServerOf } from '../../app/jobs/agreement.ts';
import type { JobDefinition } from '../../protocol/jobs/jobFile.ts';
import { isTrustedOrSaid } from '../trust.ts';
import type { FolderJobs } from './folderJobs.ts';
import type { JobMemory } from './jobMemory.ts';

/** False, and said why, while the workspace is not trusted. */
export function isTrusted(what: string): Promise<boolean> {
  const message = vscode.l10n.t(
    '{0}: nothing was started, for this workspace is not trusted. A job works with your signed-in sessions: trust the workspace if you trust its job files.',
    what,
  );
  return isTrustedOrSaid(message);
}

/** What a job does with the person's own session is agreed to once per host, and per request that it may send, in a folder. */
export async function agreesToHosts(memory: JobMemory, { tasks }: FolderJobs, job: JobDefinition): Promise<boolean> {
  const agreed = memory.agreed(tasks.key);
  const asked = agreementsOf(job).filter((what) => !agreed.has(what));
  if (asked.length === 0) return true;
  const names = job.hosts.join(', ');
  const message =
    job.mode === 'write'
      ? vscode.l10n.t('{0} reads and changes data on {1} with your session.', job.name, names)
      : vscode.l10n.t('{0} reads {1} with your session.', job.name, names);
  const server = browserServerOf(job);
  const sent = job.mode === 'write' ? [] : (job.writes ?? []);
  const usual = vscode.l10n.t(
    'It sees what you see there. Everything it does is in the audit log, with you as the one who started it. Check that the terms of the site allow it. You are asked once per host in this folder.',
  );
  const detail = [
    ...(sent.length === 0 ? [] : [vscode.l10n.t('It may send {0}, which can change data there.', sent.join(', '))]),
    ...(server === undefined ? [] : [vscode.l10n.t('It works in the browser at {0}, which sees all of that.', server)]),
    usual,
  ].join('\n\n');
  const run = vscode.l10n.t('Run');
  if ((await vscode.window.showInformationMessage(message, { modal: true, detail }, run)) !== run) return false;
  await memory.agree(tasks.key, asked);
  return true;
}

/** A browser on the person's own machine is out of reach for an extension that works on another one. */
export async function canAttach(job: JobDefinition): Promise<boolean> {
  const { remoteName } = vscode.env;
  if (job.session === undefined || !('attach' in job.session) || remoteName === undefined) return true;
  const go = vscode.l10n.t('Run Anyway');
  const message = vscode.l10n.t(
    '{0} attaches to a browser that is open, and this window works on another machine ({1}): the browser would have to be open there. Use a profile instead, or open the folder on your own machine.',
    job.name,
    remoteName,
  );
  return (await vscode.window.showWarningMessage(message, go)) === go;
}
