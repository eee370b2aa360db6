import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Alarm } from '../../../src/app/jobs/alarm.ts';
import { FakeTime } from '../../rig/fakeTime.ts';

const hour = 3_600_000;

function rig() {
  const time = new FakeTime();
  const rings: number[] = [];
  const alarm = new Alarm(time, () => rings.push(time.clock.now()));
  return { time, rings, alarm, begin: time.clock.now() };
}

describe('an alarm', () => {
  test('rings once, at its time', async () => {
    const { time, rings, alarm, begin } = rig();
    alarm.set(begin + 5 * hour);
    await time.pass(24 * hour);
    assert.deepEqual(rings, [begin + 5 * hour]);
    assert.equal(time.armed, 0);
  });

  test('for a time that has gone by rings at once', async () => {
    const { time, rings, alarm, begin } = rig();
    alarm.set(begin - hour);
    await time.pass(0);
    assert.equal(rings.length, 1);
  });

  test('keeps one timer, whatever it is set to', async () => {
    const { time, rings, alarm, begin } = rig();
    for (let hours = 1; hours < 20; hours++) alarm.set(begin + hours * hour);
    assert.equal(time.armed, 1);
    alarm.set(Number.POSITIVE_INFINITY);
    assert.equal(time.armed, 0);
    await time.pass(48 * hour);
    assert.deepEqual(rings, []);
  });

  test('is late by an hour at most when the machine slept', async () => {
    const { time, rings, alarm, begin } = rig();
    alarm.set(begin + 10 * hour);
    time.jump(20 * hour);
    await time.pass(hour);
    assert.equal(rings.length, 1);
  });

  test('does not ring early when the clock was set back', async () => {
    const { time, rings, alarm, begin } = rig();
    alarm.set(begin + 2 * hour);
    time.jump(-hour);
    await time.pass(2.5 * hour);
    assert.deepEqual(rings, []);
    await time.pass(0.6 * hour);
    assert.equal(rings.length, 1);
  });
});
