import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { AppError } from '../../../src/core/appError.ts';
import { runExtraction, type Extracted } from '../../../src/jobs/runner/extract/runExtraction.ts';
import { extraction, type Extraction } from '../../../src/protocol/jobs/extraction.ts';
import type { RecordDraft } from '../../../src/protocol/jobs/runs.ts';
import { launchBrowser } from '../../rig/browser.ts';
import { goldenRows, rfi } from '../../rig/sites/rfis.ts';
import { startSite, type Site } from '../../rig/sites/site.ts';
import { defaults } from '../../rig/sites/switches.ts';

const number = { column: 'Number' };
const list = {
  rows: 'table tbody tr',
  fields: {
    number,
    subject: { column: 'Subject' },
    status: { column: 'Status', oneOf: ['Open', 'Closed', 'Draft'] },
    assignee: { column: 'Assignee' },
    due: { column: 'Due', as: 'date' },
    cost: { column: 'Cost', as: 'money' },
  },
  key: 'number',
};

describe('extraction', () => {
  let browser: Browser & AsyncDisposable;
  let site: Site;
  let page: Page;
  before(async () => {
    [browser, site] = await Promise.all([launchBrowser(), startSite()]);
    page = await browser.newPage();
  });
  after(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  async function extract(path: string, from: object, more: { timeout?: number; within?: string; page?: Page } = {}) {
    const at = more.page ?? page;
    await at.goto(site.origin + path, { waitUntil: 'domcontentloaded' });
    const rows: RecordDraft[] = [];
    const what: Extraction = extraction.parse(from);
    const result: Extracted = await runExtraction(at, what, {
      root: more.within === undefined ? null : await at.waitForSelector(more.within),
      page: 1,
      position: '1',
      render: (template) => template.replace('{{inputs.project}}', 'P-7'),
      timeout: more.timeout ?? 5000,
      signal: new AbortController().signal,
      take: async (part) => void rows.push(...part),
    });
    return { result, rows, data: rows.map((one) => one.data) };
  }
  const refusal = (path: string, from: object, more?: { timeout?: number }) =>
    extract(path, from, more).then(
      () => assert.fail('was read'),
      (error: unknown) => (AppError.is(error) ? error : assert.fail(String(error))),
    );

  test('reads a page of a list with types, keys and where each record stands', async () => {
    const { rows, data, result } = await extract('/rfis?page=1', list);
    assert.deepEqual(data, goldenRows(25));
    assert.deepEqual(result, {
      rows: 25,
      skipped: 0,
      invalid: 0,
      problems: [],
      fields: Object.keys(list.fields),
      keyed: true,
      complete: true,
    });
    assert.deepEqual({ ...rows[2], data: null }, { key: 'RFI-0003', data: null, url: `${site.host}/rfis`, page: 1, row: 3 });
  });

  test('finds columns by their headings on a page that was built anew, and says which are there when one is gone', async () => {
    site.set({ drifted: true });
    try {
      assert.deepEqual((await extract('/rfis?page=2', list)).data.at(-1), goldenRows(50).at(-1));
      const error = await refusal('/rfis', { ...list, fields: { number, due: { column: 'Due date' } } });
      assert.equal(error.code, 'job.badRecords');
      assert.match(error.message, /No column is called "Due date"\. There are: subject, number, status/);
    } finally {
      site.set(defaults);
    }
  });

  test('reads cells by number, attributes, addresses, fixed values and the whole row', async () => {
    const { data } = await extract('/rfis', {
      rows: 'tbody tr',
      fields: {
        id: { attr: 'data-id', as: 'integer' },
        link: { cell: 1, as: 'url' },
        mail: { cell: 4, as: 'email' },
        raw: { css: 'td:nth-child(4) a', attr: 'href' },
        project: { value: '{{inputs.project}}' },
        short: { cell: 1, pattern: 'RFI-0*(\\d+)', as: 'integer' },
        row: {},
      },
    });
    const one = rfi(1);
    assert.deepEqual(data[0], {
      id: one.id,
      link: `${site.origin}/rfis/${one.id}`,
      mail: one.email,
      raw: `mailto:${one.email}`,
      project: 'P-7',
      short: 1,
      row: `RFI-0001 ${one.subject} Closed ${one.assignee} Feb 2, 2027 $79.19`,
    });
  });

  test('knows records without a key by the page and the row', async () => {
    const { rows, result } = await extract('/rfis?page=2', { rows: 'tbody tr', fields: { number: { cell: 1 } } });
    assert.deepEqual(
      rows.slice(0, 2).map((row) => row.key),
      ['@1:1', '@1:2'],
    );
    assert.equal(result.keyed, false);
  });

  test('reads a page as one record, in a part of it too', async () => {
    const fields = { number: { css: '.number' }, due: { css: '.due', as: 'date' }, mail: { css: '.assignee', as: 'email' } };
    const one = rfi(7);
    const expected = [{ number: one.number, due: one.due, mail: one.email }];
    assert.deepEqual((await extract('/rfis/1007', { fields, key: 'number' })).data, expected);
    assert.deepEqual((await extract('/rfis/1007', { fields, key: 'number' }, { within: 'dl' })).data, expected);
  });

  test('waits for rows that come late', async () => {
    const { data } = await extract('/slow', { rows: 'tbody tr', fields: { code: { column: 'Code' } } });
    assert.deepEqual(data, [{ code: 'SLOW-1' }, { code: 'SLOW-2' }, { code: 'SLOW-3' }]);
  });

  test('sees into open shadow roots and into a frame', async () => {
    const shadow = await extract('/shadow', { rows: 'rfi-list .list rfi-row', fields: { code: { css: '.code' }, text: { css: '.text' } } });
    assert.deepEqual(shadow.data[1], { code: 'SH-2', text: 'Row 2' });
    await page.goto(`${site.origin}/frames`);
    const inner = await page.frameLocator('#outer').frameLocator('#inner').locator('table').elementHandle();
    const rows: RecordDraft[] = [];
    await runExtraction(page, extraction.parse({ rows: 'tbody tr', fields: { code: { cell: 1 } } }), {
      root: inner,
      page: 1,
      position: '1',
      render: String,
      timeout: 3000,
      signal: new AbortController().signal,
      take: async (part) => void rows.push(...part),
    });
    assert.deepEqual(
      rows.map((row) => row.data),
      [{ code: 'IN-1' }, { code: 'IN-2' }, { code: 'IN-3' }],
    );
  });

  test('an empty list is a failure that says so, unless it may be empty', async () => {
    site.set({ empty: true });
    try {
      const error = await refusal('/rfis', list, { timeout: 300 });
      assert.equal(error.code, 'job.badRecords');
      assert.match(error.message, /No row \("table tbody tr"\) is on 127\.0\.0\.1:\d+\/rfis\. .* `empty: ok`/);
      assert.equal((await extract('/rfis', { ...list, empty: 'ok' }, { timeout: 300 })).result.rows, 0);
    } finally {
      site.set(defaults);
    }
  });

  test('a row that does not fit is kept with what is wrong, left out, or ends the reading', async () => {
    site.set({ badRows: true });
    try {
      const kept = await extract('/rfis', list);
      assert.equal(kept.result.rows, 25);
      assert.equal(kept.result.invalid, 5);
      assert.deepEqual(kept.rows[4]?.problems, ['due: "soon" is not a date', 'cost: "to be told" is not an amount']);
      assert.equal(kept.data[4]?.['due'], 'soon');
      const left = await extract('/rfis', { ...list, onInvalid: 'skip' });
      assert.deepEqual([left.result.rows, left.result.skipped], [20, 5]);
      const none = await refusal('/rfis', {
        ...list,
        fields: { ...list.fields, due: { column: 'Subject', as: 'date' } },
        onInvalid: 'skip',
      });
      assert.match(none.message, /None of the 25 rows fits: row 1: due: /);
      const error = await refusal('/rfis', { ...list, onInvalid: 'fail' });
      assert.match(error.message, /row 5: due: "soon" is not a date/);
    } finally {
      site.set(defaults);
    }
  });

  test('two rows with the same key are told, and a list without any key is refused', async () => {
    const twice = await extract('/rfis', { ...list, key: 'status' });
    assert.match(twice.rows[3]?.problems?.[0] ?? '', /^the key "Closed" stands in row 1 too$/);
    const error = await refusal('/rfis', { rows: 'tbody tr', fields: { number: { css: '.gone' }, subject: { cell: 2 } }, key: 'number' });
    assert.match(error.message, /None of the 25 rows has the key \(number\)/);
  });

  test('collects a grid that holds only the rows in view, each once', async () => {
    site.set({ gridRows: 1234 });
    try {
      const { data, result } = await extract('/grid', {
        rows: '#grid .row',
        fields: { number: { css: '[data-col=number]' }, due: { cell: 4, as: 'date' } },
        key: 'number',
        scroll: { container: '#grid' },
      });
      assert.deepEqual(result.problems, []);
      assert.ok(result.complete);
      assert.deepEqual(
        data,
        Array.from({ length: 1234 }, (_, i) => ({ number: rfi(i + 1).number, due: rfi(i + 1).due })),
      );
    } finally {
      site.set(defaults);
    }
  });

  test('a grid that is not scrolled to its end is not called complete', async () => {
    const grid = {
      rows: '#grid .row',
      fields: { number: { css: '[data-col=number]' } },
      key: 'number',
      scroll: { container: '#grid', max: 3 },
    };
    const { result } = await extract('/grid', grid);
    assert.ok(result.rows > 20 && result.rows < 500);
    assert.equal(result.complete, false);
    assert.match(result.problems[0] ?? '', /`scroll\.max` was reached/);
  });

  test('a table of 100,000 rows comes in parts', async () => {
    await page.goto(`${site.origin}/free`);
    await page.evaluate(() => {
      document.body.innerHTML = `<table><tbody>${Array.from({ length: 100_000 }, (_, i) => `<tr><td>K${i}</td><td>text ${i}</td></tr>`).join('')}</tbody></table>`;
    });
    let largest = 0;
    let count = 0;
    const heap = process.memoryUsage().heapUsed;
    let most = 0;
    await runExtraction(page, extraction.parse({ rows: 'tbody tr', fields: { key: { cell: 1 }, text: { cell: 2 } }, key: 'key' }), {
      root: null,
      page: 1,
      position: '1',
      render: String,
      timeout: 5000,
      signal: new AbortController().signal,
      take: async (part) => {
        largest = Math.max(largest, part.length);
        count += part.length;
        most = Math.max(most, process.memoryUsage().heapUsed);
      },
    });
    assert.equal(count, 100_000);
    assert.equal(largest, 1000);
    assert.ok(most - heap < 150e6, `${Math.round((most - heap) / 1e6)} MB more`);
  });

  test('stops at once when it is cancelled', async () => {
    await page.goto(`${site.origin}/spinner`);
    const cancel = new AbortController();
    const reading = runExtraction(page, extraction.parse(list), {
      root: null,
      page: 1,
      position: '1',
      render: String,
      timeout: 60_000,
      signal: cancel.signal,
      take: async () => undefined,
    });
    const started = performance.now();
    cancel.abort(new AppError('cancelled', 'Cancelled.'));
    await assert.rejects(reading, (error) => AppError.is(error, 'cancelled'));
    assert.ok(performance.now() - started < 300);
  });
});
