import * as vscode from 'vscode';
import { webhookUrl } from '../../core/webhook.ts';
import type { WebhookDelivery } from '../../protocol/webhook.ts';
import { listWebhooks, type ListedWebhook } from '../server/webhookList.ts';
import { addressText, deliveryText, eventsText, webhookState } from '../server/webhookWords.ts';
import { timeName } from '../words.ts';
import type { ServerCommandDeps } from './serverDeps.ts';

const longestNote = 200;
const shownDeliveries = 50;

export interface WebhookDraft {
  url: string;
  events: string[];
  note: string;
}

function addressProblem(text: string): string | undefined {
  if (text.trim() === '' || webhookUrl(text.trim()) !== undefined) return undefined;
  return vscode.l10n.t(
    'Nothing may be sent there. An address begins with https://, or with http://localhost for this machine, and holds no user name.',
  );
}

async function askAddress(title: string, value: string): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t('Address that events are sent to. It is kept in the database of the folder, for everybody who can read that.'),
    placeHolder: 'https://',
    ignoreFocusOut: true,
    validateInput: addressProblem,
  });
  return address?.trim() || undefined;
}

async function askEvents(title: string, current: readonly string[]): Promise<string[] | undefined> {
  // The table of operations brings their schemas: they are loaded when they are asked for.
  const { eventChoices, widest } = await import('../server/webhookEvents.ts');
  const items = eventChoices().map(({ pattern, label }) => ({
    label,
    ...(pattern === label ? {} : { description: pattern }),
    picked: current.includes(pattern),
    pattern,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('What is sent there'),
    canPickMany: true,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  if (picked?.length === 0) void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was saved: choose at least one event.'));
  return picked === undefined || picked.length === 0 ? undefined : widest(picked.map(({ pattern }) => pattern));
}

async function askNote(title: string, value: string): Promise<string | undefined> {
  const note = await vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t('What it is for. It may stay empty.'),
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.length > longestNote
        ? vscode.l10n.t('A note has at most {0} characters; this one has {1}.', longestNote, text.length)
        : undefined,
  });
  return note?.trim();
}

/** Asks for all that a webhook is. `step`: the title of one of three questions. */
export async function askWebhook(step: (number: number) => string, current?: WebhookDraft): Promise<WebhookDraft | undefined> {
  const url = await askAddress(step(1), current?.url ?? '');
  if (url === undefined) return undefined;
  const events = await askEvents(step(2), current?.events ?? ['task.*']);
  if (events === undefined) return undefined;
  const note = await askNote(step(3), current?.note ?? '');
  return note === undefined ? undefined : { url, events, note };
}

/** The webhook of the row, or one that is picked. */
export async function pickWebhook(deps: ServerCommandDeps, row: unknown, title: string): Promise<ListedWebhook | undefined> {
  const node = deps.view.find(row);
  if (node?.kind === 'webhook') return node.listed;
  const all = await listWebhooks(deps.stores, deps.secrets);
  if (all.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no webhook. Add one first.'));
    return undefined;
  }
  const several = deps.stores.all.length > 1;
  const items = all.map((listed) => ({
    label: addressText(listed.webhook),
    description: [several && listed.tasks.folder.name, eventsText(listed.webhook), webhookState(listed)].filter(Boolean).join(' · '),
    listed,
  }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.listed;
}

/** One of the newest deliveries. */
export async function pickDelivery({ tasks, webhook }: ListedWebhook, title: string): Promise<WebhookDelivery | undefined> {
  const store = await tasks.open();
  const { deliveries } = await store.call('webhook.deliveries', { id: webhook.id, limit: shownDeliveries });
  const items = deliveries
    .filter(({ event }) => event !== 'event.gone')
    .map((delivery) => ({
      label: delivery.event,
      description: [deliveryText(delivery), timeName(delivery.updatedAt)].join(' · '),
      delivery,
    }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was sent to {0} yet.', addressText(webhook)));
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.delivery;
}
