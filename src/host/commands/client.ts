import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { ClientRecord } from '../../app/apiClients.ts';
import type { ApiScope } from '../../protocol/api.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { say } from '../say.ts';
import { isExpired, scopesText } from '../server/clientWords.ts';
import { mayServe } from '../server/mayServe.ts';
import type { HandlersOf } from './handler.ts';
import type { ServerCommandDeps } from './serverDeps.ts';

const longestName = 100;
const day = 86_400_000;
const step = (number: number) => vscode.l10n.t('Add API Client ({0}/3)', number);

/** Clients of the folders of this window. */
async function clientsHere({ api, stores }: ServerCommandDeps): Promise<ClientRecord[]> {
  const { vault } = await api.load();
  return (await vault.clients()).filter(({ folder }) => stores.get(folder) !== undefined);
}

function nameProblem(text: string, taken: ReadonlySet<string>): string | undefined {
  const name = text.trim();
  if (name.length > longestName) return vscode.l10n.t('A name has at most {0} characters.', longestName);
  if (/[\u0000-\u001f\u007f]/.test(name)) return vscode.l10n.t('A name is one line of text.');
  if (taken.has(name.toLowerCase()))
    return vscode.l10n.t('There is a client called {0} already: its requests could not be told apart.', name);
  return undefined;
}

async function askName(taken: ReadonlySet<string>): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: step(1),
    prompt: vscode.l10n.t('Name of the program. History shows it beside what it changes.'),
    placeHolder: vscode.l10n.t('such as Claude Code'),
    ignoreFocusOut: true,
    validateInput: (text) => nameProblem(text, taken),
  });
  return name?.trim() || undefined;
}

async function askScopes(): Promise<ApiScope[] | undefined> {
  const items: (vscode.QuickPickItem & { scope: ApiScope })[] = [
    {
      scope: 'read',
      label: vscode.l10n.t('Read'),
      detail: vscode.l10n.t('See tasks, history, instructions, agents and jobs'),
      picked: true,
    },
    {
      scope: 'write',
      label: vscode.l10n.t('Change'),
      detail: vscode.l10n.t('Create and change tasks, instructions and agents; also see them'),
      picked: true,
    },
    {
      scope: 'jobs',
      label: vscode.l10n.t('Run Jobs'),
      detail: vscode.l10n.t('Start and stop jobs, which work with your signed-in sessions'),
    },
    {
      scope: 'admin',
      label: vscode.l10n.t('Administer'),
      detail: vscode.l10n.t('All of it but jobs, and the rules of the board, the audit log and backups'),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: step(2),
    placeHolder: vscode.l10n.t('What the program may do'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked?.length === 0)
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No client was added: it could do nothing. Choose at least one thing it may do.'),
    );
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ scope }) => scope);
}

async function askExpiry(): Promise<{ days: number | null } | undefined> {
  const items = [
    { days: null, label: vscode.l10n.t('Until It Is Revoked') },
    { days: 30, label: vscode.l10n.t('30 Days') },
    { days: 90, label: vscode.l10n.t('90 Days') },
  ];
  return await vscode.window.showQuickPick(items, {
    title: step(3),
    placeHolder: vscode.l10n.t('How long its token is valid'),
    ignoreFocusOut: true,
  });
}

async function copyTokenOf({ api }: ServerCommandDeps, client: ClientRecord): Promise<void> {
  await vscode.env.clipboard.writeText(await (await api.load()).listener.issue(client));
  say(vscode.l10n.t('Copied the token of {0}. Whoever has it may do what the client may.', client.name));
}

async function add(deps: ServerCommandDeps): Promise<void> {
  if (!(await mayServe(vscode.l10n.t('Add API Client')))) return;
  const tasks = await pickFolder(deps.stores, vscode.l10n.t('Add API Client'));
  if (tasks === undefined) return;
  const taken = new Set((await clientsHere(deps)).map(({ name }) => name.toLowerCase()));
  const name = await askName(taken);
  if (name === undefined) return;
  const scopes = await askScopes();
  if (scopes === undefined) return;
  const expiry = await askExpiry();
  if (expiry === undefined) return;
  const createdAt = Date.now();
  const expiresAt = expiry.days === null ? null : createdAt + expiry.days * day;
  const client: ClientRecord = { id: randomUUID(), name, scopes, folder: tasks.key, createdAt, expiresAt };
  await (await deps.api.load()).vault.put(client);
  const copy = vscode.l10n.t('Copy Token');
  const message = vscode.l10n.t('{0} is let in. Give it its token: it is shown nowhere, and can be copied again from the API view.', name);
  if ((await vscode.window.showInformationMessage(message, copy)) === copy) await copyTokenOf(deps, client);
}

/** The client of the row, or one that is picked. */
async function askClient(deps: ServerCommandDeps, [row]: readonly unknown[], title: string): Promise<ClientRecord | undefined> {
  const node = deps.view.find(row);
  if (node?.kind === 'client') return node.client;
  const clients = await clientsHere(deps);
  if (clients.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No program has been let in. Add a client first.'));
    return undefined;
  }
  const several = deps.stores.all.length > 1;
  const items = clients.map((client) => ({
    label: client.name,
    description: [several && deps.stores.get(client.folder)?.folder.name, scopesText(client.scopes)].filter(Boolean).join(' · '),
    client,
  }));
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.client;
}

async function copyToken(deps: ServerCommandDeps, args: readonly unknown[]): Promise<void> {
  const client = await askClient(deps, args, vscode.l10n.t('Copy Token'));
  if (client === undefined) return;
  if (isExpired(client))
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The token of {0} has expired, and was not copied. Revoke the client and add it again.', client.name),
    );
  else await copyTokenOf(deps, client);
}

async function revoke(deps: ServerCommandDeps, args: readonly unknown[]): Promise<void> {
  const client = await askClient(deps, args, vscode.l10n.t('Revoke Client'));
  if (client === undefined) return;
  const button = vscode.l10n.t('Revoke');
  const detail = vscode.l10n.t(
    'Its token stops working at once, and connections that it has open are closed. What it did stays in the history.',
  );
  const message = vscode.l10n.t('Revoke {0}?', client.name);
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) !== button) return;
  await (await deps.api.load()).vault.remove(client.id);
  say(vscode.l10n.t('Revoked {0}.', client.name));
}

export function clientHandlers(deps: ServerCommandDeps): HandlersOf<'client'> {
  return {
    'claudetask.client.add': () => add(deps),
    'claudetask.client.copyToken': (...args) => copyToken(deps, args),
    'claudetask.client.revoke': (...args) => revoke(deps, args),
  };
}
