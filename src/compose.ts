import * as vscode from 'vscode';
import type { Store } from './app/ports.ts';
import type { OpenEngines } from './composeJobs.ts';
import type { Actor } from './core/actor.ts';
import { Boards } from './host/board/boards.ts';
import { registerAgentForms } from './host/agentForm/agentForms.ts';
import { ClaudeFolders, type ClaudeFolder } from './host/claude/claudeFolders.ts';
import { followWorkspace } from './host/claude/followWorkspace.ts';
import { InstructionModels } from './host/claude/instructionModels.ts';
import type { AllHandlers } from './host/commands/handler.ts';
import { createContextKeys, followStores } from './host/contextKeys.ts';
import { settingIds } from './host/contributions.generated.ts';
import { createLog } from './host/log.ts';
import { registerDocuments } from './host/documents/registerDocuments.ts';
import { Conflicts } from './host/documents/showConflict.ts';
import type { FolderTasks } from './host/folderTasks.ts';
import type { JobActivity } from './host/jobs/jobActivity.ts';
import { JobFolders } from './host/jobs/jobFolders.ts';
import { JobMemory } from './host/jobs/jobMemory.ts';
import { JobPanels } from './host/jobs/jobPanels.ts';
import { JobTexts } from './host/jobs/jobTexts.ts';
import { JobTokens } from './host/jobs/jobTokens.ts';
import { registerJobFiles } from './host/language/jobFiles.ts';
import { registerLanguageFeatures } from './host/language/registerLanguageFeatures.ts';
import { followNotices } from './host/notices.ts';
import { registerAll, runShown } from './host/registerAll.ts';
import { LocalApi } from './host/server/localApi.ts';
import { registerMcpProvider } from './host/server/mcpProvider.ts';
import { WebhookSecrets } from './host/server/webhookSecrets.ts';
import { WebhookSenders } from './host/server/webhookSenders.ts';
import { createSettings } from './host/settings.ts';
import { createStatusBar } from './host/statusBar.ts';
import { createApiView } from './host/trees/api/apiView.ts';
import { createAgentView } from './host/trees/agents/agentView.ts';
import { createInstructionView } from './host/trees/instructions/instructionView.ts';
import { createJobView } from './host/trees/jobs/jobView.ts';
import { createTaskView } from './host/trees/taskView.ts';
import { WorkspaceStores } from './host/workspaceStores.ts';
import { DisposableStore } from './util/disposable.ts';

export interface App {
  readonly stores: WorkspaceStores;
  /** Closes the databases and lets go of everything. */
  close(): Promise<void>;
}

/** Builds the layers and connects them. Nothing here reads a file or waits: databases open after it has returned. */
export function compose(context: vscode.ExtensionContext): App {
  const parts = new DisposableStore();
  const log = parts.add(createLog());
  const settings = createSettings(settingIds);
  const inExtension = (...path: string[]) => vscode.Uri.joinPath(context.extensionUri, ...path);
  const dist = inExtension('dist');

  /** Whose changes those made in this window are. */
  async function userOf(folder: vscode.WorkspaceFolder): Promise<Actor> {
    const { readUserName } = await import('./host/userName.ts');
    return { kind: 'user', name: settings.userName(folder.uri) || (await readUserName(folder.uri.fsPath)) };
  }

  async function openStore(folder: vscode.WorkspaceFolder): Promise<Store> {
    // The wire's schemas come with it: not on the way to activation.
    const [{ openStore: open }, actor] = await Promise.all([import('./storage/storeClient.ts'), userOf(folder)]);
    const workerFile = vscode.Uri.joinPath(dist, 'storage.js').fsPath;
    const store = open({ directory: folder.uri.fsPath, workerFile, assets: dist.fsPath, actor, log });
    parts.add(followNotices(store, folder.name, log));
    return store;
  }

  const stores = parts.add(new WorkspaceStores({ log, settings, openStore }));

  async function openClaudeFolder(tasks: FolderTasks): Promise<ClaudeFolder> {
    const [{ openClaudeFolder: open }, user] = await Promise.all([import('./composeClaude.ts'), userOf(tasks.folder)]);
    return await open(tasks, user, log);
  }

  const claude = parts.add(new ClaudeFolders({ stores, openFolder: openClaudeFolder }));
  const setContext = createContextKeys();
  parts.add(followStores(stores, setContext));
  const run = async (what: string, work: () => Promise<unknown>): Promise<void> => void (await runShown(log, what, work));
  const view = parts.add(createTaskView({ stores, settings, memory: context.workspaceState, setContext, run }));
  const boards = parts.add(
    new Boards({
      stores,
      settings,
      log,
      dist,
      icon: { light: inExtension('media', 'board-light.svg'), dark: inExtension('media', 'board-dark.svg') },
      open: (folder, taskId, what) =>
        void run(`board: open ${what}`, async () => {
          const { openOrigin } = await import('./host/commands/taskLook.ts');
          if (what === 'origin') await openOrigin(folder, taskId);
          else if (what === 'description') await (await import('./host/commands/taskEdit.ts')).openDescription(folder, taskId);
          else
            await vscode.commands.executeCommand(`claudetask.task.${what === 'job' ? 'runJob' : 'showRun'}`, {
              folder: folder.key,
              taskId,
            });
        }),
    }),
  );
  const statusBar = parts.add(createStatusBar(stores));

  const models = parts.add(new InstructionModels(claude));
  const conflicts = parts.add(new Conflicts());
  parts.add(followWorkspace({ stores, folders: claude }));
  const agentView = parts.add(createAgentView({ claude, stores, setContext }));
  const instructionView = parts.add(createInstructionView({ stores, folders: claude, models, setContext }));
  parts.add(registerDocuments({ folders: claude, models }));
  parts.add(registerAgentForms({ log, dist, modelOf: async (uri) => (await claude.of(uri))?.agents }));
  parts.add(registerLanguageFeatures({ claude, stores, settings, log, sources: () => models.sources() }));

  const memory = new JobMemory(context.workspaceState);
  const tokens = new JobTokens(context.secrets);
  const trusted = () => vscode.workspace.isTrusted;
  let making: Promise<OpenEngines> | undefined;
  const engines = () =>
    (making ??= import('./composeJobs.ts').then(({ openEngines }) =>
      openEngines({
        runnerFile: vscode.Uri.joinPath(dist, 'jobRunner.js').fsPath,
        profiles: vscode.Uri.joinPath(context.globalStorageUri, 'profiles').fsPath,
        executable: () => settings.browserPath() || null,
        browserArguments: () => settings.browserArguments(),
        token: (name) => tokens.get(name),
        maxRuns: () => settings.maxParallelJobs(),
        trusted,
        log,
      }),
    ));
  let activity: Promise<JobActivity> | undefined;
  const loadActivity = async () => {
    const [{ JobActivity: Activity }, { JobOutputs }] = await Promise.all([
      import('./host/jobs/jobActivity.ts'),
      import('./host/jobs/jobOutputs.ts'),
    ]);
    const setWaiting = (count: number) => {
      statusBar.setWaiting(count);
      jobView.setBadge(count);
    };
    return parts.add(new Activity({ outputs: new JobOutputs(), setContext, setWaiting, keptRuns: (folder) => settings.keptRuns(folder) }));
  };
  const jobActivity = () => (activity ??= loadActivity());
  const jobFolders = parts.add(
    new JobFolders({
      stores,
      log,
      openEngine: async (tasks) => (await engines()).open(tasks, memory.schedules(tasks.key), (what) => memory.agreed(tasks.key).has(what)),
      follow: async (jobs) => (await jobActivity()).follow(jobs),
    }),
  );
  const jobView = parts.add(createJobView({ folders: jobFolders, stores, setContext }));
  const icon = { light: inExtension('media', 'board-light.svg'), dark: inExtension('media', 'board-dark.svg') };
  const pages = parts.add(new JobPanels({ folders: jobFolders, stores, log, dist, icon }));
  pages.restoreAfterReload();
  parts.add(registerJobFiles({ folders: jobFolders, log, setContext }));
  let texts: JobTexts | undefined;
  const jobTexts = () => (texts ??= parts.add(new JobTexts()));

  const version = String(Object(context.extension.packageJSON).version);
  const program = vscode.Uri.joinPath(dist, 'mcpStdio.js').fsPath;
  const api = parts.add(
    new LocalApi({
      stores,
      settings,
      setContext,
      run,
      program,
      load: async () =>
        (await import('./composeServer.ts')).openApi({
          stores,
          settings,
          secrets: context.secrets,
          version,
          log,
          filesOf: async (tasks) => (await claude.open(tasks)).operations,
          jobsOf: async (tasks) => (await jobFolders.open(tasks)).engine,
        }),
    }),
  );
  const webhookSecrets = parts.add(new WebhookSecrets(context.secrets));
  const webhooks = parts.add(
    new WebhookSenders({
      stores,
      secrets: webhookSecrets,
      log,
      trusted,
      openSender: async ({ key }, store) =>
        (await import('./composeWebhooks.ts')).openWebhookSender({
          store,
          secretOf: (webhook) => webhookSecrets.get(key, webhook),
          version,
          log,
        }),
    }),
  );
  const apiView = parts.add(createApiView({ api, stores, secrets: webhookSecrets, memory: context.workspaceState, setContext }));
  parts.add(registerMcpProvider({ api, stores, settings, version }));
  let shownTexts: JobTexts | undefined;
  const apiTexts = () => (shownTexts ??= parts.add(new JobTexts('claudetask-api')));

  let handlers: Promise<AllHandlers> | undefined;
  const loadHandlers = async () =>
    (await import('./host/commands/allHandlers.ts')).allHandlers({
      stores,
      view,
      boards,
      log,
      settings,
      version,
      claude,
      models,
      conflicts,
      agentView,
      fileRows: [agentView, instructionView],
      jobs: { stores, folders: jobFolders, view: jobView, memory, tokens, settings, log, pages, activity: jobActivity, texts: jobTexts },
      server: { stores, api, view: apiView, secrets: webhookSecrets, settings, conflicts, texts: apiTexts, program },
    });
  parts.add(registerAll(log, () => (handlers ??= loadHandlers())));

  const start = setImmediate(() => void run('Open the databases', () => stores.start()));
  parts.add({ dispose: () => clearImmediate(start) });

  return {
    stores,
    close: async () => {
      try {
        await api.close();
        await webhooks.close();
        await jobFolders.close();
        await (await making)?.close();
        await claude.close();
        await stores.close();
      } finally {
        parts.dispose();
      }
    },
  };
}
