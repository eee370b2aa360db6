import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RunSlots } from '../../../src/app/jobs/runSlots.ts';
import { AppError } from '../../../src/core/appError.ts';
import { eventually } from '../../rig/eventually.ts';
import { ScriptedRunner } from '../../rig/scriptedRunner.ts';
import { batch, draft, numbersIn, putJob, readingJob, rigEngine } from './engineRig.ts';
import { entry, openWindow, reads, waits } from './engineWindow.ts';

describe('cancelling', () => {
  test('ends a run that is queued', async () => {
    await using here = await openWindow(waits, { slots: new RunSlots(() => 1) });
    putJob(here.folder, 'second', readingJob());
    const first = await here.engine.start({ job: 'rfis' });
    await here.until(first.id, 'running');
    const { id } = await here.engine.start({ job: 'second' });
    assert.equal((await here.engine.cancel(id)).state, 'cancelled');
    assert.equal(here.runner.starts.length, 1);
  });

  test('ends a run that is running, and what it had read stays', async () => {
    await using here = await openWindow(reads(3, async (number, run) => (number === 2 ? await run.cancelled : undefined)));
    const { id } = await here.engine.start({ job: 'rfis' });
    await eventually('it has read one', async () => (await here.store.call('job.run', { run: id })).run.records === 1);
    await here.engine.cancel(id);
    await here.until(id, 'cancelled');
    assert.deepEqual(await numbersIn(here.store, 'rfis'), ['1']);
    here.runner.play = reads(3);
    await here.engine.resume(id);
    await here.until(id, 'done');
    assert.deepEqual(await numbersIn(here.store, 'rfis'), ['1', '2', '3']);
  });

  test('ends a run that waits for the user in the runner', async () => {
    await using here = await openWindow(async (run) => {
      void run.ask('signIn', 'Sign in, please.');
      await run.cancelled;
      run.end('cancelled');
    });
    const { id } = await here.engine.start({ job: 'rfis' });
    assert.equal((await here.until(id, 'waiting')).waitingFor, 'signIn');
    await eventually('the question is there', () => here.engine.asks().length === 1);
    await here.engine.cancel(id);
    await here.until(id, 'cancelled');
    assert.deepEqual(here.engine.asks(), []);
  });

  test('ends a run that waits for secrets, before it had a browser', async () => {
    await using here = await openWindow(reads(1));
    putJob(here.folder, 'pin', readingJob('inputs:\n  pin: { secret: true }'));
    const { id } = await here.engine.start({ job: 'pin' });
    await eventually('the question is there', () => here.engine.asks().length === 1);
    await here.engine.cancel(id);
    await here.until(id, 'cancelled');
    assert.deepEqual([here.engine.asks().length, here.runner.starts.length], [0, 0]);
  });

  test('ends a run that waits for the network', async () => {
    await using here = await openWindow(
      async (run) => run.end('failed', { failure: { code: 'job.network', message: 'No way.', step: '0' } }),
      {
        reaches: () => false,
      },
    );
    const { id } = await here.engine.start({ job: 'rfis' });
    assert.equal((await here.until(id, 'waiting')).waitingFor, 'network');
    await here.engine.cancel(id);
    await here.until(id, 'cancelled');
  });

  test('ends a run that was lost', async () => {
    await using here = await openWindow(async (run) =>
      run.end('lost', { failure: { code: 'job.browserLost', message: 'The browser was closed.', step: '0' } }),
    );
    putJob(here.folder, 'shown', readingJob('session: { profile: shown, window: true }'));
    const { id } = await here.engine.start({ job: 'shown' });
    const lost = await here.until(id, 'lost');
    assert.equal(lost.attempts, 1);
    await here.engine.cancel(id);
    await here.until(id, 'cancelled');
  });

  test('from another window ends it too', async () => {
    await using here = await openWindow(waits);
    const { id } = await here.engine.start({ job: 'rfis' });
    await here.until(id, 'running');
    await here.store.call('job.cancel', { run: id });
    await here.until(id, 'cancelled');
  });

  test('does not wait for ever for a runner that hangs', async () => {
    await using here = await openWindow(() => new Promise(() => {}), {
      timers: { after: (ms, run) => ({ dispose: clearTimeout.bind(undefined, setTimeout(run, ms === 10_000 ? 50 : ms)) }) },
    });
    const { id } = await here.engine.start({ job: 'rfis' });
    await here.until(id, 'running');
    await here.engine.cancel(id);
    await here.until(id, 'cancelled');
  });
});

describe('a run that cannot go on', () => {
  test('for want of a network waits, and goes on from its checkpoint when the host it was at answers', async () => {
    let online = false;
    const asked: string[] = [];
    await using here = await openWindow(
      async (run) => {
        if (run.start.checkpoint !== null) return await reads(3)(run);
        await run.commit({ checkpoint: { next: 2 }, records: batch([draft(1)]), entries: [entry('1')] });
        run.end('failed', { failure: { code: 'job.network', message: '127.0.0.1 cannot be reached.', step: '1' } });
      },
      {
        reaches: (host) => {
          asked.push(host);
          return online;
        },
        timers: { after: (ms, run) => ({ dispose: clearTimeout.bind(undefined, setTimeout(run, Math.min(ms, 30))) }) },
      },
    );
    const { id } = await here.engine.start({ job: 'rfis' });
    const waiting = await here.until(id, 'waiting');
    assert.deepEqual([waiting.waitingFor, waiting.reason], ['network', '127.0.0.1 cannot be reached.']);
    await eventually('it asks again', () => asked.length > 2);
    online = true;
    await here.until(id, 'done');
    assert.deepEqual([...new Set(asked)], ['127.0.0.1']);
    assert.deepEqual(await numbersIn(here.store, 'rfis'), ['1', '2', '3']);
  });

  test('because the disk is full waits and loses nothing', async () => {
    let full = false;
    let tried = 0;
    await using here = await openWindow(
      reads(5, (number) => void (full ||= number === 3)),
      {
        timers: { after: (ms, run) => ({ dispose: clearTimeout.bind(undefined, setTimeout(run, Math.min(ms, 20))) }) },
      },
    );
    const call = here.store.call.bind(here.store);
    here.store.call = (name, input, options) => {
      if (full && name === 'job.advance') {
        tried++;
        return Promise.reject(new AppError('store.diskFull', 'The disk is full.'));
      }
      return call(name, input, options);
    };
    const { id } = await here.engine.start({ job: 'rfis' });
    await eventually('it is tried again and again', () => tried > 3);
    assert.match(here.lines.map(({ text }) => text).join('\n'), /The run waits: The disk is full/);
    full = false;
    here.runner.play = reads(5);
    await here.until(id, 'done');
    assert.equal(here.runner.starts.length, 1);
    assert.deepEqual(await numbersIn(here.store, 'rfis'), ['1', '2', '3', '4', '5']);
  });

  test('because what it read is refused by the database has failed, and says so', async () => {
    await using here = await openWindow(async (run) => {
      await run.commit({ records: batch([draft(1)]), entries: [] });
      void run.commit({ records: batch([{ ...draft(2), key: '' }]), entries: [] });
      await run.cancelled;
    });
    const { id } = await here.engine.start({ job: 'rfis' });
    const failed = await here.until(id, 'failed');
    assert.deepEqual([failed.failure?.code, failed.leaseUntil], ['input.invalid', null]);
    assert.deepEqual(await numbersIn(here.store, 'rfis'), ['1']);
  });

  test('because another window has taken it stops here at once', async () => {
    let held = true;
    await using here = await openWindow(
      reads(5, async (number, run) => (number === 3 ? await run.cancelled : undefined)),
      {
        leaseMs: 1000,
        // A window that is frozen: its leases run out.
        timers: { after: (ms, run) => ({ dispose: clearTimeout.bind(undefined, setTimeout(run, held ? 600_000 : ms)) }) },
      },
    );
    const { id } = await here.engine.start({ job: 'rfis' });
    await eventually('it has read two', async () => (await here.store.call('job.run', { run: id })).run.records === 2);
    const second = new ScriptedRunner(reads(5));
    await using other = rigEngine({ runner: second, store: here.store, folder: here.folder });
    await other.engine.wake();
    await other.until(id, 'done');
    held = false;
    assert.deepEqual(
      second.starts.map(({ checkpoint }) => checkpoint),
      [{ next: 3 }],
    );
    assert.deepEqual(await numbersIn(here.store, 'rfis'), ['1', '2', '3', '4', '5']);
  });
});

describe('the end of a window', () => {
  test('leaves its runs lost, and the next window goes on with them', async () => {
    await using here = await openWindow(reads(5, async (number, run) => (number === 3 ? await run.cancelled : undefined)));
    const { id } = await here.engine.start({ job: 'rfis' });
    await eventually('it has read two', async () => (await here.store.call('job.run', { run: id })).run.records === 2);
    await here.engine.close();
    const lost = (await here.store.call('job.run', { run: id })).run;
    assert.deepEqual([lost.state, lost.reason, lost.worker], ['lost', 'The window was closed.', null]);
    const second = new ScriptedRunner(reads(5));
    await using next = rigEngine({ runner: second, store: here.store, folder: here.folder });
    await next.engine.wake();
    await next.until(id, 'done');
    assert.deepEqual(await numbersIn(here.store, 'rfis'), ['1', '2', '3', '4', '5']);
  });

  test('without a word leaves a lease that runs out, after which the next window goes on', async () => {
    await using here = await openWindow(waits);
    const { run } = await here.store.call('job.enqueue', {
      job: 'rfis',
      file: null,
      definition: readingJob(),
      inputs: {},
      trigger: 'user',
    });
    await here.store.call('job.claim', { run: run.id, worker: '0b0e1b9e-92b4-4e0e-8f1b-d2b0a9f5c111', leaseMs: 1500 });
    here.runner.play = reads(2);
    await here.engine.wake();
    assert.equal(here.runner.starts.length, 0);
    const done = await here.until(run.id, 'done');
    assert.equal(done.attempts, 2);
  });
});
