import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { eventually } from '../rig/eventually.ts';
import { themes, type ThemeId } from '../rig/themes.ts';
import { closeJobBrowser, openJobPage, type JobPageOptions, type OpenJobPage } from './openJobPage.ts';
import { fields, rfi, ScriptedRecords } from './scriptedRecords.ts';

after(closeJobBrowser);

const mixed = () =>
  new ScriptedRecords([
    rfi(0, { change: 'new', task: 41, firstRun: 12 }),
    rfi(1, { change: 'changed', before: { due: '2026-11-24', ball_in_court: 'Ada' } }),
    rfi(2, { change: 'gone' }),
    rfi(3, { problems: ['due: "soon" is not a date'] }),
    ...Array.from({ length: 56 }, (_, index) => rfi(index + 4)),
  ]);

async function openRecords(records: ScriptedRecords, options: JobPageOptions = {}): Promise<OpenJobPage> {
  const open = await openJobPage('records', records, { data: { folder: 'file:///w' }, ...options });
  if (records.collections.size > 0) await open.page.locator('.grid-row .mark >> nth=1').waitFor();
  return open;
}
const grid = (open: OpenJobPage) => open.page.getByRole('grid', { name: 'Records' });
/** The first column of fields of the rows that are drawn, from the top. */
const numbers = (open: OpenJobPage) =>
  open.page.locator('[role=row][aria-rowindex]').evaluateAll((rows) =>
    rows
      .map((row) => ({ at: Number(row.getAttribute('aria-rowindex')), text: row.querySelector('[aria-colindex="2"]')?.textContent ?? '' }))
      .filter(({ at }) => at > 1)
      .sort((a, b) => a.at - b.at)
      .map(({ text }) => text),
  );
const firstIs = (open: OpenJobPage, number: string) => eventually(`${number} comes first`, async () => (await numbers(open))[0] === number);

describe('the page of records', () => {
  test('shows the fields as columns and says in words how each record changed', async () => {
    await using open = await openRecords(mixed());
    const { page } = open;
    assert.deepEqual(await page.getByRole('columnheader').allInnerTexts(), ['State', ...fields]);
    const marks = await page.locator('[role=gridcell].mark').allInnerTexts();
    assert.deepEqual(
      marks.slice(0, 4).map((text) => text.replaceAll(/\s+/g, ' ').trim()),
      ['New', 'Changed', 'Gone', 'Same , has problems'],
    );
    assert.deepEqual(await page.locator('.chip').allInnerTexts(), ['New 1', 'Changed 1', 'Same 57', 'Gone 1']);
    assert.equal(await page.locator('.footer .meta').innerText(), '60 records');
    assert.equal(await grid(open).getAttribute('aria-rowcount'), '61');
  });

  test('says what a changed cell was, to the pointer, to screen readers, and in the footer', async () => {
    await using open = await openRecords(mixed());
    const cell = open.page.locator('#cell-1-4');
    assert.equal(await cell.getAttribute('title'), '2026-12-01 (was 2026-11-24)');
    assert.equal(await cell.textContent(), '2026-12-01 (was 2026-11-24)');
    await cell.click();
    await eventually(
      'the footer',
      async () => (await open.page.locator('.footer-cell').innerText()) === 'due: 2026-12-01 (was 2026-11-24)',
    );
  });

  test('filters by words, in one question per pause, and says how many there are', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    const before = records.ranges.length;
    await open.page.getByRole('textbox', { name: 'Filter records' }).pressSequentially('RFI-00004', { delay: 5 });
    await firstIs(open, 'RFI-000040');
    assert.equal(await open.status(), '10 records');
    assert.ok(records.ranges.length - before <= 2, `${records.ranges.length - before} questions`);
    await open.page.getByRole('textbox', { name: 'Filter records' }).fill('nothing like it');
    await open.page.getByText('No record is like that.').waitFor();
    await open.page.getByRole('button', { name: 'Clear filter' }).click();
    await firstIs(open, 'RFI-000001');
  });

  test('filters by kind of change', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    await open.page.getByRole('button', { name: 'Changed 1' }).click();
    await firstIs(open, 'RFI-000002');
    await open.page.getByRole('button', { name: 'Gone 1' }).click();
    await eventually('two', async () => (await numbers(open)).join() === 'RFI-000002,RFI-000003');
    assert.equal(await open.page.getByRole('button', { name: 'Gone 1' }).getAttribute('aria-pressed'), 'true');
    assert.deepEqual(records.ranges.at(-1)?.changes, ['changed', 'gone']);
  });

  test('sorts by a click on a column: up, down, not at all', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    const header = open.page.getByRole('columnheader', { name: 'cost' });
    await header.click();
    await eventually('ascending', async () => (await header.getAttribute('aria-sort')) === 'ascending');
    assert.deepEqual(records.ranges.at(-1)?.sort, { field: 'cost', descending: false });
    await header.click();
    await firstIs(open, 'RFI-000028');
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    await header.click();
    await firstIs(open, 'RFI-000001');
    assert.equal(await header.getAttribute('aria-sort'), 'none');
  });

  test('shows one record with all it holds and where it came from', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    const { page } = open;
    await page.locator('#cell-1-1').dblclick();
    const detail = page.getByRole('complementary', { name: 'Record' });
    const text = (await detail.innerText()).replaceAll(/\s+/g, ' ');
    assert.match(text, /^RFI-000002 number RFI-000002 subject Question 2/);
    assert.match(text, /due 2026-12-01 \(was 2026-11-24\) ball_in_court \(was Ada\)/);
    assert.match(text, /State Changed Page app.example.com\/rfis page 1, row 2 Read Nov 21, 2026, 12:03:00 PM Run #12 First read Run #11$/);
    await detail.getByRole('button', { name: 'app.example.com/rfis' }).click();
    await detail.getByRole('button', { name: 'Run #11' }).click();
    await page.locator('#cell-0-1').click();
    await detail.getByRole('button', { name: '#41' }).click();
    await records.action(3);
    assert.deepEqual(records.actions, [
      { what: 'openPage', url: 'https://app.example.com/rfis' },
      { what: 'showRun', run: 11 },
      { what: 'openTask', task: 41 },
    ]);
    await page.locator('#cell-3-1').click();
    await detail.getByText('due: "soon" is not a date').waitFor();
    await detail.getByRole('button', { name: 'Close' }).click();
    assert.equal(await detail.count(), 0);
    assert.equal(await grid(open).evaluate((element) => element === document.activeElement), true);
  });

  test('makes tasks of the selected records, of all that are shown, or of the new ones', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    const { page } = open;
    await page.getByRole('button', { name: 'Create tasks of new records…' }).click();
    await page.locator('#cell-0-1').click();
    await page.locator('#cell-2-1').click({ modifiers: ['Shift'] });
    await page.locator('#cell-1-1').click({ modifiers: ['ControlOrMeta'] });
    await page.getByRole('button', { name: 'Create tasks of 2 selected…' }).click();
    await grid(open).press('ControlOrMeta+a');
    await page.locator('#cell-5-1').click({ modifiers: ['ControlOrMeta'] });
    await page.getByRole('button', { name: 'Create tasks of 59 selected…' }).click();
    await records.action(3);
    const collection = 'rfis';
    assert.deepEqual(records.actions, [
      { what: 'createTasks', collection, selection: { changes: ['new'], except: [] } },
      { what: 'createTasks', collection, selection: { keys: ['RFI-000001', 'RFI-000003'] } },
      { what: 'createTasks', collection, selection: { except: ['RFI-000006'] } },
    ]);
    assert.equal(
      await page.locator('[role=row][aria-selected=true]').count(),
      (await page.locator('[role=row][aria-selected]').count()) - 1,
    );
  });

  test('a filter lets go of the selection, and goes with one of all that is shown', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    await grid(open).press('ControlOrMeta+a');
    await open.page.getByRole('button', { name: 'Same 57' }).click();
    await firstIs(open, 'RFI-000004');
    await open.page.getByRole('button', { name: 'Create tasks of new records…' }).waitFor();
    await grid(open).press('ControlOrMeta+a');
    await open.page.getByRole('button', { name: 'Create tasks of 57 selected…' }).click();
    assert.deepEqual(await records.action(), { what: 'createTasks', collection: 'rfis', selection: { changes: ['same'], except: [] } });
  });

  test('exports, and says why when it cannot', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    records.refuse = { code: 'file.io', message: 'Not exported: the disk is full.' };
    await open.page.getByRole('button', { name: 'Export…' }).click();
    await open.page.getByText('Not exported: the disk is full.').waitFor();
    assert.deepEqual(await records.action(), { what: 'export', collection: 'rfis' });
  });

  test('turns from one collection to another', async () => {
    const records = mixed();
    records.collections.set('submittals', { fields: ['id'], records: [rfi(0, { data: { id: 'S-1' } })] });
    await using open = await openRecords(records);
    await open.page.getByRole('combobox', { name: 'Collection' }).selectOption('submittals');
    await firstIs(open, 'S-1');
    assert.deepEqual(await open.page.getByRole('columnheader').allInnerTexts(), ['State', 'id']);
    await records.send({ kind: 'show', collection: 'rfis' });
    await firstIs(open, 'RFI-000001');
  });

  test('shows what a run reads as it comes, and keeps its place', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    await open.page.locator('#cell-3-2').click();
    const collection = records.collections.get('rfis')!;
    collection.records = [...collection.records, rfi(60, { change: 'new' })];
    collection.records[0] = rfi(0, { data: { ...rfi(0).data, number: 'RFI-1 rev. B' }, change: 'changed' });
    await records.changed();
    await firstIs(open, 'RFI-1 rev. B');
    assert.equal(await open.page.locator('.footer .meta').innerText(), '61 records');
    assert.match((await grid(open).getAttribute('aria-activedescendant')) ?? '', /cell-3-2/);
  });

  test('shows the first records as soon as there are any', async () => {
    const records = new ScriptedRecords([]);
    await using open = await openRecords(records);
    await open.page.getByText('No run of this job has read records yet.').waitFor();
    records.collections.set('rfis', { fields, records: [rfi(0)] });
    await records.changed();
    await firstIs(open, 'RFI-000001');
  });

  test('says so when the records are deleted while it shows them', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    records.collections.clear();
    await records.changed();
    await open.page.getByText('No run of this job has read records yet.').waitFor();
    assert.equal(await open.page.getByRole('button', { name: 'Export…' }).isEnabled(), false);
  });

  test('keeps its filter and order for its return, and takes them up again', async () => {
    const records = mixed();
    {
      await using open = await openRecords(records);
      await open.page.getByRole('columnheader', { name: 'cost' }).click();
      await open.page.getByRole('button', { name: 'Same 57' }).click();
      await eventually('kept', async () => JSON.stringify(await open.saved()).includes('same'));
      assert.deepEqual(await open.saved(), {
        version: 1,
        folder: 'file:///w',
        job: 'procore/rfis',
        collection: 'rfis',
        search: '',
        changes: ['same'],
        sort: { field: 'cost', descending: false },
      });
    }
    const saved = {
      version: 1,
      folder: 'file:///w',
      job: 'procore/rfis',
      collection: 'rfis',
      search: 'RFI-00000',
      changes: ['gone'],
      sort: null,
    };
    await using open = await openRecords(records, { saved });
    assert.deepEqual(await numbers(open), ['RFI-000003']);
    assert.equal(await open.page.getByRole('textbox', { name: 'Filter records' }).inputValue(), 'RFI-00000');
  });

  test('says what could not be read, and asks again only when told to', async () => {
    const records = mixed();
    await using open = await openRecords(records);
    records.refuse = { code: 'store.unavailable', message: 'The store is starting.' };
    await open.page.getByRole('columnheader', { name: 'due' }).click();
    await open.page.getByText('The store is starting.').waitFor();
    const { length } = records.ranges;
    await grid(open).press('ArrowDown');
    assert.equal(records.ranges.length, length);
    await open.page.getByRole('button', { name: 'Try again' }).click();
    await open.page.getByText('The store is starting.').waitFor({ state: 'detached' });
  });

  test('a job that cannot be read says why, and is tried again', async () => {
    const records = mixed();
    records.problem = { code: 'store.damaged', message: 'The database is damaged.' };
    await using open = await openJobPage('records', records);
    await open.page.getByText('The database is damaged.').waitFor();
    records.problem = undefined;
    await open.page.getByRole('button', { name: 'Try again' }).click();
    await firstIs(open, 'RFI-000001');
  });

  test('shows markup of foreign pages as the text it is', async () => {
    const nasty = '<img src=x onerror="document.title=1">';
    const records = new ScriptedRecords([rfi(0, { key: nasty, data: { [nasty]: nasty }, url: 'javascript:alert(1)' })], [nasty]);
    await using open = await openRecords(records);
    await grid(open).press('Enter');
    const detail = open.page.getByRole('complementary');
    await detail.getByText('javascript:alert(1)').waitFor();
    assert.equal(await detail.getByRole('button', { name: /javascript/ }).count(), 0);
    assert.equal(await open.page.title(), 'records');
    assert.equal(await open.page.locator('img').count(), 0);
  });

  for (const theme of Object.keys(themes) as ThemeId[]) {
    test(`axe finds nothing in ${themes[theme].name}`, async () => {
      for (const [width = 0, height = 0] of [
        [1280, 800],
        [700, 700],
      ]) {
        const records = mixed();
        const { records: all = [] } = records.collections.get('rfis') ?? {};
        // Axe looks at each cell: more of the same would only take longer.
        records.collections.set('rfis', { fields, records: all.slice(0, 6) });
        records.collections.set('submittals', { fields: ['id'], records: [rfi(0)] });
        await using open = await openRecords(records, { theme, width, height });
        await open.page.locator('#cell-3-1').click();
        await grid(open).press(' ');
        await grid(open).press('ArrowUp');
        await grid(open).press('Enter');
        await open.page.getByRole('complementary').waitFor();
        assert.deepEqual(await open.violations(), []);
      }
    });
  }
});
