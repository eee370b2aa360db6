import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { nextDue } from '../../../src/core/jobs/schedule.ts';

const hour = 3_600_000;
const local = (text: string) => new Date(text).getTime();
const shown = (time: number) => new Date(time).toString().slice(0, 21);

describe('the time a job is due', () => {
  const zone = process.env['TZ'];
  before(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });
  after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  test('every so often is counted from the last start', () => {
    const start = local('2026-06-01T08:00');
    assert.equal(nextDue({ every: hour }, start, start + 1), start + hour);
  });

  test('is past, and so at once, when the machine slept, and is not made up for more than once', () => {
    const start = local('2026-06-01T08:00');
    const now = start + 100 * hour;
    assert.ok(nextDue({ every: hour }, start, now) <= now);
    assert.equal(nextDue({ every: hour }, now, now), now + hour);
    assert.ok(nextDue({ at: '07:30' }, start, now) <= now);
    assert.ok(nextDue({ at: '07:30' }, now, now) > now);
  });

  test('at a time of the day is the next such time, on a day that is named', () => {
    const monday = local('2026-06-01T08:00');
    assert.equal(shown(nextDue({ at: '07:30' }, monday, monday)), 'Tue Jun 02 2026 07:30');
    assert.equal(shown(nextDue({ at: '09:00' }, monday, monday)), 'Mon Jun 01 2026 09:00');
    assert.equal(shown(nextDue({ at: '07:30', days: ['mon'] }, monday, monday)), 'Mon Jun 08 2026 07:30');
  });

  test('stays at its time of the day when the clocks change', () => {
    const spring = local('2026-03-28T07:30');
    assert.equal(nextDue({ at: '07:30' }, spring, spring) - spring, 23 * hour);
    const autumn = local('2026-10-24T07:30');
    assert.equal(nextDue({ at: '07:30' }, autumn, autumn) - autumn, 25 * hour);
  });

  test('exists once on the day that has no such time, and on the day that has it twice', () => {
    const before230 = local('2026-03-28T12:00');
    const skipped = nextDue({ at: '02:30' }, before230, before230);
    assert.equal(shown(skipped), 'Sun Mar 29 2026 03:30');
    assert.equal(shown(nextDue({ at: '02:30' }, skipped, skipped)), 'Mon Mar 30 2026 02:30');
    const twice = nextDue({ at: '02:30' }, local('2026-10-24T12:00'), local('2026-10-24T12:00'));
    assert.equal(shown(nextDue({ at: '02:30' }, twice, twice)), 'Mon Oct 26 2026 02:30');
  });

  test('does not wait for a clock that was set back to catch up', () => {
    const now = local('2026-06-01T08:00');
    assert.equal(nextDue({ every: hour }, now + 1000 * hour, now), now + hour);
  });
});
