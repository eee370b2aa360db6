import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { killHosts, killRunners } from '../../rig/jobKills.ts';

// A few kills here; `npm run torture -- --jobs 100` does many.
describe('a job of 40 pages', () => {
  test('has every record once, however often the process that drives its browser is killed', async () => {
    const { kills, runs } = await killRunners(4);
    assert.equal(kills, 4);
    assert.ok(runs >= 1);
  });

  test('has every record once, however often its window is killed', async () => {
    const { kills, runs } = await killHosts(4);
    assert.equal(kills, 4);
    assert.ok(runs >= 1);
  });
});
