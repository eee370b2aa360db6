import * as vscode from 'vscode';
import { AppError } from '../core/appError.ts';
import type { HostLog } from './log.ts';

/** One action that helps with this failure, beside "Show Log". */
function remedy(error: AppError): { label: string; command: string } | undefined {
  switch (error.code) {
    case 'store.damaged':
      return { label: vscode.l10n.t('Restore Database'), command: 'claudetask.database.restore' };
    case 'store.io':
    case 'store.engineMismatch':
    case 'internal':
      return { label: vscode.l10n.t('Copy Diagnostics'), command: 'claudetask.diagnostics.copy' };
    case 'store.newerVersion':
      return { label: vscode.l10n.t('Check for Updates'), command: 'workbench.extensions.action.checkForUpdates' };
    default:
      return undefined;
  }
}

/** VS Code rejects what waits for a person with an error of this name when the window closes. */
const isCancelled = (error: unknown) => AppError.is(error, 'cancelled') || (error instanceof Error && error.name === 'Canceled');

/** The border where a failure becomes words for a person. A cancelled call says nothing. */
export function showError(log: HostLog, what: string, error: unknown): void {
  if (isCancelled(error)) return;
  const known = AppError.is(error);
  if (known) log.warn(`${what}: ${error.code}: ${error.message}`);
  else log.error(what, error);
  const message = known
    ? error.message
    : vscode.l10n.t(
        'This failed because of a mistake in ClaudeTask: {0}. The log says more.',
        error instanceof Error ? error.message : String(error),
      );
  const showLog = vscode.l10n.t('Show Log');
  const fix = known ? remedy(error) : { label: vscode.l10n.t('Copy Diagnostics'), command: 'claudetask.diagnostics.copy' };
  const show = known ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;
  void show(message, ...(fix ? [fix.label, showLog] : [showLog])).then((picked) => {
    if (picked === showLog) log.show();
    else if (fix && picked === fix.label) void vscode.commands.executeCommand(fix.command);
  });
}
