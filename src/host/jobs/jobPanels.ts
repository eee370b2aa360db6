import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import type { JobPages } from '../commands/jobsDeps.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import type { FolderJobs } from './folderJobs.ts';
import type { JobFolders } from './jobFolders.ts';
import type { RecordsPanel } from './recordsPanel.ts';
import type { JobPanelDeps, RunPanel } from './runPanel.ts';

export const runViewType = 'claudetask.run';
export const recordsViewType = 'claudetask.records';

export type JobPanelsDeps = JobPanelDeps & { folders: JobFolders; stores: WorkspaceStores };

interface OpenPanel {
  panel: vscode.WebviewPanel;
  jobs: FolderJobs;
  /** Undefined until its code is loaded. */
  page?: RunPanel | RecordsPanel;
}

/** The pages of runs and of records that are open, one for each run and job, and their return after a reload of the window. */
export class JobPanels implements JobPages, Disposable {
  readonly #deps: JobPanelsDeps;
  readonly #open = new Map<string, OpenPanel>();
  readonly #subscriptions = new DisposableStore();

  constructor(deps: JobPanelsDeps) {
    this.#deps = deps;
    this.#subscriptions.add(
      deps.stores.onDidChangeFolders(() => {
        // The runs of a folder that left the workspace are not reachable any more.
        for (const { panel, jobs } of this.#open.values()) if (deps.stores.get(jobs.tasks.key) !== jobs.tasks) panel.dispose();
      }),
    );
  }

  /** From now on pages come back after a reload of the window. */
  restoreAfterReload(): void {
    this.#subscriptions.add(
      vscode.window.registerWebviewPanelSerializer(runViewType, {
        deserializeWebviewPanel: async (panel, state: unknown) => {
          const jobs = await this.#folderOf(state);
          const run = valueOf(state, 'run');
          if (jobs === undefined || typeof run !== 'number') panel.dispose();
          else await this.#adoptRun(jobs, run, panel);
        },
      }),
    );
    this.#subscriptions.add(
      vscode.window.registerWebviewPanelSerializer(recordsViewType, {
        deserializeWebviewPanel: async (panel, state: unknown) => {
          const jobs = await this.#folderOf(state);
          const job = valueOf(state, 'job');
          if (jobs === undefined || typeof job !== 'string') panel.dispose();
          else await this.#adoptRecords(jobs, job, null, panel);
        },
      }),
    );
  }

  async showRun(jobs: FolderJobs, run: number): Promise<void> {
    const open = this.#open.get(runKey(jobs, run));
    if (open) open.panel.reveal();
    else await this.#adoptRun(jobs, run, this.#create(runViewType, vscode.l10n.t('Run #{0}', run)));
  }

  async showRecords(jobs: FolderJobs, job: string, collection?: string): Promise<void> {
    const open = this.#open.get(recordsKey(jobs, job));
    if (open) {
      open.panel.reveal();
      if (collection !== undefined && open.page !== undefined && 'show' in open.page) open.page.show(collection);
      return;
    }
    const panel = this.#create(recordsViewType, vscode.l10n.t('Records: {0}', job));
    await this.#adoptRecords(jobs, job, collection ?? null, panel);
  }

  #create(viewType: string, title: string): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [this.#deps.dist],
    });
  }

  async #adoptRun(jobs: FolderJobs, run: number, panel: vscode.WebviewPanel): Promise<void> {
    const entry = this.#keep(runKey(jobs, run), jobs, panel);
    const { RunPanel: Panel } = await import('./runPanel.ts');
    if (this.#isOpen(entry)) entry.page = new Panel(this.#deps, jobs, run, panel);
  }

  async #adoptRecords(jobs: FolderJobs, job: string, collection: string | null, panel: vscode.WebviewPanel): Promise<void> {
    const entry = this.#keep(recordsKey(jobs, job), jobs, panel);
    const { RecordsPanel: Panel } = await import('./recordsPanel.ts');
    if (this.#isOpen(entry)) entry.page = new Panel(this.#deps, jobs, job, collection, panel);
  }

  #keep(key: string, jobs: FolderJobs, panel: vscode.WebviewPanel): OpenPanel {
    const entry: OpenPanel = { panel, jobs };
    this.#open.set(key, entry);
    panel.onDidDispose(() => {
      if (this.#open.get(key) === entry) this.#open.delete(key);
    });
    return entry;
  }

  #isOpen(entry: OpenPanel): boolean {
    return !this.#subscriptions.isDisposed && [...this.#open.values()].includes(entry);
  }

  async #folderOf(state: unknown): Promise<FolderJobs | undefined> {
    await this.#deps.stores.started;
    const key = valueOf(state, 'folder');
    const tasks = typeof key === 'string' ? this.#deps.stores.get(key) : undefined;
    return tasks && (await this.#deps.folders.open(tasks));
  }

  dispose(): void {
    // The panels stay: VS Code closes them, or restores them after a reload.
    this.#subscriptions.dispose();
    for (const { page } of this.#open.values()) page?.dispose();
  }
}

const runKey = ({ tasks }: FolderJobs, run: number): string => `run ${tasks.key} ${run}`;
const recordsKey = ({ tasks }: FolderJobs, job: string): string => `records ${tasks.key} ${job}`;

function valueOf(state: unknown, key: string): unknown {
  return typeof state === 'object' && state !== null && Object.hasOwn(state, key) ? Reflect.get(state, key) : undefined;
}
