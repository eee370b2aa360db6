import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperationOutput } from '../../../src/protocol/operations.ts';
import { batch, entry, handOn, queue, record, runThrough } from './jobRig.ts';
import { openBench } from './rig.ts';
import type { Bench } from './rig.ts';

const problems = async (bench: Bench) => (await bench.maintain('audit.verify', {})).problems;

describe('the audit trail', () => {
  test('gives the rows of a run, or all of them, in pages, as they are sealed', async () => {
    using bench = await openBench();
    bench.add('A task');
    const { id } = runThrough(bench, [record('1')]);
    bench.add('Another');
    const all: OperationOutput<'job.auditTrail'>['rows'] = [];
    for (let from: number | null = 0; from !== null;) {
      const page: OperationOutput<'job.auditTrail'> = bench.call('job.auditTrail', { from, limit: 2 });
      all.push(...page.rows);
      from = page.next;
    }
    assert.deepEqual(
      all.map(({ operation }) => operation),
      ['task.create', 'job.enqueue', 'job.claim', 'job.advance', 'job.advance', 'task.create'],
    );
    assert.equal(all[0]?.history[0]?.taskId, 1);
    all.slice(1).forEach((row, i) => assert.equal(row.previousHash, all[i]?.hash));
    const ofRun = bench.call('job.auditTrail', { run: id });
    assert.deepEqual(ofRun.rows, all.slice(1, 5));
    assert.deepEqual(ofRun.head, { revision: 6, hash: all[5]?.hash });
    const second = bench.call('job.auditTrail', { run: id, limit: 3 });
    assert.equal(second.next, 5);
    assert.deepEqual(bench.call('job.auditTrail', { run: id, from: 5 }).rows, all.slice(4, 5));
  });

  for (const [what, sql] of Object.entries({
    'a run that was changed': "UPDATE job_run SET state = 'failed' WHERE id = 1",
    'a run that was removed': 'DELETE FROM job_run WHERE id = 1',
    'a run that was slipped in':
      "INSERT INTO job_run (job, name, state, started_by, actor_kind, actor_name, created_at, given) VALUES ('x', 'x', 'done', 'user', 'user', 'eve', 1, '')",
    'a definition that was exchanged': "UPDATE job_definition SET definition = 'other' WHERE run_id = 1",
    'a checkpoint that was changed': `UPDATE job_checkpoint SET checkpoint = '{"page":1}'`,
    'a log entry in the audit row': "UPDATE audit SET body = replace(body, 'button', 'link') WHERE revision = 3",
    'a log entry beside it': "UPDATE job_trail SET done = replace(done, 'button', 'link') WHERE revision = 4",
    'log entries that were removed': 'UPDATE job_trail SET done = NULL WHERE revision = 4',
    'a part of the log that was removed': 'DELETE FROM job_trail WHERE revision = 3',
    'a part of the log that was slipped in': 'INSERT INTO job_trail (run_id, revision, first, count, extras) VALUES (1, 77, 900, 0, 0)',
    'a part of the log that was moved': 'UPDATE job_trail SET first = 100 WHERE revision = 3',
    'a value of a record': "UPDATE job_record SET data = replace(data, 'Beam', 'Slab')",
    'where a record was read': "UPDATE job_record SET url = 'https://other.example.com' WHERE record_key = '2'",
    'a record with its hash': `UPDATE job_record SET hash = '${'0'.repeat(64)}' WHERE record_key = '2'`,
    'a record that was removed': "DELETE FROM job_record WHERE record_key = '2'",
    'a record that was said to be gone': "UPDATE job_record SET gone = 1 WHERE record_key = '2'",
    'a record that was slipped in': `INSERT INTO job_record SELECT id + 10, collection_id, 'x', shape_id, data, change, before, returned, gone, url, page, place, read_at,
        run_id, first_run, problems, hash FROM job_record WHERE record_key = '2'`,
    'a record in a collection that says it was changed since': 'UPDATE job_record SET page = 9; UPDATE job_collection SET revision = 99',
    'all records removed': 'DELETE FROM job_record; DELETE FROM job_collection',
    'a link to a task': "UPDATE job_task SET record_key = '9' WHERE record_key = '2'",
  })) {
    test(`does not fit ${what} afterwards`, async () => {
      using bench = await openBench();
      const hand = handOn(bench);
      const { id } = queue(bench);
      hand.claim(id);
      hand.advance(id, {
        entries: [entry('1')],
        checkpoint: { page: 2 },
        records: [batch([record('1', { title: 'Beam' }), record('2', { title: 'Door' })])],
      });
      hand.advance(id, { entries: Array.from({ length: 500 }, (_, i) => entry(`${i}`)) });
      hand.advance(id, { state: { to: 'done' } });
      bench.call('job.createTasks', { job: 'rfis', collection: 'rfis', title: '{{item.title}}' });
      assert.deepEqual(await problems(bench), []);
      bench.sql.exec(sql);
      const found = await problems(bench);
      assert.deepEqual([...new Set(found.map(({ kind }) => kind))], ['edited'], JSON.stringify(found));
    });
  }

  test('fits what is read while it is looked through', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    const page = (from: number) => Array.from({ length: 300 }, (_, i) => record(String(from + i), { from }));
    for (let i = 0; i < 10; i++) hand.advance(id, { records: [batch(page(i * 300))], entries: [entry(String(i))] });
    const reading = problems(bench);
    for (let i = 0; i < 12; i++) {
      hand.advance(id, { records: [batch(page(i * 150))], entries: [entry('again')] });
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(await reading, []);
  });
});
