import type * as vscode from 'vscode';
import type { Store } from '../app/ports.ts';
import { statuses, type Status, type TaskRow } from '../core/task.ts';
import type { StoreEvent, StoreState } from '../protocol/wire.ts';
import { DisposableStore, type Disposable } from '../util/disposable.ts';
import { Emitter } from '../util/emitter.ts';

/** `none`: the folder has no database yet; the first task makes one. */
export type FolderState = StoreState | { role: 'none' };

/** What became of the rows: which changed and how, or that all may have. */
export type TasksChange = { kind: 'reset' } | { kind: 'rows'; changes: RowChange[] };
export interface RowChange {
  id: number;
  before: TaskRow | undefined;
  /** Undefined once the task is deleted or archived. */
  after: TaskRow | undefined;
}

export type Counts = Record<Status, number>;
const noCounts = (): Counts => ({ Backlog: 0, Analysis: 0, Ready: 0, 'In Progress': 0, Testing: 0, 'Code Review': 0, Done: 0 });

/** With rows loaded counts follow from them; without, they are asked for, once per burst. */
const countDelay = 200;

/**
 * The tasks of one workspace folder: its store, opened when first needed, the number of tasks per column, and the light
 * rows once someone shows them. Everything in the host that shows tasks reads from here.
 */
export class FolderTasks implements Disposable {
  readonly key: string;
  readonly #changed = new Emitter<TasksChange>();
  readonly #stateChanged = new Emitter<FolderState>();
  readonly #opened = new Emitter<Store>();
  readonly #subscriptions = new DisposableStore();
  #opening: Promise<Store> | undefined;
  #store: Store | undefined;
  #rows: Map<number, TaskRow> | undefined;
  #loading: Promise<void> | undefined;
  #missed: StoreEvent[] = [];
  #revision = 0;
  #counts = noCounts();
  #countTimer: ReturnType<typeof setTimeout> | undefined;

  readonly folder: vscode.WorkspaceFolder;
  readonly #openStore: () => Promise<Store>;

  constructor(folder: vscode.WorkspaceFolder, openStore: () => Promise<Store>) {
    this.folder = folder;
    this.key = folder.uri.toString();
    this.#openStore = openStore;
  }

  readonly onDidChange = this.#changed.event;
  readonly onDidChangeState = this.#stateChanged.event;
  /** The store was opened, by whoever needed it first. */
  readonly onDidOpen = this.#opened.event;

  get state(): FolderState {
    return this.#store?.state ?? { role: this.#opening ? 'starting' : 'none' };
  }

  get isOpen(): boolean {
    return this.#opening !== undefined;
  }

  /** The store when it is open already; a reader that must not create a database asks this. */
  get store(): Store | undefined {
    return this.#store;
  }

  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  get total(): number {
    return statuses.reduce((sum, status) => sum + this.#counts[status], 0);
  }

  /** Live light rows by id; undefined until `loadRows`. */
  get rows(): ReadonlyMap<number, TaskRow> | undefined {
    return this.#rows;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Opens the store, making the database when there is none. A failed attempt may be repeated. */
  open(): Promise<Store> {
    this.#opening ??= this.#openStore().then(
      (store) => this.#adopt(store),
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }

  async #adopt(store: Store): Promise<Store> {
    if (this.#subscriptions.isDisposed) {
      await store.close();
      return store;
    }
    this.#store = store;
    this.#subscriptions.add(store.onDidChange((event) => this.#onEvent(event)));
    this.#subscriptions.add(store.onDidReset(() => void this.#reload()));
    this.#subscriptions.add(store.onDidChangeState((state) => this.#stateChanged.fire(state)));
    this.#stateChanged.fire(store.state);
    this.#opened.fire(store);
    return store;
  }

  /** Loads the number of tasks per column. */
  async refreshCounts(): Promise<void> {
    const store = await this.open();
    const snapshot = await store.call('task.snapshot', { limitPerColumn: 1 });
    if (this.#rows || this.#subscriptions.isDisposed) return;
    this.#counts = noCounts();
    for (const column of snapshot.columns) this.#counts[column.status] = column.total;
    this.#changed.fire({ kind: 'reset' });
  }

  /** Loads all light rows and keeps them up to date from then on. */
  loadRows(): Promise<void> {
    if (this.#rows) return Promise.resolve();
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const store = await this.open();
    this.#missed = [];
    const snapshot = await store.call('task.snapshot', {});
    const rows = new Map<number, TaskRow>();
    for (const column of snapshot.columns) for (const row of column.tasks) rows.set(row.id, row);
    this.#rows = rows;
    this.#revision = snapshot.revision;
    for (const event of this.#missed.splice(0)) if (event.revision > this.#revision) this.#apply(event);
    this.#recount();
    this.#changed.fire({ kind: 'reset' });
  }

  async #reload(): Promise<void> {
    const hadRows = this.#rows !== undefined;
    this.#rows = undefined;
    // The store says through its state why it cannot answer; what is shown stays until it can.
    await (hadRows ? this.loadRows() : this.refreshCounts()).catch(() => undefined);
  }

  #onEvent(event: StoreEvent): void {
    if (this.#loading) {
      this.#missed.push(event);
      return;
    }
    if (!this.#rows) {
      // Runs of jobs change many times a second, and no count with them.
      if (event.body.tasks.length === 0) return;
      this.#countTimer ??= setTimeout(() => {
        this.#countTimer = undefined;
        void this.refreshCounts().catch(() => undefined);
      }, countDelay);
      return;
    }
    if (event.revision <= this.#revision) return;
    if (event.revision !== this.#revision + 1) {
      void this.#reload();
      return;
    }
    const changes = this.#apply(event);
    this.#recount();
    this.#changed.fire({ kind: 'rows', changes });
  }

  #apply(event: StoreEvent): RowChange[] {
    const rows = this.#rows;
    if (!rows) return [];
    this.#revision = event.revision;
    return event.body.tasks.map((task) => {
      const before = rows.get(task.id);
      const after = task.deletedAt === null && task.archivedAt === null ? task : undefined;
      if (after) rows.set(task.id, after);
      else rows.delete(task.id);
      return { id: task.id, before, after };
    });
  }

  #recount(): void {
    this.#counts = noCounts();
    for (const row of this.#rows?.values() ?? []) this.#counts[row.status]++;
  }

  /** Flushes and closes the store; the folder is done with. */
  async close(): Promise<void> {
    this.dispose();
    const store = this.#store ?? (await this.#opening?.catch(() => undefined));
    await store?.close();
  }

  dispose(): void {
    clearTimeout(this.#countTimer);
    this.#subscriptions.dispose();
  }
}
