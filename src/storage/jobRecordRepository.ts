import type { Collections, JobRecordStore, RecordBatch, SealedRecords } from '../app/jobs/jobStorePorts.ts';
import { addSeal, emptySeal } from '../app/jobs/jobStorePorts.ts';
import type { RecordChange } from '../core/jobs/run.ts';
import { createJobRecordPages } from './jobRecordPages.ts';
import {
  beforeOf,
  changedFields,
  dataOf,
  firstId,
  lastId,
  linkKey,
  parseNames,
  recordColumns,
  recordHash,
  totalOf,
} from './jobRecordRows.ts';
import type { CollectionRow, RecordRow } from './jobRecordRows.ts';
import { sha256 } from './sha256.ts';
import type { Sql } from './sql.ts';

type Reading = Parameters<JobRecordStore['put']>[0];
type Draft = RecordBatch['rows'][number];

const stateOf = (row: Pick<RecordRow, 'change' | 'gone'>): RecordChange => (row.gone === 1 ? 'gone' : row.change);

/**
 * What a reading says of a record that is known. It is compared with what the last complete run before this one has read, however often
 * runs that failed have read it since. A record that was gone comes back as `changed`, with the fields that differ, if any.
 */
function compare(known: RecordRow, draft: Draft, base: number | null): Pick<RecordRow, 'change' | 'before' | 'returned'> {
  const was = dataOf(known);
  const fresh = known.gone === 1 || known.run === base;
  if (!fresh && known.change === 'new') return { change: 'new', before: null, returned: 0 };
  const before = changedFields(fresh ? was : { ...was, ...beforeOf(known) }, draft.data);
  const returned = known.gone === 1 ? 1 : fresh ? 0 : known.returned;
  const changed = returned === 1 || Object.keys(before).length > 0;
  return { change: changed ? 'changed' : 'same', before: changed ? JSON.stringify(before) : null, returned };
}

export function createJobRecordRepository(sql: Sql): JobRecordStore {
  const collectionColumns = `SELECT id, job, name, fields, keyed, new, changed, same, gone, last_run AS lastRun, complete_run AS completeRun,
    previous_run AS previousRun, read_at AS readAt, seal, revision FROM job_collection`;
  const collection = sql.prepare<CollectionRow>(`${collectionColumns} WHERE job = ? AND name = ?`);
  const ofJob = sql.prepare<CollectionRow>(`${collectionColumns} WHERE job = ? ORDER BY name`);
  const all = sql.prepare<CollectionRow>(`${collectionColumns} ORDER BY job, name`);
  const addCollection = sql.prepare(
    'INSERT INTO job_collection (job, name, fields, keyed, last_run, read_at, seal, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const setCollection = sql.prepare(
    `UPDATE job_collection SET fields = ?, keyed = ?, new = ?, changed = ?, same = ?, gone = ?, last_run = ?, complete_run = ?, previous_run = ?,
       read_at = ?, seal = ?, revision = ? WHERE id = ?`,
  );
  const removeCollection = sql.prepare('DELETE FROM job_collection WHERE id = ?');
  const shape = sql.prepare<{ id: number }>('SELECT id FROM job_shape WHERE fields = ?');
  const addShape = sql.prepare('INSERT INTO job_shape (fields) VALUES (?)');
  const known = sql.prepare<RecordRow>(
    `SELECT ${recordColumns} FROM json_each(?) k CROSS JOIN job_record r ON r.collection_id = ? AND r.record_key = k.value
     LEFT JOIN job_shape s ON s.id = r.shape_id`,
  );
  const newest = sql.prepare<{ id: number | null }>('SELECT max(id) AS id FROM job_record WHERE id BETWEEN ? AND ?');
  const add = sql.prepare(
    `INSERT INTO job_record (shape_id, data, change, before, returned, gone, url, page, place, read_at, run_id, first_run, problems, hash,
       collection_id, record_key, id) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const change = sql.prepare(
    `UPDATE job_record SET shape_id = ?, data = ?, change = ?, before = ?, returned = ?, gone = 0, url = ?, page = ?, place = ?, read_at = ?,
       run_id = ?, first_run = ?, problems = ?, hash = ? WHERE id = ?`,
  );
  const clear = sql.prepare('DELETE FROM job_record WHERE id BETWEEN ? AND ?');
  const unseen = sql.prepare<{ change: RecordRow['change']; hash: string }>(
    'SELECT change, hash FROM job_record WHERE collection_id = ? AND gone = 0 AND (run_id < ? OR run_id > ?)',
  );
  const setGone = sql.prepare('UPDATE job_record SET gone = 1 WHERE collection_id = ? AND gone = 0 AND (run_id < ? OR run_id > ?)');
  const slice = sql.prepare<RecordRow>(
    `SELECT ${recordColumns} FROM job_record r LEFT JOIN job_shape s ON s.id = r.shape_id WHERE r.id BETWEEN ? AND ? ORDER BY r.id LIMIT ?`,
  );
  const addLink = sql.prepare('INSERT INTO job_task (job, collection, record_key, task_id, revision) VALUES (?, ?, ?, ?, ?)');
  const links = sql.prepare<{ key: string }>('SELECT record_key AS "key" FROM job_task WHERE revision = ? ORDER BY task_id');
  const pages = createJobRecordPages(sql);

  function shapeId(fields: string): number {
    const found = shape.get(fields);
    if (found !== undefined) return found.id;
    addShape.run(fields);
    return sql.lastInsertRowid();
  }

  function begin({ job, run, at, revision }: Reading, { collection: name, fields, keyed }: RecordBatch): CollectionRow {
    let row = collection.get(job, name);
    if (row === undefined) {
      addCollection.run(job, name, JSON.stringify(fields), keyed ? 1 : 0, run, at, emptySeal, revision);
      row = collection.get(job, name);
      if (row === undefined) throw new Error(`The collection ${name} was not added`);
    }
    // Without keys there is nothing to tell records of two runs apart by.
    if ((row.keyed === 1) !== keyed || (!keyed && row.lastRun !== run)) {
      clear.run(firstId(row.id), lastId(row.id));
      row = { ...row, new: 0, changed: 0, same: 0, gone: 0, seal: emptySeal, completeRun: null, previousRun: null };
    }
    return { ...row, fields: JSON.stringify(fields), keyed: keyed ? 1 : 0, lastRun: run, readAt: at, revision };
  }

  /** Known records that a complete run has not seen are gone. */
  function complete(row: CollectionRow, run: number): void {
    for (const { change: was, hash } of unseen.all(row.id, run, run)) {
      row[was]--;
      row.gone++;
      row.seal = addSeal(row.seal, hash);
    }
    setGone.run(row.id, run, run);
    if (row.completeRun !== run) row.previousRun = row.completeRun;
    row.completeRun = run;
  }

  function write(collectionId: number, row: RecordRow, shapes: Map<string, number>): void {
    const { fields, data, before, returned, url, page, place, readAt, run, firstRun, problems, hash, key, id } = row;
    const of = shapes.get(fields) ?? shapeId(fields);
    shapes.set(fields, of);
    const values = [of, data, row.change, before, returned, url, page, place, readAt, run, firstRun, problems, hash] as const;
    if (id !== 0) change.run(...values, id);
    else add.run(...values, collectionId, key, (newest.get(firstId(collectionId), lastId(collectionId))?.id ?? firstId(collectionId)) + 1);
  }

  function put(reading: Reading, batch: RecordBatch): { sealed: SealedRecords; added: number } {
    const { run, at } = reading;
    const row = begin(reading, batch);
    const base = row.completeRun === run ? row.previousRun : row.completeRun;
    const found = known.all(JSON.stringify([...new Set(batch.rows.map(({ key }) => key))]), row.id);
    const records = new Map(found.map((record) => [record.key, record]));
    const hashes: string[] = [];
    const shapes = new Map<string, number>();
    let added = 0;
    for (const draft of batch.rows) {
      const old = records.get(draft.key);
      const { key, url, page, row: place, data, problems = [] } = draft;
      const compared = old === undefined ? ({ change: 'new', before: null, returned: 0 } as const) : compare(old, draft, base);
      const next = {
        key,
        ...compared,
        fields: JSON.stringify(Object.keys(data)),
        data: JSON.stringify(Object.values(data)),
        url,
        page,
        place,
        readAt: at,
        run,
        firstRun: old?.firstRun ?? run,
        problems: problems.length === 0 ? null : JSON.stringify(problems),
      };
      const hash = recordHash(next);
      hashes.push(hash);
      if (old === undefined || old.run !== run) added++;
      if (old !== undefined) {
        row[stateOf(old)]--;
        row.seal = addSeal(row.seal, old.hash, old.gone === 1 ? -2 : -1);
      }
      row[next.change]++;
      row.seal = addSeal(row.seal, hash);
      records.set(key, { ...next, id: old?.id ?? 0, gone: 0, hash });
    }
    for (const draft of batch.rows) {
      const record = records.get(draft.key);
      // A key that was given twice is written once, as it was given last.
      if (record !== undefined && records.delete(draft.key)) write(row.id, record, shapes);
    }
    if (batch.complete === true) complete(row, run);
    save(row);
    const sealed = { collection: row.name, rows: batch.rows.length, sha256: sha256(hashes.join('\n')), ...sealOf(row) };
    return { sealed: batch.complete === true ? { ...sealed, complete: true } : sealed, added };
  }

  function save(row: CollectionRow): void {
    setCollection.run(
      row.fields,
      row.keyed,
      row.new,
      row.changed,
      row.same,
      row.gone,
      row.lastRun,
      row.completeRun,
      row.previousRun,
      row.readAt,
      row.seal,
      row.revision,
      row.id,
    );
  }

  const sealOf = (row: CollectionRow) => ({ total: totalOf(row), seal: row.seal });

  return {
    put,
    remove(job, name) {
      const rows = name === undefined ? ofJob.all(job) : [collection.get(job, name)].filter((row) => row !== undefined);
      let deleted = 0;
      const sealed = rows.map((row) => {
        clear.run(firstId(row.id), lastId(row.id));
        removeCollection.run(row.id);
        deleted += totalOf(row);
        return { collection: row.name, rows: 0, sha256: sha256(''), total: 0, seal: emptySeal };
      });
      return { deleted, sealed };
    },
    collections: (job): Collections =>
      (job === undefined ? all.all() : ofJob.all(job)).map((row) => ({
        job: row.job,
        collection: row.name,
        fields: parseNames(row.fields),
        total: totalOf(row),
        counts: { new: row.new, changed: row.changed, same: row.same, gone: row.gone },
        lastRun: row.lastRun,
        readAt: row.readAt,
      })),
    page(query) {
      const row = collection.get(query.job, query.collection);
      return row === undefined ? undefined : pages.page(row, query);
    },
    candidates({ job, collection: name, keys, changes }) {
      const row = collection.get(job, name);
      if (row === undefined) return undefined;
      const records = keys === undefined ? pages.ofChanges(row, changes) : known.all(JSON.stringify([...new Set(keys)]), row.id);
      const of = pages.tasksOf(row, records);
      const fresh = new Map(
        records.flatMap((record) => {
          const key = linkKey(record, row.keyed === 1);
          return of.has(key) ? [] : [[key, { key, data: dataOf(record) }] as const];
        }),
      );
      return { fresh: [...fresh.values()], known: records.filter((record) => of.has(linkKey(record, row.keyed === 1))).length };
    },
    link({ job, collection: name, revision }, pairs) {
      for (const { key, task } of pairs) addLink.run(job, name, key, task, revision);
    },
    linksSeal: (revision) => sha256(JSON.stringify(links.all(revision).map(({ key }) => key))),
    sealed: () => all.all().map(({ id, job, name, revision }) => ({ id, job, collection: name, revision })),
    check(id, from, limit) {
      const rows = slice.all(Math.max(from, firstId(id)), lastId(id), limit);
      const changed = rows.filter((row) => recordHash(row) !== row.hash).map(({ key }) => key);
      const seal = rows.reduce((sum, row) => addSeal(sum, row.hash, row.gone === 1 ? 2 : 1), emptySeal);
      const last = rows.at(-1);
      return { changed, seal, next: rows.length < limit || last === undefined ? null : last.id + 1 };
    },
  };
}
