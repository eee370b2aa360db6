import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { withSlashes } from '../../core/filePath.ts';
import { verifyReport } from '../../app/jobs/auditReport.ts';
import { dayOf } from '../../core/day.ts';
import { say } from '../say.ts';
import type { HandlersOf } from './handler.ts';
import type { JobCommandDeps } from './jobsDeps.ts';
import { askJobFolder, namedRun } from './jobsTarget.ts';

async function exportAudit(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Export Audit Report');
  const of = args.length === 0 ? undefined : await namedRun(deps, args);
  const jobs = of?.jobs ?? (await askJobFolder(deps, args, title));
  if (jobs === undefined) return;
  const name = of ? `audit-run-${of.run.id}.ndjson` : `audit-${dayOf(Date.now())}.ndjson`;
  const chosen = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.joinPath(jobs.tasks.folder.uri, name),
    filters: { NDJSON: ['ndjson'] },
  });
  if (chosen === undefined) return;
  const path = withSlashes(chosen.fsPath);
  const to = path.endsWith('.ndjson') ? path : `${path}.ndjson`;
  const { html, rows } = await vscode.window.withProgress({ location: { viewId: 'claudetask.jobs' } }, () =>
    jobs.engine.exportAudit({ to, ...(of ? { run: of.run.id } : {}) }),
  );
  const open = vscode.l10n.t('Open Report');
  const message = vscode.l10n.t('Exported {0} entries of the audit log to {1}, and as a page beside it.', rows, to);
  if ((await vscode.window.showInformationMessage(message, open)) === open) await vscode.env.openExternal(vscode.Uri.file(html));
}

async function verifyAuditReport({ log }: JobCommandDeps, [first]: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Verify Audit Report');
  const chosen =
    first instanceof vscode.Uri
      ? first
      : (await vscode.window.showOpenDialog({ title, canSelectMany: false, filters: { NDJSON: ['ndjson'] } }))?.[0];
  if (chosen === undefined) return;
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(chosen));
  const { rows, problems } = verifyReport(text, () => {
    const hash = createHash('sha256');
    return { add: (part) => void hash.update(part), end: () => hash.digest('hex') };
  });
  const [worst] = problems;
  if (worst === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The report is whole: {0} entries verified.', rows));
    return;
  }
  for (const problem of problems) log.warn(`audit report: ${problem}`);
  const show = vscode.l10n.t('Show Log');
  const message = vscode.l10n.t('The report is not whole: {0} problems in {1} entries. The first: {2}', problems.length, rows, worst);
  if ((await vscode.window.showWarningMessage(message, show)) === show) log.show();
}

async function prune(deps: JobCommandDeps, args: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Forget Old Runs');
  const jobs = await askJobFolder(deps, args, title);
  if (jobs === undefined) return;
  const keep = deps.settings.keptRuns(jobs.tasks.folder.uri);
  const go = vscode.l10n.t('Forget Runs');
  const message = vscode.l10n.t('Forget the runs of each job in {0} but for the last {1}?', jobs.tasks.folder.name, keep);
  const detail = vscode.l10n.t('Their log and screenshots are removed. Records and the audit log stay.');
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, go)) !== go) return;
  const forgotten = await jobs.engine.prune(keep);
  say(forgotten === 1 ? vscode.l10n.t('Forgot 1 run.') : vscode.l10n.t('Forgot {0} runs.', forgotten));
}

export function jobAuditHandlers(
  deps: JobCommandDeps,
): Pick<HandlersOf<'job'>, `claudetask.job.${'exportAudit' | 'verifyAuditReport' | 'prune'}`> {
  return {
    'claudetask.job.exportAudit': (...args) => exportAudit(deps, args),
    'claudetask.job.verifyAuditReport': (...args) => verifyAuditReport(deps, args),
    'claudetask.job.prune': (...args) => prune(deps, args),
  };
}
