import type { Spot, Stamp, TaskStore } from '../app/storePorts.ts';
import type { Status, TaskRow } from '../core/task.ts';
import { detailFields, isRowField, rowFields } from '../core/taskFields.ts';
import type { TaskChanges } from '../core/taskFields.ts';
import type { SearchIndex } from './searchIndex.ts';
import { createSimilarTasks } from './similarTasks.ts';
import type { Sql, SqlValue } from './sql.ts';
import { detailColumns, detailList, isLive, isOpen, lightColumns, rowColumns, toColumn, toDetails, toRow } from './taskColumns.ts';
import type { DetailRecord, LightRecord } from './taskColumns.ts';
import { createTaskLists } from './taskLists.ts';

interface IdRow {
  id: number;
}

export function createTaskRepository(sql: Sql, search: SearchIndex): TaskStore {
  const light = sql.prepare<LightRecord & { blockers: string | null }>(
    `SELECT ${lightColumns}, (SELECT group_concat(blocker.id) FROM task_dependency d JOIN task blocker ON blocker.id = d.depends_on_id
       WHERE d.task_id = task.id AND ${isOpen.replaceAll('task.', 'blocker.')}) AS blockers
     FROM task WHERE id = ?`,
  );
  const lists = createTaskLists(sql, search);
  const detail = sql.prepare<DetailRecord>(`SELECT ${detailList} FROM task_detail WHERE id = ?`);
  const spot = sql.prepare<Spot & { status: Status }>('SELECT id, rank, status FROM task WHERE id = ?');
  const rankOnly = sql.prepare('UPDATE task SET rank = ? WHERE id = ?');
  const lastChecklistId = sql.prepare<{ last: number }>('SELECT checklist_last_id AS last FROM task_detail WHERE id = ?');
  const dependsOn = sql.prepare<IdRow>('SELECT depends_on_id AS id FROM task_dependency WHERE task_id = ? ORDER BY 1');
  const blocks = sql.prepare<IdRow>('SELECT task_id AS id FROM task_dependency WHERE depends_on_id = ? ORDER BY 1');
  const dependents = sql.prepare<IdRow>(
    'SELECT DISTINCT task_id AS id FROM task_dependency WHERE depends_on_id IN (SELECT value FROM json_each(?))',
  );
  const unlink = sql.prepare('DELETE FROM task_dependency WHERE task_id = ?');
  const link = sql.prepare('INSERT INTO task_dependency (task_id, depends_on_id) VALUES (?, ?)');
  const existing = sql.prepare<IdRow>('SELECT id FROM task WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL');
  const openAmong = sql.prepare<IdRow>(`SELECT id FROM task WHERE id IN (SELECT value FROM json_each(?)) AND ${isOpen}`);
  const first = sql.prepare<Spot>('SELECT id, rank FROM task WHERE status = ? ORDER BY rank, id LIMIT ?');
  const last = sql.prepare<Spot>('SELECT id, rank FROM task WHERE status = ? ORDER BY rank DESC, id DESC LIMIT ?');
  const following = sql.prepare<Spot>('SELECT id, rank FROM task WHERE status = ? AND (rank, id) > (?, ?) ORDER BY rank, id LIMIT ?');
  const preceding = sql.prepare<Spot>(
    'SELECT id, rank FROM task WHERE status = ? AND (rank, id) < (?, ?) ORDER BY rank DESC, id DESC LIMIT ?',
  );
  const taken = sql.prepare('SELECT 1 AS yes FROM task WHERE status = ? AND rank = ? AND id <> ? LIMIT 1');
  const count = sql.prepare<{ n: number }>(`SELECT count(*) AS n FROM task WHERE status = ? AND ${isLive}`);
  const total = sql.prepare<{ n: number }>('SELECT count(*) AS n FROM task INDEXED BY task_board WHERE deleted_at IS NULL');
  const largest = sql.prepare<{ id: number | null }>('SELECT max(id) AS id FROM task');
  const insertRow = sql.prepare(
    `INSERT INTO task (${rowFields.map((field) => rowColumns[field]).join(', ')}, checklist_total, created_at, updated_at, revision)
     VALUES (${rowFields.map(() => '?').join(', ')}, ?, ?, ?, ?)`,
  );
  const insertDetail = sql.prepare(
    `INSERT INTO task_detail (id, ${detailFields.map((field) => detailColumns[field]).join(', ')}, checklist_last_id) VALUES (?, ${detailFields.map(() => '?').join(', ')}, ?)`,
  );

  function row(id: number): TaskRow | undefined {
    const found = light.get(id);
    if (found === undefined) return undefined;
    const { blockers, ...record } = found;
    return toRow(
      record,
      blockers === null
        ? []
        : blockers
            .split(',')
            .map(Number)
            .sort((a, b) => a - b),
    );
  }

  function setDependsOn(id: number, ids: readonly number[]): void {
    unlink.run(id);
    for (const other of ids) link.run(id, other);
  }

  function updateRow(id: number, changes: TaskChanges, stamp: Stamp): void {
    let columns = '';
    const values: SqlValue[] = [];
    for (const field of Object.keys(changes)) {
      if (!isRowField(field)) continue;
      columns += `${rowColumns[field]} = ?, `;
      values.push(toColumn(changes[field]));
    }
    const { checklist } = changes;
    if (checklist !== undefined) {
      columns += 'checklist_done = ?, checklist_total = ?, ';
      values.push(checklist.filter((item) => item.done).length, checklist.length);
    }
    values.push(stamp.updatedAt, stamp.version, stamp.revision, id);
    // The combinations that occur are few, and each is prepared once.
    sql.prepare(`UPDATE task SET ${columns}updated_at = ?, version = ?, revision = ? WHERE id = ?`).run(...values);
  }

  function updateDetail(id: number, changes: TaskChanges): void {
    const fields = detailFields.filter((field) => changes[field] !== undefined);
    if (fields.length === 0) return;
    const columns = fields.map((field) => `${detailColumns[field]} = ?`);
    const values = fields.map((field) => toColumn(changes[field]));
    const { checklist } = changes;
    if (checklist !== undefined) {
      columns.push('checklist_last_id = max(checklist_last_id, ?)');
      values.push(Math.max(0, ...checklist.map((item) => item.id)));
    }
    sql.prepare(`UPDATE task_detail SET ${columns.join(', ')} WHERE id = ?`).run(...values, id);
  }

  return {
    row,
    rows: lists.rows,
    spot: (id) => spot.get(id),
    details: (id) => toDetails(detail.get(id)),
    task(id) {
      const found = row(id);
      if (found === undefined) return undefined;
      return { ...found, ...toDetails(detail.get(id)), dependsOn: dependsOn.all(id).map(idOf), blocks: blocks.all(id).map(idOf) };
    },
    insert(values, createdAt, revision) {
      const { checklist } = values;
      insertRow.run(...rowFields.map((field) => toColumn(values[field])), checklist.length, createdAt, createdAt, revision);
      const id = sql.lastInsertRowid();
      insertDetail.run(id, ...detailFields.map((field) => toColumn(values[field])), checklist.length);
      if (values.dependsOn.length > 0) setDependsOn(id, values.dependsOn);
      search.add(id);
      return id;
    },
    update(id, changes, stamp) {
      const words = search.concerns(changes);
      if (words) search.remove(id);
      updateRow(id, changes, stamp);
      updateDetail(id, changes);
      if (changes.dependsOn !== undefined) setDependsOn(id, changes.dependsOn);
      if (words) search.add(id);
    },
    setRank: (id, rank) => rankOnly.run(rank, id),
    lastChecklistId: (id) => lastChecklistId.get(id)?.last ?? 0,
    following: (status, after, limit) => (after === null ? first.all(status, limit) : following.all(status, after.rank, after.id, limit)),
    preceding: (status, before, limit) =>
      before === null ? last.all(status, limit) : preceding.all(status, before.rank, before.id, limit),
    isRankTaken: (status: Status, rank, exceptId) => taken.get(status, rank, exceptId) !== undefined,
    count: (status) => count.get(status)?.n ?? 0,
    dependsOn: (id) => dependsOn.all(id).map(idOf),
    dependents: (ids) => (ids.length === 0 ? [] : dependents.all(JSON.stringify(ids)).map(idOf)),
    existing: (ids) => new Set(ids.length === 0 ? [] : existing.all(JSON.stringify(ids)).map(idOf)),
    openAmong: (ids) => (ids.length === 0 ? [] : openAmong.all(JSON.stringify(ids)).map(idOf)),
    list: lists.list,
    snapshot: lists.snapshot,
    firstReady: lists.firstReady,
    search: search.search,
    similar: createSimilarTasks(sql),
    total: () => total.get()?.n ?? 0,
    largestId: () => largest.get()?.id ?? 0,
  };
}

const idOf = (row: IdRow) => row.id;
