import * as vscode from 'vscode';
import type { FolderTasks } from '../folderTasks.ts';
import { pickFolder } from '../pick/pickFolder.ts';
import { mcpEntry } from '../server/launcher.ts';
import { mayServe } from '../server/mayServe.ts';
import { isNew, planConnection, serverName, writePlanned, type ConnectionPlan } from '../server/projectConnection.ts';
import type { HandlersOf } from './handler.ts';
import type { ServerCommandDeps } from './serverDeps.ts';

/** Shows the file as it is beside what it will be. Answers how to put that away. */
async function showChange({ texts }: ServerCommandDeps, { config }: ConnectionPlan): Promise<() => Promise<void>> {
  const before = config.there === undefined ? texts().put('.mcp.json (none)', '') : vscode.Uri.file(config.path);
  const after = texts().put('.mcp.json', config.text);
  await vscode.commands.executeCommand('vscode.diff', before, after, vscode.l10n.t('.mcp.json: now ↔ with ClaudeTask'), { preview: true });
  return async () => {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const shown = tabs.filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === after.toString());
    await vscode.window.tabGroups.close(shown);
  };
}

async function agrees({ config, replaced }: ConnectionPlan, folder: string): Promise<boolean> {
  const write = vscode.l10n.t('Write');
  const entry = `"${serverName}": ${JSON.stringify(mcpEntry, null, 2)}`;
  const put =
    replaced === undefined
      ? vscode.l10n.t('This entry is put into .mcp.json of {0}. All else in the file stays as it is:', folder)
      : vscode.l10n.t(
          'This entry takes the place of the one of its name in .mcp.json of {0}. All else in the file stays as it is:',
          folder,
        );
  const detail = [
    isNew(config) ? put : vscode.l10n.t('This entry stands in .mcp.json of {0} already:', folder),
    entry,
    vscode.l10n.t(
      'A small program that starts the server of this extension is put into .claudetask, which git ignores: others who clone the project run this command once. No token is written.',
    ),
  ].join('\n\n');
  const message = vscode.l10n.t('Let Claude Code work on the tasks of {0}?', folder);
  return (await vscode.window.showInformationMessage(message, { modal: true, detail }, write)) === write;
}

async function addToFile(deps: ServerCommandDeps): Promise<void> {
  if (!(await mayServe(vscode.l10n.t('Add to .mcp.json')))) return;
  const tasks = await pickFolder(deps.stores, vscode.l10n.t('Add to .mcp.json'));
  if (tasks === undefined) return;
  const { files } = await deps.api.load();
  const plan = await planConnection(files, tasks.folder.uri.fsPath, deps.program);
  if (!isNew(plan.config) && !isNew(plan.launcher)) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Claude Code knows ClaudeTask in {0} already: .mcp.json names it.', tasks.folder.name),
    );
    return;
  }
  const putAway = await showChange(deps, plan);
  const agreed = await agrees(plan, tasks.folder.name);
  await putAway();
  if (agreed) await writePlan(deps, tasks, plan);
}

async function writePlan(deps: ServerCommandDeps, tasks: FolderTasks, plan: ConnectionPlan): Promise<void> {
  const { files } = await deps.api.load();
  // With the database come the rules by which git ignores the launcher.
  await tasks.open();
  for (const planned of [plan.launcher, plan.config]) {
    if (!isNew(planned) || (await writePlanned(files, planned))) continue;
    await deps.conflicts.show({ file: vscode.Uri.file(planned.path), ours: planned.text });
    return;
  }
  await vscode.window.showTextDocument(vscode.Uri.file(plan.config.path), { preview: false });
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Claude Code knows ClaudeTask now. Start it in the folder {0} itself, and approve the server when it asks.',
      tasks.folder.name,
    ),
  );
}

/** The line that tells Claude Code about the server that listens in this window. The token comes from the environment. */
const addLine = (origin: string) =>
  `claude mcp add --transport http ${serverName} ${origin}/mcp --header 'Authorization: Bearer \${CLAUDETASK_TOKEN}'`;

async function copyLine({ api, settings }: ServerCommandDeps): Promise<void> {
  const line = addLine(await api.start());
  const copy = vscode.l10n.t('Copy Line');
  const copyAndAdd = vscode.l10n.t('Copy Line and Add Client');
  const detail = [
    vscode.l10n.t('Run this line in the folder. It is for you alone, and writes no file of the project:'),
    line,
    vscode.l10n.t(
      'Claude Code takes the token from the variable CLAUDETASK_TOKEN of the terminal it is started in. Add a client to get one.',
    ),
    ...(settings.serverPort() === 0
      ? [vscode.l10n.t('The port is another one each time: set claudetask.server.port for one that stays, and claudetask.server.enabled.')]
      : []),
  ].join('\n\n');
  const message = vscode.l10n.t('Connect Claude Code to the local server of this window');
  const picked = await vscode.window.showInformationMessage(message, { modal: true, detail }, copy, copyAndAdd);
  if (picked === undefined) return;
  await vscode.env.clipboard.writeText(line);
  if (picked === copyAndAdd) await vscode.commands.executeCommand('claudetask.client.add');
}

async function connect(deps: ServerCommandDeps): Promise<void> {
  if (!(await mayServe(vscode.l10n.t('Connect Claude Code')))) return;
  const items = [
    {
      how: 'file' as const,
      label: vscode.l10n.t('For This Project'),
      description: '.mcp.json',
      detail: vscode.l10n.t('Works also while VS Code is closed. You see the change before it is written; it holds no token.'),
    },
    {
      how: 'line' as const,
      label: vscode.l10n.t('For Me Only'),
      description: 'claude mcp add',
      detail: vscode.l10n.t('A line to run once, for the local server of this window. It needs the token of a client.'),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Connect Claude Code'),
    placeHolder: vscode.l10n.t('How Claude Code finds the tasks'),
  });
  if (picked?.how === 'file') await addToFile(deps);
  else if (picked?.how === 'line') await copyLine(deps);
}

export function mcpHandlers(deps: ServerCommandDeps): HandlersOf<'mcp'> {
  return {
    'claudetask.mcp.connect': () => connect(deps),
    'claudetask.mcp.addToFile': () => addToFile(deps),
  };
}
