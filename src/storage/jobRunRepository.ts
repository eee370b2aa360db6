import * as z from 'zod';
import type { JobRunStore, RunLog, StoredRun } from '../app/jobs/jobStorePorts.ts';
import type { ActorKind } from '../core/actor.ts';
import type { RunState, RunTrigger, RunWait } from '../core/jobs/run.ts';
import { jobInputs, logEntry } from '../protocol/jobs/runs.ts';
import { sha256 } from './sha256.ts';
import type { Sql, SqlValue } from './sql.ts';

/** Characters that an audit row takes of what was done; more is kept beside it, and sealed by its hash. */
const mostInAuditRow = 65_536;

interface RunRecord {
  id: number;
  job: string;
  name: string;
  file: string | null;
  state: RunState;
  waitingFor: RunWait | null;
  reason: string | null;
  trigger: RunTrigger;
  actorKind: ActorKind;
  actorName: string;
  task: number | null;
  step: string | null;
  pages: number;
  records: number;
  actions: number;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  notBefore: number | null;
  attempts: number;
  cancelRequested: number;
  worker: string | null;
  leaseUntil: number | null;
  claimedBy: string | null;
  seq: number;
  failure: string | null;
  given: string;
}

interface TrailRecord {
  first: number;
  count: number;
  done: string | null;
}

const { files, healed } = jobInputs.advance.shape;
const storedInputs = jobInputs.enqueue.shape.inputs;
const storedDone = z.object({ entries: z.array(logEntry).optional(), files, healed });

const parse = <S extends z.ZodType>(schema: S, json: string): z.output<S> | undefined => {
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    // Somebody has edited it; the audit log tells.
    return undefined;
  }
};

function toRun(record: RunRecord): StoredRun {
  const { actorKind, actorName, cancelRequested, failure, given: _, ...rest } = record;
  return {
    ...rest,
    actor: { kind: actorKind, name: actorName },
    cancelRequested: cancelRequested === 1,
    failure: failure === null ? null : (parse(jobInputs.advance.shape.failure, failure) ?? null),
  };
}

/** What the seal of a run is of. Never change it: every sealed run would seem edited. */
function canonicalRun(run: RunRecord, checkpoint: string | null): string {
  const { id, job, name, file, trigger, actorKind, actorName, task, createdAt, given } = run;
  const { state, waitingFor, reason, step, pages, records, actions, startedAt, endedAt, notBefore, attempts, cancelRequested } = run;
  const { worker, claimedBy, seq, failure } = run;
  return JSON.stringify([
    [id, job, name, file, trigger, actorKind, actorName, task, createdAt, given],
    [state, waitingFor, reason, step, pages, records, actions, startedAt, endedAt, notBefore, attempts, cancelRequested],
    [worker, claimedBy, seq, failure, checkpoint],
  ]);
}

const ended = "state IN ('done', 'failed', 'cancelled')";

export function createJobRunRepository(sql: Sql): JobRunStore {
  const select = `SELECT id, job, name, file, state, waiting_for AS waitingFor, reason, started_by AS "trigger", actor_kind AS actorKind,
    actor_name AS actorName, task_id AS task, step, pages, records, actions, created_at AS createdAt, started_at AS startedAt,
    ended_at AS endedAt, not_before AS notBefore, attempts, cancel_requested AS cancelRequested, worker, lease_until AS leaseUntil,
    claimed_by AS claimedBy, seq, failure, given FROM job_run`;
  const one = sql.prepare<RunRecord>(`${select} WHERE id = ?`);
  const insert = sql.prepare(
    `INSERT INTO job_run (job, name, file, state, started_by, actor_kind, actor_name, task_id, created_at, not_before, given)
     VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = sql.prepare(
    `UPDATE job_run SET state = ?, waiting_for = ?, reason = ?, step = ?, pages = ?, records = ?, actions = ?, started_at = ?, ended_at = ?,
       not_before = ?, attempts = ?, cancel_requested = ?, worker = ?, lease_until = ?, claimed_by = ?, seq = ?, failure = ? WHERE id = ?`,
  );
  const setGiven = sql.prepare('UPDATE job_run SET given = ? WHERE id = ?');
  const active = sql.prepare<{ id: number }>(`SELECT id FROM job_run WHERE job = ? AND state NOT IN ('done', 'failed', 'cancelled')`);
  const begunAfter = sql.prepare<{ id: number }>(
    'SELECT id FROM job_run WHERE job = ? AND id > ? AND started_at IS NOT NULL ORDER BY id DESC LIMIT 1',
  );
  const renew = sql.prepare('UPDATE job_run SET lease_until = max(lease_until, ?) WHERE id = ? AND worker = ?');
  const addDefinition = sql.prepare('INSERT INTO job_definition (run_id, definition, inputs, from_step) VALUES (?, ?, ?, ?)');
  const definition = sql.prepare<{ definition: string; inputs: string; fromStep: string | null }>(
    'SELECT definition, inputs, from_step AS fromStep FROM job_definition WHERE run_id = ?',
  );
  const setInputs = sql.prepare('UPDATE job_definition SET inputs = ? WHERE run_id = ?');
  const checkpoint = sql.prepare<{ checkpoint: string }>('SELECT checkpoint FROM job_checkpoint WHERE run_id = ?');
  const setCheckpoint = sql.prepare(
    'INSERT INTO job_checkpoint (run_id, checkpoint) VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET checkpoint = excluded.checkpoint',
  );
  const addTrail = sql.prepare('INSERT INTO job_trail (run_id, revision, first, count, extras, done) VALUES (?, ?, ?, ?, ?, ?)');
  const lastTrail = sql.prepare<TrailRecord>(
    'SELECT first, count, NULL AS done FROM job_trail WHERE run_id = ? ORDER BY revision DESC LIMIT 1',
  );
  const oneTrail = sql.prepare<TrailRecord>('SELECT first, count, done FROM job_trail WHERE run_id = ? AND revision = ?');
  const trailWithDone = `SELECT t.first, t.count, coalesce(t.done, json_extract(a.body, '$.job.log.done')) AS done
    FROM job_trail t LEFT JOIN audit a ON a.revision = t.revision WHERE t.run_id = ?`;
  const logged = sql.prepare<TrailRecord>(`${trailWithDone} AND t.count > 0 AND t.first + t.count > ? ORDER BY t.revision`);
  const extras = sql.prepare<TrailRecord>(`${trailWithDone} AND t.extras = 1 ORDER BY t.revision`);
  const revisions = sql.prepare<{ revision: number }>(
    'SELECT revision FROM job_trail WHERE run_id = ? AND revision >= ? ORDER BY revision LIMIT ?',
  );
  const endedBefore = sql.prepare<{ id: number }>(
    `SELECT id FROM (SELECT id, ended_at, row_number() OVER (PARTITION BY job ORDER BY id DESC) AS nth FROM job_run WHERE ${ended})
     WHERE nth > ? AND ended_at < ? ORDER BY id`,
  );
  const forget = [
    `DELETE FROM job_run WHERE id = ? AND ${ended}`,
    'DELETE FROM job_definition WHERE run_id = ?',
    'DELETE FROM job_checkpoint WHERE run_id = ?',
    'UPDATE job_trail SET done = NULL WHERE run_id = ? AND done IS NOT NULL',
  ].map((text) => sql.prepare(text));
  const ids = sql.prepare<{ id: number }>('SELECT id FROM job_run ORDER BY id');
  const trailLength = sql.prepare<{ n: number }>('SELECT count(*) AS n FROM job_trail');

  const given = (id: number) => {
    const found = definition.get(id);
    return sha256(JSON.stringify([found?.definition, found?.inputs, found?.fromStep]));
  };

  function get(id: number): StoredRun | undefined {
    const record = one.get(id);
    return record === undefined ? undefined : toRun(record);
  }

  return {
    get,
    insert({ job, name, file, trigger, actor, task, createdAt, notBefore }, { definition: text, inputs, fromStep }) {
      insert.run(job, name, file, trigger, actor.kind, actor.name, task, createdAt, notBefore, '');
      const id = sql.lastInsertRowid();
      addDefinition.run(id, text, JSON.stringify(inputs), fromStep);
      setGiven.run(given(id), id);
      return id;
    },
    list({ job, states, before, limit }) {
      const conditions: string[] = [];
      const values: SqlValue[] = [];
      const where = (condition: string, value: SqlValue) => {
        conditions.push(condition);
        values.push(value);
      };
      if (job !== undefined) where('job = ?', job);
      if (states !== undefined) where('state IN (SELECT value FROM json_each(?))', JSON.stringify(states));
      if (before !== undefined) where('id < ?', before);
      const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
      // The combinations are few, and each is prepared once.
      return sql
        .prepare<RunRecord>(`${select}${filter} ORDER BY id DESC LIMIT ?`)
        .all(...values, limit)
        .map(toRun);
    },
    active: (job) => active.get(job)?.id,
    begunAfter: (job, id) => begunAfter.get(job, id)?.id,
    update(run) {
      update.run(
        run.state,
        run.waitingFor,
        run.reason,
        run.step,
        run.pages,
        run.records,
        run.actions,
        run.startedAt,
        run.endedAt,
        run.notBefore,
        run.attempts,
        run.cancelRequested ? 1 : 0,
        run.worker,
        run.leaseUntil,
        run.claimedBy,
        run.seq,
        run.failure === null ? null : JSON.stringify(run.failure),
        run.id,
      );
    },
    renew: (worker, of, until) =>
      of.filter((id) => {
        renew.run(until, id, worker);
        return sql.changes === 1;
      }),
    definition(id) {
      const found = definition.get(id);
      return {
        definition: found?.definition ?? '',
        inputs: parse(storedInputs, found?.inputs ?? '{}') ?? {},
        fromStep: found?.fromStep ?? null,
      };
    },
    setInputs(id, inputs) {
      setInputs.run(JSON.stringify(inputs), id);
      setGiven.run(given(id), id);
    },
    checkpoint: (id) => checkpoint.get(id)?.checkpoint ?? null,
    setCheckpoint: (id, json) => setCheckpoint.run(id, json),

    seal(id) {
      const record = one.get(id);
      if (record === undefined) return undefined;
      return sha256(canonicalRun(record, checkpoint.get(id)?.checkpoint ?? null));
    },
    sealDone(id, revision, done) {
      const last = lastTrail.get(id);
      const first = last === undefined ? 0 : last.first + last.count;
      const count = done.entries?.length ?? 0;
      const text = JSON.stringify(done);
      const beside = text.length > mostInAuditRow;
      addTrail.run(id, revision, first, count, done.files === undefined && done.healed === undefined ? 0 : 1, beside ? text : null);
      return { first, count, done: beside ? sha256(text) : done };
    },
    log(id, after, limit) {
      const entries: RunLog = [];
      for (const { first, done } of logged.each(id, after)) {
        const of = parse(storedDone, done ?? '{}')?.entries ?? [];
        of.forEach((entry, i) => {
          if (first + i >= after && entries.length < limit) entries.push({ ...entry, n: first + i + 1 });
        });
        if (entries.length >= limit) break;
      }
      return entries;
    },
    files(id) {
      const found = extras.all(id).flatMap(({ done }) => parse(storedDone, done ?? '{}') ?? []);
      return { files: found.flatMap((done) => done.files ?? []), healed: found.flatMap((done) => done.healed ?? []) };
    },
    revisions: (id, from, limit) => revisions.all(id, from, limit).map(({ revision }) => revision),

    ended: (before, keepPerJob) => endedBefore.all(keepPerJob, before).map(({ id }) => id),
    forget(of) {
      for (const id of of) for (const statement of forget) statement.run(id);
    },
    ids: () => ids.all().map(({ id }) => id),
    definitionIntact: (id) => one.get(id)?.given === given(id),
    doneIntact(id, revision, { first, count, done }) {
      const row = oneTrail.get(id, revision);
      if (row === undefined || row.first !== first || row.count !== count) return 'changed';
      if (typeof done !== 'string') return row.done === null ? 'whole' : 'changed';
      if (row.done === null) return 'forgotten';
      return sha256(row.done) === done ? 'whole' : 'changed';
    },
    trailLength: () => trailLength.get()?.n ?? 0,
  };
}
