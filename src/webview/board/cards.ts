import { statuses, type Status, type TaskRow } from '../../core/task.ts';
import type { BoardColumn } from '../../protocol/boardMessages.ts';

/** Where in its column a card goes; neither: the top. */
export interface Place {
  beforeId?: number;
  afterId?: number;
}

/**
 * The board's rows, sorted per column and kept so by single insertions: one change costs the same with 100 cards and with
 * 50,000. `revision(status)` goes up whenever what the column shows has changed.
 */
export interface Cards {
  get(id: number): TaskRow | undefined;
  shown(status: Status): readonly TaskRow[];
  total(status: Status): number;
  revision(status: Status): number;
  isComplete(): boolean;
  /** Where the card is among the shown ones; -1 when it is hidden or unknown. */
  indexOf(id: number): number;
  reset(columns: readonly BoardColumn[], complete: boolean): void;
  /** Rows that were there before and arrive only now. */
  load(rows: readonly TaskRow[], complete: boolean): void;
  /** Rows as a change left them; older versions than the known ones are ignored. */
  apply(rows: readonly TaskRow[]): void;
  /** Shows a card at a place the store has not confirmed; the answer is the token to settle it with. */
  place(id: number, status: Status, place: Place): number;
  settle(id: number, token: number): void;
  setFilter(test: ((row: TaskRow) => boolean) | null): void;
}

interface Column {
  all: TaskRow[];
  /** The same array as `all` while nothing is filtered. */
  shown: TaskRow[];
  total: number;
  revision: number;
}

/** Ranks are compared as their bytes; they are ASCII, so the order of code units is that order. */
function compare(a: TaskRow, b: TaskRow): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return a.id - b.id;
}

/** Index of the row, or of the place where it would go. */
function search(rows: readonly TaskRow[], row: TaskRow): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = rows[middle];
    if (at !== undefined && compare(at, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(rows: TaskRow[], row: TaskRow): void {
  rows.splice(search(rows, row), 0, row);
}

function remove(rows: TaskRow[], row: TaskRow): void {
  const index = search(rows, row);
  if (rows[index]?.id === row.id) rows.splice(index, 1);
}

export function createCards(): Cards {
  /** As the store has them. */
  const stored = new Map<number, TaskRow>();
  /** As the board shows them: the stored row, or the same at a place not yet confirmed. */
  const rows = new Map<number, TaskRow>();
  const unconfirmed = new Map<number, { status: Status; rank: string; token: number }>();
  /** Versions of rows that went away: a late chunk or answer must not bring them back. */
  const gone = new Map<number, number>();
  const columns = new Map<Status, Column>();
  for (const status of statuses) {
    const all: TaskRow[] = [];
    columns.set(status, { all, shown: all, total: 0, revision: 0 });
  }
  let filter: ((row: TaskRow) => boolean) | null = null;
  let complete = false;
  let lastToken = 0;

  const columnOf = (status: Status): Column => {
    const column = columns.get(status);
    if (column === undefined) throw new Error(`No column ${status}`);
    return column;
  };

  const take = (row: TaskRow): void => {
    const column = columnOf(row.status);
    remove(column.all, row);
    if (column.shown !== column.all) remove(column.shown, row);
    column.revision++;
  };
  const put = (row: TaskRow): void => {
    const column = columnOf(row.status);
    insert(column.all, row);
    if (column.shown !== column.all && filter?.(row) === true) insert(column.shown, row);
    column.revision++;
  };
  /** Totals count what is loaded and what is not, so they follow each change until all rows are there. */
  const count = (status: Status, by: number): void => {
    columnOf(status).total += by;
  };
  const show = (id: number, row: TaskRow | undefined): void => {
    const old = rows.get(id);
    if (old !== undefined) {
      take(old);
      count(old.status, -1);
    }
    if (row === undefined) {
      rows.delete(id);
      return;
    }
    const moved = unconfirmed.get(id);
    const next = moved === undefined ? row : { ...row, status: moved.status, rank: moved.rank };
    rows.set(id, next);
    put(next);
    // A changed row that was not loaded yet is in a total already; only a new one (version 1) is not.
    if (old !== undefined || complete || row.version === 1) count(next.status, 1);
  };
  const refilter = (column: Column): void => {
    column.shown = filter === null ? column.all : column.all.filter(filter);
    column.revision++;
  };
  const finish = (): void => {
    complete = true;
    for (const column of columns.values()) column.total = column.all.length;
  };
  const live = (row: TaskRow): boolean => row.deletedAt === null && row.archivedAt === null;

  const rankAt = (id: number, status: Status, place: Place): string => {
    // A rank never ends in '0', so `rank + '0'` sorts right after it and before every other; a leading space sorts before all.
    const { all } = columnOf(status);
    const after = place.afterId === undefined ? undefined : rows.get(place.afterId);
    if (after !== undefined) return `${after.rank}0`;
    const before = place.beforeId === undefined ? undefined : rows.get(place.beforeId);
    const index = before === undefined ? 0 : search(all, before);
    const previous = all[index - 1]?.id === id ? all[index - 2] : all[index - 1];
    return previous === undefined ? ` ${String(1e9 - lastToken)}` : `${previous.rank}0`;
  };

  return {
    get: (id) => rows.get(id),
    shown: (status) => columnOf(status).shown,
    total: (status) => columnOf(status).total,
    revision: (status) => columnOf(status).revision,
    isComplete: () => complete,
    indexOf: (id) => {
      const row = rows.get(id);
      if (row === undefined) return -1;
      const { shown } = columnOf(row.status);
      const index = search(shown, row);
      return shown[index]?.id === id ? index : -1;
    },
    reset: (fresh, isComplete) => {
      for (const map of [stored, rows, unconfirmed, gone]) map.clear();
      for (const column of columns.values()) Object.assign(column, { all: [], total: 0 });
      complete = false;
      for (const { status, total, tasks } of fresh) {
        const column = columnOf(status);
        column.total = total;
        column.all = tasks.filter(live).sort(compare);
        for (const row of column.all) {
          stored.set(row.id, row);
          rows.set(row.id, row);
        }
      }
      for (const column of columns.values()) refilter(column);
      if (isComplete) finish();
    },
    load: (late, isComplete) => {
      const touched = new Set<Column>();
      for (const row of late) {
        if (stored.has(row.id) || !live(row) || (gone.get(row.id) ?? 0) >= row.version) continue;
        stored.set(row.id, row);
        rows.set(row.id, row);
        const column = columnOf(row.status);
        column.all.push(row);
        touched.add(column);
      }
      for (const column of touched) {
        column.all.sort(compare);
        refilter(column);
      }
      if (isComplete) finish();
    },
    apply: (changed) => {
      for (const row of changed) {
        const old = stored.get(row.id);
        if (old !== undefined && old.version > row.version) continue;
        if ((gone.get(row.id) ?? 0) > row.version) continue;
        if (live(row)) {
          gone.delete(row.id);
          stored.set(row.id, row);
          show(row.id, row);
        } else {
          gone.set(row.id, row.version);
          stored.delete(row.id);
          unconfirmed.delete(row.id);
          show(row.id, undefined);
        }
      }
    },
    place: (id, status, place) => {
      const row = rows.get(id);
      const token = ++lastToken;
      if (row === undefined) return token;
      unconfirmed.set(id, { status, rank: rankAt(id, status, place), token });
      show(id, stored.get(id));
      return token;
    },
    settle: (id, token) => {
      const moved = unconfirmed.get(id);
      if (moved?.token !== token) return;
      unconfirmed.delete(id);
      show(id, stored.get(id));
    },
    setFilter: (test) => {
      if (test === null && filter === null) return;
      filter = test;
      for (const column of columns.values()) refilter(column);
    },
  };
}
