import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agent, ann, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

function fill(bench: Bench): void {
  for (let i = 0; i < 8; i++) bench.add(`t${i}`, {}, { actor: i % 2 === 0 ? ann : agent });
  bench.call('task.moveMany', { ids: [1, 2, 3], status: 'Ready' });
  bench.call('task.update', { id: 4, patch: { title: 'renamed' } });
}
const verify = async (bench: Bench) => (await bench.maintain('audit.verify', {})).problems;
const kinds = async (bench: Bench) => (await verify(bench)).map(({ kind, revision }) => `${kind} ${revision}`);

describe('the audit log', () => {
  test('an honest log has no problems, and revisions are consecutive', async () => {
    using bench = await openBench();
    fill(bench);
    const answer = await bench.maintain('audit.verify', {});
    assert.deepEqual(answer, { rows: 10, problems: [] });
    assert.deepEqual(
      bench.events.map((event) => event.revision),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    bench.reopen();
    assert.equal(bench.add('after').id, 9);
    assert.deepEqual(await verify(bench), []);
    assert.equal(bench.dispatcher.auditAnchor()?.revision, 11);
  });

  test('an empty log is fine', async () => {
    using bench = await openBench();
    assert.deepEqual(await bench.maintain('audit.verify', {}), { rows: 0, problems: [] });
    assert.equal(bench.dispatcher.auditAnchor(), null);
  });

  for (const [what, sql] of Object.entries({
    'an edited row': "UPDATE audit SET actor_name = 'somebody' WHERE revision = 5",
    'an edited time': 'UPDATE audit SET at = at + 1 WHERE revision = 5',
    'an edited history': "UPDATE history SET changes = '[]' WHERE revision = 5",
    'an edited comment': "UPDATE history SET comment = 'x' WHERE revision = 5",
    'a removed history': 'DELETE FROM history WHERE revision = 5',
  })) {
    test(`${what} is found and named`, async () => {
      using bench = await openBench();
      fill(bench);
      bench.sql.exec(sql);
      const problems = await verify(bench);
      assert.deepEqual(
        problems.map(({ kind, revision }) => [kind, revision]),
        [['edited', 5]],
      );
      assert.match(problems[0]?.message ?? '', /^Row 5 \(Create #5, by /);
    });
  }

  test('one changed entry of a bulk change is found', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec("UPDATE history SET comment = 'x' WHERE revision = 9 AND task_id = 2");
    assert.deepEqual(await kinds(bench), ['edited 9']);
  });

  test('history that was slipped in is found', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec("INSERT INTO history (task_id, revision, changes) VALUES (8, 2, '[]')");
    assert.match((await verify(bench))[0]?.message ?? '', /1 more entries than the audit log knows of/);
  });

  test('a row that was edited and sealed again is found by the next one', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec("UPDATE audit SET hash = 'forged' WHERE revision = 5");
    assert.deepEqual(await kinds(bench), ['edited 5']);
  });

  test('a gap is found, also one of several rows', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec('DELETE FROM audit WHERE revision IN (4, 5)');
    const problems = await verify(bench);
    assert.equal(problems[0]?.message, 'Rows 4 to 5 of the audit log are missing.');
    assert.equal(problems[0]?.kind, 'gap');
  });

  test('two rows that changed places are found as such', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec(
      'UPDATE audit SET revision = 1000 WHERE revision = 3; UPDATE audit SET revision = 3 WHERE revision = 7; UPDATE audit SET revision = 7 WHERE revision = 1000',
    );
    bench.sql.exec(
      'UPDATE history SET revision = 1000 WHERE revision = 3; UPDATE history SET revision = 3 WHERE revision = 7; UPDATE history SET revision = 7 WHERE revision = 1000',
    );
    bench.sql.exec("UPDATE sqlite_sequence SET seq = 10 WHERE name = 'audit'");
    const problems = await verify(bench);
    assert.deepEqual([...new Set(problems.map((problem) => problem.revision))], [3, 7]);
    assert.ok(problems.every((problem) => problem.kind === 'order' || problem.kind === 'edited'));
  });

  test('a cut tail is found by the numbers that were given', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec('DELETE FROM audit WHERE revision > 7');
    assert.deepEqual(await verify(bench), [
      { kind: 'cutTail', revision: 8, message: 'The audit log ends at row 7, but rows 8 to 10 had been written. Its end was cut off.' },
    ]);
  });

  test('a tail cut with its numbers is found by the tasks, the history, or the note beside the database', async () => {
    const cut = "DELETE FROM audit WHERE revision > 7; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'";
    {
      using bench = await openBench();
      fill(bench);
      bench.sql.exec(`${cut}; DELETE FROM history WHERE revision > 7`);
      assert.deepEqual(await kinds(bench), ['cutTail 8']);
    }
    {
      using bench = await openBench();
      fill(bench);
      bench.sql.exec(`${cut}; UPDATE task SET revision = 1`);
      assert.deepEqual(await kinds(bench), ['cutTail 8']);
    }
    using bench = await openBench();
    fill(bench);
    bench.anchor = bench.dispatcher.auditAnchor();
    bench.sql.exec(`${cut}; UPDATE task SET revision = 1; DELETE FROM history WHERE revision > 7`);
    assert.deepEqual(await kinds(bench), ['cutTail 8']);
  });

  test('a cut tail stays known after work has gone on, as a gap', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec('DELETE FROM audit WHERE revision > 7');
    bench.reopen();
    bench.add('later');
    assert.ok((await kinds(bench)).includes('gap 8'));
  });

  test('a log that was rewritten as a whole does not fit the note beside the database', async () => {
    using bench = await openBench();
    fill(bench);
    bench.anchor = { revision: 10, hash: 'another' };
    assert.deepEqual(await kinds(bench), ['edited 10']);
  });

  test('a row whose body is unreadable is told, and does not stop the reading', async () => {
    using bench = await openBench();
    fill(bench);
    bench.sql.exec("UPDATE audit SET body = 'x' WHERE revision = 2");
    assert.deepEqual(await kinds(bench), ['unreadable 2']);
  });

  test('changes made while it is read are no problem', async () => {
    using bench = await openBench();
    for (let i = 0; i < 450; i++) bench.add(`t${i}`);
    const reading = bench.maintain('audit.verify', {});
    for (let i = 0; i < 20; i++) {
      bench.call('task.update', { id: 1 + i, patch: { title: `new ${i}` } });
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual((await reading).problems, []);
  });
});

describe('a call that is made again', () => {
  test('is answered with its first result and not done twice', async () => {
    using bench = await openBench();
    const again = { requestId: 'once' };
    const first = bench.call('task.create', { title: 'a' }, again);
    const second = bench.call('task.create', { title: 'a' }, again);
    assert.deepEqual(second, first);
    assert.equal(bench.call('task.list', {}).total, 1);
    assert.equal(bench.events.length, 1, 'it is told once');
    assert.equal(refused('input.invalid', () => bench.call('task.delete', { id: 1 }, again)).details['field'], 'requestId');
  });

  test('is answered even where it could not be done a second time', async () => {
    using bench = await openBench();
    const { id } = bench.add('a');
    const as = { requestId: 'r2' };
    const first = bench.call('task.update', { id, version: 1, patch: { title: 'b' } }, as);
    assert.deepEqual(bench.call('task.update', { id, version: 1, patch: { title: 'b' } }, as), first);
    const undone = bench.call('task.undo', {}, { requestId: 'r3' });
    assert.deepEqual(bench.call('task.undo', {}, { requestId: 'r3' }), undone);
  });

  test('its outcome is found in the database after a restart', async () => {
    using bench = await openBench();
    const blocked = bench.add('blocked', { dependsOn: [bench.add('blocker').id] });
    bench.call('task.move', { id: 1, status: 'Done' }, { requestId: 'lost' });
    const event = bench.events.at(-1);
    bench.reopen();
    assert.equal(bench.dispatcher.replay('never'), undefined);
    const outcome = bench.dispatcher.replay('lost');
    assert.deepEqual(outcome?.event, event);
    assert.deepEqual(
      outcome?.event?.body.tasks.map((task) => task.id),
      [1, blocked.id],
    );
  });

  test('a call that failed has left nothing, and may be made again with the same id', async () => {
    using bench = await openBench();
    refused('task.notFound', () => bench.call('task.move', { id: 1, status: 'Done' }, { requestId: 'x' }));
    assert.equal(bench.dispatcher.replay('x'), undefined);
    assert.equal(bench.add('a', {}, { requestId: 'x' }).id, 1);
    assert.equal(bench.events[0]?.revision, 1);
  });
});
