import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { killHosts, killRunners } from '../../rig/jobKills.ts';

describe('a job of 40 pages', () => {
  test('has every record once, however often the process that drives its browser is killed', async () => {
    const { kills, runs } = await killRunners(10);
    assert.equal(kills, 10);
    assert.ok(runs >= 1);
  });

  test('has every record once, however often its window is killed', async () => {
    const { kills, runs } = await killHosts(10);
    assert.equal(kills, 10);
    assert.ok(runs >= 1);
  });
});
