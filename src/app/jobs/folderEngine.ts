import type { Actor } from '../../core/actor.ts';
import { AppError } from '../../core/appError.ts';
import type { Surroundings } from '../../protocol/jobs/runnerMessages.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import type { Scalar } from '../../protocol/jobs/values.ts';
import { DisposableStore } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { Event } from '../../util/emitter.ts';
import type { Files } from '../filePorts.ts';
import type { Store } from '../ports.ts';
import { assertAgreed } from './agreement.ts';
import { Asks } from './asks.ts';
import { writeAuditReport } from './auditFiles.ts';
import { openWindow } from './browserWindows.ts';
import { Deferred } from './deferred.ts';
import { exportOf, present } from './exports.ts';
import { JobFiles } from './jobCatalog.ts';
import type { Answer, BrowserRequest, JobEngine, OpenAsk, RunLine, RunProgress, RunsChange, StartRequest } from './jobEngine.ts';
import type { RunningHash, ScheduleMemory } from './ports.ts';
import { ProgressFeed } from './progressFeed.ts';
import { readDefinition } from './runDefinition.ts';
import type { RunDeps } from './runDeps.ts';
import { Scheduler } from './scheduler.ts';
import { inputOf } from './startInput.ts';
import { Workshop } from './workshop.ts';

export interface EngineDeps extends Omit<RunDeps, 'store' | 'asks' | 'progress' | 'tell' | 'folderOf'> {
  stores: {
    /** The database when it is open already. */
    readonly store: Store | undefined;
    /** Makes it when there is none. */
    open(): Promise<Store>;
    readonly onDidOpen: Event<Store>;
  };
  files: Pick<Files, 'read' | 'watch'>;
  schedules: ScheduleMemory;
  trusted(): boolean;
  newHash(): RunningHash;
}

/** Milliseconds that the end of the window is held up for what runs have still to say. */
const closeLimit = 2500;

export function createJobEngine(deps: EngineDeps): JobEngine {
  return new FolderEngine(deps);
}

class FolderEngine implements JobEngine {
  readonly #deps: EngineDeps;
  readonly jobs: JobFiles;
  readonly #asks = new Asks();
  readonly #progress: ProgressFeed;
  readonly #scheduler: Scheduler;
  readonly #subscriptions = new DisposableStore();
  readonly #runsChanged = new Emitter<RunsChange>();
  readonly #logged = new Emitter<RunLine>();
  #workshop: Workshop | undefined;
  #isAwake = false;

  readonly onDidChangeRuns = this.#runsChanged.event;
  readonly onDidChangeAsks = this.#asks.onDidChange;
  readonly onDidLog = this.#logged.event;
  readonly onDidProgress: Event<RunProgress>;
  readonly onDidChangeSchedules: Event<void>;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.jobs = this.#subscriptions.add(new JobFiles(deps));
    this.#progress = this.#subscriptions.add(new ProgressFeed(deps.timers));
    this.onDidProgress = this.#progress.onDidTell;
    this.#scheduler = this.#subscriptions.add(
      new Scheduler({ ...deps, memory: deps.schedules, jobs: this.jobs, store: () => this.#store(), start: (job) => this.#startDue(job) }),
    );
    this.onDidChangeSchedules = this.#scheduler.onDidChange;
    this.#subscriptions.add(deps.stores.onDidOpen((store) => this.#adopt(store)));
    if (deps.stores.store !== undefined) this.#adopt(deps.stores.store);
  }

  #adopt(store: Store): Workshop {
    if (this.#workshop !== undefined) return this.#workshop;
    this.#subscriptions.add(store.onDidReset(() => this.#runsChanged.fire({ kind: 'reset' })));
    this.#subscriptions.add(
      store.onDidChange(({ body }) => {
        const { runs = [], records = [], prunedRuns = [] } = body;
        if (prunedRuns.length > 0) this.#runsChanged.fire({ kind: 'reset' });
        else if (runs.length > 0 || records.length > 0) this.#runsChanged.fire({ kind: 'rows', runs, records });
      }),
    );
    this.#workshop = new Workshop({
      ...this.#deps,
      store,
      asks: this.#asks,
      progress: this.#progress,
      tell: (line) => this.#logged.fire(line),
      folderOf: (run) => this.folderOf(run),
    });
    if (this.#isAwake) void this.#workshop.wake();
    return this.#workshop;
  }

  async #store(): Promise<Store> {
    const store = await this.#deps.stores.open();
    this.#adopt(store);
    return store;
  }

  async #open(): Promise<{ store: Store; workshop: Workshop }> {
    const store = await this.#store();
    return { store, workshop: this.#adopt(store) };
  }

  #mustBeTrusted(): void {
    if (this.#deps.trusted()) return;
    throw new AppError('operation.forbidden', 'This workspace is not trusted, so no job runs in it. Trust the workspace first.', {});
  }

  async wake(): Promise<void> {
    if (!this.#deps.trusted()) return;
    this.#isAwake = true;
    if (this.#deps.schedules.all().size > 0) await this.#scheduler.wake();
    await this.#workshop?.wake();
  }

  async start(request: StartRequest): Promise<JobRun> {
    this.#mustBeTrusted();
    const input = await inputOf(request, { ...this.#deps, jobs: this.jobs });
    const { store, workshop } = await this.#open();
    const { run } = await store.call('job.enqueue', input, request.actor === undefined ? {} : { actor: request.actor });
    workshop.add(run, { secrets: request.secrets ?? {}, stepwise: request.stepwise === true });
    return run;
  }

  /** With what the run before was given: nobody is there to be asked. */
  async #startDue(job: string): Promise<void> {
    const { store } = await this.#open();
    const { runs } = await store.call('job.runs', { job, limit: 1 });
    const before: Record<string, Scalar> = runs[0] === undefined ? {} : (await store.call('job.run', { run: runs[0].id })).inputs;
    const known = (await this.jobs.read(job))?.reading.definition?.inputs ?? {};
    const inputs = Object.fromEntries(Object.entries(before).filter(([name]) => known[name] !== undefined && known[name].secret !== true));
    await this.start({ job, inputs, trigger: 'schedule' });
  }

  async cancel(run: number, actor?: Actor): Promise<JobRun> {
    // The browser stops at once, whatever the database has to wait for.
    this.#workshop?.cancel(run);
    const { store } = await this.#open();
    return (await store.call('job.cancel', { run }, actor === undefined ? {} : { actor })).run;
  }

  async resume(run: number, options: Parameters<JobEngine['resume']>[1] = {}): Promise<JobRun> {
    this.#mustBeTrusted();
    const { secrets, inputs, actor } = options;
    const { store, workshop } = await this.#open();
    assertAgreed(readDefinition((await store.call('job.run', { run })).definition).definition, this.#deps.agreed);
    const input = { run, ...(inputs === undefined ? {} : { inputs: { ...inputs } }) };
    const answer = await store.call('job.resume', input, actor === undefined ? {} : { actor });
    // What a program resumes, a person is still asked about before it writes to a website again.
    const confirmed = actor === undefined || actor.kind === 'user';
    workshop.add(answer.run, { confirmed, ...(secrets === undefined ? {} : { secrets }) });
    return answer.run;
  }

  asks(): readonly OpenAsk[] {
    return this.#asks.all();
  }

  answer(run: number, ask: number, answer: Answer): Promise<void> {
    return this.#asks.answer(run, ask, answer);
  }

  progress(run: number): RunProgress | undefined {
    return this.#progress.get(run);
  }

  live(): readonly JobRun[] {
    return this.#workshop?.live() ?? [];
  }

  async pauseAll(reason: string): Promise<void> {
    await this.#workshop?.park(reason);
  }

  schedules(): ReadonlyMap<string, number | null> {
    return this.#scheduler.all();
  }

  async setScheduled(job: string, on: boolean): Promise<void> {
    await this.#scheduler.set(job, on);
    if (on && this.#deps.trusted()) await this.#scheduler.wake();
  }

  async exportRecords({ job, collection, to, format }: Parameters<JobEngine['exportRecords']>[0]): ReturnType<JobEngine['exportRecords']> {
    const { store } = await this.#open();
    const rows = exportOf({
      format,
      page: (offset, limit) => store.call('job.records', { job, collection, offset, limit, changes: present }),
    });
    const { path, sha256 } = await this.#deps.disk.write(rows.content, { folder: this.#deps.folder, path: to, ifExists: 'replace' });
    return { path, rows: rows.count(), sha256 };
  }

  async exportAudit({ to, run }: { to: string; run?: number }): ReturnType<JobEngine['exportAudit']> {
    const { store } = await this.#open();
    const { disk, clock, newHash } = this.#deps;
    return await writeAuditReport({ store, disk, clock, newHash, to, run: run ?? null });
  }

  openBrowser(request: BrowserRequest) {
    return this.#window('open', request);
  }

  record(request: BrowserRequest) {
    return this.#window('record', request);
  }

  pick(request: BrowserRequest) {
    return this.#window('pick', request);
  }

  #window(kind: 'open' | 'record' | 'pick', request: BrowserRequest) {
    this.#mustBeTrusted();
    return openWindow(this.#deps.desk, kind, request, () => this.#surroundings());
  }

  async #surroundings(): Promise<Surroundings> {
    const { surroundings, folder, disk } = this.#deps;
    const runFolder = `${folder}/.claudetask/runs/windows`;
    await disk.makeFolder(runFolder);
    return {
      profiles: surroundings.profiles,
      runFolder,
      workspace: folder,
      executable: surroundings.executable(),
      browserArguments: [...surroundings.browserArguments()],
    };
  }

  folderOf(run: number): string {
    return `${this.#deps.folder}/.claudetask/runs/${run}`;
  }

  async prune(keepPerJob: number, before = this.#deps.clock.now()): Promise<number> {
    const { store } = await this.#open();
    const { runs } = await store.call('job.prune', { before, keepPerJob });
    for (const run of runs) await this.#deps.disk.removeFolder(this.folderOf(run));
    return runs.length;
  }

  async close(): Promise<void> {
    this.#scheduler.dispose();
    const workshop = this.#workshop;
    if (workshop !== undefined) {
      workshop.dispose();
      const parked = workshop.park('The window was closed.');
      const limit = new Deferred<void>();
      const timer = this.#deps.timers.after(closeLimit, () => limit.resolve());
      await Promise.race([parked, limit.promise]);
      timer.dispose();
      workshop.close();
    }
    this.#subscriptions.dispose();
    this.#asks.dispose();
    this.#runsChanged.dispose();
    this.#logged.dispose();
  }
}
