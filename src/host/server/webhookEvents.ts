import * as vscode from 'vscode';
import { matchesEvent } from '../../core/webhook.ts';
import { operationContracts } from '../../protocol/operations.ts';

export interface EventChoice {
  /** `*`, `task.*` or the name of an operation. */
  pattern: string;
  label: string;
}

function kindLabel(kind: string): string {
  switch (kind) {
    case 'task':
      return vscode.l10n.t('All Changes of Tasks');
    case 'document':
      return vscode.l10n.t('All New Versions of Instructions and Agents');
    case 'job':
      return vscode.l10n.t('All Changes of Runs of Jobs');
    case 'webhook':
      return vscode.l10n.t('All Changes of Webhooks');
    default:
      return vscode.l10n.t('All of {0}', kind);
  }
}

/** Kept without anybody being told: there is no event of that name. */
const silent = ['job.renew', 'webhook.claim', 'webhook.settle'];

/** What a webhook can ask for, kind by kind, the widest first. */
export function eventChoices(): EventChoice[] {
  const names = Object.entries(operationContracts).flatMap(([name, { mutates }]) => (mutates && !silent.includes(name) ? [name] : []));
  const kinds = [...new Set(names.map((name) => name.slice(0, name.indexOf('.'))))];
  return [
    { pattern: '*', label: vscode.l10n.t('All Changes') },
    ...kinds.map((kind) => ({ pattern: `${kind}.*`, label: kindLabel(kind) })),
    ...names.map((name) => ({ pattern: name, label: name })),
  ];
}

/** Leaves out what a wider one among them asks for as well. */
export function widest(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => !patterns.some((wider) => wider !== pattern && matchesEvent([wider], pattern)));
}
