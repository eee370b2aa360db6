import * as vscode from 'vscode';
import type { ExportFormat } from '../../app/jobs/jobEngine.ts';
import { isInside, withSlashes } from '../../core/filePath.ts';
import { recordChanges, type RecordChange } from '../../core/jobs/run.ts';
import type { OperationOutput } from '../../protocol/operations.ts';
import type { FolderJobs } from '../jobs/folderJobs.ts';
import { say } from '../say.ts';
import { recordsText } from '../trees/jobs/runWords.ts';
import { timeName } from '../words.ts';
import type { HandlersOf } from './handler.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { askJob, type JobTarget } from './jobsTarget.ts';

type Collection = OperationOutput<'job.collections'>['collections'][number];
interface CollectionTarget extends JobTarget {
  collection: Collection;
}

/** What a page names beside the job. */
function named(arg: unknown): { collection?: string; keys?: string[] } {
  if (typeof arg !== 'object' || arg === null) return {};
  return {
    ...('collection' in arg && typeof arg.collection === 'string' ? { collection: arg.collection } : {}),
    ...('keys' in arg && Array.isArray(arg.keys) ? { keys: arg.keys.filter((key) => typeof key === 'string') } : {}),
  };
}

async function askCollection(deps: JobCommandDeps, args: readonly unknown[], title: string): Promise<CollectionTarget | undefined> {
  const target = await askJob(deps, args, {
    title,
    only: ({ jobs, job }) => jobs.hasRecords(job),
    none: vscode.l10n.t('No job of this folder has read records yet.'),
  });
  if (target === undefined) return undefined;
  const { jobs, job } = target;
  const { collections } = await (await jobs.tasks.open()).call('job.collections', { job });
  const wanted = named(args[0]).collection;
  const [only] = collections;
  const found = collections.find(({ collection }) => collection === wanted) ?? (collections.length === 1 ? only : undefined);
  if (found) return { jobs, job, collection: found };
  if (only === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has read no records yet.', job));
    return undefined;
  }
  const items = collections.map((collection) => ({
    label: collection.collection,
    description: [recordsText(collection.total), timeName(collection.readAt)].join(' · '),
    collection,
  }));
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Collection') });
  return picked && { jobs, job, collection: picked.collection };
}

const formats: readonly { label: string; format: ExportFormat; detail: () => string }[] = [
  { label: 'CSV', format: 'csv', detail: () => vscode.l10n.t('for spreadsheets') },
  { label: 'JSON', format: 'json', detail: () => vscode.l10n.t('one list of objects') },
  { label: 'NDJSON', format: 'ndjson', detail: () => vscode.l10n.t('one object per line') },
];

async function exportRecords(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Export Records');
  const target = await askCollection(deps, args, title);
  if (target === undefined) return;
  const { jobs, job, collection } = target;
  const items = formats.map(({ label, format, detail }) => ({ label, format, description: detail() }));
  // The first question gives the focus back late, which would close the second.
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Format'), ignoreFocusOut: true });
  if (picked === undefined) return;
  const to = await askPlace(jobs, title, `${collection.collection}.${picked.format}`);
  if (to === undefined) return;
  const { path, rows } = await vscode.window.withProgress({ location: { viewId: 'claudetask.jobs' } }, () =>
    jobs.engine.exportRecords({ job, collection: collection.collection, to, format: picked.format }),
  );
  const uri = vscode.Uri.joinPath(jobs.tasks.folder.uri, path);
  const open = vscode.l10n.t('Open');
  const message = vscode.l10n.t('Exported {0} to {1}.', recordsText(rows), path);
  if ((await vscode.window.showInformationMessage(message, open)) === open) await vscode.commands.executeCommand('vscode.open', uri);
}

/** A path in the workspace folder, with `/`. */
async function askPlace({ tasks }: FolderJobs, title: string, name: string): Promise<string | undefined> {
  const chosen = await vscode.window.showSaveDialog({ title, defaultUri: vscode.Uri.joinPath(tasks.folder.uri, name) });
  if (chosen === undefined) return undefined;
  const root = withSlashes(tasks.folder.uri.fsPath);
  const path = withSlashes(chosen.fsPath);
  if (isInside(root, path)) return path.slice(root.length + 1);
  void vscode.window.showWarningMessage(
    vscode.l10n.t('Nothing was exported: {0} is not in {1}. Choose a place in the folder.', path, tasks.folder.name),
  );
  return undefined;
}

function changeName(change: RecordChange): string {
  switch (change) {
    case 'new':
      return vscode.l10n.t('New');
    case 'changed':
      return vscode.l10n.t('Changed');
    case 'same':
      return vscode.l10n.t('Unchanged');
    case 'gone':
      return vscode.l10n.t('Gone');
  }
}

async function createTasks(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Create Tasks from Records');
  const target = await askCollection(deps, args, title);
  if (target === undefined) return;
  const { jobs, job, collection } = target;
  const { keys } = named(args[0]);
  const changes = keys === undefined ? await askChanges(title, collection) : undefined;
  if (keys === undefined && changes === undefined) return;
  const template = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Title of each task; {0} stands for a field of its record', '{{item.name}}'),
    value: collection.fields
      .slice(0, 2)
      .map((field) => `{{item.${field}}}`)
      .join(' '),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('A task needs a title.') : undefined),
  });
  if (template === undefined || template.trim() === '') return;
  const store = await jobs.tasks.open();
  const { tasks, known } = await store.call('job.createTasks', {
    job,
    collection: collection.collection,
    title: template.trim(),
    ...(keys === undefined ? {} : { keys }),
    ...(changes === undefined ? {} : { changes }),
  });
  const made = tasks.length === 1 ? vscode.l10n.t('Made 1 task.') : vscode.l10n.t('Made {0} tasks.', tasks.length);
  say(known === 0 ? made : `${made} ${vscode.l10n.t('{0} records have one already.', known)}`);
}

async function askChanges(title: string, { counts }: Collection): Promise<RecordChange[] | undefined> {
  const items = recordChanges
    .filter((change) => counts[change] > 0)
    .map((change) => ({ label: changeName(change), description: recordsText(counts[change]), picked: change === 'new', change }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    canPickMany: true,
    placeHolder: vscode.l10n.t('Records that get a task, unless they have one'),
  });
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ change }) => change);
}

export function jobRecordHandlers(
  deps: JobCommandDeps,
): Pick<HandlersOf<'job'>, `claudetask.job.${'showRecords' | 'export' | 'createTasks'}`> {
  return {
    'claudetask.job.showRecords': async (...args) => {
      const target = await askCollection(deps, args, vscode.l10n.t('Show Records'));
      if (target) await deps.pages.showRecords(target.jobs, target.job, target.collection.collection);
    },
    'claudetask.job.export': (...args) => exportRecords(deps, args),
    'claudetask.job.createTasks': (...args) => createTasks(deps, args),
  };
}
