import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openDatabase } from '../../../src/storage/engine/database.ts';
import type { Database } from '../../../src/storage/engine/database.ts';
import { loadSqlJs } from '../../../src/storage/engine/sqlJs.ts';
import type { SqlJs } from '../../../src/storage/engine/sqlJs.ts';
import { assets, integrity } from './engineRig.ts';
import { powerCuts, simulatedDisk } from './simulatedDisk.ts';
import type { Operation } from './simulatedDisk.ts';

const path = '/disk/claudetask.db';

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 4_294_967_296;
  };
}

interface Workload {
  groups: number;
  seed: number;
  /** Acknowledge without flushing: what must lose. */
  flush: boolean;
  prewrite: boolean;
}

function makeTables(database: Database): void {
  database.transaction(() => {
    database.exec(
      'CREATE TABLE task (id INTEGER PRIMARY KEY, n INTEGER, body TEXT); CREATE INDEX task_n ON task (n); CREATE TABLE audit (n INTEGER PRIMARY KEY, task INTEGER); CREATE INDEX audit_task ON audit (task)',
    );
    for (let id = 1; id <= 6; id++) database.prepare('INSERT INTO task VALUES (?, 0, ?)').run(id, '');
  });
}

/** A few transactions; answers the number of the last. */
function commitSome(database: Database, random: () => number, before: number): number {
  let written = before;
  for (let i = 0; i <= random() * 3; i++) {
    const id = 1 + Math.floor(random() * 6);
    written++;
    database.transaction(() => {
      database
        .prepare('UPDATE task SET n = ?, body = ? WHERE id = ?')
        .run(written, String.fromCharCode(97 + (written % 26)).repeat(200 + random() * 1500), id);
      database.prepare('INSERT INTO audit VALUES (?, ?)').run(written, id);
    });
  }
  return written;
}

/** Commits in groups and marks in the log what was acknowledged; checkpoints and restarts in between. */
function play(sqlJs: SqlJs, { groups, seed, flush, prewrite }: Workload): Operation[] {
  const { files, log } = simulatedDisk();
  const random = randomFrom(seed);
  let database = openDatabase(sqlJs, path, { create: true, files });
  let written = 0;
  makeTables(database);
  database.flush();
  if (prewrite) database.prewriteWal();
  for (let group = 1; group <= groups; group++) {
    written = commitSome(database, random, written);
    if (flush) database.flush();
    log.push({ kind: 'mark', promised: written });
    if (group % 9 === 0) database.checkpoint(group % 27 === 0 ? 'truncate' : 'passive');
    if (group % 40 === 0 && flush) {
      database.close();
      database = openDatabase(sqlJs, path, { create: false, files });
    }
  }
  database.abandon();
  return log;
}

/** Like a crowd in the commit queue: while the flush of some commits is on its way, others are made. */
async function playBeside(sqlJs: SqlJs, groups: number, seed: number): Promise<Operation[]> {
  const { files, log } = simulatedDisk();
  const random = randomFrom(seed);
  const database = openDatabase(sqlJs, path, { create: true, files });
  let written = 0;
  makeTables(database);
  database.flush();
  database.prewriteWal();
  for (let group = 1; group <= groups; group++) {
    written = commitSome(database, random, written);
    const covered = written;
    const flushed = database.flushBeside();
    written = commitSome(database, random, written);
    // Sometimes the thread flushes first, as it does before a checkpoint.
    if (group % 7 === 0) {
      database.checkpoint('passive');
      log.push({ kind: 'mark', promised: written });
      await flushed;
    } else {
      await flushed;
      log.push({ kind: 'mark', promised: covered });
    }
  }
  database.abandon();
  return log;
}

interface Verdict {
  states: number;
  corrupt: string[];
  lost: string[];
}

function check(database: Database, promised: number): { corrupt?: string; lost?: string } {
  const problem = integrity(database);
  if (problem !== 'ok') return { corrupt: problem };
  const known = database.prepare('SELECT 1 AS one FROM sqlite_schema WHERE name = ?').get('audit');
  if (known === undefined) return promised > 0 ? { lost: 'all of it' } : {};
  const audit = database.prepare<{ n: number; newest: number | null }>('SELECT count(*) AS n, max(n) AS newest FROM audit').get();
  const newest = audit?.newest ?? 0;
  if (audit?.n !== newest) return { corrupt: `${audit?.n} rows up to ${newest}` };
  const wrong = database
    .prepare('SELECT task.id FROM task WHERE n <> (SELECT coalesce(max(audit.n), 0) FROM audit WHERE audit.task = task.id)')
    .all();
  if (wrong.length > 0) return { corrupt: 'half a transaction' };
  return newest < promised ? { lost: `${newest} of ${promised}` } : {};
}

function judge(sqlJs: SqlJs, log: readonly Operation[], seed: number): Verdict {
  const verdict: Verdict = { states: 0, corrupt: [], lost: [] };
  for (const { state, promised, fate, at } of powerCuts(log, randomFrom(seed))) {
    verdict.states++;
    const where = `after operation ${at} (${fate})`;
    try {
      const database = openDatabase(sqlJs, path, { create: true, files: simulatedDisk(state).files, cacheKiB: 512 });
      try {
        if (database.notices.length > 0) verdict.corrupt.push(`${where}: ${database.notices[0]?.message}`);
        const { corrupt, lost } = check(database, promised);
        if (corrupt !== undefined) verdict.corrupt.push(`${where}: ${corrupt}`);
        if (lost !== undefined) verdict.lost.push(`${where}: ${lost}`);
      } finally {
        database.abandon();
      }
    } catch (error) {
      verdict.corrupt.push(`${where}: ${String(error)}`);
    }
  }
  return verdict;
}

describe('a power cut', () => {
  test('loses nothing that was acknowledged, at any moment and whatever the disk makes of it', async (t) => {
    const sqlJs = await loadSqlJs(assets);
    const total: Verdict = { states: 0, corrupt: [], lost: [] };
    for (const [seed, prewrite] of [
      [1, false],
      [2, true],
      [3, false],
    ] as const) {
      const verdict = judge(sqlJs, play(sqlJs, { groups: 130, seed, flush: true, prewrite }), seed);
      total.states += verdict.states;
      total.corrupt.push(...verdict.corrupt);
      total.lost.push(...verdict.lost);
    }
    t.diagnostic(`${total.states} states, ${total.lost.length} lost, ${total.corrupt.length} corrupt`);
    assert.deepEqual(total.corrupt.slice(0, 5), []);
    assert.deepEqual(total.lost.slice(0, 5), []);
    assert.ok(total.states >= 4000, `only ${total.states} states`);
  });

  test('loses nothing that was acknowledged while later commits were being made', async (t) => {
    const sqlJs = await loadSqlJs(assets);
    const verdict = judge(sqlJs, await playBeside(sqlJs, 90, 5), 5);
    t.diagnostic(`${verdict.states} states, ${verdict.lost.length} lost, ${verdict.corrupt.length} corrupt`);
    assert.deepEqual(verdict.corrupt.slice(0, 5), []);
    assert.deepEqual(verdict.lost.slice(0, 5), []);
    assert.ok(verdict.states >= 1000, `only ${verdict.states} states`);
  });

  test('does lose acknowledged changes when they are acknowledged without a flush: the simulator can tell', async (t) => {
    const sqlJs = await loadSqlJs(assets);
    const verdict = judge(sqlJs, play(sqlJs, { groups: 60, seed: 3, flush: false, prewrite: false }), 3);
    t.diagnostic(`${verdict.states} states, ${verdict.lost.length} lost, ${verdict.corrupt.length} corrupt`);
    assert.ok(verdict.lost.length > 50, `only ${verdict.lost.length} of ${verdict.states} states lost something`);
    assert.deepEqual(verdict.corrupt.slice(0, 5), []);
  });
});
