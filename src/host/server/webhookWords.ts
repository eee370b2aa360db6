import * as vscode from 'vscode';
import { mostAttempts, webhookUrl } from '../../core/webhook.ts';
import type { Webhook, WebhookDelivery } from '../../protocol/webhook.ts';
import type { ListedWebhook } from './webhookList.ts';

/** Host and path: what comes behind may hold a key. */
export function addressText({ url }: Pick<Webhook, 'url'>): string {
  const address = webhookUrl(url);
  if (address === undefined) return vscode.l10n.t('an address nothing is sent to');
  return address.host + (address.pathname === '/' ? '' : address.pathname);
}

export function eventsText({ events }: Pick<Webhook, 'events'>): string {
  return events.includes('*') ? vscode.l10n.t('all changes') : events.join(', ');
}

/** A sentence as a part of another one. */
export const asPart = (sentence: string) => sentence.replace(/\.$/, '');

const clock = (at: number) => new Date(at).toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' });

/** What became of a delivery: `delivered`, `failed: HTTP 500, 12 attempts`. */
export function deliveryText({ state, status, attempts, nextAttempt, event }: WebhookDelivery): string {
  if (event === 'event.gone') return vscode.l10n.t('missed');
  const answer = status === null ? vscode.l10n.t('no answer') : vscode.l10n.t('HTTP {0}', status);
  switch (state) {
    case 'delivered':
      return attempts === 1 ? vscode.l10n.t('delivered') : vscode.l10n.t('delivered with attempt {0}', attempts);
    case 'failed':
      if (attempts === 0) return vscode.l10n.t('given up');
      return attempts === 1 ? vscode.l10n.t('failed: {0}', answer) : vscode.l10n.t('failed: {0}, {1} attempts', answer, attempts);
    case 'pending':
      if (attempts === 0 || nextAttempt === null) return vscode.l10n.t('waits to be sent');
      return vscode.l10n.t('{0}, attempt {1} of {2} at {3}', answer, attempts + 1, mostAttempts, clock(nextAttempt));
  }
}

/** How it stands with a webhook: why nothing is sent, or what became of the last delivery. */
export function webhookState({ webhook, hasSecret }: ListedWebhook): string {
  if (!webhook.active) return webhook.reason === null ? vscode.l10n.t('off') : vscode.l10n.t('off: {0}', asPart(webhook.reason));
  if (!vscode.workspace.isTrusted) return vscode.l10n.t('waits for the workspace to be trusted');
  if (!hasSecret) return vscode.l10n.t('no secret on this machine');
  return webhook.last === null ? vscode.l10n.t('nothing sent yet') : deliveryText(webhook.last);
}
