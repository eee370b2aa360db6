import * as vscode from 'vscode';
import type { FolderTasks } from '../folderTasks.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { say } from '../say.ts';
import { addressText } from '../server/webhookWords.ts';
import type { HandlersOf } from './handler.ts';
import type { ServerCommandDeps } from './serverDeps.ts';
import { askWebhook, pickDelivery, pickWebhook } from './webhookAsk.ts';

const addStep = (number: number) => vscode.l10n.t('Add Webhook ({0}/3)', number);
const editStep = (number: number) => vscode.l10n.t('Edit Webhook ({0}/3)', number);

/** Nowhere else is a secret ever shown. */
async function offerSecret(message: string, secret: string): Promise<void> {
  const copy = vscode.l10n.t('Copy Secret');
  if ((await vscode.window.showInformationMessage(message, copy)) !== copy) return;
  await vscode.env.clipboard.writeText(secret);
  say(vscode.l10n.t('Copied the secret. Whoever has it can write messages that look like ours.'));
}

async function add({ stores, secrets }: ServerCommandDeps): Promise<void> {
  const tasks = await pickFolder(stores, vscode.l10n.t('Add Webhook'));
  if (tasks === undefined) return;
  const draft = await askWebhook(addStep);
  if (draft === undefined) return;
  const { webhook } = await (await tasks.open()).call('webhook.add', draft);
  if (webhook === null) return;
  const secret = await secrets.renew(tasks.key, webhook.id);
  const when = vscode.workspace.isTrusted
    ? vscode.l10n.t('{0} is told what happens from now on.', addressText(webhook))
    : vscode.l10n.t('{0} is told what happens from now on, once this workspace is trusted.', addressText(webhook));
  const once = vscode.l10n.t('Give it the secret that signs the messages: it is offered only now, and can be replaced by a new one.');
  await offerSecret(`${when} ${once}`, secret);
}

async function edit(deps: ServerCommandDeps, row: unknown): Promise<void> {
  const listed = await pickWebhook(deps, row, vscode.l10n.t('Edit Webhook'));
  if (listed === undefined) return;
  const draft = await askWebhook(editStep, listed.webhook);
  if (draft === undefined) return;
  await (await listed.tasks.open()).call('webhook.update', { id: listed.webhook.id, ...draft });
}

async function switchIt(deps: ServerCommandDeps, row: unknown): Promise<void> {
  const listed = await pickWebhook(deps, row, vscode.l10n.t('Switch Webhook On or Off'));
  if (listed === undefined) return;
  const { id, active } = listed.webhook;
  await (await listed.tasks.open()).call('webhook.update', { id, active: !active });
  const address = addressText(listed.webhook);
  say(active ? vscode.l10n.t('{0} is told nothing any more.', address) : vscode.l10n.t('{0} is told what happens from now on.', address));
}

async function remove(deps: ServerCommandDeps, row: unknown): Promise<void> {
  const listed = await pickWebhook(deps, row, vscode.l10n.t('Remove Webhook'));
  if (listed === undefined) return;
  const { tasks, webhook } = listed;
  const button = vscode.l10n.t('Remove');
  const message = vscode.l10n.t('Remove the webhook to {0}?', addressText(webhook));
  const detail = vscode.l10n.t('Nothing more is sent there. Its secret and the list of what was sent are deleted; this cannot be undone.');
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) return;
  await (await tasks.open()).call('webhook.remove', { id: webhook.id });
  await deps.secrets.forget(tasks.key, webhook.id);
  say(vscode.l10n.t('Removed the webhook to {0}.', addressText(webhook)));
}

/** What is to be sent again: that of the row, or what is picked. */
async function askReplay(deps: ServerCommandDeps, row: unknown): Promise<{ tasks: FolderTasks; id: number; revision: number } | undefined> {
  const title = vscode.l10n.t('Send Delivery Again');
  const node = deps.view.find(row);
  if (node?.kind === 'delivery') return { tasks: node.listed.tasks, id: node.listed.webhook.id, revision: node.delivery.revision };
  const listed = await pickWebhook(deps, row, title);
  const delivery = listed && (await pickDelivery(listed, title));
  return delivery && { tasks: listed.tasks, id: listed.webhook.id, revision: delivery.revision };
}

async function replay(deps: ServerCommandDeps, row: unknown): Promise<void> {
  const asked = await askReplay(deps, row);
  if (asked === undefined) return;
  const { tasks, id, revision } = asked;
  await (await tasks.open()).call('webhook.replay', { id, revision });
  say(vscode.l10n.t('Change {0} is sent again.', revision));
}

async function newSecret(deps: ServerCommandDeps, row: unknown): Promise<void> {
  const listed = await pickWebhook(deps, row, vscode.l10n.t('Copy New Webhook Secret'));
  if (listed === undefined) return;
  const { tasks, webhook } = listed;
  if (listed.hasSecret) {
    const button = vscode.l10n.t('New Secret');
    const message = vscode.l10n.t('Make a new secret for the webhook to {0}?', addressText(webhook));
    const detail = vscode.l10n.t('Messages are signed with it at once: the receiver turns them away until it has been given the new one.');
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) return;
  }
  const secret = await deps.secrets.renew(tasks.key, webhook.id);
  await vscode.env.clipboard.writeText(secret);
  say(vscode.l10n.t('Copied the new secret of {0}. Whoever has it can write messages that look like ours.', addressText(webhook)));
}

export function webhookHandlers(deps: ServerCommandDeps): HandlersOf<'webhook'> {
  return {
    'claudetask.webhook.add': () => add(deps),
    'claudetask.webhook.edit': (row) => edit(deps, row),
    'claudetask.webhook.switch': (row) => switchIt(deps, row),
    'claudetask.webhook.remove': (row) => remove(deps, row),
    'claudetask.webhook.replay': (row) => replay(deps, row),
    'claudetask.webhook.newSecret': (row) => newSecret(deps, row),
  };
}
