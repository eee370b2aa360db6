import type { TaskRow } from '../../core/task.ts';
import type { FolderTasks, RowChange } from '../folderTasks.ts';
import { childrenByParent, groupMembers, groupsOf, groupValues, type FlatGroupBy } from './taskGroups.ts';
import type { GroupBy } from '../settings.ts';

/** What of the tree a set of changes touches. */
export interface Touched {
  /** The list of groups, or all of a tree by parent. */
  root: boolean;
  groups: Set<string | null>;
  /** Tasks that stay where they are and look different. */
  tasks: Set<number>;
}

/**
 * How the rows of one folder stand in the tree: filtered and grouped, worked out per group when asked for and kept until
 * a change touches that group. A change of one task among 10,000 costs its groups, not the tree.
 */
export class Arrangement {
  readonly #folder: FolderTasks;
  readonly #by: GroupBy;
  readonly #matches: ((row: TaskRow) => boolean) | undefined;
  #shown: Map<number, TaskRow> | undefined;
  #values: (string | null)[] | undefined;
  #members = new Map<string | null, number[]>();
  #children: Map<number, number[]> | undefined;

  constructor(folder: FolderTasks, by: GroupBy, matches: ((row: TaskRow) => boolean) | undefined) {
    this.#folder = folder;
    this.#by = by;
    this.#matches = matches;
  }

  /** The rows that pass the filter. */
  get rows(): ReadonlyMap<number, TaskRow> {
    const all = this.#folder.rows ?? new Map<number, TaskRow>();
    const matches = this.#matches;
    if (!matches) return all;
    this.#shown ??= new Map([...all].filter(([, row]) => matches(row)));
    return this.#shown;
  }

  values(by: FlatGroupBy): readonly (string | null)[] {
    this.#values ??= groupValues(this.rows.values(), by, this.#matches !== undefined);
    return this.#values;
  }

  members(by: FlatGroupBy, value: string | null): readonly number[] {
    let ids = this.#members.get(value);
    if (!ids) this.#members.set(value, (ids = groupMembers(this.rows.values(), by, value)));
    return ids;
  }

  /** Tasks below a task, or those at the top for 0; in a tree by parent. */
  children(parentId: number): readonly number[] {
    this.#children ??= childrenByParent(this.rows);
    return this.#children.get(parentId) ?? [];
  }

  apply(changes: readonly RowChange[]): Touched {
    const touched: Touched = { root: false, groups: new Set(), tasks: new Set() };
    for (const change of changes) {
      const before = this.#visible(change.before);
      const after = this.#visible(change.after);
      if (this.#shown && after) this.#shown.set(after.id, after);
      else this.#shown?.delete(change.id);
      if (!before && !after) continue;
      const stays = before && after && before.status === after.status && before.rank === after.rank;
      if (this.#by === 'parent') {
        if (stays && before.parentId === after.parentId) touched.tasks.add(change.id);
        else touched.root = true;
        continue;
      }
      const from = before ? groupsOf(before, this.#by) : [];
      const to = after ? groupsOf(after, this.#by) : [];
      if (stays && from.length === to.length && from.every((value) => to.includes(value))) touched.tasks.add(change.id);
      else for (const value of [...from, ...to]) touched.groups.add(value);
    }
    for (const value of touched.groups) this.#members.delete(value);
    if (touched.root) this.#children = undefined;
    if (this.#by !== 'parent' && touched.groups.size > 0 && this.#values) {
      const old = this.#values;
      this.#values = undefined;
      const now = this.values(this.#by);
      if (old.length !== now.length || old.some((value, index) => value !== now[index])) touched.root = true;
    }
    return touched;
  }

  #visible(row: TaskRow | undefined): TaskRow | undefined {
    return row && (!this.#matches || this.#matches(row)) ? row : undefined;
  }
}
