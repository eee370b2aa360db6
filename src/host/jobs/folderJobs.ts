import type { JobFile } from '../../app/jobs/jobCatalog.ts';
import type { JobEngine, OpenAsk } from '../../app/jobs/jobEngine.ts';
import type { JobReading } from '../../app/jobs/readJobFile.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import { DisposableStore, type Disposable } from '../../util/disposable.ts';
import { Emitter } from '../../util/emitter.ts';
import type { FolderTasks } from '../folderTasks.ts';

/** Runs of all jobs that are loaded at first; those before are asked for per job. */
const firstRuns = 500;
const pageSize = 50;

/** What is new: other jobs or all runs, only some of them, or what needs the user. */
export interface JobsChange {
  /** There are other jobs, or everything may have changed. */
  all: boolean;
  /** Names of jobs whose file or runs changed. */
  jobs: ReadonlySet<string>;
  asks: boolean;
}

/** What the window shows of one job: its file, as far as it was read, and its runs. */
export interface ShownJob {
  name: string;
  /** Undefined when the file is gone and only runs are left. */
  file: JobFile | undefined;
  /** Undefined until it was read, and when it cannot be. */
  reading: JobReading | undefined;
}

/** The jobs and runs of one workspace folder as the tree, the status bar and the commands read them. */
export class FolderJobs implements Disposable {
  readonly tasks: FolderTasks;
  readonly engine: JobEngine;
  readonly #subscriptions = new DisposableStore();
  readonly #changed = new Emitter<JobsChange>();
  readonly #files = new Map<string, JobFile>();
  readonly #readings = new Map<string, JobReading>();
  /** By number. */
  readonly #runs = new Map<number, JobRun>();
  /** The newest first. */
  #byJob = new Map<string, JobRun[]>();
  /** Jobs that have read records. */
  readonly #withRecords = new Set<string>();
  /** The newest run of each job that has found elements another way than its file says. */
  readonly #healed = new Map<string, number>();
  #loading: Promise<void> | undefined;
  #loadingRuns: Promise<void> | undefined;
  #hasRuns = false;
  /** Rows that were told of while all are read; undefined when none are. */
  #missed: JobRun[] | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(tasks: FolderTasks, engine: JobEngine) {
    this.tasks = tasks;
    this.engine = engine;
    this.#subscriptions.add(engine.jobs.onDidChange((names) => void this.#filesChanged(names)));
    this.#subscriptions.add(
      engine.onDidChangeRuns((change) => {
        if (change.kind === 'reset') {
          void this.#readRuns().catch(() => undefined);
          return;
        }
        // What is being read may be older than what is told meanwhile.
        this.#missed?.push(...change.runs);
        if (!this.#hasRuns) return;
        for (const run of change.runs) this.#runs.set(run.id, run);
        // Without a run, records were deleted or got tasks.
        if (change.runs.length === 0) void this.#readCollections().catch(() => undefined);
        else for (const { job } of change.records) this.#withRecords.add(job);
        for (const run of change.runs) if (run.state === 'done') void this.#lookForHealed(run).catch(() => undefined);
        const names = new Set([...change.runs.map(({ job }) => job), ...change.records.map(({ job }) => job)]);
        const known = [...names].every((name) => this.#byJob.has(name) || this.#files.has(name));
        this.#sortRuns();
        this.#changed.fire({ all: !known, jobs: names, asks: true });
      }),
    );
    this.#subscriptions.add(engine.onDidChangeAsks(() => this.#changed.fire({ all: false, jobs: new Set(), asks: true })));
    this.#subscriptions.add(engine.onDidChangeSchedules(() => this.#changed.fire({ all: true, jobs: new Set(), asks: false })));
    // A database that another window or a first task has made may hold runs.
    this.#subscriptions.add(tasks.onDidOpen(() => void this.#readRuns().catch(() => undefined)));
  }

  /** Reads job files and runs; from then on they are kept up to date. */
  load(): Promise<void> {
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    await Promise.all([this.#loadFiles(), this.loadRuns()]);
  }

  /** Reads the runs alone, which is all that a window without the view open needs. */
  loadRuns(): Promise<void> {
    this.#loadingRuns ??= this.#readRuns().catch((error: unknown) => {
      this.#loadingRuns = undefined;
      throw error;
    });
    return this.#loadingRuns;
  }

  async #loadFiles(): Promise<void> {
    const files = await this.engine.jobs.list();
    this.#files.clear();
    for (const file of files) this.#files.set(file.name, file);
    await Promise.all(files.map(({ name }) => this.#readFile(name)));
  }

  async #readFile(name: string): Promise<void> {
    // One that cannot be read is there all the same: whoever opens it is told why.
    const read = await this.engine.jobs.read(name).catch(() => undefined);
    if (read === undefined) this.#readings.delete(name);
    else this.#readings.set(name, read.reading);
  }

  async #filesChanged(names: readonly string[]): Promise<void> {
    if (this.#loading === undefined) return;
    const files = await this.engine.jobs.list();
    const before = [...this.#files.keys()].join('\n');
    this.#files.clear();
    for (const file of files) this.#files.set(file.name, file);
    const unread = files.map(({ name }) => name).filter((name) => !this.#readings.has(name));
    await Promise.all([...new Set([...names, ...unread])].map((name) => this.#readFile(name)));
    if (this.#subscriptions.isDisposed) return;
    this.#changed.fire({ all: before !== [...this.#files.keys()].join('\n'), jobs: new Set(names), asks: false });
  }

  async #readRuns(): Promise<void> {
    // No database means no runs; to look must not make one.
    if (!this.tasks.isOpen) return;
    const store = await this.tasks.open();
    const missed: JobRun[] = (this.#missed = []);
    let isLatest = false;
    const [{ runs }, { collections }] = await Promise.all([
      store.call('job.runs', { limit: firstRuns }),
      store.call('job.collections', {}),
    ]).finally(() => {
      isLatest = this.#missed === missed;
      if (isLatest) this.#missed = undefined;
    });
    // A later reading brings all that this one would.
    if (!isLatest || this.#subscriptions.isDisposed) return;
    this.#hasRuns = true;
    this.#runs.clear();
    for (const run of [...runs, ...missed]) this.#runs.set(run.id, run);
    this.#withRecords.clear();
    for (const { job } of collections) this.#withRecords.add(job);
    this.#sortRuns();
    this.#changed.fire({ all: true, jobs: new Set(), asks: true });
  }

  async #readCollections(): Promise<void> {
    const { collections } = await (await this.tasks.open()).call('job.collections', {});
    const before = [...this.#withRecords];
    this.#withRecords.clear();
    for (const { job } of collections) this.#withRecords.add(job);
    const gone = new Set(before.filter((job) => !this.#withRecords.has(job)));
    if (gone.size > 0 && !this.#subscriptions.isDisposed) this.#changed.fire({ all: false, jobs: gone, asks: false });
  }

  async #lookForHealed({ id, job }: JobRun): Promise<void> {
    const { healed } = await (await this.tasks.open()).call('job.run', { run: id });
    if (healed.length === 0) this.#healed.delete(job);
    else this.#healed.set(job, id);
    if (!this.#subscriptions.isDisposed) this.#changed.fire({ all: false, jobs: new Set([job]), asks: false });
  }

  /** Loads runs of a job before those that are there; false when there are no more. */
  async loadEarlier(job: string): Promise<boolean> {
    const store = await this.tasks.open();
    const last = this.runsOf(job).at(-1);
    const { runs } = await store.call('job.runs', { job, limit: pageSize, ...(last ? { before: last.id } : {}) });
    for (const run of runs) this.#runs.set(run.id, run);
    this.#sortRuns();
    this.#changed.fire({ all: false, jobs: new Set([job]), asks: false });
    return runs.length === pageSize;
  }

  #sortRuns(): void {
    this.#byJob = new Map();
    for (const run of [...this.#runs.values()].sort((a, b) => b.id - a.id)) {
      const runs = this.#byJob.get(run.job);
      if (runs === undefined) this.#byJob.set(run.job, [run]);
      else runs.push(run);
    }
  }

  /** Jobs with a file and jobs that only runs are left of, by name. */
  get jobs(): readonly ShownJob[] {
    const names = new Set([...this.#files.keys(), ...this.#byJob.keys()]);
    return [...names].sort((a, b) => a.localeCompare(b)).flatMap((name) => this.job(name) ?? []);
  }

  job(name: string): ShownJob | undefined {
    const file = this.#files.get(name);
    if (file === undefined && !this.#byJob.has(name)) return undefined;
    return { name, file, reading: this.#readings.get(name) };
  }

  runsOf(job: string): readonly JobRun[] {
    return this.#byJob.get(job) ?? [];
  }

  run(id: number): JobRun | undefined {
    return this.#runs.get(id);
  }

  get runs(): Iterable<JobRun> {
    return this.#runs.values();
  }

  hasRecords(job: string): boolean {
    return this.#withRecords.has(job);
  }

  /** The run whose healed locators could be written into the file of the job. */
  healedOf(job: string): number | undefined {
    return this.#healed.get(job);
  }

  /** They were written into the file, or looked at and left. */
  forgetHealed(job: string): void {
    if (this.#healed.delete(job)) this.#changed.fire({ all: false, jobs: new Set([job]), asks: false });
  }

  askOf(run: number): OpenAsk | undefined {
    return this.engine.asks().find((ask) => ask.run === run);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }
}
