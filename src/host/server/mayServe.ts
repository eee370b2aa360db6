import * as vscode from 'vscode';

/** False, and said why, while the workspace is not trusted. */
export async function mayServe(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const message = vscode.l10n.t(
    '{0}: nothing was done, for this workspace is not trusted. Programs that are let in read its files: trust the workspace if you trust its authors.',
    what,
  );
  if ((await vscode.window.showWarningMessage(message, manage)) === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
