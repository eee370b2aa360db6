import * as vscode from 'vscode';
import type { LoggedRequest } from '../../app/apiClients.ts';
import { showPreview } from '../documents/previewDocuments.ts';
import { say } from '../say.ts';
import { apiDocumentText } from '../server/apiDocument.ts';
import { curlOf } from '../server/curl.ts';
import { mayServe } from '../server/mayServe.ts';
import type { HandlersOf } from './handler.ts';
import type { ServerCommandDeps } from './serverDeps.ts';

async function start({ api }: ServerCommandDeps): Promise<void> {
  if (!(await mayServe(vscode.l10n.t('Start Local Server')))) return;
  const origin = await api.start();
  say(vscode.l10n.t('The local server listens on {0}.', new URL(origin).host));
}

async function copyAddress({ api }: ServerCommandDeps): Promise<void> {
  if (!(await mayServe(vscode.l10n.t('Copy Server Address')))) return;
  const origin = await api.start();
  await vscode.env.clipboard.writeText(origin);
  say(vscode.l10n.t('Copied {0}', origin));
}

/** One of the newest requests. */
async function askRequest({ api }: ServerCommandDeps): Promise<LoggedRequest | undefined> {
  const requests = (api.parts?.listener.requests.lines() ?? []).slice(-200).reverse();
  if (requests.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nobody has asked the local server for anything yet.'));
    return undefined;
  }
  const items = requests.map((request) => ({
    label: `${request.method} ${request.path}`,
    description: [String(request.status), request.client].filter((one) => one !== null).join(' · '),
    request,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Copy Request as cURL'), matchOnDescription: true });
  return picked?.request;
}

async function copyRequest(deps: ServerCommandDeps, [row]: readonly unknown[]): Promise<void> {
  const node = deps.view.find(row);
  const request = node?.kind === 'request' ? node.request : await askRequest(deps);
  if (request === undefined) return;
  await vscode.env.clipboard.writeText(curlOf(request, deps.api.origin ?? 'http://127.0.0.1:PORT'));
  say(vscode.l10n.t('Copied. The token is taken from the variable CLAUDETASK_TOKEN.'));
}

async function openDocument({ api, texts }: ServerCommandDeps): Promise<void> {
  const document = await (await api.load()).document();
  await showPreview(texts().put('ClaudeTask API.md', apiDocumentText(document, api.origin)));
}

export function serverHandlers(deps: ServerCommandDeps): HandlersOf<'server'> {
  return {
    'claudetask.server.start': () => start(deps),
    'claudetask.server.stop': () => deps.api.stop(),
    'claudetask.server.copyAddress': () => copyAddress(deps),
    'claudetask.server.copyRequest': (...args) => copyRequest(deps, args),
    'claudetask.server.openDocument': () => openDocument(deps),
  };
}
