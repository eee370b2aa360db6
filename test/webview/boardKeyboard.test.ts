import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { TaskRow } from '../../src/core/task.ts';
import { eventually } from '../rig/eventually.ts';
import { closeBrowser, openBoard, row, type OpenBoard } from './openBoard.ts';

after(closeBrowser);

const rows = (): TaskRow[] => [
  row(1, 'Backlog', 'One'),
  row(2, 'Backlog', 'Two'),
  row(3, 'Backlog', 'Three'),
  row(4, 'Ready', 'Four'),
  row(5, 'Ready', 'Five'),
  row(6, 'Code Review', 'Six'),
];
const focused = (board: OpenBoard, id: number) => eventually(`#${id} has the focus`, async () => (await board.focusedId()) === id, 5000);
const press = async (board: OpenBoard, key: string, id: number) => {
  await board.page.keyboard.press(key);
  await focused(board, id);
};

describe('the board by keyboard', () => {
  test('arrows walk the cards and the columns, Home and End the ends', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.card(1).focus();
    await press(board, 'ArrowDown', 2);
    await press(board, 'End', 3);
    await press(board, 'ArrowDown', 3);
    await press(board, 'Home', 1);
    await press(board, 'ArrowRight', 4);
    await press(board, 'ArrowDown', 5);
    await press(board, 'ArrowRight', 6);
    await press(board, 'ArrowRight', 6);
    await press(board, 'ArrowLeft', 4);
  });

  test('only one card is a tab stop, and it is the one that had the focus', async () => {
    await using board = await openBoard({ rows: rows() });
    assert.equal(await board.page.locator('li[tabindex="0"]').count(), 1);
    await board.card(5).focus();
    assert.deepEqual(await board.page.locator('li[tabindex="0"]').evaluateAll((all) => all.map((e) => e.dataset['id'])), ['5']);
  });

  test('the focus follows a card that a command moves, and the move is announced once', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.card(2).focus();
    await board.page.evaluate(() => {
      const said: string[] = [];
      Reflect.set(globalThis, 'said', said);
      const status = document.querySelector('[role=status]');
      if (status !== null)
        new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true, subtree: true, characterData: true });
      host.send({ kind: 'do', action: 'moveRight' });
    });
    await eventually('it moved', async () => (await board.ids('Analysis')).join() === '2');
    await focused(board, 2);
    await eventually('it was said', async () => (await board.status()) === 'Moved #2 to Analysis');
    await board.page.evaluate(() => host.send({ kind: 'do', action: 'moveRight' }));
    await eventually('it moved on', async () => (await board.ids('Ready')).join() === '2,4,5');
    await board.page.evaluate(() => host.send({ kind: 'do', action: 'moveDown' }));
    await eventually('it moved down', async () => (await board.ids('Ready')).join() === '4,2,5');
    await eventually('the place was said', async () => (await board.status()) === '#2 is now 2 of 3 in Ready');
    await focused(board, 2);
    assert.deepEqual(await board.page.evaluate(() => Reflect.get(globalThis, 'said')), [
      'Moved #2 to Analysis',
      'Moved #2 to Ready',
      '#2 is now 2 of 3 in Ready',
    ]);
  });

  test('the focus follows a card that somebody else moves, and goes on when it is gone', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.card(2).focus();
    await board.page.evaluate(() => host.change([{ id: 2, status: 'Ready' }]));
    await eventually('it moved', async () => (await board.ids('Ready')).includes(2));
    await focused(board, 2);
    await board.card(1).focus();
    await board.page.evaluate(() => host.change([{ id: 1, deletedAt: 1 }]));
    await focused(board, 3);
  });

  test('a move into a collapsed column opens it', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.card(6).focus();
    await board.page.evaluate(() => host.send({ kind: 'do', action: 'moveRight' }));
    await eventually('it moved', async () => (await board.ids('Done')).join() === '6');
    await focused(board, 6);
  });

  test('F2 renames in place; Escape restores; a stale title gives way to the newer one', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.card(2).focus();
    await board.page.keyboard.press('F2');
    await board.page.keyboard.type('Renamed');
    await board.page.keyboard.press('Enter');
    await eventually('renamed', async () => (await board.card(2).locator('.card-title').innerText()) === 'Renamed');
    await focused(board, 2);
    await board.page.keyboard.press('Enter');
    await board.page.keyboard.type('Thrown away');
    await board.page.keyboard.press('Escape');
    await focused(board, 2);
    assert.equal(await board.card(2).locator('.card-title').innerText(), 'Renamed');

    await board.page.keyboard.press('F2');
    await board.page.evaluate(() => {
      host.event([{ id: 2, title: 'Newer' }]);
      host.revision--;
    });
    await board.page.keyboard.type('Stale');
    await board.page.keyboard.press('Enter');
    await board.page.locator('.field-error', { hasText: 'was changed meanwhile' }).waitFor();
    await board.page.keyboard.press('Escape');
    assert.equal(await board.card(2).locator('.card-title').innerText(), 'Newer');
  });

  test('the menu key opens a menu that moves, and gives the focus back', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.card(1).focus();
    await board.page.keyboard.press('Shift+F10');
    await board.page.getByRole('menu', { name: 'Actions for #1' }).waitFor();
    await board.page.keyboard.press('m');
    await board.page.keyboard.press('ArrowRight');
    await board.page.getByRole('menuitemradio', { name: 'Analysis' }).press('Enter');
    await eventually('it moved', async () => (await board.ids('Analysis')).join() === '1');
    await focused(board, 1);
    await board.card(4).hover();
    await board.card(4).getByRole('button', { name: 'Actions for #4' }).click();
    await board.page.getByRole('menuitem', { name: 'Delete' }).click();
    await eventually('it is gone', async () => (await board.ids('Ready')).join() === '5');
    await focused(board, 5);
    assert.equal(await board.status(), 'Deleted #4');
    await board.page.keyboard.press('Control+z');
    await eventually('it is back', async () => (await board.ids('Ready')).join() === '4,5');
    await board.page.keyboard.press('Control+Shift+z');
    await eventually('it is gone again', async () => (await board.ids('Ready')).join() === '5');
  });

  test('Ctrl+Z in a text field is left to the field', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.getByLabel('Filter tasks').fill('o');
    await board.page.keyboard.press('Control+z');
    assert.equal(
      await board.page.evaluate(() => host.posted.some((request) => request.kind === 'call' && request.operation === 'task.undo')),
      false,
    );
  });

  test('Space selects, and commands know what is selected or else focused', async () => {
    await using board = await openBoard({ rows: rows() });
    const last = () => board.page.evaluate(() => JSON.stringify(host.posted.filter((request) => request.kind === 'selection').at(-1)?.ids));
    await board.card(1).focus();
    await eventually('the focused one', async () => (await last()) === '[1]');
    await board.page.keyboard.press('Space');
    await board.page.keyboard.press('ArrowDown');
    await board.page.keyboard.press('Space');
    await eventually('both', async () => (await last()) === '[1,2]');
    assert.match((await board.card(2).getAttribute('aria-label')) ?? '', /selected/);
    await board.page.keyboard.press('Escape');
    await eventually('the focused one again', async () => (await last()) === '[2]');
  });

  test('commands focus the filter, add, rename and reveal', async () => {
    await using board = await openBoard({ rows: [...rows(), ...Array.from({ length: 300 }, (_, i) => row(100 + i, 'Done', `Done ${i}`))] });
    await board.page.evaluate(() => host.send({ kind: 'do', action: 'focusFilter' }));
    await eventually('the filter', () => board.page.evaluate(() => document.activeElement?.id === 'filter'));
    await board.page.keyboard.type('Two');
    await board.page.evaluate(() => host.send({ kind: 'do', action: 'reveal', taskId: 390 }));
    await focused(board, 390);
    await eventually('in view', () =>
      board.card(390).evaluate((e) => {
        const box = e.getBoundingClientRect();
        return box.top > 0 && box.bottom <= innerHeight && box.right <= innerWidth;
      }),
    );
    assert.equal(await board.page.getByLabel('Filter tasks').inputValue(), '');
    await board.page.evaluate(() => host.send({ kind: 'do', action: 'rename', taskId: 5 }));
    await eventually('the title field', () =>
      board.page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Title of #5'),
    );
    await board.page.keyboard.press('Escape');
    await board.page.evaluate(() => host.send({ kind: 'do', action: 'quickAdd' }));
    await eventually('the new title', () =>
      board.page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Title of the new task in Ready'),
    );
  });
});
