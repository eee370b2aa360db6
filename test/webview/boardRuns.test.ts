import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import axe from 'axe-core';
import type { JobRun } from '../../src/protocol/jobs/runs.ts';
import type { StoreEvent } from '../../src/protocol/wire.ts';
import { eventually } from '../rig/eventually.ts';
import { themes, type ThemeId } from '../rig/themes.ts';
import { closeBrowser, openBoard, row, type OpenBoard } from './openBoard.ts';
import { jobRun } from './scriptedRun.ts';

after(closeBrowser);

const rows = () => [row(1, 'Ready', 'Chase the open RFIs', { assignee: '@clerk' }), row(2, 'Ready', 'Pour the slab')];
const reading = (more: Partial<JobRun> = {}) =>
  jobRun({ id: 7, name: 'Open RFIs', task: 1, state: 'running', step: 'Page 3 of 12', ...more });

/** Another party's step forward, as the store tells it. */
async function tell(board: OpenBoard, run: JobRun): Promise<void> {
  await board.page.evaluate((changed) => {
    const event: StoreEvent = {
      revision: ++host.revision,
      name: 'job.advance',
      body: { actor: { kind: 'job', name: 'rfis' }, tasks: [], runs: [changed] },
    };
    host.send({ kind: 'event', event });
  }, run);
}

describe('a card whose task a job works for', () => {
  test('says so, and what the job is doing in place of the assignee', async () => {
    await using board = await openBoard({ rows: rows(), runs: [reading()] });
    const card = board.card(1);
    assert.match(await card.innerText(), /running/);
    assert.match(await card.innerText(), /Open RFIs: Page 3 of 12/);
    assert.doesNotMatch(await card.innerText(), /@clerk/);
    assert.match((await card.getAttribute('aria-label')) ?? '', /running, Open RFIs: Page 3 of 12/);
    assert.doesNotMatch(await board.card(2).innerText(), /running/);
    assert.match(await board.page.locator('.toolbar').innerText(), /1 running/);
  });

  test('follows the run, and is as before once it is over', async () => {
    await using board = await openBoard({ rows: rows() });
    await tell(board, reading({ step: 'Page 1' }));
    await eventually('page 1', async () => /Page 1/.test(await board.card(1).innerText()));
    await tell(board, reading({ state: 'waiting', waitingFor: 'signIn', reason: 'Sign in to the site.' }));
    await eventually('it calls', async () => /needs you/.test(await board.card(1).innerText()));
    assert.match(await board.card(1).innerText(), /Open RFIs: Sign in to the site\./);
    assert.match(await board.page.locator('.toolbar').innerText(), /1 needs you/);
    await tell(board, reading({ id: 6, state: 'failed' }));
    await tell(board, reading({ step: 'Page 2' }));
    await eventually('page 2', async () => /Page 2/.test(await board.card(1).innerText()));
    await tell(board, reading({ state: 'done' }));
    await eventually('the assignee is back', async () => /@clerk/.test(await board.card(1).innerText()));
    assert.doesNotMatch(await board.page.locator('.toolbar').innerText(), /running|needs you/);
  });

  test('offers its run in the menu, and others a job to run', async () => {
    await using board = await openBoard({ rows: rows(), runs: [reading()] });
    for (const [id, label, what] of [
      [1, 'Show run', 'run'],
      [2, 'Run job...', 'job'],
    ] as const) {
      await board.card(id).hover();
      await board.card(id).locator('.card-menu').click();
      await board.page.getByRole('menuitem', { name: label }).click();
      const asked = await board.page.evaluate(() => host.posted.filter((request) => request.kind === 'open'));
      assert.deepEqual(asked.at(-1), { kind: 'open', taskId: id, what });
    }
  });

  test('has nothing that axe would find, in four themes', async () => {
    for (const theme of Object.keys(themes) as ThemeId[]) {
      const calling = reading({ id: 8, task: 2, state: 'waiting', waitingFor: 'user', reason: 'May it go on?' });
      await using board = await openBoard({ rows: rows(), runs: [reading(), calling], theme });
      await board.page.evaluate(axe.source);
      const { violations } = await board.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${theme} ${id} ${nodes[0]?.html ?? ''}`),
        [],
      );
    }
  });
});
