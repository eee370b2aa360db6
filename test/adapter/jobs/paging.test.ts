import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { AppError } from '../../../src/core/appError.ts';
import { newPageTrail, nextPage, type NextPage } from '../../../src/jobs/runner/paging.ts';
import { target } from '../../../src/protocol/jobs/locator.ts';
import { launchBrowser } from '../../rig/browser.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { defaults, type Switches } from '../../rig/sites/switches.ts';

const next = target.parse([
  { role: 'link', name: 'Next' },
  { role: 'button', name: 'Next' },
]);
const small: Partial<Switches> = { total: 100, perPage: 25 };

describe('paging', () => {
  let browser: Browser & AsyncDisposable;
  let site: Site;
  let page: Page;
  before(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite(small)]);
    page = await browser.newPage();
  });
  afterEach(() => site.set({ ...defaults, ...small }));
  after(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  /** Walks to the end: the first cell of each page, how it went on, and the end. */
  async function walk(path: string, most = 10, more: { timeout?: number; rows?: string | null } = {}) {
    const trail = newPageTrail();
    const seen: string[] = [];
    const ways: string[] = [];
    await page.goto(site.origin + path, { waitUntil: 'domcontentloaded' });
    for (let n = 0; n < most; n++) {
      await page.waitForSelector('tbody tr');
      seen.push((await page.locator('tbody td').first().textContent()) ?? '');
      const result: NextPage = await nextPage(page, { next }, trail, {
        resolve: async (wanted) => {
          for (const one of wanted.candidates) {
            const locator = page.getByRole(one.role as 'link', { name: one.name! }).filter({ visible: true });
            if ((await locator.count()) === 1) return locator;
          }
          return null;
        },
        render: (template) => template,
        goto: async (url) => void (await page.goto(url, { waitUntil: 'domcontentloaded' })),
        paced: (act) => act(),
        rows: more.rows === undefined ? 'tbody tr' : more.rows,
        timeout: more.timeout ?? 5000,
        signal: new AbortController().signal,
      });
      if (result.kind === 'end') return { seen, ways, end: result };
      ways.push(result.by);
    }
    return { seen, ways, end: null };
  }
  const firsts = ['RFI-0001', 'RFI-0026', 'RFI-0051', 'RFI-0076'];

  test('opens plain links by their addresses, and ends where there is no further one', async () => {
    const { seen, ways, end } = await walk('/rfis');
    assert.deepEqual(seen, firsts);
    assert.deepEqual(ways, ['link', 'link', 'link']);
    assert.deepEqual(end, { kind: 'end', sure: true, why: 'There is no Next.' });
  });

  for (const lastPage of ['aria-disabled', 'disabled'] as const) {
    test(`ends where Next is ${lastPage}`, async () => {
      site.set({ lastPage });
      const { seen, end } = await walk('/rfis');
      assert.deepEqual(seen, firsts);
      assert.equal(end?.sure, true);
    });
  }

  for (const way of ['handled', 'button'] as const) {
    test(`clicks what is ${way === 'handled' ? 'a link for a script' : 'a button'}`, async () => {
      site.set({ next: way });
      const { seen, ways, end } = await walk('/rfis');
      assert.deepEqual(seen, firsts);
      assert.deepEqual(ways, ['click', 'click', 'click']);
      assert.equal(end?.sure, true);
    });
  }

  for (const lastPage of ['missing', 'disabled', 'aria-disabled'] as const) {
    test(`follows a list that loads without navigation, until Next is ${lastPage}`, async () => {
      site.set({ lastPage });
      const { seen, ways, end } = await walk('/spa');
      assert.deepEqual(seen, firsts);
      assert.deepEqual(ways, ['click', 'click', 'click']);
      assert.equal(end?.sure, true);
    });
  }

  test('does not call a list complete whose Next leads to the same page', async () => {
    site.set({ lastPage: 'same' });
    const { seen, end } = await walk('/rfis');
    assert.deepEqual(seen, firsts);
    assert.deepEqual(end, { kind: 'end', sure: false, why: 'Next changes nothing: the page stays as it is.' });
  });

  for (const path of ['/rfis', '/spa']) {
    test(`notices that ${path} goes round in circles`, async () => {
      site.set({ lastPage: 'first' });
      const { seen, end } = await walk(path);
      assert.deepEqual(seen, [...firsts, firsts[0]]);
      assert.equal(end?.sure, false);
      assert.match(end?.why ?? '', /round in circles/);
    });
  }

  test('takes two links to one address for one', async () => {
    await page.route('**/rfis*', async (route) => {
      const answer = await route.fetch();
      const html = await answer.text();
      const pager = /<nav aria-label="Pages">.*?<\/nav>/s.exec(html)?.[0] ?? '';
      await route.fulfill({ response: answer, body: html.replace('<table', `${pager}<table`) });
    });
    try {
      const { seen, ways } = await walk('/rfis');
      assert.deepEqual(seen, firsts);
      assert.deepEqual(ways, ['link', 'link', 'link']);
    } finally {
      await page.unroute('**/rfis*');
    }
  });

  test('compares the text of the page where the rows are not known', async () => {
    assert.deepEqual((await walk('/rfis', 10, { rows: null })).seen, firsts);
  });

  test('clicks links whose addresses lead back to the first page', async () => {
    await page.route('**/rfis?page=*', async (route) => {
      // A list that a script fills: whatever address is opened, it begins with the first page.
      const answer = await route.fetch({
        url: route
          .request()
          .url()
          .replace(/page=\d+/, 'page=1'),
      });
      const script = `<script>document.querySelector('a.next').addEventListener('click', async (event) => { event.preventDefault();
        const n = Number(/\\d+$/.exec(event.target.href)[0]); const html = await (await fetch('/rfis?raw&page=' + n)).text();
        const other = new DOMParser().parseFromString(html, 'text/html'); document.querySelector('tbody').replaceWith(other.querySelector('tbody'));
        const link = other.querySelector('a.next'); if (link) event.target.href = link.href; else event.target.remove(); })</script>`;
      await route.fulfill({ response: answer, body: (await answer.text()).replace('</body>', `${script}</body>`) });
    });
    try {
      const { seen, ways } = await walk('/rfis?page=1');
      assert.deepEqual(seen, firsts);
      assert.deepEqual(ways, ['click', 'click', 'click']);
    } finally {
      await page.unroute('**/rfis?page=*');
    }
  });

  test('a next page that shows no row is a failure, not an end', async () => {
    await page.route('**/api/rfis?page=2*', (route) => route.abort());
    try {
      await assert.rejects(walk('/spa', 3, { timeout: 700 }), (error) => AppError.is(error, 'timeout'));
    } finally {
      await page.unroute('**/api/rfis?page=2*');
    }
  });
});
