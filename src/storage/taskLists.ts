import type { ListQuery, TaskStore } from '../app/storePorts.ts';
import { statuses } from '../core/task.ts';
import type { Status, TaskRow } from '../core/task.ts';
import type { SearchIndex } from './searchIndex.ts';
import type { Sql, SqlValue } from './sql.ts';
import { isLive, isOpen, lightColumns, toRow } from './taskColumns.ts';
import type { LightRecord } from './taskColumns.ts';

interface Blocker {
  task: number;
  blocker: number;
}

/** A condition with the values of its parameters. */
interface Where {
  text: string;
  values: SqlValue[];
}

const defaultLimit = 100;
/** Hits that are ranked by relevance and paged through. */
const mostHits = 10_000;

const open = isOpen.replaceAll('task.', 'blocker.');
const openBlockers = `SELECT d.task_id AS task, d.depends_on_id AS blocker FROM task_dependency d JOIN task blocker ON blocker.id = d.depends_on_id WHERE ${open}`;

const scopes: Readonly<Record<NonNullable<ListQuery['scope']>, string>> = {
  live: isLive,
  archived: 'task.archived_at IS NOT NULL AND task.deleted_at IS NULL',
  deleted: 'task.deleted_at IS NOT NULL',
  all: '1',
};

const priorityOrder = "CASE task.priority WHEN 'High' THEN 0 WHEN 'Medium' THEN 1 ELSE 2 END";
const orders: Readonly<Record<'created' | 'updated' | 'priority' | 'due', string>> = {
  created: 'task.created_at',
  updated: 'task.updated_at',
  priority: priorityOrder,
  due: 'task.due',
};

const anyOf = (column: string, values: readonly string[]): Where => ({
  text: `${column} IN (${values.map(() => '?').join(', ')})`,
  values: [...values],
});

function groupBlockers(pairs: readonly Blocker[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const { task, blocker } of pairs) {
    const group = groups.get(task);
    if (group === undefined) groups.set(task, [blocker]);
    else group.push(blocker);
  }
  return groups;
}

/** Reading many light rows: one query for the rows and one for what they wait for, never one per row. */
export function createTaskLists(sql: Sql, search: SearchIndex): Pick<TaskStore, 'rows' | 'list' | 'firstReady' | 'snapshot'> {
  const blockersOf = sql.prepare<Blocker>(`${openBlockers} AND d.task_id IN (SELECT value FROM json_each(?)) ORDER BY 1, 2`);
  const allBlockers = sql.prepare<Blocker>(`${openBlockers} ORDER BY 1, 2`);
  const byIds = sql.prepare<LightRecord>(
    `SELECT ${lightColumns} FROM json_each(?) AS wanted JOIN task ON task.id = wanted.value ORDER BY wanted.key`,
  );
  const column = sql.prepare<LightRecord>(`SELECT ${lightColumns} FROM task WHERE status = ? AND ${isLive} ORDER BY rank, id LIMIT ?`);
  const totals = sql.prepare<{ status: Status; n: number }>(`SELECT status, count(*) AS n FROM task WHERE ${isLive} GROUP BY status`);

  function complete(records: readonly LightRecord[]): TaskRow[] {
    if (records.length === 0) return [];
    const blockers = groupBlockers(blockersOf.all(JSON.stringify(records.map((record) => record.id))));
    return records.map((record) => toRow(record, blockers.get(record.id) ?? []));
  }

  const rows = (ids: readonly number[]) => (ids.length === 0 ? [] : complete(byIds.all(JSON.stringify(ids))));

  function conditions(query: ListQuery, today: string): Where {
    const parts: Where[] = [{ text: scopes[query.scope ?? 'live'], values: [] }];
    const { type, priority, label, assignee, parentId, blocked, overdue, text } = query;
    if (type !== undefined) parts.push(anyOf('task.type', type));
    if (priority !== undefined) parts.push(anyOf('task.priority', priority));
    if (assignee !== undefined) parts.push(anyOf("coalesce(task.assignee, '')", assignee));
    if (label !== undefined) {
      const { text: test, values } = anyOf('value COLLATE NOCASE', label);
      parts.push({
        text: `CASE WHEN json_valid(task.labels) THEN EXISTS (SELECT 1 FROM json_each(task.labels) WHERE ${test}) END`,
        values,
      });
    }
    if (parentId !== undefined) parts.push({ text: 'task.parent_id = ?', values: [parentId] });
    if (blocked !== undefined) {
      const test = `(task.blocked_reason IS NOT NULL OR EXISTS (${openBlockers} AND d.task_id = task.id))`;
      parts.push({ text: blocked ? test : `NOT ${test}`, values: [] });
    }
    if (overdue !== undefined) {
      const test = "(task.due IS NOT NULL AND task.due < ? AND task.status <> 'Done')";
      parts.push({ text: overdue ? test : `NOT ${test}`, values: [today] });
    }
    if (text !== undefined && text.trim() !== '') parts.push(matching(text));
    return { text: parts.map((part) => part.text).join(' AND '), values: parts.flatMap((part) => part.values) };
  }

  function matching(text: string): Where {
    const expression = search.expression(text);
    return expression === null
      ? { text: '0', values: [] }
      : { text: 'task.id IN (SELECT docid FROM task_search WHERE task_search MATCH ?)', values: [expression] };
  }

  function countBy(where: Where): Map<Status, number> {
    const counted = sql.prepare<{ status: Status; n: number }>(
      `SELECT status, count(*) AS n FROM task WHERE ${where.text} GROUP BY status`,
    );
    return new Map(counted.all(...where.values).map(({ status, n }) => [status, n]));
  }

  /** Column by column as the board has them, each in its index's own order. */
  function boardPage(query: ListQuery, where: Where, counts: ReadonlyMap<Status, number>, offset: number, limit: number): LightRecord[] {
    const order = query.descending === true ? 'rank DESC, id DESC' : 'rank, id';
    const page = sql.prepare<LightRecord>(
      `SELECT ${lightColumns} FROM task WHERE status = ? AND ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`,
    );
    const found: LightRecord[] = [];
    let skip = offset;
    for (const status of query.descending === true ? statuses.toReversed() : statuses) {
      const here = counts.get(status) ?? 0;
      if (found.length < limit && skip < here) found.push(...page.all(status, ...where.values, limit - found.length, skip));
      skip = Math.max(0, skip - here);
    }
    return found;
  }

  /** Only ids are sorted, and the rows of one page are read. */
  function sortedPage(order: string, query: ListQuery, where: Where, offset: number, limit: number): number[] {
    const direction = query.descending === true ? ' DESC' : '';
    const text = `SELECT task.id FROM task WHERE ${where.text} ORDER BY ${order}${direction} NULLS LAST, task.id${direction} LIMIT ? OFFSET ?`;
    return sql
      .prepare<{ id: number }>(text)
      .all(...where.values, limit, offset)
      .map((row) => row.id);
  }

  function relevancePage(text: string, where: Where, offset: number, limit: number): number[] {
    const passing = new Set(
      sql
        .prepare<{ id: number }>(`SELECT task.id FROM task WHERE ${where.text}`)
        .all(...where.values)
        .map((row) => row.id),
    );
    return search
      .search(text, mostHits)
      .filter((id) => passing.has(id))
      .slice(offset, offset + limit);
  }

  return {
    rows,
    list(query, today) {
      const { text = '', sort = text.trim() === '' ? 'board' : 'relevance', offset = 0, limit = defaultLimit } = query;
      const base = conditions(query, today);
      const columns = query.status;
      const where =
        columns === undefined
          ? base
          : { text: `${base.text} AND ${anyOf('task.status', columns).text}`, values: [...base.values, ...columns] };
      const counts = countBy(where);
      const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
      if (sort === 'relevance' && text.trim() !== '') return { total, tasks: rows(relevancePage(text, where, offset, limit)) };
      if (sort === 'board' || sort === 'relevance') return { total, tasks: complete(boardPage(query, where, counts, offset, limit)) };
      return { total, tasks: rows(sortedPage(orders[sort], query, where, offset, limit)) };
    },
    firstReady(filter, assignee) {
      const { text, values } = conditions({ ...filter, assignee: ['', assignee], blocked: false }, '');
      const first = sql.prepare<LightRecord>(
        `SELECT ${lightColumns} FROM task WHERE status = 'Ready' AND ${text} ORDER BY rank, id LIMIT 1`,
      );
      return complete(first.all(...values))[0];
    },
    snapshot(limitPerColumn) {
      const found = statuses.map((status) => ({ status, records: column.all(status, limitPerColumn ?? -1) }));
      const shown = found.flatMap(({ records }) => records);
      // The whole board is read by one scan, a part of it by its ids.
      const pairs = limitPerColumn === undefined ? allBlockers.all() : blockersOf.all(JSON.stringify(shown.map((record) => record.id)));
      const blockers = groupBlockers(pairs);
      const counts = new Map(totals.all().map(({ status, n }) => [status, n]));
      return found.map(({ status, records }) => ({
        status,
        total: counts.get(status) ?? 0,
        tasks: records.map((record) => toRow(record, blockers.get(record.id) ?? [])),
      }));
    },
  };
}
