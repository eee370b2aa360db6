import * as vscode from 'vscode';
import { isTrustedOrSaid } from '../trust.ts';

/** False, and said why, while the workspace is not trusted. */
export function mayServe(what: string): Promise<boolean> {
  const message = vscode.l10n.t(
    '{0}: nothing was done, for this workspace is not trusted. Programs that are let in read its files: trust the workspace if you trust its authors.',
    what,
  );
  return isTrustedOrSaid(message);
}
