import * as vscode from 'vscode';
import type { WebhookDelivery } from '../../../protocol/webhook.ts';
import { addressText, asPart, deliveryText, eventsText, webhookState } from '../../server/webhookWords.ts';
import type { ListedWebhook } from '../../server/webhookList.ts';
import { timeName } from '../../words.ts';
import type { DeliveryNode, ServerNode, WebhookNode } from './apiNode.ts';

const colored = (name: string, color: string) => new vscode.ThemeIcon(name, new vscode.ThemeColor(color));
const warning = () => colored('warning', 'list.warningForeground');

export function webhooksRow({ id }: ServerNode, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Webhooks'), vscode.TreeItemCollapsibleState.Expanded);
  item.id = id;
  item.description = vscode.workspace.isTrusted ? String(count) : vscode.l10n.t('{0} · nothing is sent in Restricted Mode', count);
  item.iconPath = new vscode.ThemeIcon('radio-tower');
  item.contextValue = 'webhooks';
  const label = count === 1 ? vscode.l10n.t('Webhooks: 1 address is told.') : vscode.l10n.t('Webhooks: {0} addresses are told.', count);
  item.accessibilityInformation = { label };
  return item;
}

function webhookIcon({ webhook, hasSecret }: ListedWebhook): vscode.ThemeIcon {
  if (!webhook.active) return webhook.reason === null ? new vscode.ThemeIcon('circle-slash') : warning();
  if (!hasSecret) return warning();
  return webhook.last === null ? new vscode.ThemeIcon('circle-large-outline') : deliveryIcon(webhook.last);
}

function deliveryIcon({ state, attempts }: WebhookDelivery): vscode.ThemeIcon {
  switch (state) {
    case 'delivered':
      return colored('pass-filled', 'testing.iconPassed');
    case 'failed':
      return colored('error', 'list.errorForeground');
    case 'pending':
      return attempts === 0 ? new vscode.ThemeIcon('clock') : warning();
  }
}

/** `folder`: its name where there are several. */
export function webhookRow({ id, listed }: WebhookNode, folder: string | undefined): vscode.TreeItem {
  const { webhook } = listed;
  const item = new vscode.TreeItem(addressText(webhook), vscode.TreeItemCollapsibleState.Collapsed);
  const state = webhookState(listed);
  item.id = id;
  item.description = [folder, eventsText(webhook), state].filter(Boolean).join(' · ');
  item.iconPath = webhookIcon(listed);
  item.contextValue = webhook.active ? 'webhook;on' : 'webhook;off';
  const folderText = folder === undefined ? '' : ` ${vscode.l10n.t('It tells what happens in the folder {0}.', folder)}`;
  item.accessibilityInformation = {
    label: vscode.l10n.t('Webhook {0} for {1}: {2}.', addressText(webhook), eventsText(webhook), state) + folderText,
  };
  return item;
}

export function webhookTooltip(listed: ListedWebhook): vscode.MarkdownString {
  const { webhook, hasSecret } = listed;
  const text = new vscode.MarkdownString();
  text.appendMarkdown('**').appendText(addressText(webhook)).appendMarkdown('**\n\n');
  const lines = [
    webhook.note,
    vscode.l10n.t('told of: {0}', eventsText(webhook)),
    webhookState(listed),
    webhook.last?.error,
    vscode.l10n.t('added {0}', timeName(webhook.createdAt)),
    hasSecret
      ? undefined
      : vscode.l10n.t('The secret that signs its messages is not on this machine, so nothing is sent from here. Make a new one to send.'),
  ];
  for (const line of lines) if (line) text.appendText(line).appendMarkdown('\n\n');
  return text;
}

export function deliveryRow({ id, delivery }: DeliveryNode): vscode.TreeItem {
  const { event, revision, updatedAt, error } = delivery;
  const isGone = event === 'event.gone';
  const item = new vscode.TreeItem(isGone ? vscode.l10n.t('Changes up to {0}', revision) : event);
  const state = deliveryText(delivery);
  const spoken = error === null ? state : `${state}, ${asPart(error)}`;
  item.id = id;
  item.description = [state, timeName(updatedAt)].join(' · ');
  item.iconPath = deliveryIcon(delivery);
  item.contextValue = isGone ? 'missed' : 'delivery';
  item.tooltip = [vscode.l10n.t('Change {0}: {1}, {2}', revision, state, timeName(updatedAt)), error].filter(Boolean).join('\n');
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}, change {1}: {2}, {3}.', event, revision, spoken, timeName(updatedAt)),
  };
  return item;
}
