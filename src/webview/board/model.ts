import { statuses, type Status } from '../../core/task.ts';
import type { BoardConfig, BoardViewState } from '../../protocol/boardMessages.ts';
import type { JobRun } from '../../protocol/jobs/runs.ts';
import type { StoreState } from '../../protocol/wire.ts';
import { createCards, type Cards } from './cards.ts';

/** One line under the toolbar: what happened and the one thing to do about it. */
export interface Message {
  kind: 'info' | 'warning' | 'error';
  text: string;
  action?: { label: string; run: () => void };
}

export interface OpenMenu {
  taskId: number;
  /** Where the menu opens, in the window. */
  x: number;
  y: number;
}

/** What the page shows besides the cards. Replaced as a whole with every change. */
export interface Ui {
  /** Null until the first `init`. */
  config: BoardConfig | null;
  state: StoreState;
  filter: string;
  collapsed: ReadonlySet<Status>;
  focusedId: number | null;
  selected: ReadonlySet<number>;
  editingId: number | null;
  /** The column whose quick add is open. */
  addingTo: Status | null;
  menu: OpenMenu | null;
  draggingId: number | null;
  /** The column under the dragged card, and before which of its shown cards it would land. */
  drop: { status: Status; index: number } | null;
  message: Message | null;
  /** What the status region says; the number makes the same words heard twice when they happen twice. */
  announcement: { text: string; nth: number };
  /** Jobs that work for a task, by the task. */
  live: ReadonlyMap<number, JobRun>;
  /** One column at a time, on a narrow editor. */
  narrow: boolean;
  tab: Status;
}

/** What a mounted column can tell about its geometry. */
export interface ColumnHandle {
  /** Index of the shown card at this height of the window, clamped to the column. */
  indexAt(clientY: number): number;
  /** Before which shown card something dropped at this height would land. */
  gapAt(clientY: number): number;
  height(): number;
}

export interface Model {
  readonly cards: Cards;
  readonly columns: Map<Status, ColumnHandle>;
  /** Scroll positions as they are now; the ones of the last session until a column is mounted. */
  readonly scroll: { left: number; top: Map<Status, number> };
  ui(): Ui;
  set(patch: Partial<Ui>): void;
  /** The cards changed: draw again. */
  changed(): void;
  /** Called with each change, after it. */
  subscribe(listener: () => void): () => void;
}

export function createModel(): Model {
  let ui: Ui = {
    config: null,
    state: { role: 'starting' },
    filter: '',
    collapsed: new Set<Status>(['Done']),
    focusedId: null,
    selected: new Set(),
    editingId: null,
    addingTo: null,
    menu: null,
    draggingId: null,
    drop: null,
    message: null,
    announcement: { text: '', nth: 0 },
    live: new Map(),
    narrow: false,
    tab: 'Backlog',
  };
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  return {
    cards: createCards(),
    columns: new Map(),
    scroll: { left: 0, top: new Map() },
    ui: () => ui,
    set: (patch) => {
      ui = { ...ui, ...patch };
      changed();
    },
    changed,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Columns a card can be walked to. */
export function openColumns(model: Model): Status[] {
  const { collapsed } = model.ui();
  return statuses.filter((status) => !collapsed.has(status) || model.ui().narrow);
}

export function canWrite(state: StoreState): boolean {
  return state.role !== 'readOnly' && state.role !== 'failed' && state.role !== 'closed';
}

export function viewState(model: Model): BoardViewState | null {
  const { config, filter, collapsed, focusedId } = model.ui();
  if (config === null) return null;
  return {
    version: 1,
    folder: config.folderName,
    filter,
    collapsed: [...collapsed],
    scrollLeft: model.scroll.left,
    scrollTop: Object.fromEntries(model.scroll.top),
    focusedId,
  };
}
