import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startRecording, type Recording } from '../../../src/jobs/runner/recorder/recorder.ts';
import { locatorWays } from '../../../src/protocol/jobs/locator.ts';
import type { RecordedStep } from '../../../src/protocol/jobs/runnerMessages.ts';
import { launchBrowser } from '../../rig/browser.ts';
import { eventually } from '../../rig/eventually.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { canary } from '../../rig/sites/switches.ts';

describe('the recorder', () => {
  let browser: Browser & AsyncDisposable;
  let site: Site;
  let context: BrowserContext;
  let page: Page;
  let steps: RecordedStep[];
  let recording: Recording | undefined;
  before(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite()]);
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    steps = [];
  });
  afterEach(async () => {
    await recording?.stop();
    await context.close();
  });
  after(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  async function record(pick = false): Promise<void> {
    recording = await startRecording(context, { pick, onStep: (step) => void steps.push(step) });
  }
  const short = () => steps.map(({ kind, value, checked, fingerprint }) => [kind, fingerprint?.name ?? null, value ?? checked]);
  const recorded = (count: number) => eventually(`${count} steps`, () => steps.length >= count, 5000);

  test('writes down an address, clicks, typing as one text, choices, ticks and Enter', async () => {
    await record();
    await page.goto(`${site.origin}/inputs`);
    await page.getByLabel('Project name').click();
    await page.keyboard.type('North tower', { delay: 5 });
    await page.getByPlaceholder('Search projects').click();
    await page.keyboard.type('steel');
    await page.keyboard.press('Enter');
    await page.getByLabel('Trade').press('m');
    await page.getByText('I agree').click();
    await page.getByLabel('Large').click();
    await page.getByLabel('Notes').pressSequentially('two\nlines');
    await page.getByRole('textbox', { name: 'Remark' }).pressSequentially('bold');
    await page.getByLabel('Files').setInputFiles([{ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') }]);
    await page.getByRole('button', { name: 'Send now' }).click();
    await recorded(11);
    assert.deepEqual(short(), [
      ['goto', null, null],
      ['fill', 'Project name', 'North tower'],
      ['fill', 'Search projects', 'steel'],
      ['press', 'Search projects', 'Enter'],
      ['select', 'Trade', 'Mechanical'],
      ['check', 'I agree', true],
      ['check', 'Large', true],
      ['fill', 'Notes', 'two\nlines'],
      ['fill', 'Remark', 'bold'],
      ['upload', 'Files', 'plan.pdf'],
      ['click', 'Send now', null],
    ]);
    assert.equal(steps[0]?.url, `${site.origin}/inputs`);
  });

  test('gives three or more kinds of ways to each element, of which each leads to it', async () => {
    await record();
    await page.goto(`${site.origin}/inputs`);
    await page.getByRole('button', { name: 'Send now' }).click();
    await page.getByLabel('Project name').pressSequentially('x');
    await page.getByLabel('Trade').press('m');
    await page.goto(`${site.origin}/rfis`);
    await page.locator('tbody tr').nth(4).locator('td').nth(1).click();
    await page.getByRole('link', { name: 'Next' }).click();
    await recorded(6);
    for (const step of steps.filter((one) => one.kind !== 'goto')) {
      const kinds = new Set(step.candidates.map((one) => locatorWays.find((way) => one[way] !== undefined)));
      assert.ok(kinds.size >= 3, JSON.stringify(step.candidates));
      const check = await context.newPage();
      await check.goto(step.url);
      const [first] = step.candidates;
      assert.ok(first);
      for (const one of step.candidates) {
        const exact = one.exact ?? false;
        const found = one.testId
          ? check.getByTestId(one.testId)
          : one.role
            ? check.getByRole(one.role as 'button', { name: one.name!, exact })
            : one.label
              ? check.getByLabel(one.label, { exact })
              : one.placeholder
                ? check.getByPlaceholder(one.placeholder, { exact })
                : one.text
                  ? check.getByText(one.text, { exact })
                  : one.title
                    ? check.getByTitle(one.title, { exact })
                    : check.locator(one.css === undefined ? `xpath=${one.xpath!}` : `css=${one.css}`);
        assert.equal(await found.count(), 1, JSON.stringify(one));
        assert.equal(await found.evaluate((element) => element.tagName.toLowerCase()), step.fingerprint?.tag, JSON.stringify(one));
      }
      await check.close();
    }
    const send = steps.find((step) => step.fingerprint?.name === 'Send now');
    assert.deepEqual(send?.candidates[0], { testId: 'send' });
    assert.ok(!JSON.stringify(send).includes('css-1x2y3z'), 'a class that a build made up');
  });

  test('keeps what is typed into sensitive fields in the page', async () => {
    await record();
    await page.goto(`${site.origin}/inputs`);
    await page.getByLabel('Password').pressSequentially(canary.password);
    await page.getByLabel('Code').pressSequentially(canary.code);
    await page.getByLabel('E-mail').pressSequentially(canary.user);
    await page.getByLabel('Phone').pressSequentially('+49 30 1234567');
    await page.getByLabel('IBAN').pressSequentially('DE89370400440532013000');
    await page.getByLabel('Project name').pressSequentially(canary.user);
    await page.keyboard.press('Tab');
    await recorded(7);
    assert.deepEqual(
      steps.map((step) => step.sensitive),
      [null, 'password', 'code', 'email', 'phone', 'code', 'email'],
    );
    const all = JSON.stringify(steps);
    for (const secret of [canary.password, canary.code, canary.user, '1234567', 'DE8937']) assert.ok(!all.includes(secret), secret);
  });

  test('goes on over redirects, forms and popups, and says each address once', async () => {
    await record();
    await page.goto(`${site.origin}/redirect?to=/rfis/new`);
    await page.getByLabel('Subject').pressSequentially('Leak');
    await page.getByRole('button', { name: 'Save RFI' }).click();
    await page.waitForURL('**/rfis/new?saved=*');
    await page.getByRole('link', { name: 'Export' }).count();
    await page.goto(`${site.origin}/popup?token=${canary.token}`);
    const opened = context.waitForEvent('page');
    await page.getByRole('button', { name: 'Open report' }).click();
    const popup = await opened;
    await popup.getByText('REP-2').click();
    await eventually('the click in the popup', () => steps.some((step) => step.fingerprint?.name === 'REP-2'), 5000);
    assert.deepEqual(
      steps.filter((step) => step.kind !== 'goto').map((step) => [step.kind, step.fingerprint?.name, step.url.replace(site.origin, '')]),
      [
        ['fill', 'Subject', '/rfis/new'],
        ['click', 'Save RFI', '/rfis/new'],
        ['click', 'Open report', '/popup'],
        ['click', 'REP-2', '/popup/report'],
      ],
    );
    assert.equal(steps[0]?.kind, 'goto');
    assert.ok(!JSON.stringify(steps).includes(canary.token));
  });

  test('says through which frames, and sees into shadow roots', async () => {
    await record();
    await page.goto(`${site.origin}/frames`);
    await page.frameLocator('#outer').frameLocator('#inner').getByLabel('Inner field').pressSequentially('deep');
    await page.frameLocator('#outer').getByRole('button').click();
    await page.goto(`${site.origin}/shadow`);
    await page.getByRole('button', { name: 'Reload' }).click();
    await eventually('the click in the shadow root', () => steps.some((step) => step.fingerprint?.name === 'Reload'), 5000);
    const fill = steps.find((step) => step.kind === 'fill');
    assert.deepEqual(fill?.frame, [{ css: '#outer' }, { css: '#inner' }]);
    assert.equal(fill.value, 'deep');
    const shadow = steps.at(-1);
    assert.ok(shadow?.candidates.some((one) => one.css === 'rfi-list button'));
    assert.ok(shadow?.candidates.every((one) => one.xpath === undefined));
  });

  test('begins in pages that are open already, and hands over what is half typed when it ends', async () => {
    await page.goto(`${site.origin}/inputs`);
    await record();
    await page.getByLabel('Project name').pressSequentially('half');
    await recording?.stop();
    assert.deepEqual(short(), [
      ['goto', null, null],
      ['fill', 'Project name', 'half'],
    ]);
    await page.getByRole('button', { name: 'Send now' }).click();
    await page.goto(`${site.origin}/rfis`);
    assert.equal(steps.length, 2);
  });

  test('a page that reports by itself is not believed', async () => {
    await record();
    await page.goto(`${site.origin}/inputs`);
    await page.evaluate(() => {
      document.querySelector<HTMLElement>('[data-testid=send]')?.click();
      const name = Object.getOwnPropertyNames(window).find((one) => one.startsWith('report')) ?? '';
      (Reflect.get(window, name) as (text: string) => void)('{"kind":"script"}');
      (Reflect.get(window, name) as (text: string) => void)('no JSON');
    });
    await page.getByRole('button', { name: 'Send now' }).click();
    await recorded(2);
    assert.deepEqual(
      steps.map((step) => step.kind),
      ['goto', 'click'],
    );
  });

  test('picks the element that is clicked, and the page does not feel the click', async () => {
    await page.goto(`${site.origin}/dialogs`);
    await record(true);
    const button = page.getByRole('button', { name: 'Confirm' });
    const box = (await button.boundingBox())!;
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.down();
    await page.mouse.up();
    await recording?.ended;
    assert.deepEqual(short(), [['click', 'Confirm', null]]);
    assert.ok(steps[0]!.candidates.length >= 3);
    assert.equal(await page.locator('#answer').textContent(), '');
    await recording?.stop();
    page.once('dialog', (dialog) => void dialog.accept());
    await button.click();
    assert.equal(await page.locator('#answer').textContent(), 'yes');
  });
});
