import * as vscode from 'vscode';
import type { ClientRecord } from '../../app/apiClients.ts';
import { apiScopes, type ApiScope } from '../../protocol/api.ts';
import { dayName } from '../words.ts';

export function scopeName(scope: ApiScope): string {
  switch (scope) {
    case 'read':
      return vscode.l10n.t('reads');
    case 'write':
      return vscode.l10n.t('reads and changes');
    case 'jobs':
      return vscode.l10n.t('runs jobs');
    case 'admin':
      return vscode.l10n.t('administers');
  }
}

/** What a client may do, in words: `reads and changes, runs jobs`. */
export function scopesText(scopes: readonly ApiScope[]): string {
  const covered = (scope: ApiScope) => scope === 'read' && (scopes.includes('write') || scopes.includes('admin'));
  return apiScopes
    .filter((scope) => scopes.includes(scope) && !covered(scope))
    .map(scopeName)
    .join(', ');
}

export const isExpired = ({ expiresAt }: ClientRecord): boolean => expiresAt !== null && expiresAt <= Date.now();

const clock = (at: number) => new Date(at).toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' });

/** `YYYY-MM-DD` by the reader's own calendar. */
function localDay(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** When a client was last heard of. */
export function seenText(at: number | undefined): string {
  if (at === undefined) return vscode.l10n.t('not seen yet');
  if (localDay(at) === localDay(Date.now())) return vscode.l10n.t('seen today at {0}', clock(at));
  return vscode.l10n.t('seen {0}', dayName(localDay(at)));
}

export function expiryText({ expiresAt }: ClientRecord): string {
  if (expiresAt === null) return vscode.l10n.t('valid until it is revoked');
  const day = dayName(localDay(expiresAt));
  return expiresAt <= Date.now() ? vscode.l10n.t('expired {0}', day) : vscode.l10n.t('valid until {0}', day);
}
