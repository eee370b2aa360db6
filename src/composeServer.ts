import type * as vscode from 'vscode';
import { createApi } from './app/api.ts';
import type { Api } from './app/api.ts';
import type { FileOperations } from './app/fileOperations.ts';
import type { JobEngine } from './app/jobs/jobEngine.ts';
import type { Log } from './app/ports.ts';
import { createProjectOperations } from './app/projectOperations.ts';
import { withSlashes } from './core/filePath.ts';
import { createFiles } from './files/diskFiles.ts';
import { lookAt } from './files/lookAt.ts';
import type { FolderTasks } from './host/folderTasks.ts';
import type { ApiParts } from './host/server/apiParts.ts';
import { ClientVault } from './host/server/clientVault.ts';
import type { Settings } from './host/settings.ts';
import type { WorkspaceStores } from './host/workspaceStores.ts';
import { createLocalServer } from './server/localServer.ts';
import type { NodeHandler } from './server/nodeHandler.ts';
import type { ServedFolder } from './server/ports.ts';
import { createRest } from './server/rest/rest.ts';
import { allRoutes } from './server/rest/routes.ts';

export interface ServerDeps {
  stores: WorkspaceStores;
  settings: Settings;
  secrets: vscode.SecretStorage;
  /** Of the extension. */
  version: string;
  log: Log;
  filesOf(tasks: FolderTasks): Promise<FileOperations>;
  jobsOf(tasks: FolderTasks): Promise<JobEngine>;
}

/** The part of the composition root that is loaded when something first asks for the local server or its clients. */
export function openApi(deps: ServerDeps): ApiParts {
  const { stores, settings, version, log } = deps;
  const vault = new ClientVault(deps.secrets, log);
  const files = createFiles(log);
  const served = new WeakMap<FolderTasks, ServedFolder>();
  // Asked for with each request, and settings are slow to read.
  let origins = settings.allowedOrigins();
  const following = settings.onDidChange((affects) => {
    if (affects('claudetask.server.allowedOrigins')) origins = settings.allowedOrigins();
  });

  const apiOf = (tasks: FolderTasks): Api => {
    const { name, uri } = tasks.folder;
    const project = createProjectOperations({
      name,
      folder: withSlashes(uri.fsPath),
      rules: { read: () => settings.workflow(uri), update: (rules) => settings.setWorkflow(uri, rules) },
      look: lookAt,
      jobs: () => deps.jobsOf(tasks),
    });
    return createApi(name, { store: () => tasks.open(), files: () => deps.filesOf(tasks), project });
  };

  const servedOf = (tasks: FolderTasks): ServedFolder => {
    const known = served.get(tasks) ?? { key: tasks.key, api: apiOf(tasks) };
    served.set(tasks, known);
    return known;
  };

  // The SDK is as large as all the rest of the server, and many clients never ask for it.
  let mcp: Promise<NodeHandler> | undefined;
  const loadMcp = async () =>
    (await import('./server/mcp/mcpHttp.ts')).createMcpHttp({ version, log, tools: () => settings.serverTools() });

  const listener = createLocalServer(
    {
      folders: () => stores.all.map(servedOf),
      vault,
      port: () => settings.serverPort(),
      allowedOrigins: () => origins,
      clock: { now: () => Date.now() },
      log,
    },
    {
      rest: createRest({ version, log }),
      mcp: async (request, response, visit) => await (await (mcp ??= loadMcp()))(request, response, visit),
    },
  );
  return {
    listener,
    vault,
    files,
    document: async () => (await import('./server/rest/openApi.ts')).openApiDocument(allRoutes(version), version),
    close: async () => {
      following.dispose();
      await listener[Symbol.asyncDispose]();
      vault.dispose();
      await files.close();
    },
  };
}
