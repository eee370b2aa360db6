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
  row(4, 'Analysis', 'Four'),
  row(5, 'Analysis', 'Five'),
  row(6, 'Ready', 'Six'),
];
const shows = (board: OpenBoard, status: TaskRow['status'], ids: string) =>
  eventually(`${status} shows ${ids}`, async () => (await board.ids(status)).join() === ids, 5000);
const calls = (board: OpenBoard) =>
  board.page.evaluate(() => host.posted.filter((request) => request.kind === 'call').map((request) => [request.operation, request.input]));

describe('moving cards with the mouse', () => {
  test('a card lands in another column where the line was', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.dragTo(2, 'Analysis', { before: 5 });
    await board.page.locator('.drop-line').waitFor();
    const line = await board.page.locator('.drop-line').boundingBox();
    const above = await board.card(4).boundingBox();
    const below = await board.card(5).boundingBox();
    assert.ok(
      line !== null && above !== null && below !== null && line.height === 2 && line.y >= above.y + above.height && line.y + 2 <= below.y,
    );
    await board.page.mouse.up();
    await shows(board, 'Analysis', '4,2,5');
    await shows(board, 'Backlog', '1,3');
    assert.deepEqual(await calls(board), [['task.move', { id: 2, status: 'Analysis', afterId: 4 }]]);
    assert.equal(await board.page.locator('.bar-text').innerText(), 'Moved #2 to Analysis');
    await board.page.locator('.bar').getByRole('button', { name: 'Undo' }).click();
    await shows(board, 'Backlog', '1,2,3');
    assert.equal(await board.page.locator('.bar-text').innerText(), 'Undone: Move #2 to Analysis');
  });

  test('a card changes its place within its column, to the top and to the bottom', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.dragTo(3, 'Backlog', { before: 1 });
    await board.page.mouse.up();
    await shows(board, 'Backlog', '3,1,2');
    await board.dragTo(3, 'Backlog', 'bottom');
    await board.page.mouse.up();
    await shows(board, 'Backlog', '1,2,3');
    assert.deepEqual(
      (await calls(board)).map(([, input]) => input),
      [
        { id: 3, status: 'Backlog', beforeId: 1 },
        { id: 3, status: 'Backlog', afterId: 2 },
      ],
    );
  });

  test('a card dropped where it was asks nothing of the store', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.dragTo(2, 'Backlog', { before: 3 });
    assert.equal(await board.page.locator('.drop-line').count(), 0);
    await board.page.mouse.up();
    assert.deepEqual(await calls(board), []);
  });

  test('a card can be dropped on an empty column and on a collapsed one', async () => {
    await using board = await openBoard({ rows: rows(), width: 2000 });
    await board.dragTo(1, 'Testing', 'top');
    await board.page.mouse.up();
    await shows(board, 'Testing', '1');
    await board.dragTo(2, 'Done', 'top');
    await board.page.mouse.up();
    await board.column('Done').getByRole('button', { name: 'Expand Done, 1 tasks' }).waitFor();
  });

  test('the card is there before the store has answered', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => {
      host.delay = 2000;
    });
    await board.dragTo(1, 'Ready', 'bottom');
    await board.page.mouse.up();
    await eventually('shown at once', async () => (await board.ids('Ready')).join() === '6,1', 1000);
    assert.equal(await board.column('Ready').locator('h2').innerText(), 'Ready 2');
    assert.equal(await board.page.locator('.bar').count(), 0);
  });

  test('a full column goes dim, says why, and the card goes back until the user insists', async () => {
    await using board = await openBoard({ rows: rows(), config: { wipLimits: { Analysis: 2 } } });
    await board.dragTo(1, 'Analysis', 'bottom');
    await eventually('the reason', async () => (await board.column('Analysis').locator('.column-note').innerText()) === 'Full (2 of 2)');
    assert.match((await board.column('Analysis').getAttribute('class')) ?? '', /refuses/);
    assert.equal(await board.page.locator('.drop-line').count(), 0);
    await board.page.mouse.up();
    const bar = board.page.locator('.bar');
    await bar.getByText('Not moved: Analysis is full (2 of 2). Finish one, raise the limit, or move anyway.').waitFor();
    await shows(board, 'Backlog', '1,2,3');
    await bar.getByRole('button', { name: 'Move anyway' }).click();
    await shows(board, 'Analysis', '4,5,1');
    assert.equal(await board.column('Analysis').locator('.column-note').innerText(), 'over the limit');
  });

  test('a refusal the page could not foresee brings the card back', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => {
      host.wipLimits = { Ready: 1 };
      host.delay = 300;
    });
    await board.dragTo(1, 'Ready', 'bottom');
    await board.page.mouse.up();
    await shows(board, 'Ready', '6,1');
    await board.page.locator('.bar').getByText('Not moved: Ready is full').waitFor();
    await shows(board, 'Ready', '6');
    await shows(board, 'Backlog', '1,2,3');
  });

  test('two quick moves of one card end where the last one put it', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => {
      host.delay = 200;
      host.send({ kind: 'do', action: 'moveRight', taskId: 1 });
      host.send({ kind: 'do', action: 'moveRight', taskId: 1 });
    });
    await shows(board, 'Ready', '1,6');
    await eventually('both are stored', () => board.page.evaluate(() => host.revision === 102));
    await shows(board, 'Ready', '1,6');
    await shows(board, 'Analysis', '4,5');
  });
});

describe('what others do', () => {
  test('a change by another shows, in order, within a frame or two', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => host.change([{ id: 1, status: 'Ready', rank: 'zzz' }]));
    await shows(board, 'Ready', '6,1');
    await board.page.evaluate(() =>
      host.change([
        { id: 2, deletedAt: 5 },
        { id: 3, archivedAt: 5 },
      ]),
    );
    await shows(board, 'Backlog', '');
    await board.page.evaluate(() => host.change([{ id: 2, deletedAt: null }]));
    await shows(board, 'Backlog', '2');
  });

  test('a gap in the revisions asks for everything anew, once', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => {
      host.event([{ id: 1, title: 'Missed' }]);
      host.change([{ id: 2, title: 'Heard' }]);
      host.change([{ id: 3, title: 'Heard too' }]);
    });
    await eventually(
      'the missed title',
      async () => (await board.column('Backlog').locator('.card-title').allInnerTexts()).join() === 'Missed,Heard,Heard too',
    );
    assert.equal(await board.page.evaluate(() => host.posted.filter((request) => request.kind === 'resync').length), 1);
  });
});

describe('quick add', () => {
  test('Enter adds and stays open for the next, Escape closes', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.getByRole('button', { name: 'Add task to Ready' }).click();
    await board.page.keyboard.type('First new');
    await board.page.keyboard.press('Enter');
    await shows(board, 'Ready', '7,6');
    assert.equal(await board.page.locator('.add-box input').inputValue(), '');
    await board.page.keyboard.type('Second new');
    await board.page.keyboard.press('Enter');
    await shows(board, 'Ready', '8,7,6');
    assert.equal(await board.status(), 'Added #8 to Ready');
    await board.page.keyboard.press('Escape');
    assert.equal(await board.page.locator('.add-box').count(), 0);
    assert.equal(await board.page.evaluate(() => document.activeElement?.textContent), 'Add task');
  });

  test('a refused title stays with the reason', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.getByRole('button', { name: 'Add task to Backlog' }).click();
    await board.page.keyboard.press('Enter');
    await board.page.getByText('A task needs a title.').waitFor();
    await board.page.keyboard.type('refuse me');
    await board.page.keyboard.press('Enter');
    await board.page.locator('.field-error', { hasText: 'Not added: the title holds a control character.' }).waitFor();
    assert.equal(await board.page.locator('.add-box input').inputValue(), 'refuse me');
  });
});
