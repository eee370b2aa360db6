import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { eventually } from '../rig/eventually.ts';
import { closeJobBrowser, openJobPage, type OpenJobPage } from './openJobPage.ts';
import { logEntry, ScriptedRun } from './scriptedRun.ts';

after(closeJobBrowser);

const entries = (count: number) => Array.from({ length: count }, (_, index) => logEntry(index + 1));
const log = (open: OpenJobPage) => open.page.getByRole('listbox', { name: 'Log' });
const inView = (open: OpenJobPage) =>
  open.page.locator('#log').evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll('[role=option]')].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.top >= top - 1 && box.bottom <= bottom + 1;
    });
    return rows.map((row) => Number(row.getAttribute('aria-posinset')));
  });

describe('the log of a run', () => {
  test('shows the end of 20,000 entries, read in pages, with a small document', async () => {
    const run = new ScriptedRun();
    run.entries = entries(20_000);
    await using open = await openJobPage('run', run);
    await eventually('the end', async () => (await inView(open)).at(-1) === 20_000);
    assert.equal(run.requests.filter(({ kind }) => kind === 'log').length, 21);
    assert.ok((await open.page.evaluate(() => document.querySelectorAll('*').length)) < 600);
    assert.equal(await open.page.locator('.half-title .meta').innerText(), '20,000 entries');
  });

  test('follows the end, stays where somebody scrolled to, and goes back to the end when asked', async () => {
    const run = new ScriptedRun();
    run.entries = entries(500);
    await using open = await openJobPage('run', run);
    await eventually('the end', async () => (await inView(open)).at(-1) === 500);
    run.entries = entries(600);
    await run.change({ actions: 600 });
    await eventually('the new end', async () => (await inView(open)).at(-1) === 600);
    await log(open).evaluate((list) => list.scrollTo(0, 1000));
    await open.page.getByRole('button', { name: 'Go to the end' }).waitFor();
    const before = await inView(open);
    run.entries = entries(700);
    await run.change({ actions: 700 });
    await eventually('700 are known', async () => (await open.page.locator('.half-title .meta').innerText()) === '700 entries');
    assert.deepEqual(await inView(open), before);
    await open.page.getByRole('button', { name: 'Go to the end' }).click();
    await eventually('the end again', async () => (await inView(open)).at(-1) === 700);
    assert.equal(await open.page.getByRole('button', { name: 'Go to the end' }).count(), 0);
  });

  test('is walked by key, and tells all of the entry it is at', async () => {
    const run = new ScriptedRun();
    run.entries = [
      ...entries(300),
      logEntry(301, { what: 'Download rfis.csv', sha256: 'b'.repeat(64), result: 'retried', message: 'The answer was 503.' }),
    ];
    await using open = await openJobPage('run', run);
    await open.page.getByRole('option', { name: /Download/ }).waitFor();
    await log(open).focus();
    const active = () =>
      log(open).evaluate((list) =>
        document.getElementById(list.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-posinset'),
      );
    for (const [key, position] of [
      ['End', '301'],
      ['Home', '1'],
      ['ArrowDown', '2'],
      ['ArrowUp', '1'],
      ['ArrowUp', '1'],
      ['End', '301'],
    ] as const) {
      await open.page.keyboard.press(key);
      await eventually(`${key} goes to ${position}`, async () => (await active()) === position);
    }
    const detail = await open.page.getByRole('group', { name: 'Details' }).innerText();
    assert.deepEqual(detail.split('\n'), ['Download rfis.csv', 'app.example.com/rfis', 'The answer was 503.', `SHA-256 ${'b'.repeat(64)}`]);
    await open.page.keyboard.press('PageUp');
    await eventually('a page up', async () => Number(await active()) < 299);
  });

  test('a step opens the job file where it stands, by Enter and by its link', async () => {
    const run = new ScriptedRun();
    run.entries = [logEntry(1, { step: '1', result: 'failed', message: 'Nobody signed in.' })];
    await using open = await openJobPage('run', run);
    const steps = open.page.getByRole('listbox', { name: 'Steps' });
    await open.page.locator('.step-failed').waitFor();
    await steps.focus();
    await open.page.keyboard.press('ArrowDown');
    await open.page.keyboard.press('ArrowDown');
    await open.page.getByRole('group', { name: 'Details' }).getByText('Nobody signed in.').waitFor();
    await open.page.keyboard.press('Enter');
    await open.page.getByRole('button', { name: 'Open in the job file' }).click();
    await eventually('both', () => run.actions.length === 2);
    assert.deepEqual(run.actions, [
      { what: 'openJobFile', step: '1' },
      { what: 'openJobFile', step: '1' },
    ]);
  });

  test('says that nothing was done yet', async () => {
    await using open = await openJobPage('run', new ScriptedRun());
    await open.page.getByText('Nothing was done yet.').waitFor();
  });
});
