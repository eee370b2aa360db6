import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { batch, entry, handOn, leaseMs, queue, record, recordsOf, robot, runThrough } from './jobRig.ts';
import { agent, ann, openBench, refused } from './rig.ts';
import type { Bench } from './rig.ts';

const runOf = (bench: Bench, run: number) => bench.call('job.run', { run }).run;
const problems = async (bench: Bench) => (await bench.maintain('audit.verify', {})).problems;

describe('queueing a run', () => {
  test('keeps what is to be run, and tells everyone', async () => {
    using bench = await openBench();
    const run = queue(bench, { name: 'RFIs', inputs: { project: 'North' }, fromStep: '3.steps.1', task: 7 });
    assert.deepEqual(
      { ...run, createdAt: 0 },
      {
        id: 1,
        job: 'rfis',
        name: 'RFIs',
        file: '.claudetask/jobs/rfis.job.yaml',
        state: 'queued',
        waitingFor: null,
        reason: null,
        trigger: 'user',
        actor: ann,
        task: 7,
        step: null,
        pages: 0,
        records: 0,
        actions: 0,
        createdAt: 0,
        startedAt: null,
        endedAt: null,
        notBefore: null,
        attempts: 0,
        cancelRequested: false,
        worker: null,
        leaseUntil: null,
        failure: null,
      },
    );
    assert.deepEqual(bench.events.at(-1), { revision: 1, name: 'job.enqueue', body: { actor: ann, tasks: [], runs: [run] } });
    const { definition, inputs, resumable } = bench.call('job.run', { run: 1 });
    assert.deepEqual(
      { definition, inputs, resumable },
      { definition: 'name: RFIs\nversion: 1\n', inputs: { project: 'North' }, resumable: false },
    );
  });

  test('is refused while a run of the same job is not over, also while it is lost', async () => {
    using bench = await openBench();
    const { id } = queue(bench);
    assert.equal(refused('job.active', () => queue(bench)).details['run'], id);
    const hand = handOn(bench);
    hand.claim(id);
    hand.advance(id, { state: { to: 'lost', reason: 'The window was closed.' } });
    refused('job.active', () => queue(bench));
    bench.call('job.cancel', { run: id });
    assert.equal(queue(bench).id, 2);
    assert.equal(queue(bench, { job: 'submittals' }).id, 3);
  });

  test('is refused when there is nothing to run', async () => {
    using bench = await openBench();
    assert.equal(refused('input.invalid', () => queue(bench, { definition: ' \n' })).details['field'], 'definition');
    assert.deepEqual(bench.events, []);
  });

  test('keeps who has queued it; what all of them did is not for agents to read', async () => {
    using bench = await openBench();
    assert.deepEqual(queue(bench, {}, { actor: agent }).actor, agent);
    assert.deepEqual(queue(bench, { job: 'submittals' }, { actor: robot }).actor, robot);
    assert.equal(bench.call('job.runs', {}, { actor: agent }).runs.length, 2);
    refused('operation.forbidden', () => bench.call('job.auditTrail', {}, { actor: agent }));
  });
});

describe('a claim', () => {
  test('gives one worker the run, its inputs and its checkpoint', async () => {
    using bench = await openBench();
    const { id } = queue(bench, { inputs: { a: 1 }, fromStep: '2' });
    const claimed = handOn(bench).claim(id);
    assert.deepEqual(
      {
        inputs: claimed.inputs,
        fromStep: claimed.fromStep,
        checkpoint: claimed.checkpoint,
        state: claimed.run.state,
        attempts: claimed.run.attempts,
      },
      { inputs: { a: 1 }, fromStep: '2', checkpoint: null, state: 'running', attempts: 1 },
    );
    assert.equal(refused('job.leased', () => handOn(bench).claim(id)).details['run'], id);
  });

  test('waits for the time it was queued for', async () => {
    using bench = await openBench();
    const notBefore = bench.now + 60_000;
    const { id } = queue(bench, { notBefore });
    refused('job.state', () => handOn(bench).claim(id));
    bench.now = notBefore;
    assert.equal(handOn(bench).claim(id).run.state, 'running');
  });

  test('after the lease ran out goes to another worker, who continues from the checkpoint; the first one is refused', async () => {
    using bench = await openBench();
    const [first, second] = [handOn(bench), handOn(bench)];
    const { id } = queue(bench);
    first.claim(id);
    first.advance(id, { checkpoint: { page: 4 }, records: [batch([record('1')])] });
    bench.now += leaseMs + 1000;
    bench.reopen();
    const claimed = second.claim(id);
    assert.deepEqual(claimed.checkpoint, { page: 4 });
    assert.equal(claimed.run.attempts, 2);
    refused('job.leased', () => first.advance(id, { checkpoint: { page: 5 } }));
    assert.deepEqual(first.renew([id]), []);
    second.advance(id, { checkpoint: { page: 6 } });
    assert.deepEqual(await problems(bench), []);
  });

  test('of a run that is over or lost is refused', async () => {
    using bench = await openBench();
    const { id } = runThrough(bench, [record('1')]);
    const error = refused('job.state', () => handOn(bench).claim(id));
    assert.deepEqual([error.details['from'], error.details['to']], ['done', 'running']);
    refused('job.notFound', () => handOn(bench).claim(99));
  });
});

describe('a lease', () => {
  test('is kept without audit, event or revision, and outlives the reopening', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    bench.now += 20_000;
    assert.deepEqual(hand.renew([id, 77]), [id]);
    bench.reopen();
    assert.ok((runOf(bench, id).leaseUntil ?? 0) > bench.now + leaseMs - 5000);
    assert.deepEqual(
      bench.events.map(({ name }) => name),
      ['job.enqueue', 'job.claim'],
    );
    assert.deepEqual(await bench.maintain('audit.verify', {}), { rows: 2, problems: [] });
  });

  test('that ran out is still held while nobody else took the run', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    bench.now += 10 * leaseMs;
    assert.deepEqual(hand.renew([id]), [id]);
    assert.equal(hand.advance(id, { step: 'Page 2' }).step, 'Page 2');
  });
});

describe('an advance', () => {
  test('keeps state, checkpoint, records, log and files together', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    const file = { kind: 'download', path: 'out/a.csv', bytes: 10, sha256: 'b'.repeat(64) } as const;
    const healed = { step: '2', taken: 1, before: [{ css: '#old' }], after: [{ css: '#new' }] };
    const run = hand.advance(id, {
      checkpoint: { page: 2 },
      entries: [entry('1'), entry('2')],
      records: [batch([record('1', {}, { page: 3 }), record('2')])],
      files: [file],
      healed: [healed],
      step: 'Page 3 of 12',
    });
    assert.deepEqual(
      { step: run.step, pages: run.pages, records: run.records, actions: run.actions },
      { step: 'Page 3 of 12', pages: 3, records: 2, actions: 2 },
    );
    const { body } = bench.events.at(-1)!;
    assert.deepEqual(body, { actor: robot, tasks: [], runs: [run], records: [{ job: 'rfis', collection: 'rfis' }] });
    const { files, healed: seen } = bench.call('job.run', { run: id });
    assert.deepEqual({ files, seen }, { files: [file], seen: [healed] });
    assert.deepEqual(
      bench.call('job.log', { run: id }).entries.map(({ n, step }) => [n, step]),
      [
        [1, '1'],
        [2, '2'],
      ],
    );
    assert.equal(recordsOf(bench).total, 2);
  });

  test('that fails in one part changes nothing at all', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    const before = { run: runOf(bench, id), trail: bench.call('job.auditTrail', {}) };
    bench.sql.exec("CREATE TRIGGER stop BEFORE INSERT ON job_trail BEGIN SELECT RAISE(ABORT, 'no'); END");
    assert.throws(() => hand.advance(id, { checkpoint: { page: 2 }, records: [batch([record('1')])], entries: [entry('1')] }));
    assert.deepEqual({ run: runOf(bench, id), trail: bench.call('job.auditTrail', {}) }, before);
    assert.deepEqual(bench.call('job.collections', {}).collections, []);
    bench.sql.exec('DROP TRIGGER stop');
    refused('job.state', () => hand.advance(id, { checkpoint: { page: 2 }, state: { to: 'queued' } }));
    assert.equal(bench.call('job.cancel', { run: id }).run.cancelRequested, true);
    assert.equal(hand.advance(id, { checkpoint: { page: 2 }, records: [batch([record('1')])] }).records, 1);
    assert.deepEqual(await problems(bench), []);
  });

  test('with a number that was seen changes nothing and is answered the same, also after the end', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    const first = hand.advance(id, { entries: [entry('1')], records: [batch([record('1')])] });
    const events = bench.events.length;
    assert.deepEqual(hand.advance(id, { entries: [entry('1')], records: [batch([record('1')])] }, 1), first);
    const last = hand.advance(id, { state: { to: 'done' } });
    assert.deepEqual(hand.advance(id, { state: { to: 'done' } }, 2), last);
    assert.equal(bench.events.length, events + 1);
    assert.equal(bench.call('job.log', { run: id }).entries.length, 1);
    refused('job.leased', () => hand.advance(id, { step: 'more' }, 3));
  });

  test('that skips a number is refused: something got lost', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    assert.equal(refused('input.invalid', () => hand.advance(id, { step: 'x' }, 2)).details['field'], 'seq');
  });

  test('made again under its request id is answered with its first result, also after a restart', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench, {}, { requestId: randomUUID() });
    hand.claim(id);
    const requestId = randomUUID();
    const call = () =>
      bench.call('job.advance', { run: id, worker: hand.worker, seq: 1, records: [batch([record('1')])] }, { actor: robot, requestId });
    const first = call();
    const event = bench.events.at(-1);
    assert.deepEqual(call(), first);
    bench.reopen();
    assert.deepEqual(bench.dispatcher.replay(requestId)?.event, event);
    assert.equal(recordsOf(bench).total, 1);
  });

  test('follows the states a run can have', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    refused('input.invalid', () => hand.advance(id, { state: { to: 'waiting' } }));
    const waiting = hand.advance(id, { state: { to: 'waiting', waitingFor: 'signIn', reason: 'app.example.com' } });
    assert.deepEqual([waiting.state, waiting.waitingFor, waiting.reason], ['waiting', 'signIn', 'app.example.com']);
    assert.equal(hand.advance(id, { state: { to: 'waiting', waitingFor: 'user' } }).waitingFor, 'user');
    assert.equal(hand.advance(id, { state: { to: 'running' } }).waitingFor, null);
    const failure = { code: 'job.elementMissing', message: 'No button.', step: '3' };
    const failed = hand.advance(id, { state: { to: 'failed' }, failure });
    assert.deepEqual([failed.failure, failed.worker, failed.leaseUntil], [failure, null, null]);
    assert.ok(failed.endedAt);
  });
});

describe('stopping and resuming', () => {
  test('a run that nobody works on is cancelled at once, one that is worked on is asked to stop', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    assert.equal(bench.call('job.cancel', { run: id }).run.state, 'cancelled');
    const next = queue(bench).id;
    hand.claim(next);
    const asked = bench.call('job.cancel', { run: next }).run;
    assert.deepEqual([asked.state, asked.cancelRequested], ['running', true]);
    const events = bench.events.length;
    bench.call('job.cancel', { run: next });
    assert.equal(bench.events.length, events, 'asking twice is nothing new');
    bench.now += leaseMs + 1000;
    assert.equal(bench.call('job.cancel', { run: next }).run.state, 'cancelled');
    refused('job.leased', () => hand.advance(next, { step: 'x' }));
  });

  test('a failed run goes on from its checkpoint, with other inputs if wanted', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench, { inputs: { code: 1 } });
    hand.claim(id);
    hand.advance(id, { checkpoint: { page: 9 }, state: { to: 'failed' }, failure: { code: 'job.http', message: '500', step: null } });
    assert.equal(bench.call('job.run', { run: id }).resumable, true);
    const resumed = bench.call('job.resume', { run: id, inputs: { code: 2 } }).run;
    assert.deepEqual([resumed.state, resumed.failure, resumed.endedAt], ['queued', null, null]);
    const claimed = hand.claim(id);
    assert.deepEqual([claimed.checkpoint, claimed.inputs, claimed.run.attempts], [{ page: 9 }, { code: 2 }, 2]);
    assert.deepEqual(await problems(bench), []);
  });

  test('a run is not resumed when it is done, or when a later one has read or is on its way', async () => {
    using bench = await openBench();
    const done = runThrough(bench, [record('1')]);
    refused('job.state', () => bench.call('job.resume', { run: done.id }));
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    hand.advance(id, { state: { to: 'failed' } });
    const later = queue(bench).id;
    assert.equal(refused('job.active', () => bench.call('job.resume', { run: id })).details['run'], later);
    hand.claim(later);
    hand.advance(later, { state: { to: 'done' } });
    refused('job.state', () => bench.call('job.resume', { run: id }));
    assert.equal(bench.call('job.run', { run: id }).resumable, false);
  });
});

describe('the log of a run', () => {
  test('is read in pages, whether its parts lie in the audit log or beside it', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    const { id } = queue(bench);
    hand.claim(id);
    const steps = Array.from({ length: 900 }, (_, i) => `s${i}`);
    hand.advance(id, { entries: steps.slice(0, 3).map((step) => entry(step)) });
    hand.advance(id, { entries: steps.slice(3, 800).map((step) => entry(step)) });
    hand.advance(id, { entries: steps.slice(800).map((step) => entry(step)) });
    const read: string[] = [];
    for (let after = 0; ;) {
      const { entries } = bench.call('job.log', { run: id, after, limit: 250 });
      if (entries.length === 0) break;
      read.push(...entries.map(({ step }) => step));
      after = entries.at(-1)!.n;
    }
    assert.deepEqual(read, steps);
    assert.deepEqual(await problems(bench), []);
  });

  test('ends with the run when it is forgotten; the audit log and the records stay', async () => {
    using bench = await openBench();
    const hand = handOn(bench);
    for (let i = 0; i < 4; i++) {
      const { id } = queue(bench);
      hand.claim(id);
      hand.advance(id, { records: [batch([record('1', { i })], { complete: true })] });
      hand.advance(id, { entries: Array.from({ length: 500 }, (_, at) => entry(`${at}`)), state: { to: 'done' } });
    }
    const active = queue(bench, { job: 'other' }).id;
    const pruned = bench.call('job.prune', { before: bench.now, keepPerJob: 1 });
    assert.deepEqual(pruned.runs, [1, 2, 3]);
    assert.deepEqual(bench.events.at(-1)?.body, { actor: ann, tasks: [], prunedRuns: [1, 2, 3] });
    assert.deepEqual(
      bench.call('job.runs', {}).runs.map(({ id }) => id),
      [active, 4],
    );
    refused('job.notFound', () => bench.call('job.log', { run: 2 }));
    assert.equal(bench.call('job.auditTrail', { run: 2 }).rows.length, 4);
    assert.equal(recordsOf(bench).records[0]?.data['i'], 3);
    const events = bench.events.length;
    assert.deepEqual(bench.call('job.prune', { before: bench.now, keepPerJob: 1 }).runs, []);
    assert.equal(bench.events.length, events);
    assert.deepEqual(await problems(bench), []);
    bench.call('job.cancel', { run: active });
    bench.call('job.prune', { before: bench.now + 10_000, keepPerJob: 0 });
    assert.equal(queue(bench).id, 6, 'numbers are not given again');
  });
});
