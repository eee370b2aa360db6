import * as vscode from 'vscode';

/** False, and `message` said why, while the workspace is not trusted. */
export async function isTrustedOrSaid(message: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = vscode.l10n.t('Manage Workspace Trust');
  if ((await vscode.window.showWarningMessage(message, manage)) === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}
