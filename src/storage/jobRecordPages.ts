import type { RecordsPage, RecordsQuery } from '../app/jobs/jobStorePorts.ts';
import type { RecordChange } from '../core/jobs/run.ts';
import { recordChanges } from '../core/jobs/run.ts';
import { firstId, lastId, linkKey, parseNames, recordColumns, toRecord, totalOf } from './jobRecordRows.ts';
import type { CollectionRow, RecordRow } from './jobRecordRows.ts';
import { sortOrder } from './jobRecordOrder.ts';
import type { SortOrder } from './jobRecordOrder.ts';
import { searchConditions } from './jobRecordSearch.ts';
import type { Sql, SqlValue } from './sql.ts';

/** Orders that are kept: a person sorts by a few fields, and pages through each. */
const mostOrders = 6;

interface KeptOrder {
  revision: number;
  order: SortOrder;
}

/** Inside, records go by their number within the collection. */
export interface JobRecordPages {
  page(collection: CollectionRow, query: RecordsQuery & { limit: number }): RecordsPage;
  /** In the order of their places. */
  ofChanges(collection: CollectionRow, changes: readonly RecordChange[]): RecordRow[];
  /** Tasks that were made of records, by their link key. */
  tasksOf(collection: CollectionRow, records: readonly RecordRow[]): Map<string, number>;
}

const stateIs = "CASE gone WHEN 1 THEN 'gone' ELSE change END IN (SELECT value FROM json_each(?))";
const inPlace = 'ORDER BY page, place, change, gone, id';

export function createJobRecordPages(sql: Sql): JobRecordPages {
  const placed = sql.prepare<{ id: number }>(`SELECT id FROM job_record WHERE collection_id = ? ${inPlace} LIMIT ? OFFSET ?`);
  const placedOf = sql.prepare<{ id: number }>(
    `SELECT id FROM job_record WHERE collection_id = ? AND ${stateIs} ${inPlace} LIMIT ? OFFSET ?`,
  );
  const shapes = sql.prepare<{ id: number; fields: string }>('SELECT id, fields FROM job_shape');
  const column = sql.prepare<{ ids: string | null; of: string | null }>(
    `SELECT group_concat(id - ?) AS ids, group_concat(data -> ?) AS "of" FROM job_record
     WHERE id BETWEEN ? AND ? AND shape_id IN (SELECT value FROM json_each(?))`,
  );
  const others = sql.prepare<{ ids: string | null }>(
    'SELECT group_concat(id - ?) AS ids FROM job_record WHERE id BETWEEN ? AND ? AND shape_id NOT IN (SELECT value FROM json_each(?))',
  );
  const rowsOf = sql.prepare<RecordRow>(
    `SELECT ${recordColumns} FROM json_each(?) o CROSS JOIN job_record r ON r.id = o.value + ? LEFT JOIN job_shape s ON s.id = r.shape_id ORDER BY o.key`,
  );
  const tasks = sql.prepare<{ key: string; task: number }>(
    `SELECT t.record_key AS "key", t.task_id AS task FROM json_each(?) k
     CROSS JOIN job_task t ON t.job = ? AND t.collection = ? AND t.record_key = k.value`,
  );
  const orders = new Map<string, KeptOrder>();

  /** What `group_concat` made of JSON values. */
  const parse = (values: string | null | undefined): unknown[] => {
    const list: unknown = JSON.parse(`[${values ?? ''}]`);
    return Array.isArray(list) ? list : [];
  };
  const numbers = (values: string | null | undefined) => parse(values).map(Number);

  /** All records of the collection in the order of a field, smallest first and those without a value last. */
  function ordered(collection: CollectionRow, field: string): SortOrder {
    const { id, revision } = collection;
    const name = `${id} ${field}`;
    const kept = orders.get(name);
    if (kept?.revision === revision) return kept.order;
    const positions = new Map<number, number[]>();
    for (const one of shapes.all()) {
      const at = parseNames(one.fields).indexOf(field);
      if (at !== -1) positions.set(at, [...(positions.get(at) ?? []), one.id]);
    }
    const ids: number[] = [];
    const values: unknown[] = [];
    for (const [at, of] of positions) {
      const got = column.get(firstId(id), `$[${at}]`, firstId(id), lastId(id), JSON.stringify(of));
      for (const number of numbers(got?.ids)) ids.push(number);
      for (const value of parse(got?.of)) values.push(value);
    }
    const shaped = JSON.stringify([...positions.values()].flat());
    const rest = ids.length >= totalOf(collection) ? [] : numbers(others.get(firstId(id), firstId(id), lastId(id), shaped)?.ids);
    const order = sortOrder(ids, values, rest);
    orders.delete(name);
    orders.set(name, { revision, order });
    const [oldest] = orders.keys();
    if (orders.size > mostOrders && oldest !== undefined) orders.delete(oldest);
    return order;
  }

  /** Records that hold the words and are in one of the states, in the order of their places; undefined when all are asked for. */
  function matching(
    collection: CollectionRow,
    search: string | undefined,
    changes: readonly RecordChange[] | undefined,
  ): number[] | undefined {
    const { conditions, values } = searchConditions(search ?? '');
    const where = [...conditions];
    const given: SqlValue[] = [...values];
    if (changes !== undefined) {
      where.push(stateIs);
      given.push(JSON.stringify(changes));
    }
    if (where.length === 0) return undefined;
    // A search reads all texts: along the records, not along an index. States alone are in one.
    const [among, of] =
      conditions.length > 0
        ? ['id BETWEEN ? AND ?', [firstId(collection.id), lastId(collection.id)]]
        : ['collection_id = ?', [collection.id]];
    const text = `SELECT group_concat(id - ?) AS ids FROM (SELECT id FROM job_record WHERE ${among} AND ${where.join(' AND ')} ${inPlace})`;
    // As many texts as a search may have words.
    return numbers(sql.prepare<{ ids: string | null }>(text).get(firstId(collection.id), ...of, ...given)?.ids);
  }

  function pick(collection: CollectionRow, query: RecordsQuery & { limit: number }): { total: number; ids: number[] } {
    const { changes, search, sort, offset = 0, limit } = query;
    const words = search?.trim() ?? '';
    if (sort === undefined && words === '') {
      const page =
        changes === undefined
          ? placed.all(collection.id, limit, offset)
          : placedOf.all(collection.id, JSON.stringify(changes), limit, offset);
      const states: ReadonlySet<RecordChange> = new Set(changes ?? recordChanges);
      return {
        total: [...states].reduce((sum, change) => sum + collection[change], 0),
        ids: page.map(({ id }) => id - firstId(collection.id)),
      };
    }
    const found = matching(collection, words, changes);
    if (sort === undefined) return { total: found?.length ?? 0, ids: (found ?? []).slice(offset, offset + limit) };
    const order = ordered(collection, sort.field);
    const asked = found === undefined ? undefined : new Set(found);
    const total = asked?.size ?? order.ids.length;
    return { total, ids: pageOf(order, asked, sort.descending === true, offset, limit) };
  }

  const tasksOf = (collection: CollectionRow, records: readonly RecordRow[]) => {
    const keys = records.map((record) => linkKey(record, collection.keyed === 1));
    return new Map(tasks.all(JSON.stringify(keys), collection.job, collection.name).map(({ key, task }) => [key, task]));
  };

  return {
    tasksOf,
    page(collection, query) {
      const { total, ids } = pick(collection, query);
      const records = rowsOf.all(JSON.stringify(ids), firstId(collection.id));
      const made = tasksOf(collection, records);
      return {
        total,
        fields: parseNames(collection.fields),
        counts: { new: collection.new, changed: collection.changed, same: collection.same, gone: collection.gone },
        records: records.map((record) => toRecord(record, made.get(linkKey(record, collection.keyed === 1)) ?? null)),
      };
    },
    ofChanges: (collection, changes) => rowsOf.all(JSON.stringify(matching(collection, undefined, changes) ?? []), firstId(collection.id)),
  };
}

function pageOf(
  { ids, filled }: SortOrder,
  asked: ReadonlySet<number> | undefined,
  descending: boolean,
  offset: number,
  limit: number,
): number[] {
  const page: number[] = [];
  let skip = offset;
  for (let i = 0; i < ids.length && page.length < limit; i++) {
    // What has no value comes last either way.
    const id = ids[descending && i < filled ? filled - 1 - i : i] ?? 0;
    if (asked?.has(id) === false) continue;
    if (skip > 0) skip--;
    else page.push(id);
  }
  return page;
}
