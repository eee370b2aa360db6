import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually } from '../rig/eventually.ts';
import { axe } from '../rig/workbench.ts';
import { openBoard, journey } from './journey.ts';

const themes = ['Light Modern', 'Dark Modern', 'Dark High Contrast', 'Light High Contrast'];

journey(
  'axe finds nothing on the board, in light, dark and both high-contrast themes',
  { settings: { 'claudetask.workflow.wipLimits': { Testing: 1 } } },
  async (user) => {
    // Bugs, labels, checklists, blocked and overdue tasks: all that a card can show.
    fs.mkdirSync(user.workspace.file('.claudetask'));
    fs.copyFileSync('test/fixtures/schema-0001.db', user.workspace.file('.claudetask', 'claudetask.db'));
    const window = await user.open();
    const board = await openBoard(window);
    await board.shows('Wire all events', 'Testing');
    await board.quickAdd('Ready', 'Alpha');
    await board.quickAdd('Testing', 'Beta');
    for (const theme of themes) {
      await window.theme(theme);
      const kind = theme.includes('High Contrast') ? 'vscode-high-contrast' : theme.startsWith('Light') ? 'vscode-light' : 'vscode-dark';
      await eventually(`the page has the theme ${theme}`, () =>
        board.frame.evaluate((name) => document.body.classList.contains(name), kind),
      );
      assert.deepEqual(await axe(board.frame), [], theme);
    }
  },
);

journey('the whole board works by keyboard, and says what happened', {}, async (user) => {
  const window = await user.open();
  const board = await openBoard(window);
  await board.quickAdd('Backlog', 'Alpha');
  await board.quickAdd('Backlog', 'Beta');

  // New tasks come to the top.
  await board.focus('Beta');
  await window.press('ArrowDown');
  await eventually('the focus walks', () => board.card('Alpha').evaluate((card) => card === document.activeElement));
  await window.press('Alt+ArrowRight');
  await board.shows('Alpha', 'Analysis');
  await eventually('the move is announced', async () => /Analysis/.test(await board.said()));
  await eventually('the focus stays with the card', () => board.card('Alpha').evaluate((card) => card === document.activeElement));

  await window.press('Enter');
  await board.frame.locator('.card input').waitFor();
  await board.frame.locator('.card input').fill('Alpha renamed');
  await window.press('Enter');
  await board.shows('Alpha renamed', 'Analysis');
});
