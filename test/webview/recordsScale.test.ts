import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { eventually } from '../rig/eventually.ts';
import { closeJobBrowser, openJobPage, type OpenJobPage } from './openJobPage.ts';
import { rfi, ScriptedRecords } from './scriptedRecords.ts';

after(closeJobBrowser);

const count = 100_000;
const many = (): ScriptedRecords => new ScriptedRecords(Array.from({ length: count }, (_, index) => rfi(index)));

async function openMany(records = many()): Promise<OpenJobPage> {
  const open = await openJobPage('records', records, { data: { folder: 'file:///w' } });
  await open.page.locator('#cell-0-1').getByText('RFI-000001').waitFor();
  return open;
}
const grid = (open: OpenJobPage) => open.page.getByRole('grid');
const nodes = (open: OpenJobPage) => open.page.evaluate(() => document.querySelectorAll('*').length);
/** The text of the active cell, when it is wholly in view. */
const activeText = (open: OpenJobPage) =>
  grid(open).evaluate((element) => {
    const cell = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
    if (cell === null) return null;
    const box = cell.getBoundingClientRect();
    const frame = element.getBoundingClientRect();
    const isShown = box.top >= frame.top && box.bottom <= frame.bottom && box.left >= frame.left && box.right <= frame.right + 1;
    return isShown ? cell.textContent : null;
  });
const isAt = (open: OpenJobPage, text: string) =>
  eventually(`${text} is active and in view`, async () => (await activeText(open)) === text);

describe('the page of records with 100,000 records', () => {
  test('reads only what is looked at, and holds a small document at the top, in the middle and at the end', async () => {
    const records = many();
    await using open = await openMany(records);
    assert.equal(records.ranges.length, 1);
    assert.ok((await nodes(open)) < 900, `${await nodes(open)} nodes`);
    for (const part of [0.5, 1]) {
      await grid(open).evaluate((element, at) => element.scrollTo(0, element.scrollHeight * at), part);
      await open.page.getByText(`RFI-${String(count * part - 3).padStart(6, '0')}`).waitFor();
      assert.ok((await nodes(open)) < 900, `${await nodes(open)} nodes`);
    }
    const asked = records.ranges.reduce((sum, { limit }) => sum + limit, 0);
    assert.ok(asked <= 2000, `${asked} records were asked for`);
  });

  test('a long drag of the scroll bar asks for what it comes to, not for all it passes', async () => {
    const records = many();
    await using open = await openMany(records);
    await grid(open).evaluate(async (element) => {
      for (let at = 0; at <= 200; at++) {
        element.scrollTop = (element.scrollHeight / 200) * at;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await open.page.getByText('RFI-100000').waitFor();
    const asked = records.ranges.reduce((sum, { limit }) => sum + limit, 0);
    assert.ok(asked < count / 2, `${asked} records were asked for`);
    assert.ok(
      records.ranges.every(({ limit }) => limit <= 500),
      'each question is small',
    );
  });

  test('keeps the focus and the active cell wherever it is scrolled to', async () => {
    await using open = await openMany();
    await grid(open).focus();
    await open.page.keyboard.press('ArrowDown');
    await isAt(open, 'Same');
    await grid(open).evaluate((element) => element.scrollTo(0, 1_000_000));
    await eventually('out of view', async () => (await grid(open).getAttribute('aria-activedescendant')) === null);
    await open.page.keyboard.press('ArrowRight');
    await isAt(open, 'RFI-000002');
  });

  test('is walked by key as a grid is', async () => {
    await using open = await openMany();
    await grid(open).focus();
    const press = async (key: string, text: string) => {
      await open.page.keyboard.press(key);
      await isAt(open, text);
    };
    await press('ArrowRight', 'RFI-000001');
    await press('ArrowDown', 'RFI-000002');
    await press('End', '37');
    await press('ArrowRight', '37');
    await press('Home', 'Same');
    await press('ArrowRight', 'RFI-000002');
    await press('Control+End', 'RFI-100000');
    await press('ArrowDown', 'RFI-100000');
    await press('ArrowUp', 'RFI-099999');
    await press('Control+Home', 'RFI-000001');
    await press('ArrowUp', 'number');
    await press('ArrowUp', 'number');
    await press('ArrowDown', 'RFI-000001');
    await open.page.keyboard.press('PageDown');
    await eventually('a page down', async () => Number((await activeText(open))?.slice(4)) > 15);
    await open.page.keyboard.press('PageUp');
    await isAt(open, 'RFI-000001');
  });

  test('Enter on a heading sorts, Enter on a record opens it, Escape closes it', async () => {
    const records = many();
    await using open = await openMany(records);
    await grid(open).focus();
    await open.page.keyboard.press('ArrowRight');
    await open.page.keyboard.press('ArrowUp');
    await open.page.keyboard.press('Enter');
    await open.page.keyboard.press('Enter');
    await open.page.locator('#cell-0-1').getByText('RFI-100000').waitFor();
    await open.page.keyboard.press('ArrowDown');
    await open.page.keyboard.press('Enter');
    const detail = open.page.getByRole('complementary', { name: 'Record' });
    await detail.waitFor();
    assert.match(await open.status(), /^Details of RFI-/);
    const shown = () => detail.getByRole('heading', { level: 2 }).innerText();
    const before = await shown();
    await open.page.keyboard.press('ArrowDown');
    await eventually('the next record', async () => (await shown()) !== before);
    await open.page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
  });

  test('selects all that is shown with Ctrl+A, and a far range with a shifted click', async () => {
    const records = many();
    await using open = await openMany(records);
    await grid(open).press('ControlOrMeta+a');
    assert.equal(await open.status(), '100,000 selected');
    await grid(open).press('Escape');
    await open.page.locator('#cell-0-1').click();
    await grid(open).evaluate((element) => element.scrollTo(0, 24 * 1490));
    const last = open.page.locator('#cell-1499-1');
    await last.getByText('RFI-001500').waitFor();
    await last.click({ modifiers: ['Shift'] });
    await open.page.getByRole('button', { name: 'Create tasks of 1,500 selected…' }).click();
    const action = await records.action();
    assert.ok(action.what === 'createTasks' && 'keys' in action.selection);
    assert.deepEqual(
      [action.selection.keys.length, action.selection.keys[0], action.selection.keys.at(-1)],
      [1500, 'RFI-000001', 'RFI-001500'],
    );
  });

  test('a shifted arrow selects from row to row', async () => {
    await using open = await openMany();
    await open.page.locator('#cell-3-1').click();
    await open.page.keyboard.press('Shift+ArrowDown');
    await open.page.keyboard.press('Shift+ArrowDown');
    await open.page.getByRole('button', { name: 'Create tasks of 3 selected…' }).waitFor();
  });

  test('draws of 300 columns those in view', async () => {
    const fields = Array.from({ length: 300 }, (_, index) => `field ${index + 1}`);
    const data = Object.fromEntries(fields.map((field) => [field, `value of ${field}`]));
    const records = new ScriptedRecords(
      Array.from({ length: 1000 }, (_, index) => rfi(index, { data })),
      fields,
    );
    await using open = await openJobPage('records', records);
    await open.page.getByRole('columnheader', { name: 'field 1', exact: true }).waitFor();
    assert.ok((await nodes(open)) < 1500, `${await nodes(open)} nodes`);
    await grid(open).focus();
    await open.page.keyboard.press('End');
    await isAt(open, 'value of field 300');
    const left = (selector: string) => open.page.locator(selector).evaluate((element) => element.getBoundingClientRect().left);
    assert.equal(await left('#cell-0-0'), await left('#grid'), 'how a record changed stays in view');
    assert.ok((await nodes(open)) < 1500, `${await nodes(open)} nodes`);
    await open.page.keyboard.press('Home');
    await open.page.keyboard.press('ArrowRight');
    await isAt(open, 'value of field 1');
  });
});
