import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { statuses } from '../../src/core/task.ts';
import { eventually } from '../rig/eventually.ts';
import { closeBrowser, openBoard, row } from './openBoard.ts';

after(closeBrowser);

const many = () =>
  Array.from({ length: 10_000 }, (_, i) =>
    row(i + 1, i < 6000 ? 'Backlog' : (statuses[1 + (i % 6)] ?? 'Done'), `Task ${i} ${'that has a longer title '.repeat(i % 4)}`, {
      labels: ['core', 'ui', 'perf'].slice(0, i % 4),
      assignee: i % 3 === 0 ? '@backend' : null,
      due: i % 5 === 0 ? '2026-11-30' : null,
      type: i % 2 === 0 ? 'Bug' : 'Feature',
    }),
  );

describe('the board with 10,000 cards', () => {
  test('has under 1,500 nodes, with every column open, at the top, in the middle and at the end', async () => {
    await using board = await openBoard({
      rows: many(),
      saved: { version: 1, folder: 'My repo', filter: '', collapsed: [], scrollLeft: 0, scrollTop: {}, focusedId: null },
    });
    const nodes = () => board.page.evaluate(() => document.querySelectorAll('*').length);
    const scroller = board.column('Backlog').locator('.scroller');
    assert.ok((await nodes()) < 1500, `${await nodes()} nodes`);
    for (const part of [0.5, 1]) {
      await scroller.evaluate((e, p) => e.scrollTo(0, e.scrollHeight * p), part);
      await eventually('cards in view', () =>
        scroller.evaluate((e) =>
          [...e.querySelectorAll('li')].some((li) => li.getBoundingClientRect().top > 100 && li.getBoundingClientRect().bottom < 700),
        ),
      );
      assert.ok((await nodes()) < 1500, `${await nodes()} nodes`);
    }
    await board.card(6000).waitFor();
  });

  test('keeps the focused card mounted wherever the column is scrolled', async () => {
    await using board = await openBoard({ rows: many() });
    await board.card(3).focus();
    const scroller = board.column('Backlog').locator('.scroller');
    await scroller.evaluate((e) => e.scrollTo(0, 100_000));
    await eventually('scrolled', async () => ((await board.ids('Backlog')).at(-1) ?? 0) > 500);
    assert.equal(await board.focusedId(), 3);
    await board.page.keyboard.press('ArrowDown');
    await eventually('the next one in view', () =>
      board.card(4).evaluate((e) => document.activeElement === e && e.getBoundingClientRect().top > 0),
    );
  });

  test('cards lie one below the other without overlap or hole, whatever their titles need', async () => {
    await using board = await openBoard({ rows: many() });
    await board
      .column('Backlog')
      .locator('.scroller')
      .evaluate((e) => e.scrollTo(0, 40_000));
    await eventually('no overlap and no hole', () =>
      board.column('Backlog').evaluate((section) => {
        const boxes = [...section.querySelectorAll('li[tabindex="-1"]')].map((li) => li.getBoundingClientRect());
        return boxes.length > 5 && boxes.every((box, i) => i === 0 || Math.abs(box.top - (boxes[i - 1]?.bottom ?? 0) - 4) < 1.5);
      }),
    );
  });

  test('End goes to the last card', async () => {
    await using board = await openBoard({ rows: many() });
    await board.card(1).focus();
    await board.page.keyboard.press('End');
    await eventually('the last card in view', () =>
      board.card(6000).evaluate((e) => document.activeElement === e && e.getBoundingClientRect().bottom <= innerHeight),
    );
  });

  test('its script stays within 45 kB gzipped', () => {
    const size = gzipSync(fs.readFileSync(path.resolve('dist/board.js')), { level: 9 }).length;
    assert.ok(size <= 45_000, `${size} bytes`);
  });
});
