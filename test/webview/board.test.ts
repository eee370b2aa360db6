import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import axe from 'axe-core';
import type { TaskRow } from '../../src/core/task.ts';
import type { BoardViewState } from '../../src/protocol/boardMessages.ts';
import { eventually } from '../rig/eventually.ts';
import type { ThemeId } from '../rig/themes.ts';
import { themes } from '../rig/themes.ts';
import { closeBrowser, openBoard, row, type OpenBoard } from './openBoard.ts';

after(closeBrowser);

const rows = (): TaskRow[] => [
  row(1, 'Backlog', 'Login fails on Safari', {
    type: 'Bug',
    priority: 'High',
    labels: ['auth', 'web'],
    checklistDone: 2,
    checklistTotal: 5,
    assignee: '@backend',
  }),
  row(2, 'Backlog', 'Export as CSV', { priority: 'Low', due: '2020-01-01' }),
  row(3, 'Backlog', 'Rename the settings page', { openBlockers: [1] }),
  row(4, 'In Progress', 'Wire events'),
  row(5, 'In Progress', 'Index the log'),
  row(6, 'Testing', 'Search ranks ids first'),
  row(7, 'Done', 'Set up the repository'),
];

async function violations(board: OpenBoard): Promise<string[]> {
  await board.page.evaluate(axe.source);
  const result = await board.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary ?? ''}`).join('\n')}`);
}

describe('the board', () => {
  test('shows seven columns with their counts and limits, Done as a strip', async () => {
    await using board = await openBoard({ rows: rows(), config: { wipLimits: { 'In Progress': 2, Testing: 3 } } });
    const headings = await board.page.locator('h2').allInnerTexts();
    assert.deepEqual(headings, ['Backlog 3', 'Analysis 0', 'Ready 0', 'In Progress 2/2', 'Testing 1/3', 'Code Review 0']);
    await board.column('Done').getByRole('button', { name: 'Expand Done, 1 tasks' }).waitFor();
    assert.equal(await board.column('In Progress').locator('.column-note').innerText(), 'limit reached');
    assert.equal((await board.column('Done').boundingBox())?.width, 36);
  });

  test('names a card in one sentence', async () => {
    await using board = await openBoard({ rows: rows() });
    assert.equal(
      await board.card(1).getAttribute('aria-label'),
      '#1 Login fails on Safari, Bug, High priority, 2 of 5 checked, assigned to @backend, labels auth, web, 1 of 3 in Backlog.',
    );
    assert.match((await board.card(2).getAttribute('aria-label')) ?? '', /overdue, was due/);
    assert.match((await board.card(3).getAttribute('aria-label')) ?? '', /blocked by #1/);
    assert.deepEqual(JSON.parse((await board.card(1).getAttribute('data-vscode-context')) ?? ''), {
      webviewSection: 'card',
      taskId: 1,
      preventDefaultContextMenuItems: true,
    });
  });

  test('asks for its first cards when the page came without them', async () => {
    await using board = await openBoard({ rows: rows(), embedded: false });
    assert.deepEqual(await board.ids('Backlog'), [1, 2, 3]);
    assert.deepEqual(await board.page.evaluate(() => host.posted[0]), { kind: 'ready' });
  });

  test('adds the rows that follow the first ones, and none that went away meanwhile', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => {
      const init = host.initMessage();
      if (init.kind !== 'init') return;
      const backlog = init.columns[0];
      if (backlog === undefined) return;
      const late = backlog.tasks.splice(1);
      host.send({ ...init, complete: false });
      host.change([{ id: 3, deletedAt: 1 }]);
      host.send({ kind: 'rest', revision: init.revision, tasks: late, complete: true });
    });
    await eventually('two cards', async () => (await board.ids('Backlog')).join() === '1,2');
    assert.equal(await board.column('Backlog').locator('h2').innerText(), 'Backlog 2');
  });

  test('shows HTML and right-to-left text in titles as they are', async () => {
    const titles = [
      '<img src=x onerror="document.title=1"><b>bold</b>',
      '&amp; </script><script>document.title=2</script>',
      'שלום עולם 🎉',
    ];
    await using board = await openBoard({
      rows: titles.map((title, i) => row(i + 1, 'Backlog', title, { labels: ['<i>'], assignee: '<u>' })),
    });
    assert.deepEqual(await board.column('Backlog').locator('.card-title').allTextContents(), titles);
    assert.equal(await board.page.title(), 'Board');
    assert.equal(await board.page.locator('.card b, .card i, .card img').count(), 0);
  });

  test('filters while typing, keeps the words, and adds what only descriptions say', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => {
      host.found = [3];
    });
    await board.page.getByLabel('Filter tasks').pressSequentially('log');
    await eventually('matches in titles', async () => (await board.ids('In Progress')).join() === '5');
    await eventually('a match in a description', async () => (await board.ids('Backlog')).join() === '1,3');
    assert.equal(await board.page.locator('.toolbar-note').innerText(), '3 of 7 tasks');
    await board.page.evaluate(() =>
      host.change([
        { id: 4, title: 'Wire the log' },
        { id: 1, title: 'Sign-in fails' },
      ]),
    );
    await eventually(
      'changes pass through the filter',
      async () => (await board.ids('In Progress')).join() === '4,5' && (await board.ids('Backlog')).join() === '3',
    );
    await board.page.getByLabel('Filter tasks').fill('nothing at all');
    await board.page.getByText('No task matches the filter.').waitFor();
    await board.page.locator('.empty button').click();
    await eventually('all cards', async () => (await board.ids('Backlog')).length === 3);
  });

  test('collapses a column to a strip, remembers it and what else was arranged', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.getByRole('button', { name: 'Collapse Analysis' }).click();
    await board.column('Done').getByRole('button').click();
    await board.card(6).focus();
    await board.page.getByLabel('Filter tasks').fill('s');
    const saved = await eventually('the state is kept', () =>
      board.page.evaluate(() => {
        const state = host.saved as { filter?: string; focusedId?: number } | undefined;
        return state?.filter === 's' ? host.saved : undefined;
      }),
    );
    const { version, folder, filter, collapsed, focusedId } = saved as BoardViewState;
    assert.deepEqual(
      { version, folder, filter, collapsed, focusedId },
      { version: 1, folder: 'My repo', filter: 's', collapsed: ['Analysis'], focusedId: 6 },
    );
  });

  test('opens where it was left', async () => {
    const many = Array.from({ length: 300 }, (_, i) => row(i + 1, 'Backlog', `Task ${i}`));
    const saved = {
      version: 1,
      folder: 'My repo',
      filter: 'task',
      collapsed: ['Ready' as const],
      scrollLeft: 262,
      scrollTop: { Backlog: 3000 },
      focusedId: 250,
    } as const;
    await using board = await openBoard({ rows: many, width: 900, saved: { ...saved, collapsed: [...saved.collapsed] } });
    await eventually('scrolled', () =>
      board
        .column('Backlog')
        .locator('.scroller')
        .evaluate((e) => e.scrollTop === 3000),
    );
    assert.equal(await board.page.getByLabel('Filter tasks').inputValue(), 'task');
    assert.equal(await board.column('Ready').locator('h2').count(), 0);
    const left = await board.page.locator('.board').evaluate((e) => e.scrollLeft);
    assert.ok(left > 230 && left < 290, `scrolled to ${left}`);
    assert.equal(await board.card(250).getAttribute('tabindex'), '0');
  });

  test('drops a state that another folder or another version kept', async () => {
    await using board = await openBoard({
      rows: rows(),
      saved: { version: 1, folder: 'Other', filter: 'zzz', collapsed: [], scrollLeft: 0, scrollTop: {}, focusedId: 1 },
    });
    assert.equal(await board.page.getByLabel('Filter tasks').inputValue(), '');
    assert.equal((await board.ids('Backlog')).length, 3);
  });

  test('shows one column at a time with tabs on a narrow editor', async () => {
    await using board = await openBoard({ rows: rows(), width: 420 });
    const tabs = board.page.getByRole('tab');
    assert.equal(await tabs.count(), 7);
    assert.equal(await board.page.locator('section.column').count(), 1);
    await board.page.getByRole('tab', { name: 'Testing 1' }).click();
    assert.deepEqual(await board.ids('Testing'), [6]);
    await board.page.keyboard.press('ArrowLeft');
    await eventually('the tab before', async () => (await board.ids('In Progress')).length === 2);
    assert.deepEqual(await violations(board), []);
    await board.page.setViewportSize({ width: 320, height: 600 });
    assert.equal(await board.page.evaluate(() => document.documentElement.scrollWidth), 320);
  });

  test('says in one sentence which state the store is in, and lets nothing be written when it cannot', async () => {
    await using board = await openBoard({ rows: rows() });
    await board.page.evaluate(() => host.send({ kind: 'state', state: { role: 'client', ownerPid: 1 } }));
    await board.page.getByText('Another window holds the task database').waitFor();
    await board.page.evaluate(() =>
      host.send({
        kind: 'state',
        state: { role: 'readOnly', error: { code: 'store.newerVersion', message: 'A newer ClaudeTask wrote this database.' } },
      }),
    );
    await board.page.getByText('Read-only: A newer ClaudeTask wrote this database.').waitFor();
    assert.equal(await board.page.locator('.add-task').count(), 0);
    assert.equal(await board.page.getByRole('button', { name: 'Undo' }).count(), 0);
  });

  test('an empty board says so and has one button that helps', async () => {
    await using board = await openBoard();
    await board.page.getByText('This board has no tasks yet.').waitFor();
    await board.page.getByRole('button', { name: 'Add the first task' }).click();
    await board.page.keyboard.type('First');
    await board.page.keyboard.press('Enter');
    await eventually('the card', async () => (await board.ids('Backlog')).length === 1);
  });

  test('shows texts in the language of the strings it was given', async () => {
    await using board = await openBoard({
      rows: rows(),
      config: { strings: { 'Add task': 'Aufgabe hinzufügen', '{0} priority': 'Priorität {0}', High: 'hoch' } },
    });
    assert.equal(await board.column('Backlog').locator('.add-task').innerText(), 'Aufgabe hinzufügen');
    assert.match((await board.card(1).getAttribute('aria-label')) ?? '', /Priorität hoch/);
  });

  test('nothing moves for who asked for less motion', async () => {
    await using board = await openBoard({ rows: rows(), reducedMotion: true });
    assert.equal(
      await board
        .card(1)
        .locator('.card-menu')
        .evaluate((e) => getComputedStyle(e).transitionDuration),
      '0s',
    );
  });

  for (const theme of Object.keys(themes) as ThemeId[]) {
    test(`axe finds nothing in ${themes[theme].name}`, async () => {
      await using board = await openBoard({ rows: rows(), theme, config: { wipLimits: { 'In Progress': 1 } } });
      assert.deepEqual(await violations(board), []);
      await board.card(1).click();
      await board.card(2).focus();
      await board.page.evaluate(() => host.send({ kind: 'do', action: 'moveRight', taskId: 3 }));
      await board.page.locator('.bar').waitFor();
      await board.column('Ready').locator('.add-task').click();
      await board.page.keyboard.type('refuse');
      await board.page.keyboard.press('Enter');
      await board.page.locator('.field-error').waitFor();
      await board.page.getByLabel('Filter tasks').fill('s');
      assert.deepEqual(await violations(board), []);
      await board.card(2).focus();
      await board.page.keyboard.press('ContextMenu');
      await board.page.getByRole('menuitem', { name: 'Move to', exact: true }).press('Enter');
      await board.page.getByRole('menuitemradio', { name: 'In Progress' }).waitFor();
      assert.deepEqual(await violations(board), []);
    });
  }
});
