import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JobCatalog } from '../../../src/app/jobs/jobCatalog.ts';
import { Scheduler } from '../../../src/app/jobs/scheduler.ts';
import { readJobFile } from '../../../src/app/jobs/readJobFile.ts';
import type { Store } from '../../../src/app/ports.ts';
import { AppError } from '../../../src/core/appError.ts';
import { Emitter } from '../../../src/util/emitter.ts';
import { FakeTime } from '../../rig/fakeTime.ts';

const minute = 60_000;
const hour = 60 * minute;

function rig(schedule: string, switchedOn = true) {
  const time = new FakeTime();
  const since = new Map<string, number>(switchedOn ? [['rfis', time.clock.now()]] : []);
  const starts: number[] = [];
  let lastRun = 0;
  let text = `name: RFIs\nversion: 1\nhosts: [a.example]\nschedule: ${schedule}\nsteps:\n  - goto: https://a.example/\n`;
  let refusal: AppError | undefined;
  const filesChanged = new Emitter<readonly string[]>();
  const log: string[] = [];
  const say = (message: string) => void log.push(message);
  const jobs: JobCatalog = {
    list: () => Promise.resolve([]),
    read: (name) => Promise.resolve(name === 'rfis' ? { name, path: '/rfis.job.yaml', text, reading: readJobFile(text) } : undefined),
    onDidChange: filesChanged.event,
  };
  const store = { call: () => Promise.resolve({ runs: lastRun === 0 ? [] : [{ createdAt: lastRun }] }) } as unknown as Store;
  const scheduler = new Scheduler({
    memory: { all: () => since, set: async (job, at) => void (at === undefined ? since.delete(job) : since.set(job, at)) },
    jobs,
    store: () => Promise.resolve(store),
    start: async () => {
      if (refusal !== undefined) throw refusal;
      lastRun = time.clock.now();
      starts.push(lastRun);
    },
    clock: time.clock,
    timers: time.timers,
    log: { debug: say, info: say, warn: say, error: say },
  });
  return {
    time,
    scheduler,
    starts,
    log,
    refuse: (error: AppError | undefined) => (refusal = error),
    ranElsewhere: () => (lastRun = time.clock.now()),
    write(next: string) {
      text = text.replace(/schedule: .*/, `schedule: ${next}`);
      filesChanged.fire(['rfis']);
    },
  };
}

describe('a schedule', () => {
  test('starts its job each time it is due, and has one timer', async () => {
    const { time, scheduler, starts } = rig('{ every: 30m }');
    const begin = time.clock.now();
    await scheduler.wake();
    assert.equal(time.armed, 1);
    await time.pass(2 * hour + minute);
    assert.deepEqual(
      starts.map((at) => (at - begin) / minute),
      [30, 60, 90, 120],
    );
    assert.equal(time.armed, 1);
    scheduler.dispose();
    assert.equal(time.armed, 0);
  });

  test('that nobody has switched on does nothing at all', async () => {
    const { time, scheduler, starts } = rig('{ every: 30m }', false);
    await scheduler.wake();
    assert.equal(time.armed, 0);
    await time.pass(5 * hour);
    assert.deepEqual(starts, []);
  });

  test('is caught up once after the machine has slept, and within the hour after it woke', async () => {
    const { time, scheduler, starts } = rig('{ every: 2h }');
    await scheduler.wake();
    time.jump(3 * 24 * hour);
    await time.pass(hour);
    assert.equal(starts.length, 1);
    await time.pass(hour);
    assert.equal(starts.length, 1);
  });

  test('does not run early or twice when the clock is set back', async () => {
    const { time, scheduler, starts } = rig('{ every: 1h }');
    await scheduler.wake();
    await time.pass(hour + minute);
    assert.equal(starts.length, 1);
    time.jump(-5 * hour);
    await time.pass(30 * minute);
    assert.equal(starts.length, 1);
  });

  test('is not due when another window has just started the job', async () => {
    const { time, scheduler, starts, ranElsewhere } = rig('{ every: 1h }');
    await scheduler.wake();
    await time.pass(59 * minute);
    ranElsewhere();
    await time.pass(30 * minute);
    assert.deepEqual(starts, []);
    await time.pass(30 * minute);
    assert.equal(starts.length, 1);
  });

  test('whose job is running still waits for its next time, and does not spin', async () => {
    const { time, scheduler, starts, log, refuse } = rig('{ every: 1h }');
    refuse(new AppError('job.active', 'It runs.', { run: 1 }));
    await scheduler.wake();
    await time.pass(3 * hour + minute);
    assert.equal(log.length, 3);
    refuse(undefined);
    await time.pass(hour);
    assert.equal(starts.length, 1);
  });

  test('follows its file, and the switch', async () => {
    const { time, scheduler, starts, write } = rig('{ every: 1h }');
    await scheduler.wake();
    const begin = time.clock.now();
    assert.equal(scheduler.all().get('rfis'), begin + hour);
    write('{ every: 10m }');
    await time.pass(11 * minute);
    assert.equal(starts.length, 1);
    await scheduler.set('rfis', false);
    assert.equal(time.armed, 0);
    await time.pass(5 * hour);
    assert.equal(starts.length, 1);
    assert.deepEqual([...scheduler.all()], []);
  });
});
