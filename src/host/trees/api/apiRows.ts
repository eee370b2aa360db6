import * as vscode from 'vscode';
import type { ClientRecord, LoggedRequest } from '../../../app/apiClients.ts';
import { expiryText, isExpired, scopesText, seenText } from '../../server/clientWords.ts';
import { timeName } from '../../words.ts';
import type { ClientNode, RequestNode, ServerNode } from './apiNode.ts';

const colored = (name: string, color: string) => new vscode.ThemeIcon(name, new vscode.ThemeColor(color));

/** `origin`: null while the server is off. */
export function serverRow({ id }: ServerNode, origin: string | null): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Local server'));
  item.id = id;
  item.description = origin === null ? vscode.l10n.t('off') : new URL(origin).host;
  item.iconPath = origin === null ? new vscode.ThemeIcon('circle-large-outline') : colored('pass-filled', 'testing.iconPassed');
  item.contextValue = origin === null ? 'serverOff' : 'serverOn';
  const state =
    origin === null ? vscode.l10n.t('The local server is off.') : vscode.l10n.t('The local server listens on {0}.', new URL(origin).host);
  item.tooltip = state;
  item.accessibilityInformation = { label: state };
  return item;
}

export function clientsRow({ id }: ServerNode, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Clients'),
    count === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Expanded,
  );
  // With its state in the id the first client opens the group: VS Code remembers what it knows an id by.
  item.id = count === 0 ? `${id} none` : id;
  item.description = count === 0 ? vscode.l10n.t('none') : String(count);
  item.iconPath = new vscode.ThemeIcon('key');
  item.contextValue = 'clients';
  const label = count === 1 ? vscode.l10n.t('Clients: 1 program is let in.') : vscode.l10n.t('Clients: {0} programs are let in.', count);
  item.accessibilityInformation = { label };
  return item;
}

/** `folder`: its name where there are several. */
export function clientRow({ id, client }: ClientNode, seenAt: number | undefined, folder: string | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(client.name);
  const lasts = isExpired(client) ? expiryText(client) : seenText(seenAt);
  item.id = id;
  item.description = [folder, scopesText(client.scopes), lasts].filter(Boolean).join(' · ');
  item.iconPath = isExpired(client) ? colored('warning', 'list.warningForeground') : new vscode.ThemeIcon('plug');
  item.contextValue = 'client';
  const folderText = folder === undefined ? '' : ` ${vscode.l10n.t('It works in the folder {0}.', folder)}`;
  const label = vscode.l10n.t('Client {0}: {1}, {2}.', client.name, scopesText(client.scopes), lasts) + folderText;
  item.accessibilityInformation = { label };
  return item;
}

export function clientTooltip(client: ClientRecord, seenAt: number | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown('**').appendText(client.name).appendMarkdown('**\n\n');
  const lines = [
    scopesText(client.scopes),
    vscode.l10n.t('added {0}', timeName(client.createdAt)),
    expiryText(client),
    seenAt === undefined ? seenText(seenAt) : vscode.l10n.t('seen {0}', timeName(seenAt)),
  ];
  for (const line of lines) text.appendText(line).appendMarkdown('\n\n');
  return text;
}

export function requestsRow({ id }: ServerNode, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(
    vscode.l10n.t('Requests'),
    count === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Expanded,
  );
  item.id = count === 0 ? `${id} none` : id;
  item.description = count === 0 ? vscode.l10n.t('none yet') : String(count);
  item.iconPath = new vscode.ThemeIcon('list-flat');
  item.contextValue = 'requests';
  item.accessibilityInformation = { label: vscode.l10n.t('Requests: the newest {0}.', count) };
  return item;
}

function requestIcon({ status }: LoggedRequest): vscode.ThemeIcon {
  if (status >= 500) return colored('error', 'list.errorForeground');
  return status >= 400 ? colored('warning', 'list.warningForeground') : new vscode.ThemeIcon('check');
}

export function requestRow({ id, request }: RequestNode): vscode.TreeItem {
  const { method, path, status, ms, client, at } = request;
  const who = client ?? vscode.l10n.t('nobody we know');
  const item = new vscode.TreeItem(`${method} ${path} ${status} ${Math.round(ms)} ms`);
  item.id = id;
  item.description = who;
  item.iconPath = requestIcon(request);
  item.contextValue = 'request';
  item.tooltip = vscode.l10n.t('{0} {1} from {2}, answered with {3} in {4} ms, {5}', method, path, who, status, ms, timeName(at));
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0} {1} from {2} was answered with {3} in {4} milliseconds.', method, path, who, status, Math.round(ms)),
  };
  return item;
}
