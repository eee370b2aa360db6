import * as vscode from 'vscode';
import type { JobEngine } from '../../app/jobs/jobEngine.ts';
import type { Log } from '../../app/ports.ts';
import { liveStates } from '../../core/jobs/run.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import { exists } from '../exists.ts';
import type { FolderTasks } from '../folderTasks.ts';
import type { WorkspaceStores } from '../workspaceStores.ts';
import type { FolderJobs, JobsChange } from './folderJobs.ts';

/** Milliseconds after the start at which runs that were left and schedules are looked for: nobody waits for anything else by then. */
const idle = 2500;
/** Where job files lie in a folder. */
export const jobsPath = '.claudetask/jobs';

export interface JobFoldersDeps {
  stores: WorkspaceStores;
  log: Log;
  /** Loads what jobs need. */
  openEngine(tasks: FolderTasks): Promise<JobEngine>;
  /** Told of each folder as its jobs are opened, to follow them; what it answers is let go of with the folder. */
  follow(jobs: FolderJobs): Promise<Disposable>;
}

/** One `FolderJobs` per workspace folder on a disk, made when someone first asks, or in idle time where there are job files or runs. */
export class JobFolders implements Disposable {
  readonly #deps: JobFoldersDeps;
  readonly #subscriptions = new DisposableStore();
  readonly #opening = new Map<string, Promise<FolderJobs>>();
  readonly #opened = new Map<string, { jobs: FolderJobs; subscriptions: DisposableStore }>();
  readonly #changed = new Emitter<{ jobs: FolderJobs; change: JobsChange }>();
  readonly #foldersChanged = new Emitter<void>();
  readonly #noticed = new WeakSet<FolderTasks>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  readonly onDidChange = this.#changed.event;
  readonly onDidChangeFolders = this.#foldersChanged.event;

  constructor(deps: JobFoldersDeps) {
    this.#deps = deps;
    this.#subscriptions.add(
      deps.stores.onDidChangeFolders(() => {
        this.#follow();
        this.#wakeLater();
      }),
    );
    // A trusted workspace may run what waited for it.
    this.#subscriptions.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#wakeAll()));
  }

  /** Those opened so far, in the order of the workspace. */
  get all(): readonly FolderJobs[] {
    return this.#deps.stores.all.flatMap((tasks) => this.#opened.get(tasks.key)?.jobs ?? []);
  }

  /** Opens all folders of the workspace. */
  async load(): Promise<readonly FolderJobs[]> {
    await this.#deps.stores.started;
    return await Promise.all(this.#deps.stores.all.map((tasks) => this.open(tasks)));
  }

  open(tasks: FolderTasks): Promise<FolderJobs> {
    const opening = this.#opening.get(tasks.key) ?? this.#open(tasks);
    this.#opening.set(tasks.key, opening);
    return opening;
  }

  /** The folder a file lies in; undefined when it is in none of the workspace. */
  async of(uri: vscode.Uri): Promise<FolderJobs | undefined> {
    await this.#deps.stores.started;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const tasks = folder && this.#deps.stores.get(folder.uri.toString());
    return tasks && (await this.open(tasks));
  }

  async #open(tasks: FolderTasks): Promise<FolderJobs> {
    try {
      const [engine, { FolderJobs: Jobs }] = await Promise.all([this.#deps.openEngine(tasks), import('./folderJobs.ts')]);
      const subscriptions = new DisposableStore();
      const jobs = subscriptions.add(new Jobs(tasks, engine));
      subscriptions.add(jobs.onDidChange((change) => this.#changed.fire({ jobs, change })));
      subscriptions.add(await this.#deps.follow(jobs));
      if (this.#subscriptions.isDisposed || this.#deps.stores.get(tasks.key) !== tasks) {
        subscriptions.dispose();
        await engine.close();
        return jobs;
      }
      this.#opened.set(tasks.key, { jobs, subscriptions });
      this.#foldersChanged.fire();
      // What cannot be read is told by the state of the store, and again when somebody asks.
      await jobs.loadRuns().catch((error: unknown) => this.#deps.log.error(`The runs of ${tasks.folder.name} could not be read.`, error));
      void engine.wake().catch((error: unknown) => this.#deps.log.error('Runs and schedules could not be looked at.', error));
      return jobs;
    } catch (error) {
      this.#opening.delete(tasks.key);
      throw error;
    }
  }

  async #wakeAll(): Promise<void> {
    await Promise.allSettled(this.all.map(({ engine }) => engine.wake()));
  }

  #wakeLater(): void {
    for (const tasks of this.#deps.stores.all) {
      if (this.#noticed.has(tasks)) continue;
      this.#noticed.add(tasks);
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        if (this.#deps.stores.get(tasks.key) === tasks) void this.#wake(tasks);
      }, idle);
      this.#timers.add(timer);
    }
  }

  async #wake(tasks: FolderTasks): Promise<void> {
    try {
      if (await hasJobs(tasks)) await this.open(tasks);
    } catch (error) {
      this.#deps.log.error(`The jobs of ${tasks.folder.name} could not be looked at.`, error);
    }
  }

  #follow(): void {
    for (const [key, entry] of this.#opened) {
      if (this.#deps.stores.get(key) === entry.jobs.tasks) continue;
      this.#opened.delete(key);
      this.#opening.delete(key);
      entry.subscriptions.dispose();
      void entry.jobs.engine.close().catch((error: unknown) => this.#deps.log.error('Jobs did not close cleanly.', error));
      this.#foldersChanged.fire();
    }
  }

  /** Runs of this window end as `lost`: they go on from their checkpoints in the next one. */
  async close(): Promise<void> {
    const engines = [...this.#opened.values()].map(({ jobs }) => jobs.engine);
    this.dispose();
    await Promise.allSettled(engines.map((engine) => engine.close()));
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#subscriptions.dispose();
    for (const { subscriptions } of this.#opened.values()) subscriptions.dispose();
    this.#opened.clear();
    this.#opening.clear();
  }
}

/** Job files, or a database whose runs may want to be taken up. */
async function hasJobs(tasks: FolderTasks): Promise<boolean> {
  if (await exists(vscode.Uri.joinPath(tasks.folder.uri, jobsPath))) return true;
  if (!tasks.isOpen) return false;
  const store = await tasks.open();
  const { runs } = await store.call('job.runs', { states: [...liveStates], limit: 1 });
  return runs.length > 0;
}
