import * as vscode from 'vscode';
import type { CommandDeps } from './commandDeps.ts';
import type { HandlersOf } from './handler.ts';
import { askFolder } from './target.ts';

const patience = 10 * 60_000;

export function auditHandlers(deps: CommandDeps): HandlersOf<'audit'> {
  return {
    'claudetask.audit.verify': async (...args) => {
      const title = vscode.l10n.t('Verify Audit Log');
      const folder = await askFolder(deps, args, title);
      if (!folder) return;
      const store = await folder.open();
      const { rows, problems } = await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t('Verifying the audit log of {0}', folder.folder.name),
          cancellable: true,
        },
        (_, token) => {
          const abort = new AbortController();
          token.onCancellationRequested(() => abort.abort());
          return store.call('audit.verify', {}, { timeout: patience, signal: abort.signal });
        },
      );
      const [first] = problems;
      if (!first) {
        void vscode.window.showInformationMessage(vscode.l10n.t('The audit log is whole: {0} entries verified.', rows));
        return;
      }
      for (const { revision, kind, message } of problems) deps.log.warn(`audit: entry ${revision}: ${kind}: ${message}`);
      const show = vscode.l10n.t('Show Log');
      const text = vscode.l10n.t(
        'The audit log is not whole: {0} problems in {1} entries. The first: {2}',
        problems.length,
        rows,
        first.message,
      );
      if ((await vscode.window.showWarningMessage(text, show)) === show) deps.log.show();
    },
  };
}
